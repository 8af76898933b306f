"""Stores papers by their hash, then a row for each in SQLite, then says the hash.

Usage: vault.py FOLDER FAULT PAPERS, where FAULT is one of: none, unflushed (the paper is not
flushed), unnamed (its folder is not flushed), adrift (its folder is, but not the folder above, in
which that one is new), hasty (the row comes before the paper).
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from pathlib import Path


def flush(path: Path) -> None:
    """Order a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def folder_for(store: Path, digest: str, fault: str) -> Path:
    """Make the two folders a paper lies in; each new name is flushed in the folder above it."""
    place = store
    for part in (digest[:2], digest[2:4]):
        above, place = place, place / part
        if not place.exists():
            place.mkdir()
            if fault not in ("unnamed", "adrift"):
                flush(above)
    return place


def put(store: Path, paper: bytes, fault: str) -> None:
    """Store a paper: write aside, flush, rename, flush the folder."""
    digest = hashlib.sha256(paper).hexdigest()
    aside = store / "tmp" / digest
    aside.write_bytes(paper)
    if fault != "unflushed":
        flush(aside)
    place = folder_for(store, digest, fault)
    aside.rename(place / digest)
    if fault != "unnamed":
        flush(place)


def main(folder: str, fault: str, papers: str) -> None:
    """Store the papers one by one."""
    store = Path(folder)
    database = sqlite3.connect(store / "vault.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=TRUNCATE")
    database.execute("PRAGMA synchronous=EXTRA")
    for number in range(int(papers)):
        paper = f"paper {number} ".encode() * 1000
        digest = hashlib.sha256(paper).hexdigest()
        if fault == "hasty":
            database.execute("INSERT INTO papers VALUES (?)", (digest,))
        put(store, paper, fault)
        if fault != "hasty":
            database.execute("INSERT INTO papers VALUES (?)", (digest,))
        print(digest, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
