"""Decide how a computed date tells what led to it: the steps as data, and as a sentence in Swedish,
Norwegian bokmål or English.  Counting is left to `calendar`, the names of days off to `holidays`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

from innocities_engine.domain import holidays
from innocities_engine.domain.durations import Duration, DurationKind, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value: TypeAlias = date | str | int
MOST_SKIPPED: Final = 12  # named in a sentence


@dataclass(frozen=True, slots=True)
class Step:
    """One reason why a date is what it is.

    counted_from, counted_back_from (duration, day) · skipped_holiday (day, name_key) ·
    skipped_closure (day) · clamped_month_end (wanted, to) · rolled (from, to, reason) ·
    moved_out_of_quiet (from, to)
    """

    code: str
    params: tuple[tuple[str, Value], ...] = ()

    def __getitem__(self, name: str) -> Value:
        return dict(self.params)[name]


@dataclass(frozen=True, slots=True)
class Explained:
    """A computed date and the steps that led to it."""

    day: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Tongue:
    weekdays: str
    months: str
    date: str
    units: Mapping[Unit, tuple[str, str]]
    working: str
    statutory: str
    sentences: Mapping[str, str]
    more: str


_TONGUES: Final = {
    "en": _Tongue(
        weekdays="Mon Tue Wed Thu Fri Sat Sun",
        months="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        date="{day} {month}",
        units={
            Unit.DAYS: ("day", "days"),
            Unit.WEEKS: ("week", "weeks"),
            Unit.MONTHS: ("month", "months"),
            Unit.YEARS: ("year", "years"),
        },
        working="working {unit}",
        statutory="statutory {unit}",
        sentences={
            "counted_from": "{duration} from {day}",
            "counted_back_from": "{duration} before {day}",
            "skipped": "skipped {days}",
            "clamped_month_end": "there is no day {wanted} in that month, so {to}",
            "rolled": "{from} is {reason}, so {to}",
            "moved_out_of_quiet": "{from} is in a quiet period, so {to}",
        },
        more="and {n} more",
    ),
    "sv": _Tongue(
        weekdays="mån tis ons tors fre lör sön",
        months="jan feb mars april maj juni juli aug sep okt nov dec",
        date="{day} {month}",
        units={
            Unit.DAYS: ("dag", "dagar"),
            Unit.WEEKS: ("vecka", "veckor"),
            Unit.MONTHS: ("månad", "månader"),
            Unit.YEARS: ("år", "år"),
        },
        working="arbets{unit}",
        statutory="{unit} enligt lag",
        sentences={
            "counted_from": "{duration} från {day}",
            "counted_back_from": "{duration} före {day}",
            "skipped": "hoppade över {days}",
            "clamped_month_end": "den månaden har ingen dag {wanted}, därför {to}",
            "rolled": "{from} är {reason}, därför {to}",
            "moved_out_of_quiet": "{from} är i semesterperioden, därför {to}",
        },
        more="och {n} till",
    ),
    "nb": _Tongue(
        weekdays="man. tir. ons. tor. fre. lør. søn.",
        months="jan. feb. mars april mai juni juli aug. sep. okt. nov. des.",
        date="{day}. {month}",
        units={
            Unit.DAYS: ("dag", "dager"),
            Unit.WEEKS: ("uke", "uker"),
            Unit.MONTHS: ("måned", "måneder"),
            Unit.YEARS: ("år", "år"),
        },
        working="arbeids{unit}",
        statutory="{unit} etter loven",
        sentences={
            "counted_from": "{duration} fra {day}",
            "counted_back_from": "{duration} før {day}",
            "skipped": "hoppet over {days}",
            "clamped_month_end": "den måneden har ingen dag {wanted}, derfor {to}",
            "rolled": "{from} er {reason}, derfor {to}",
            "moved_out_of_quiet": "{from} er i ferieperioden, derfor {to}",
        },
        more="og {n} til",
    ),
}


def explain(explained: Explained, language: str) -> str:
    """Say in one line what led to the date, in English where we do not speak the language.

    The year is said where it is not that of the date itself.
    """
    spoken = language if language in _TONGUES else "en"
    tongue, year = _TONGUES[spoken], explained.day.year
    skipped = [step for step in explained.steps if step.code.startswith("skipped")]
    said = [_skipped(tongue, skipped, year)] if skipped else []
    told = [
        tongue.sentences[step.code].format_map(_words(tongue, spoken, step, year))
        for step in explained.steps
        if step not in skipped
    ]
    return "; ".join([*told[:1], *said, *told[1:]])


def length(d: Duration, language: str) -> str:
    """Say how long something lasts, in English where we do not speak the language."""
    return _duration(_TONGUES.get(language, _TONGUES["en"]), d)


def _words(tongue: _Tongue, spoken: str, step: Step, year: int) -> dict[str, str]:
    return {name: _word(tongue, spoken, name, value, year) for name, value in step.params}


def _word(tongue: _Tongue, spoken: str, name: str, value: Value, year: int) -> str:
    if isinstance(value, date):
        return f"{tongue.weekdays.split()[value.weekday()]} {_date(tongue, value, year)}"
    if name == "duration":
        return _duration(tongue, Duration.parse(str(value)))
    return holidays.name(value, spoken) if isinstance(value, str) else str(value)


def _date(tongue: _Tongue, day: date, year: int) -> str:
    written = tongue.date.format(day=day.day, month=tongue.months.split()[day.month - 1])
    return written if day.year == year else f"{written} {day.year}"


def _duration(tongue: _Tongue, d: Duration) -> str:
    unit = tongue.units[d.unit][d.n != 1]
    if d.kind is DurationKind.WORKING:
        unit = tongue.working.format(unit=unit)
    if d.kind is DurationKind.STATUTORY:
        unit = tongue.statutory.format(unit=unit)
    return f"{d.n} {unit}"


def _skipped(tongue: _Tongue, steps: Sequence[Step], year: int) -> str:
    days = sorted(day for step in steps if isinstance(day := step["day"], date))
    said = ", ".join(_date(tongue, day, year) for day in days[:MOST_SKIPPED])
    more = len(days) - MOST_SKIPPED
    said += f" {tongue.more.format(n=more)}" if more > 0 else ""
    return tongue.sentences["skipped"].format(days=said)
