"""Decide, by the record, which decision a correction annuls, and which move to another version is
taken back: the state before it, and what rests on it since.  What becomes of the project is left to
the domain, what of the mail to the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from innocities_engine.domain.commands import Annulled, Correct, Since, UndoMigration
from innocities_engine.domain.events import DecisionCorrected, GateDecided
from innocities_engine.domain.migrated import MigrationUndone, ProjectMigrated
from innocities_engine.store import record
from innocities_engine.store.record import Entry
from innocities_engine.store.transactions import Transaction

# What changes nothing that a rule looks at, or comes of time or of other organisations alone. What
# was erased is gone from the state before as well, since it is read from the record.
HARMLESS: Final = frozenset(
    {"Tick", "Comment", "PauseMail", "ResumeMail", "Unshare", "NoteAdoption", "Erase"}
)

ANNULLING: Final = frozenset({Correct.__name__, UndoMigration.__name__})


def found(connection: Transaction, organisation: str, project: str, gate: str) -> Annulled | None:
    """Look the last decision at a gate up that stands; None where there is none.

    1. Commands that were annulled before, and their corrections, are as if they had not been.
    2. Of what remains, the last that decided the gate is the one that is meant.
    3. Whatever somebody did after it rests on it, but for what changes nothing.
    """
    entries = record.entries(connection, organisation, project)
    return _last(entries, lambda command: _decides(command, gate))


def last_move(connection: Transaction, organisation: str, project: str) -> Annulled | None:
    """Look the last move to another version up that was not taken back; None if there is none."""
    return _last(record.entries(connection, organisation, project), _moves)


def _last(entries: Sequence[Entry], is_meant: Callable[[Sequence[Entry]], bool]) -> Annulled | None:
    standing = list(_standing(entries))
    meant = [i for i, command in enumerate(standing) if is_meant(command)]
    if not meant:
        return None
    at = meant[-1]
    first = standing[at][0]
    before = record.replay(entry for entry in entries if entry.sequence < first.sequence)
    since = [command[0] for command in standing[at + 1 :]]
    rests = tuple(Since(e.command, e.actor, e.at) for e in since if e.command not in HARMLESS)
    return Annulled(first.command_id, first.sequence - 1, before, rests)


def _standing(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The entries of each command, but for those that were annulled and those that annulled."""
    annulled = {
        entry.event.command
        for entry in entries
        if isinstance(entry.event, DecisionCorrected | MigrationUndone)
    }
    for command_id, group in groupby(entries, key=lambda entry: entry.command_id):
        command = list(group)
        if command_id not in annulled and command[0].command not in ANNULLING:
            yield command


def _decides(command: Sequence[Entry], gate: str) -> bool:
    return any(
        isinstance(entry.event, GateDecided)
        and entry.event.decision.passage.partition("#")[0] == gate
        for entry in command
    )


def _moves(command: Sequence[Entry]) -> bool:
    return any(isinstance(entry.event, ProjectMigrated) for entry in command)
