"""A morning's work in a workspace: the commands that change most, one after the other, each
acknowledged by a line once it has ended well. What a power cut leaves of it is judged elsewhere.

Arguments: `kept` for the settings that are shipped, else a journal and a synchronous mode.
"""

from __future__ import annotations

import contextlib
import io
import sys

from innocities_engine.store import transactions
from tests.crash.warm import perform
from tests.crash.world import COMMANDS


def main(journal: str, synchronous: str = "") -> None:
    """Work in the folder one stands in."""
    if synchronous:
        transactions.journal_mode = lambda *_: (journal, synchronous)
    for name, asked in COMMANDS.items():
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            code = perform(list(asked.words), outward=False)
        if code:
            sys.exit(f"{name} ended with {code}")
        print(name, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
