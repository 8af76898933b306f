"""A moment worked out: a day, an instant, or not known yet and what it waits for.

A moment that is a date begins with its day where it opens something and has passed when its day is
over; a happening has passed at its instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from innocities_engine.domain import calendar
from innocities_engine.domain.calendar import Step
from innocities_engine.domain.situation import Situation


@dataclass(frozen=True, slots=True)
class When:
    """Exactly one of `day`, `instant`, `waits` says it. `waits`: what has to be known first."""

    day: date | None = None
    instant: datetime | None = None
    waits: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()

    @property
    def known(self) -> bool:
        return self.day is not None or self.instant is not None


def unknown(*waits: str) -> When:
    return When(waits=frozenset(waits))


def begins(s: Situation, when: When) -> datetime | None:
    """The instant from which it opens something."""
    if when.day is not None:
        return calendar.start_of_day(s.inputs.calendar, when.day)
    return when.instant


def is_over(s: Situation, when: When) -> datetime | None:
    """The instant at which it has passed."""
    if when.day is not None:
        return calendar.end_of_day(s.inputs.calendar, when.day)
    return when.instant


def civil_day(s: Situation, when: When) -> date | None:
    return when.day or (s.day_of(when.instant) if when.instant else None)


def passed(s: Situation, when: When) -> bool | None:
    """Whether it has passed; None while unknown. Sets the alarm for the instant it will."""
    over = is_over(s, when)
    if over is None:
        return None
    s.look_again(over)
    return s.now >= over


def begun(s: Situation, when: When) -> bool:
    """Whether it has begun. Sets the alarm for the instant it will."""
    start = begins(s, when)
    if start is None:
        return False
    s.look_again(start)
    return s.now >= start
