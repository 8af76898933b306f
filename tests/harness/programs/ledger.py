"""Commits numbered rows to SQLite and says each number only after its commit.

Usage: ledger.py FOLDER JOURNAL_MODE SYNCHRONOUS ROWS
"""

from __future__ import annotations

import sqlite3
import sys


def main(folder: str, journal: str, synchronous: str, rows: str) -> None:
    """Write the rows, in the given modes."""
    database = sqlite3.connect(f"{folder}/ledger.db", isolation_level=None)
    database.execute(f"PRAGMA journal_mode={journal}")
    database.execute(f"PRAGMA synchronous={synchronous}")
    database.execute("CREATE TABLE IF NOT EXISTS ledger (number INTEGER PRIMARY KEY, text TEXT)")
    for number in range(1, int(rows) + 1):
        database.execute("INSERT INTO ledger VALUES (?, ?)", (number, f"row {number} " * 100))
        print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
