"""The world in which a method is tried out: a team, monthly sessions of its bodies, and the days on
which a project may begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from innocities_engine.authoring import sandbox
from innocities_engine.authoring.verify.team import Team, smallest_team
from innocities_engine.domain import calendar
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.definition import FactType, Methodology
from innocities_engine.domain.values import typed

ZONES: Final = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm"}
FIRST: Final = date(2026, 3, 2)
NOON: Final = 12
YEARS_AHEAD: Final = 20
ASIDE: Final = timedelta(days=60)


@dataclass(frozen=True)
class World:
    method: Methodology
    inputs: Inputs
    team: Team

    def noon(self, day: date) -> datetime:
        return calendar.at_local(self.inputs.calendar, day, NOON)


def world_of(method: Methodology) -> World:
    quiet = tuple(YearlyPeriod.parse(text) for text in method.quiet)
    days = Calendar(method.country, ZONES[method.country], quiet=quiet)
    first = FIRST - timedelta(days=366)
    meetings = sandbox.meetings(method, days, first, months=12 * YEARS_AHEAD)
    days = Calendar(method.country, ZONES[method.country], quiet=quiet, meetings=meetings)
    return World(method, Inputs(days), smallest_team(method))


def beginnings(method: Methodology) -> tuple[date, ...]:
    """A day on either side of each date that the method itself fixes; else one day."""
    fixed = [
        day
        for fact in method.facts.values()
        if fact.type is FactType.DATE and isinstance(fact.value, str)
        and isinstance(day := typed(fact, fact.value), date)
    ]  # fmt: skip
    aside = {day + way for day in fixed for way in (-ASIDE, ASIDE)}
    return tuple(sorted(aside)) or (FIRST,)
