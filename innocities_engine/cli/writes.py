"""Decide how what stands around the projects is changed from the command line, and how a change is
rehearsed: it is made and taken back in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from innocities_engine.cli import layout
from innocities_engine.cli.console import Console

if TYPE_CHECKING:
    from innocities_engine.office import Office


@contextmanager
def office(console: Console) -> Iterator[Office]:
    """The office to change things with."""
    console.advance()
    yield rehearsing(console) if console.dry_run else console.office


def rehearsing(console: Console) -> Office:
    """One that takes back whatever it changes."""
    from innocities_engine.office import Office
    from innocities_engine.store.transactions import rehearsed

    return Office(rehearsed(console.store), console.clock)


def told(console: Console, *lines: str) -> list[str]:
    """What was done; of a rehearsal, that it was one."""
    lead = [console.say("done.would")] if console.dry_run else []
    return [line for text in (*lead, *lines) for line in layout.paragraph(text, hang=2)]
