"""Reminders on their way through a mail server that misbehaves, by several processes that are
killed again and again: nothing missing, nothing twice but what nobody could write down.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from innocities_engine.engine import Engine
from innocities_engine.office import Office
from innocities_engine.store.transactions import open_store
from tests.cli.shell import Shell
from tests.crash.runs import Forks, Run
from tests.crash.world import posting
from tests.harness import mailcheck
from tests.harness.smtp import FlakyServer
from tests.races.world import HOME, LEAD, METHOD
from tests.store.given import BEGINNING, a_person

FULL = bool(os.environ.get("INNOCITIES_FULL"))
REMINDERS = 2000 if FULL else 100
WORKERS = 4
STORMY = (
    "dot=accept_then_drop@0.15; dot=drop@0.1; rcpt=451@0.2; connect=421@0.1; connect=rst@0.05;"
    "quit=421@0.3"
)
# The first rung of every plan is due; it is told on the next working day.
SUNDAY = datetime.fromisoformat("2026-03-29T12:00+02:00")
MONDAY = datetime.fromisoformat("2026-03-30T08:30+02:00")
PAUSE = timedelta(minutes=17)
APART = (0.02, 0.25)  # seconds between two kills
MOST_ROUNDS = 400


@dataclass
class Morning:
    """A simulated municipality in which a reminder is due to each of many readers."""

    folder: Path
    now: datetime = SUNDAY
    killed: int = 0
    rounds: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def states(self) -> dict[str, int]:
        return dict(self._read("SELECT state, count(*) FROM letter GROUP BY state"))

    def raised(self) -> list[int]:
        """How often the reminder of each project was raised."""
        query = "SELECT count(*) FROM event WHERE type = 'ReminderRaised' GROUP BY project_id"
        return [count for (count,) in self._read(query)]

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "innocities.db")) as raw:
            return raw.execute(query).fetchall()

    def round(self, forks: Forks) -> None:
        """Let all workers tick at once, and kill them in the midst of it, all but one."""
        self.rounds += 1
        (self.folder / "clock").write_text(f"{self.now.isoformat()}\n")
        runs = [
            Run(self.folder, self.folder / f"said-{self.rounds}-{n}", (("tick",),), outward=True)
            for n in range(WORKERS)
        ]
        workers = forks.begin(*runs)
        for worker in self.chance.sample(workers, WORKERS - 1):
            time.sleep(self.chance.uniform(*APART))
            with suppress(ProcessLookupError):  # it was done already
                os.kill(worker, signal.SIGKILL)
        codes = forks.codes()
        self.killed += codes.count(-signal.SIGKILL)
        assert set(codes) <= {0, -signal.SIGKILL}, [run.err for run in runs]
        self.now += PAUSE


def build(folder: Path) -> None:
    """Start a project for each reader, on one day."""
    folder.mkdir()
    run = Shell(folder)
    run(f'init {HOME} "Halden kommune" --admin {LEAD}=Astrid --simulated'
        f" --now {BEGINNING.isoformat()}")  # fmt: skip
    run("methodology", "publish", str(METHOD))
    store = open_store(folder)
    office, engine = Office(store, lambda: BEGINNING), Engine(store, lambda: BEGINNING)
    home = replace(office.organisation(HOME), letters_a_minute=100_000)
    office.change_organisation(home, LEAD)
    for n in range(REMINDERS):
        office.put_person(HOME, a_person(f"p{n}", "member"), LEAD)
        members = {"lead": (f"p{n}",), "board": (LEAD,)}
        engine.start(HOME, "rivals", "1.0.0", LEAD, title=f"Project {n}", members=members)
    store.close()


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    build(tmp_path / "halden")
    yield Morning(tmp_path / "halden")


def key_of(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


@pytest.mark.parametrize("weather", ["stormy", "fair"])
def test_reminders_arrive_once_although_workers_die_and_the_server_misbehaves(
    morning: Morning, racing: Forks, told: Callable[[str], None], weather: str
) -> None:
    expected = {f"p{n}@example.org": f"p{n}@example.org" for n in range(REMINDERS)}
    with FlakyServer(STORMY if weather == "stormy" else "", 3) as server:
        posting(morning.folder, server.port)
        morning.round(racing)
        assert morning.raised() == [1] * REMINDERS
        assert server.accepted == []
        morning.now = MONDAY
        while morning.states() != {"sent": REMINDERS}:
            assert morning.rounds < MOST_ROUNDS, morning.states()
            morning.round(racing)

    verdict = mailcheck.check(server.accepted, expected, key_of)
    assert {fault.kind for fault in verdict.faults} <= {"DUP"}
    assert verdict.count("DUP") <= morning.killed
    assert morning.killed > 0
    assert (len(server.disturbances) > REMINDERS // 4) == (weather == "stormy")
    assert Shell(morning.folder)("db doctor", expect=None).code == 0
    told(
        f"reminders in {weather} weather: {REMINDERS}, {WORKERS} workers, {morning.killed} killed,"
        f" {len(server.disturbances)} disturbances, {morning.rounds} rounds, 0 missing,"
        f" {verdict.count('DUP')} twice since a worker died before it could write it down,"
        f" {verdict.excused} again since the reply was lost, all with the same Message-ID"
    )
