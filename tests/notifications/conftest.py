from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from innocities_engine.domain import commands as k
from innocities_engine.store import tables
from innocities_engine.store.transactions import read
from notifications.delivery import DeliveryReport, Persistence, Post, deliver
from notifications.mail import Sender
from notifications.mailers import Mailer, MemoryMailer
from tests.store import given
from tests.store.given import World

SENDER = Sender("InnoCities", "engine@example.org", "example.org", b"a key of sixteen bytes")
BASE = "https://innocities.example.org"


@dataclass
class Morning:
    """A world, a way to its readers, and what became of the letters."""

    world: World
    mailer: MemoryMailer = field(default_factory=MemoryMailer)

    def __post_init__(self) -> None:
        self.post = self.another_worker(self.mailer)

    def another_worker(self, mailer: Mailer) -> Post:
        return Post(self.world.engine, mailer, SENDER, BASE, Persistence())

    def deliver(self) -> DeliveryReport:
        return deliver(self.post)

    def sweep(self, **forward: float) -> DeliveryReport:
        """Let time pass, then raise what is due and deliver."""
        self.world.clock.forward(**forward)
        self.world.engine.sweep()
        return self.deliver()

    def hand_in(self, project: str, person: str = "astrid") -> None:
        self.world.engine.execute("oslo", project, k.Submit("plan", given.LINK), person)

    def letters(self) -> list[dict[str, object]]:
        with read(self.world.store) as connection:
            rows = connection.execute(tables.letter.select()).mappings()
            return [dict(row) for row in rows]

    def states(self) -> list[str]:
        return sorted(str(row["state"]) for row in self.letters())

    def until_morning(self) -> timedelta:
        """From now to eight o'clock in Oslo, tomorrow."""
        now = self.world.clock.now
        return now.replace(hour=7, minute=0) + timedelta(days=1) - now


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    world = given.a_world(tmp_path)
    yield Morning(world)
    world.store.close()
