"""Decide what can be said about lengths and stretches of time: durations, periods and periods that
come every year, and how they are written.  When they end on a calendar is left to `calendar`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from innocities_engine.domain.worded import Worded

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class DurationKind(StrEnum):
    """How the time of a duration is counted."""

    PLAIN = "plain"
    WORKING = "working"
    STATUTORY = "statutory"


class Unit(StrEnum):
    """What a duration counts."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


LONGEST: Final = {Unit.DAYS: 36_525, Unit.WEEKS: 5_218, Unit.MONTHS: 1_200, Unit.YEARS: 100}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time of at most a hundred years; a working week is five working days."""

    n: int
    unit: Unit
    kind: DurationKind = DurationKind.PLAIN

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError(Worded("a duration is not negative; say before instead of after"))
        if self.n > LONGEST[self.unit]:
            raise ValueError(Worded("“{text}” is longer than 100 years", text=self))
        if self.kind is DurationKind.WORKING and self.unit in (Unit.MONTHS, Unit.YEARS):
            raise ValueError(
                Worded("working time is counted in days or weeks, so not “{text}”", text=self)
            )

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read “10 working days”, “3 statutory weeks” or “1 month”."""
        match text.split():
            case [number, unit]:
                found = cls(_number(number), _unit(unit))
            case [number, kind, unit]:
                found = cls(_number(number), _unit(unit), _kind(kind))
            case _:
                raise ValueError(
                    Worded(
                        "“{text}” is not a duration; write for example “10 working days”, "
                        "“3 statutory weeks” or “1 month”",
                        text=text,
                    )
                )
        if text.split() != str(found).split():
            raise ValueError(Worded("write “{found}”, not “{text}”", found=found, text=text))
        return found

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if self.n == 1 else self.unit
        words = [str(self.n), unit]
        if self.kind is not DurationKind.PLAIN:
            words.insert(1, self.kind)
        return " ".join(words)


def _number(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", word):
        raise ValueError(
            Worded("“{word}” is not a whole number in digits, at most six of them", word=word)
        )
    return int(word)


def _unit(word: str) -> Unit:
    known = [form for unit in Unit for form in (unit.value, unit.removesuffix("s"))]
    if word not in known:
        near = _nearest(word, known, Unit)
        raise ValueError(Worded("“{word}” is not a unit of time; {near}", word=word, near=near))
    return Unit(word.removesuffix("s") + "s")


def _kind(word: str) -> DurationKind:
    known = [DurationKind.WORKING.value, DurationKind.STATUTORY.value]
    if word not in known:
        raise ValueError(
            Worded(
                "“{word}” is no kind of time; {near}, or leave it out for calendar time",
                word=word,
                near=_nearest(word, known, known),
            )
        )
    return DurationKind(word)


def _nearest(word: str, known: Iterable[str], listed: Iterable[str]) -> Worded:
    near = get_close_matches(word.lower(), list(known), n=1)
    if near:
        return Worded("did you mean “{name}”?", name=near[0])
    return Worded("use {words}", words=", ".join(listed))


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"the period ends on {self.last}, before its first day {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class YearlyPeriod:
    """A stretch of days in every year, both ends included; it may run over the new year."""

    first_month: int
    first_day: int
    last_month: int
    last_day: int

    def __post_init__(self) -> None:
        leap_year = 2024  # otherwise 29 February could not be an end
        date(leap_year, self.first_month, self.first_day)
        date(leap_year, self.last_month, self.last_day)

    @classmethod
    def parse(cls, text: str) -> YearlyPeriod:
        """Read “22 June..15 August”."""
        found = re.fullmatch(r"(\d{1,2}) ([A-Za-z]+) ?\.\. ?(\d{1,2}) ([A-Za-z]+)", text.strip())
        if not found:
            raise ValueError(
                Worded("“{text}” is not a yearly period; write “22 June..15 August”", text=text)
            )
        day, month, last_day, last_month = found.groups()
        try:
            return cls(_month(month), int(day), _month(last_month), int(last_day))
        except ValueError as fault:
            why = fault.args[0]
            if not isinstance(why, Worded):
                why = Worded("one of its days is in no year")
            told = Worded("“{text}” is not a yearly period: {why}", text=text, why=why)
            raise ValueError(told) from fault

    def __str__(self) -> str:
        first, last = MONTHS[self.first_month - 1], MONTHS[self.last_month - 1]
        return f"{self.first_day} {first}..{self.last_day} {last}"

    def __contains__(self, day: date) -> bool:
        first, last = (self.first_month, self.first_day), (self.last_month, self.last_day)
        here = (day.month, day.day)
        return first <= here <= last if first <= last else here >= first or here <= last


def _month(word: str) -> int:
    if word not in MONTHS:
        near = get_close_matches(word.capitalize(), MONTHS, n=1)
        if near:
            meant = Worded(
                "“{word}” is not a month; did you mean “{name}”?", word=word, name=near[0]
            )
            raise ValueError(meant)
        raise ValueError(Worded("“{word}” is not a month", word=word))
    return MONTHS.index(word) + 1
