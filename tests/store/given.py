"""What tests of the store and the engine begin with: a store, an organisation with its people, a
small method, and a clock that is set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from innocities_engine import library
from innocities_engine.domain.project import Content
from innocities_engine.engine import Engine
from innocities_engine.office import Office
from innocities_engine.store import schema, transactions
from innocities_engine.store.people import Organisation, Person
from innocities_engine.store.transactions import Store

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
OSLO = Organisation("oslo", "Oslo kommune", "NO", "Europe/Oslo", "nb")
METHODS = Path(__file__).parent / "methods"
LINK = Content("0" * 64, "plan", "link", address="https://example.org/plan")


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


def a_person(name: str, *rights: str, **details: Any) -> Person:
    address = f"{name}@example.org"
    return Person(name, name.capitalize(), address, rights=frozenset(rights), **details)


def a_store(folder: Path) -> Store:
    store = transactions.open_store(folder)
    schema.upgrade(store)
    return store


@lru_cache(maxsize=1)
def a_method() -> dict[str, Any]:
    return library.resolved(METHODS / "liten" / "1.0.0.yaml")


@dataclass
class World:
    """An organisation at work: Astrid leads, Bjørn decides, Cecilia is a stranger to projects."""

    store: Store
    clock: Clock
    office: Office
    engine: Engine

    def started(self, **details: Any) -> str:
        """Start a project led by Astrid, with Bjørn on the board."""
        settings = {"title": "Sykkelbyen", "members": {"lead": ("astrid",), "board": ("bjorn",)}}
        method, version = details.pop("method", "liten"), details.pop("version", "1.0.0")
        receipt = self.engine.start("oslo", method, version, "astrid", **settings | details)
        return receipt.project


def a_world(folder: Path) -> World:
    store, clock = a_store(folder), Clock()
    office = Office(store, clock)
    office.found(OSLO, a_person("dag", "administrator"))
    office.put_person("oslo", a_person("astrid", "member", "manager"), "dag")
    office.put_person("oslo", a_person("bjorn", "member"), "dag")
    office.put_person("oslo", a_person("cecilia", "external"), "dag")
    office.publish("oslo", a_method(), "dag")
    return World(store, clock, office, Engine(store, clock))
