"""A municipality at work with many projects that wait for the same decision, and rounds in which
several processes want something of one of them at once. What may come of a round is left to the
tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from innocities_engine.domain import events as e
from innocities_engine.domain import gates
from innocities_engine.domain.commands import Submit
from innocities_engine.domain.situation import Situation
from innocities_engine.engine import Engine
from innocities_engine.store.transactions import open_store
from tests.cli.shell import Shell
from tests.crash.runs import Forks, Run
from tests.store.given import LINK

METHOD: Final = Path(__file__).parent / "methods" / "rivals" / "1.0.0.yaml"
HOME: Final = "halden"
LEAD: Final = "astrid"
BOARD: Final = ("bjorn", "cecilia")


@dataclass(frozen=True)
class Told:
    """How a process ended, and what it answered."""

    code: int
    answer: Any


@dataclass(frozen=True)
class Town:
    """A workspace whose projects are looked at between rounds."""

    folder: Path

    @cached_property
    def run(self) -> Shell:
        return Shell(self.folder)

    @cached_property
    def engine(self) -> Engine:
        return Engine(open_store(self.folder), lambda: datetime.now(UTC))

    def project(self, name: str) -> str:
        """Start a project whose plan has been handed in, so that its gate can be decided."""
        self.engine.start(
            HOME, "rivals", "1.0.0", LEAD,
            title=name, project=name, members={"lead": (LEAD,), "board": BOARD},
        )  # fmt: skip
        self.engine.execute(HOME, name, Submit("plan", LINK), LEAD)
        return name

    def happened(self, project: str) -> list[e.Event]:
        """What is recorded of a project, oldest first."""
        entries = self.engine.history(HOME, project, LEAD)
        return [entry.event for entry in entries if entry.event is not None]

    def decisions(self, project: str) -> list[e.GateDecided]:
        return [event for event in self.happened(project) if isinstance(event, e.GateDecided)]

    def phase(self, project: str) -> str:
        (track,) = self.engine.view(HOME, project, LEAD).project.tracks.values()
        return track.phase

    def review(self, project: str, gate: str = "G1") -> str:
        """The digest of what a decision would rest on now."""
        seen = self.engine.view(HOME, project, LEAD)
        s = Situation(seen.method, seen.project, seen.inputs, seen.now)
        passage = seen.project.open_passage(gate)
        assert passage is not None
        return gates.review(s, passage).digest

    def race(self, forks: Forks, number: int, *commands: str | tuple[str, ...]) -> list[Told]:
        """Give all these commands at the same moment, each in a process of its own."""
        runs = [
            Run(self.folder, self.folder / f"said-{number}-{n}", (_words(command),))
            for n, command in enumerate(commands)
        ]
        codes = forks(*runs)
        return [Told(code, json.loads(run.out)) for code, run in zip(codes, runs, strict=True)]

    def is_sound(self) -> bool:
        """Whether the program itself finds its records whole and in agreement."""
        return all(
            self.run(words, expect=None).code == 0 for words in ("db doctor", "audit verify")
        )


def _words(command: str | tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(command.split()) if isinstance(command, str) else command
    return (*words, "--json")


@contextmanager
def a_town(folder: Path) -> Iterator[Town]:
    """Make a municipality in which time goes by as it does."""
    folder.mkdir()
    town = Town(folder)
    town.run(f'init {HOME} "Halden kommune" --admin {LEAD}=Astrid --address {LEAD}@example.org')
    for person in BOARD:
        town.run(f"person add {person} {person.capitalize()} --right member"
                 f" --address {person}@example.org")  # fmt: skip
    town.run("methodology", "publish", str(METHOD))
    try:
        yield town
    finally:
        town.engine.store.close()
