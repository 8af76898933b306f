"""The same walk on the road that a real command takes: through the engine into a database.

What is written has to be what the rules said: the state that is kept is the one its events lead to,
the sweep leaves nothing due and the next wake-up ahead, and the chain of the record holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from innocities_engine.domain import codec
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.engine import Engine
from innocities_engine.office import Office
from innocities_engine.store import projects, record
from innocities_engine.store.people import Organisation
from innocities_engine.store.transactions import read
from tests.machine.cases import START, Case
from tests.machine.pair import Pair
from tests.store.given import Clock, a_person, a_store

HOME = "walk"


@dataclass(frozen=True)
class Desk:
    """One organisation in a database, with the people, meetings and substitutes of a case."""

    clock: Clock
    office: Office
    engine: Engine

    @classmethod
    def opened(cls, folder: Path, case: Case) -> Desk:
        store = a_store(folder)
        clock = Clock(case.morning(START).astimezone(UTC))
        desk = cls(clock, Office(store, clock), Engine(store, clock))
        first, *others = (a_person(name, "administrator") for name in everybody(case))
        method = case.method
        home = Organisation(HOME, "Walk", method.country, case.zone, "en", tuple(method.quiet))
        desk.office.found(home, first)
        for person in others:
            desk.office.put_person(HOME, person, first.id)
        for substitution in case.inputs().substitutions:
            desk.office.substitute(HOME, substitution, first.id)
        for name, days in case.setting.meetings.items():
            desk.office.fix_meetings(HOME, name, days, first.id)
        desk.office.fix_closures(HOME, sorted(case.setting.closures), first.id)
        desk.office.publish(HOME, case.plain, first.id)
        return desk


def everybody(case: Case) -> list[str]:
    """All who may turn up, and whoever may be put where a role has nobody."""
    return list(dict.fromkeys([*case.people, *(f"{role}_1" for role in case.method.roles)]))


class WrittenPair(Pair):
    """As a pair, but the engine is asked through its one write path."""

    def __init__(self, case: Case, desk: Desk) -> None:
        super().__init__(case)
        self.desk = desk
        self.id = ""

    def road(self, command: k.Command, actor: str) -> tuple[e.Event, ...]:
        self.desk.clock.now = self.now
        if isinstance(command, k.Start):
            method = self.case.method
            receipt = self.desk.engine.start(
                HOME, method.id, method.version, actor, title=command.title, members=command.members
            )
            self.id = receipt.project
            return receipt.events
        return self.desk.engine.execute(HOME, self.id, command, actor).events

    def tick(self) -> None:
        """The sweep takes exactly the projects whose time has come, and writes what the rules say."""
        expected = self._decide(k.Tick(), k.SYSTEM)
        before = len(self.events)
        self.desk.clock.now = self.now
        self.desk.engine.sweep()
        assert self.desk.engine.due() == []
        swept = tuple(entry.event for entry in self._entries()[before:] if entry.event)
        assert swept == expected
        self._record(swept)

    def next_wake(self) -> datetime | None:
        kept: datetime | None = self._kept()["wake_at"]
        return kept

    def replays(self) -> None:
        """The state that is kept is the one that the written events lead to, and that is here."""
        entries = self._entries()
        assert [entry.event for entry in entries] == self.events
        assert self._kept()["snapshot"] == codec.dump(record.replay(entries))
        assert record.replay(entries) == self.project
        assert self.desk.office.verify(HOME) is None

    def _entries(self) -> list[record.Entry]:
        with read(self.desk.engine.store) as connection:
            return record.entries(connection, HOME, self.id)

    def _kept(self) -> Any:
        with read(self.desk.engine.store) as connection:
            return projects.kept(connection, HOME, self.id)
