"""Judges a workspace after a disturbance: it agrees with itself, what was acknowledged is there, the
rest is wholly there or wholly absent, the command can be given again, and every letter arrives once.
How the workspace came to be so is left to the tests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from notifications.mailbox import mails
from tests.cli.shell import Shell
from tests.crash.world import LATER, TICK, Asked, copied

# What is stored, without instants and without identities that chance gives.
TABLES: Final[Mapping[str, str]] = {
    "projects": "SELECT id, number, title, method_version, sequence, status, phase, next_due,"
    " next_what FROM project",
    "events": "SELECT project_id, sequence, type, actor, command FROM event",
    "members": "SELECT project_id, role, person_id FROM membership",
    "notices": "SELECT project_id, dedupe_key, state, kind, role, person_id, due FROM notice",
    "letters": "SELECT dedupe_key, person_id, state, error FROM letter",
    "files": "SELECT project_id, sha256, size FROM artefact_file",
    "keys": "SELECT key, content_hash FROM idempotency",
    "methods": "SELECT id, version, digest FROM definition",
    "incidents": "SELECT kind, subject FROM incident",
    "chain": "SELECT chain_count, projects FROM organisation",
}
OF_PROJECTS: Final = {"projects": 3, "events": 3, "notices": 2}  # so many of their columns
DATABASE: Final = "innocities.db"

Rows = frozenset[tuple[object, ...]]


@dataclass(frozen=True)
class Standing:
    """What a workspace holds, by table; the same rows mean the same to everybody."""

    rows: Mapping[str, Rows]

    def of(self, project: str) -> Rows:
        """What was recorded of a project: its own row, its events and the keys of its notices."""
        found: set[tuple[object, ...]] = set()
        for table, columns in OF_PROJECTS.items():
            found |= {(table, *row[:columns]) for row in self.rows[table] if row[0] == project}
        return frozenset(found)

    @property
    def projects(self) -> frozenset[object]:
        """The projects there are."""
        return frozenset(row[0] for row in self.rows["projects"])

    def differences(self, other: Standing) -> list[str]:
        """Tell what is only here (-) and only there (+)."""
        return [
            f"{sign} {table} {row}"
            for table in TABLES
            for sign, one, two in (("-", self, other), ("+", other, self))
            for row in sorted(one.rows[table] - two.rows[table], key=repr)
        ]


def standing(folder: Path) -> Standing:
    """Read what a workspace holds."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return Standing({name: frozenset(database.execute(q)) for name, q in TABLES.items()})


@dataclass(frozen=True)
class Left:
    """What a disturbance leaves, once whoever opens it has rolled back what was begun."""

    rows: frozenset[tuple[str, Rows]]
    files: frozenset[tuple[str, int]]  # names and sizes


def left(folder: Path) -> Left:
    paths = [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(DATABASE)]
    files = frozenset((str(p.relative_to(folder)), p.stat().st_size) for p in paths)
    return Left(frozenset(standing(folder).rows.items()), files)


@dataclass(frozen=True)
class Bar:
    """What a disturbed command is measured by: a workspace before it, after it, and at the end.

    `place`: where it is played undisturbed.
    """

    asked: Asked
    made: Path
    place: Path
    mended: set[Left] = field(default_factory=set)  # what could be gone on with from there

    @cached_property
    def before(self) -> Standing:
        """What was there before the command."""
        return standing(self.made)

    @cached_property
    def after(self) -> Standing:
        """What is there when the command has ended undisturbed."""
        folder = copied(self.made, self.place / "after")
        Shell(folder)(*self.asked.words)
        return standing(folder)

    @cached_property
    def end(self) -> Standing:
        """What is there when every letter has arrived too."""
        folder = copied(self.made, self.place / "end")
        Shell(folder)(*self.asked.words)
        deliver(folder)
        return standing(folder)


def deliver(folder: Path) -> None:
    """Do what a worker does who comes back."""
    for instant in (TICK, *LATER):
        Shell(folder)("tick", "--now", instant)


def faults(bar: Bar, folder: Path, *, acknowledged: bool, refused: bool = False) -> list[str]:
    """Tell every promise that is broken in a workspace in which the command was disturbed.

    1. It agrees with itself.
    2. The effect is there if it was acknowledged, absent if it was refused, else one of them.
    3. The command can be given again, and has one effect.
    4. A worker that comes back delivers every letter, and no other.

    The last two are tried once of all that leave the same behind.
    """
    whole = _by_halves(bar, folder, acknowledged=acknowledged, refused=refused)
    found = [*unsound(folder), *whole]
    behind = left(folder)
    if found or behind in bar.mended:
        return found
    found = _not_mended(bar, folder)
    if not found:
        bar.mended.add(behind)
    return found


def _not_mended(bar: Bar, folder: Path) -> list[str]:
    found = []
    again = Shell(folder)(*bar.asked.words, expect=None)
    if again.code != 0:
        return [f"given again it ended with {again.code}: {again.err}"]
    if not bar.asked.many:
        found += [f"given again: {d}" for d in bar.after.differences(standing(folder))]
    deliver(folder)
    found += [f"at the end: {d}" for d in bar.end.differences(standing(folder))]
    return [*found, *unsound(folder)]


def unsound(folder: Path) -> Iterator[str]:
    """Tell what the program's own examination finds, and which sent letter never arrived."""
    said = Shell(folder)("db doctor", expect=None)  # verifies the record as well
    if said.code != 0:
        yield f"db doctor ended with {said.code}: {said.out}{said.err}"
        return
    yield from lost_letters(folder)


def lost_letters(folder: Path) -> Iterator[str]:
    """Compare the mailbox with what is said to be sent; a letter may arrive before that is said."""
    query = "SELECT message_id, rendered, state FROM letter WHERE carried_by IS NULL"
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        letters = {name: (rendered, state) for name, rendered, state in database.execute(query)}
    kept = {each.message_id: each.path.read_bytes() for each in mails(folder / "mailbox")}
    for name, (rendered, state) in letters.items():
        if state == "sent" and kept.get(name) != rendered:
            yield f"the letter {name} is said to be sent, and is not in the mailbox as written"
    yield from (f"nobody wrote the letter {name}" for name in kept.keys() - letters.keys())


def _by_halves(bar: Bar, folder: Path, *, acknowledged: bool, refused: bool) -> Iterator[str]:
    now = standing(folder)
    if acknowledged:
        yield from (f"lost: {d}" for d in bar.after.differences(now))
    elif bar.asked.many:
        for project in sorted(map(str, now.projects)):
            if now.of(project) not in (bar.before.of(project), bar.after.of(project)):
                yield f"project {project} stands half-way: {sorted(now.of(project), key=repr)}"
    elif refused:
        yield from (f"refused, and there: {d}" for d in bar.before.differences(now))
    elif now.rows not in (bar.before.rows, bar.after.rows):
        yield from (f"half-way: {d}" for d in bar.after.differences(now))
