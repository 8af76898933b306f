"""The methods that are walked, and the people, meetings and substitutes of each walk.

The methods together use every word of the language. Who holds what is chosen so that each of them
has a member with two roles, somebody who stands in, and a stranger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from innocities_engine import library
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.commands import Inputs, Substitution
from innocities_engine.domain.definition import Methodology
from tests.oracle import Oracle, Substitute

METHODS = Path(__file__).parent / "methods"
ZONES = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm"}
START = date(2026, 3, 23)  # Easter, Daylight saving time and the first of May lie ahead
STRANGER = "zoe"


@dataclass(frozen=True)
class Setting:
    """What a method is walked with; a role that is not named has one member of its own."""

    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meetings: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    substitutes: tuple[Substitute, ...] = ()
    closures: frozenset[date] = frozenset()


def every_week(first: date, weeks: int, step: int = 1) -> tuple[date, ...]:
    return tuple(first + timedelta(weeks=step * n) for n in range(weeks))


SETTINGS = {
    "papers": Setting(
        members={"reviewer": ("rita", "rolf", "lena"), "lead": ("lena",), "operator": ()},
        substitutes=(Substitute("sponsor_1", "sven", date(2026, 3, 1), date(2026, 5, 31)),),
    ),
    "terms": Setting(
        members={"board": ("bo", "bea", "birk"), "sponsor": ()},
        substitutes=(Substitute("bo", "sven", date(2026, 3, 1), date(2026, 12, 31)),),
    ),
    "sidelines": Setting(members={"keeper": ()}),
    "alarms": Setting(members={"board": ("bo", "lead_1", "bea")}),
    "chambers": Setting(
        members={
            "jury": ("jan", "jo", "june"),
            "council": ("carl", "cia", "jan"),
            "port": ("pia",),
            "city": ("carl",),
        },
        substitutes=(
            Substitute("jo", "sven", date(2026, 3, 1), date(2026, 4, 20)),
            Substitute("cia", "carl", date(2026, 3, 1), date(2026, 12, 31)),
        ),
    ),
    "sessions": Setting(
        members={"board": ("bo", "bea")},
        meetings={
            "board": every_week(date(2026, 4, 7), 12, step=3),
            "council": every_week(date(2026, 4, 16), 3, step=5),
        },
        closures=frozenset({date(2026, 5, 15)}),
    ),
    "crossroads": Setting(members={"school": ("siv",), "folk": ()}),
    "rounds": Setting(substitutes=(Substitute("lead_1", "sven", START, date(2026, 12, 31)),)),
}


@dataclass(frozen=True)
class Case:
    """A method as both sides read it, and its setting."""

    name: str
    method: Methodology
    plain: dict[str, Any]
    setting: Setting

    @property
    def zone(self) -> str:
        return ZONES[self.method.country]

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        named = self.setting.members
        return {role: named.get(role, (f"{role}_1",)) for role in self.method.roles}

    @property
    def people(self) -> list[str]:
        """Everybody who may turn up, members first."""
        held = [person for members in self.members.values() for person in members]
        stand_ins = [s.stands_in for s in self.setting.substitutes]
        return list(dict.fromkeys([*held, *stand_ins, STRANGER]))

    def inputs(self) -> Inputs:
        quiet = tuple(YearlyPeriod.parse(text) for text in self.method.quiet)
        given = self.setting
        calendar = Calendar(
            self.method.country, self.zone, given.closures, quiet, dict(given.meetings)
        )
        standing_in = (
            Substitution(s.person, s.stands_in, s.first, s.last) for s in given.substitutes
        )
        return Inputs(calendar, substitutions=tuple(standing_in))

    def oracle(self) -> Oracle:
        return Oracle(
            self.plain,
            zone=self.zone,
            country=self.method.country,
            meetings=self.setting.meetings,
            closures=self.setting.closures,
            substitutes=self.setting.substitutes,
            sweeps=False,
        )

    def morning(self, day: date) -> datetime:
        return datetime.combine(day, time(9), ZoneInfo(self.zone))


@cache
def case(name: str) -> Case:
    path = METHODS / f"{name}.yaml"
    return Case(name, library.load(path), library.resolved(path), SETTINGS[name])


NAMES = tuple(SETTINGS)
