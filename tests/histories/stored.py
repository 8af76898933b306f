"""How histories are stored: everything a project was decided on, as text, and what came of it.

A file holds the methods in their resolved form by digest, and the histories that follow them: each
command with its instant and its events as they stand in the record; and at some points on the way
the state, what each gate waited for, and how a sample of commands would have been answered.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from innocities_engine.domain import codec
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.commands import Actor, Command, Inputs, Substitution

FOLDER: Final = Path(__file__).parent
DIGESTS: Final = FOLDER / "digests.json"
SUFFIX: Final = ".json.xz"

Written = tuple[str, str]  # the name of a type, and a value of it as the codec writes it


@dataclass(frozen=True)
class Asked:
    """Who asked for what."""

    person: str
    rights: Sequence[str]
    command: Written

    @property
    def actor(self) -> Actor:
        return Actor(self.person, frozenset(self.rights))

    def read(self) -> Command:
        name, text = self.command
        found: Command = codec.load(codec.COMMANDS[name], text.encode())
        return found


@dataclass(frozen=True)
class Step:
    at: str
    asked: Asked
    events: Sequence[Written]

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Point:
    """How things stood after so many steps.

    `reviews`: by passage and outcome, what was missing. `ways`: by passage, the smallest sets of
    actions that opened it, where all were found. `tried`: commands, and how they were answered.
    """

    after: int
    state: str
    phases: Mapping[str, str]
    reviews: Mapping[str, Mapping[str, Sequence[str]]]
    ways: Mapping[str, Sequence[Sequence[str]]]
    tried: Sequence[tuple[Asked, str]]


@dataclass(frozen=True)
class History:
    name: str
    method: str
    inputs: Mapping[str, Any]
    steps: Sequence[Step]
    points: Sequence[Point]


@dataclass(frozen=True)
class Stored:
    methods: Mapping[str, str] = field(default_factory=dict)
    histories: Sequence[History] = ()


# ---------------------------------------------------------------- values


def written(value: object) -> Written:
    return type(value).__name__, codec.dump(value).decode()


def digest(*values: object) -> str:
    """A short name for exactly these values."""
    text = "\n".join(codec.dump(value).decode() for value in values)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plain_inputs(inputs: Inputs, quiet: Sequence[str]) -> dict[str, Any]:
    """What comes from outside a project, in words."""
    calendar = inputs.calendar
    return {
        "country": calendar.country,
        "zone": calendar.zone,
        "closures": sorted(map(str, calendar.closures)),
        "quiet": [*quiet],
        "meetings": {name: [*map(str, days)] for name, days in calendar.meetings.items()},
        "substitutions": [codec.dump(each).decode() for each in inputs.substitutions],
        "inactive": sorted(inputs.inactive),
    }


def read_inputs(plain: Mapping[str, Any]) -> Inputs:
    calendar = Calendar(
        plain["country"],
        plain["zone"],
        frozenset(map(date.fromisoformat, plain["closures"])),
        tuple(map(YearlyPeriod.parse, plain["quiet"])),
        {name: tuple(map(date.fromisoformat, d)) for name, d in plain["meetings"].items()},
    )
    standing_in = tuple(codec.load(Substitution, s.encode()) for s in plain["substitutions"])
    return Inputs(calendar, frozenset(plain["inactive"]), standing_in)


# ---------------------------------------------------------------- files


def path_of(version: str) -> Path:
    return FOLDER / f"{version}{SUFFIX}"


def versions() -> list[str]:
    return sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}"))


def save(version: str, stored: Stored) -> None:
    """Write a file, and what it must be for ever after once the version is released."""
    text = json.dumps(asdict(stored), ensure_ascii=False, separators=(",", ":"))
    path_of(version).write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    known = json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}
    known[version] = hashlib.sha256(path_of(version).read_bytes()).hexdigest()
    DIGESTS.write_text(json.dumps(known, indent=1) + "\n")


def load(version: str) -> Stored:
    raw = json.loads(lzma.decompress(path_of(version).read_bytes()))
    return Stored(raw["methods"], [_history(each) for each in raw["histories"]])


def _history(raw: Mapping[str, Any]) -> History:
    steps = [Step(s["at"], _asked(s["asked"]), [*map(tuple, s["events"])]) for s in raw["steps"]]
    points = [
        Point(**{**p, "tried": [(_asked(asked), answer) for asked, answer in p["tried"]]})
        for p in raw["points"]
    ]
    return History(raw["name"], raw["method"], raw["inputs"], steps, points)


def _asked(raw: Mapping[str, Any]) -> Asked:
    name, text = raw["command"]
    return Asked(raw["person"], raw["rights"], (name, text))
