"""Decide what is measured on: one organisation whose projects stand just before a decision."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from innocities_engine import library
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Content, Proposal
from innocities_engine.engine import Engine
from innocities_engine.office import Office
from innocities_engine.store import schema, tables
from innocities_engine.store.people import Organisation, Person
from innocities_engine.store.transactions import Store, open_store

HOME: Final = "home"
FILE: Final = Path(__file__).with_name("method.yaml")
BODIES: Final = ("board", "council", "users")
PAPERS: Final = tuple(f"p{n}" for n in range(10))
VERDICTS: Final = {f"c{n}": "met" for n in range(5)}
LINK: Final = Content("0" * 64, "plan", "link", address="https://example.org/plan")
LAST: Final = "users1"  # whose vote is the one that decides
GO: Final = k.Decide("G1", Proposal("go"))


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class World:
    store: Store
    clock: Clock
    engine: Engine

    def started(self, lead: str = "lead") -> str:
        """A project in its first phase."""
        members = {body: tuple(f"{body}{n}" for n in range(3)) for body in BODIES}
        members["lead"] = (lead,)
        receipt = self.engine.start(HOME, "busy", "1.0.0", lead, title="Bro", members=members)
        return receipt.project

    def nearly_decided(self) -> str:
        """A project whose first gate lacks nothing but the last vote."""
        project = self.started()
        self.hand_in(project, "lead", PAPERS)
        self.engine.execute(HOME, project, k.Rate("G1", VERDICTS), "lead")
        for voter in [f"{body}{n}" for body in BODIES for n in range(2)]:
            if voter != LAST:
                self.engine.execute(HOME, project, GO, voter)
        return project

    def hand_in(self, project: str, lead: str, papers: tuple[str, ...]) -> None:
        for paper in papers:
            self.engine.execute(HOME, project, k.Submit(paper, LINK), lead)

    def decide(self, project: str) -> None:
        """Give the last vote: the decision is taken and takes effect."""
        receipt = self.engine.execute(HOME, project, GO, LAST)
        assert any(type(event).__name__ == "PhaseEntered" for event in receipt.events)

    def crowd(self, projects: int) -> None:
        """Put so many projects beside the newest, each with an open deadline in years to come."""
        names = [column.name for column in tables.project.columns]
        other = {
            "id": "'other-' || n", "number": "1000 + n", "snapshot": "x''",
            "wake_at": "datetime(wake_at, '+' || (10000 + n % 900) || ' hours') || '.000000'",
        }  # fmt: skip
        chosen = ", ".join(other.get(name, name) for name in names)
        self.store.close()
        with closing(sqlite3.connect(self.store.database, isolation_level=None)) as raw:
            raw.execute(
                "WITH RECURSIVE many(n) AS (SELECT 1 WHERE ? > 0"
                " UNION ALL SELECT n + 1 FROM many WHERE n < ?)"
                f" INSERT INTO project ({', '.join(names)}) SELECT {chosen}"
                " FROM (SELECT * FROM project ORDER BY number DESC LIMIT 1), many",
                (projects, projects),
            )


@contextmanager
def a_world(leads: tuple[str, ...] = ("lead",)) -> Iterator[World]:
    """An organisation in a folder of its own, which goes when it was measured."""
    with TemporaryDirectory(prefix="innocities-") as folder:
        world = opened(Path(folder))
        schema.upgrade(world.store)
        office = Office(world.store, world.clock)
        home = Organisation(
            HOME, "Hjemme kommune", "NO", "Europe/Oslo", "en", letters_a_minute=100_000
        )
        office.found(home, _person("admin", "administrator"))
        for person in (*leads, *(f"{body}{n}" for body in BODIES for n in range(3))):
            office.put_person(HOME, _person(person, "member", "manager"), "admin")
        office.publish(HOME, library.resolved(FILE), "admin")
        yield world
        world.store.close()


def opened(folder: Path) -> World:
    """The world of a folder, as another process finds it."""
    store, clock = open_store(folder), Clock()
    return World(store, clock, Engine(store, clock))


def _person(name: str, *rights: str) -> Person:
    address = f"{name}@example.org"
    return Person(name, name.capitalize(), address, rights=frozenset(rights))


def later(world: World, **time: float) -> None:
    world.clock.now += timedelta(**time)
