"""Decide how time is counted: where durations of calendar, working and statutory time end, quiet
periods, meetings, and the instants at which civil days begin and end.  Every computed date carries
the steps that led to it.  Which days are off by law is left to `holidays`; what a deadline stands
on, who is told of it and what time it is now are left to others.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

from innocities_engine.domain import holidays
from innocities_engine.domain.durations import Duration, DurationKind, Period, Unit, YearlyPeriod
from innocities_engine.domain.explained import Explained, Step, Value, explain
from innocities_engine.domain.holidays import BeyondCalendar

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BeyondCalendar",
    "Calendar",
    "Duration",
    "DurationKind",
    "Explained",
    "Period",
    "Place",
    "Session",
    "Step",
    "Unit",
    "YearlyPeriod",
    "after",
    "at_local",
    "before",
    "end_of_day",
    "explain",
    "holiday_name",
    "is_working_day",
    "local_date",
    "next_meeting",
    "next_session",
    "next_working_day",
    "out_of_quiet",
    "previous_working_day",
    "session_on_request",
    "start_of_day",
    "why_not_working",
    "without_quiet",
]

SATURDAY: Final = 5
WORKING_DAYS_A_WEEK: Final = 5
MONTHS_A_YEAR: Final = 12
ONE_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A meeting of a body, and the last day on which something can still be put before it."""

    day: date
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """What an organisation's time depends on; its meetings are those that somebody has fixed."""

    country: str
    zone: str
    closures: frozenset[date] = frozenset()
    quiet: tuple[YearlyPeriod, ...] = ()
    meetings: Mapping[str, tuple[date, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.country not in holidays.COUNTRIES:
            raise ValueError(f"“{self.country}” is not one of {', '.join(holidays.COUNTRIES)}")
        _zone(self.zone)
        if self.quiet and all(_is_quiet(self, date(2023, 1, 1) + timedelta(i)) for i in range(365)):
            raise ValueError("the quiet periods together leave no day of the year")


Place: TypeAlias = Calendar | str  # a calendar, or the name of a zone


def why_not_working(cal: Calendar, day: date) -> str | None:
    """Tell why nobody works that day: the key of a holiday, "weekend", "closure", or None."""
    reason = _off_by_law(cal, day)
    return holidays.CLOSURE if reason is None and day in cal.closures else reason


def _off_by_law(cal: Calendar, day: date) -> str | None:
    weekend = holidays.WEEKEND if day.weekday() >= SATURDAY else None
    return holidays.day_off(cal.country, day) or weekend


def holiday_name(country: str, day: date, language: str) -> str:
    """Name the holiday or eve of that day; an ordinary day has no name."""
    key = holidays.day_off(country, day)
    return holidays.name(key, language) if key else ""


def is_working_day(cal: Calendar, day: date) -> bool:
    """Tell whether the organisation works that day."""
    return why_not_working(cal, day) is None


def next_working_day(cal: Calendar, day: date) -> date:
    """Find the first working day on or after this one."""
    return _seek_working_day(cal, day, 1)


def previous_working_day(cal: Calendar, day: date) -> date:
    """Find the last working day on or before this one."""
    return _seek_working_day(cal, day, -1)


def _seek_working_day(cal: Calendar, day: date, sign: int) -> date:
    while not is_working_day(cal, day):
        day += timedelta(sign)
    return day


def out_of_quiet(cal: Calendar, day: date) -> date:
    """Find the first day on or after this one that lies in no quiet period."""
    return _seek_busy_day(cal, day, 1)


def without_quiet(cal: Calendar) -> Calendar:
    """Give the same calendar without quiet periods, for dates that are limits and not deadlines."""
    return replace(cal, quiet=())


def _is_quiet(cal: Calendar, day: date) -> bool:
    return any(day in period for period in cal.quiet)


def _seek_busy_day(cal: Calendar, day: date, sign: int) -> date:
    while _is_quiet(cal, day):
        day = _plus_days(day, sign)
    return day


def after(cal: Calendar, start: date, d: Duration) -> Explained:
    """Count forward from `start`, which is not counted itself.

    Plain time ends on the same number (a missing day: the month's last) and moves out of a quiet
    period to the first day after.  Working time counts working days, quiet or not; ending in a
    quiet period it moves to the first working day after, as does every deadline that no law sets;
    no working days at all are no days at all, so they may end on a day off.  Statutory time ends by
    number and rolls over days off by law; quiet periods and closures do not touch it.
    """
    return _reckon(cal, start, d, 1)


def before(cal: Calendar, end: date, d: Duration) -> Explained:
    """Count backward from `end`, which is not counted itself.

    It mirrors `after`: every move is to an earlier day, otherwise what must be there ahead of time
    would come too late.
    """
    return _reckon(cal, end, d, -1)


def _reckon(cal: Calendar, anchor: date, d: Duration, sign: int) -> Explained:
    code = "counted_from" if sign > 0 else "counted_back_from"
    counted = _step(code, duration=str(d), day=anchor)
    if d.kind is DurationKind.WORKING and d.n:
        day, how = _working(cal, anchor, d, sign)
    elif d.kind is DurationKind.STATUTORY:
        day, how = _statutory(cal, anchor, d, sign)
    else:
        day, how = _plain(cal, anchor, d, sign)
    return Explained(day, (counted, *how))


_Reckoned: TypeAlias = tuple[date, list[Step]]


def _plain(cal: Calendar, anchor: date, d: Duration, sign: int) -> _Reckoned:
    day, how = _by_number(anchor, d, sign)
    return _moved("moved_out_of_quiet", day, _seek_busy_day(cal, day, sign), how)


def _working(cal: Calendar, anchor: date, d: Duration, sign: int) -> _Reckoned:
    day = anchor
    how: list[Step] = []
    left = d.n * (WORKING_DAYS_A_WEEK if d.unit is Unit.WEEKS else 1)
    while left:
        day = _plus_days(day, sign)
        reason = why_not_working(cal, day)
        if reason is None:
            left -= 1
        elif day.weekday() < SATURDAY:
            how.append(_skipped(day, reason))
    end = day
    while _is_quiet(cal, end):
        end = _seek_working_day(cal, _seek_busy_day(cal, end, sign), sign)
    return _moved("moved_out_of_quiet", day, end, how)


def _statutory(cal: Calendar, anchor: date, d: Duration, sign: int) -> _Reckoned:
    day, how = _by_number(anchor, d, sign)
    end, reason = day, _off_by_law(cal, day)
    while _off_by_law(cal, end):
        end += timedelta(sign)
    return _moved("rolled", day, end, how, reason=reason or "")


def _by_number(anchor: date, d: Duration, sign: int) -> _Reckoned:
    if d.unit is Unit.DAYS:
        return _plus_days(anchor, sign * d.n), []
    if d.unit is Unit.WEEKS:
        return _plus_days(anchor, sign * d.n * 7), []
    day = _plus_months(anchor, sign * d.n * (MONTHS_A_YEAR if d.unit is Unit.YEARS else 1))
    clamped = day.day != anchor.day
    return day, [_step("clamped_month_end", wanted=anchor.day, to=day)] if clamped else []


def _plus_days(day: date, n: int) -> date:
    try:
        return day + timedelta(n)
    except OverflowError as fault:
        raise BeyondCalendar(f"{n} days from {day} is beyond all calendars") from fault


def _plus_months(day: date, n: int) -> date:
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + n, MONTHS_A_YEAR)
    if not MINYEAR <= year <= MAXYEAR:
        raise BeyondCalendar(f"{n} months from {day} is beyond all calendars")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _step(code: str, **params: Value) -> Step:
    return Step(code, tuple(params.items()))


def _skipped(day: date, reason: str) -> Step:
    if reason == holidays.CLOSURE:
        return _step("skipped_closure", day=day)
    return _step("skipped_holiday", day=day, name_key=reason)


def _moved(code: str, day: date, end: date, how: list[Step], **why: Value) -> _Reckoned:
    return end, [*how, _step(code, **{"from": day, "to": end}, **why)] if end != day else how


def next_meeting(cal: Calendar, body_calendar: str, on_or_after: date) -> date | None:
    """Find the next fixed meeting; where none is fixed there is none, and none is invented."""
    days = cal.meetings.get(body_calendar, ())
    return min((day for day in days if day >= on_or_after), default=None)


def next_session(
    cal: Calendar, body_calendar: str, asked: date, notice: Duration | None = None
) -> Session | None:
    """Find the first fixed meeting that something asked for on that day can still reach."""
    days = sorted(day for day in cal.meetings.get(body_calendar, ()) if day >= asked)
    sessions = (Session(day, _closes(cal, day, notice)) for day in days)
    return next((s for s in sessions if s.closes is None or s.closes >= asked), None)


def _closes(cal: Calendar, day: date, notice: Duration | None) -> date | None:
    return before(without_quiet(cal), day, notice).day if notice else None


def session_on_request(cal: Calendar, asked: date, notice: Duration | None = None) -> Session:
    """Give the earliest session of a body that meets when asked: a working day, out of quiet."""
    day = after(cal, asked, notice).day if notice else asked
    while _is_quiet(cal, day) or not is_working_day(cal, day):
        day = _plus_days(day, 1)
    return Session(day)


def start_of_day(where: Place, day: date) -> datetime:
    """Give the first instant of that civil day; of a day its zone left out, that of the next."""
    return at_local(where, day, 0)


def end_of_day(where: Place, day: date) -> datetime:
    """Give the instant at which that civil day is over."""
    return start_of_day(where, _plus_days(day, 1))


def at_local(where: Place, day: date, hour: int, minute: int = 0) -> datetime:
    """Give the instant of that time of day, in UTC.

    Of a time that comes twice, the first; for a time the clock leaps over, the first minute after.
    """
    return _instant(_key(where), day, hour, minute)


@lru_cache(maxsize=4096)
def _instant(key: str, day: date, hour: int, minute: int) -> datetime:
    zone = _zone(key)
    clock = datetime.combine(day, time(hour, minute))
    try:
        first, second = (clock.replace(fold=fold, tzinfo=zone).astimezone(UTC) for fold in (0, 1))
    except OverflowError as fault:
        raise BeyondCalendar(f"{clock} is beyond all calendars") from fault
    # Only in a gap does the second reading come before the first: the leap lies between them.
    return first if first <= second else _leap_after(zone, second)


def _leap_after(zone: ZoneInfo, instant: datetime) -> datetime:
    offset = instant.astimezone(zone).utcoffset()
    while instant.astimezone(zone).utcoffset() == offset:
        instant += ONE_MINUTE
    return instant


def local_date(where: Place, instant: datetime) -> date:
    """Tell the civil day of an instant."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} does not say its zone")
    return instant.astimezone(_zone(_key(where))).date()


def _key(where: Place) -> str:
    return where if isinstance(where, str) else where.zone


def _zone(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError) as fault:
        raise ValueError(f"“{key}” is not the name of a time zone") from fault
