"""Days as the oracle counts them: which days are working days, and where a duration ends.

Written from the duration grammar of the definition language and the table in B.4, with an Easter
computation of its own, so that it shares nothing with the calendar of the engine. Which durations
a hold moves is said in `moments`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MONTHS = tuple(name.lower() for name in calendar.month_name)
DURATION = re.compile(r"(\d+)\s+(?:(working|statutory)\s+)?(day|week|month|year)s?")
YEARLY = re.compile(r"(\d{1,2}) ([A-Za-z]+)")

YearlyDay = tuple[int, int]  # month, day


@dataclass(frozen=True)
class Duration:
    """So many days, weeks, months or years of one of the three kinds."""

    n: int
    unit: str
    kind: str = "plain"

    def times(self, k: int) -> Duration:
        return Duration(self.n * k, self.unit, self.kind)


@dataclass(frozen=True)
class Days:
    """The days of one organisation: its country, zone, closures, quiet periods and meetings."""

    country: str
    zone: ZoneInfo
    closures: frozenset[date] = frozenset()
    quiet: tuple[tuple[YearlyDay, YearlyDay], ...] = ()
    meetings: Mapping[str, Sequence[date]] = field(default_factory=dict)

    def of(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def start(self, day: date) -> datetime:
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)

    def is_working(self, day: date) -> bool:
        return day not in self.closures and not is_statutory_free(self.country, day)


def duration(text: str) -> Duration | None:
    """Read "3 statutory weeks"; None where the text is not a duration (it may name a fact)."""
    found = DURATION.fullmatch(text.strip())
    if not found:
        return None
    return Duration(int(found[1]), found[3], found[2] or "plain")


def yearly(text: str) -> YearlyDay | None:
    """Read "15 March" or "03-15"."""
    if found := YEARLY.fullmatch(text.strip()):
        name = found[2].lower()
        return (MONTHS.index(name), int(found[1])) if name in MONTHS else None
    if found := re.fullmatch(r"(\d{2})-(\d{2})", text.strip()):
        return int(found[1]), int(found[2])
    return None


def quiet_period(text: str) -> tuple[YearlyDay, YearlyDay]:
    """Read "22 June..15 August"."""
    first, last = (yearly(part) for part in text.split(".."))
    if first is None or last is None:
        raise ValueError(f"not a quiet period: {text!r}")
    return first, last


def on_or_after(day: date, when: YearlyDay) -> date:
    """The first such day of a year from `day` on; 29 February falls on 28 where there is none."""
    this = in_year(day.year, when)
    return this if this >= day else in_year(day.year + 1, when)


def in_year(year: int, when: YearlyDay) -> date:
    month, number = when
    return date(year, month, min(number, calendar.monthrange(year, month)[1]))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Gauss, as corrected by Lichtenberg)."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    s = 2 - (3 * k + 3) // 4
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    og = 21 + d - r
    sz = 7 - (year + year // 4 + s) % 7
    oe = 7 - (og - sz) % 7
    return date(year, 3, 1) + timedelta(days=og + oe - 1)


def first_weekday(weekday: int, start: date) -> date:
    return start + timedelta(days=(weekday - start.weekday()) % 7)


@cache
def holidays(country: str, year: int) -> set[date]:
    """Public holidays as B.4 lists them (ordinary Sundays apart)."""
    paschal = easter(year)
    moving = {"SE": (-2, 0, 1, 39, 49), "NO": (-3, -2, 0, 1, 39, 49, 50)}[country]
    fixed = {
        "SE": ((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26)),
        "NO": ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26)),
    }[country]
    found = {paschal + timedelta(days=n) for n in moving} | {date(year, *day) for day in fixed}
    if country == "SE":
        found |= {first_weekday(5, date(year, 6, 20)), first_weekday(5, date(year, 10, 31))}
    return found


def eves(country: str, year: int) -> set[date]:
    """Days that Swedish law puts beside Sundays; Norway has none."""
    if country != "SE":
        return set()
    return {first_weekday(4, date(year, 6, 19)), date(year, 12, 24), date(year, 12, 31)}


def is_statutory_free(country: str, day: date) -> bool:
    return (
        day.weekday() >= 5 or day in holidays(country, day.year) or day in eves(country, day.year)
    )


def add(days: Days, start: date, length: Duration) -> date:
    """The day on which a duration that began on `start` ends."""
    return soft(days, reckon(days, start, length, DAY), length, DAY)


def subtract(days: Days, end: date, length: Duration) -> date:
    """The day so long before `end`; every move is to an earlier day."""
    return soft(days, reckon(days, end, length, -DAY), length, -DAY)


def reckon(days: Days, start: date, length: Duration, step: timedelta) -> date:
    if length.kind == "working":
        return count_working(days, start, length, step)
    sign = 1 if step > timedelta(0) else -1
    end = shift(start, Duration(sign * length.n, length.unit, length.kind))
    if length.kind == "statutory":
        return walk_until(end, step, lambda day: not is_statutory_free(days.country, day))
    return end


def soft(days: Days, day: date, length: Duration, step: timedelta) -> date:
    """Move a date that no law sets out of quiet periods, a working one onto a working day."""
    if length.kind == "statutory" or not in_quiet(days, day):
        return day
    working = length.kind == "working"
    return walk_until(
        day, step, lambda d: not in_quiet(days, d) and (not working or days.is_working(d))
    )


def shift(day: date, length: Duration) -> date:
    """Calendar arithmetic only: a day number that a month lacks becomes its last day."""
    if length.unit in ("day", "week"):
        return day + DAY * length.n * (7 if length.unit == "week" else 1)
    months = length.n * (12 if length.unit == "year" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return in_year(year, (month + 1, day.day))


def count_working(days: Days, start: date, length: Duration, step: timedelta) -> date:
    """Count working days one by one; a working week is five of them."""
    if length.unit in ("month", "year"):
        sign = 1 if step > timedelta(0) else -1
        nominal = shift(start, Duration(sign * length.n, length.unit))
        return walk_until(nominal, step, days.is_working)
    left = length.n * (5 if length.unit == "week" else 1)
    day = start
    while left:
        day += step
        left -= days.is_working(day)
    return day


def walk_until(day: date, step: timedelta, stop: Callable[[date], bool]) -> date:
    while not stop(day):
        day += step
    return day


def in_quiet(days: Days, day: date) -> bool:
    here = (day.month, day.day)
    return any(
        first <= here <= last if first <= last else here >= first or here <= last
        for first, last in days.quiet
    )


def next_meeting(days: Days, calendar_name: str, earliest: date) -> date | None:
    return min(
        (day for day in days.meetings.get(calendar_name, ()) if day >= earliest), default=None
    )
