"""The values of facts: reading what was answered, and comparing it by type."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from innocities_engine.domain.calendar import Duration, Unit
from innocities_engine.domain.definition import Fact, FactType
from innocities_engine.domain.grammar import Comparison, Literal
from innocities_engine.domain.worded import Worded

Value: TypeAlias = "bool | str | Decimal | date | tuple[int, int] | Duration | frozenset[str]"

_NUMBERS = (FactType.NUMBER, FactType.PERCENT, FactType.MONEY)
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30, Unit.YEARS: 365}
_MAX_DIGITS = 18


def typed(fact: Fact, raw: Literal) -> Value:
    """Read a canonical literal as the fact's type; ValueError says what was expected."""
    if fact.type is FactType.YES_NO:
        return _yes_no(raw)
    if isinstance(raw, bool):
        raise ValueError(Worded("expected {type}", type=fact.type))  # noqa: TRY004 - one kind of complaint
    if fact.type in _NUMBERS:
        return _number(raw)
    match fact.type:
        case FactType.DATE:
            return _day(raw)
        case FactType.YEARLY_DATE:
            return _day_of_year(raw)
        case FactType.DURATION:
            return _one_of(fact, Duration.parse(raw), str(Duration.parse(raw)))
        case FactType.CHOICE:
            return _one_of(fact, raw, raw)
        case FactType.CHOICES:
            parts = frozenset(part.strip() for part in raw.split(",") if part.strip())
            for part in parts:
                _one_of(fact, part, part)
            return parts
        case _:
            return raw


def _yes_no(raw: Literal) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return raw == "true"
    raise ValueError(Worded("expected true or false"))


def _number(raw: str) -> Decimal:
    try:
        number = Decimal(raw)
    except InvalidOperation:
        raise ValueError(Worded("expected a number, got {text!r}", text=raw)) from None
    digits = number.as_tuple().digits
    if not number.is_finite() or max(len(digits), abs(number.adjusted())) > _MAX_DIGITS:
        raise ValueError(Worded("expected a number of at most {n} digits", n=_MAX_DIGITS))
    return number


def _day(raw: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        raise ValueError(Worded("expected a date such as 2026-05-29, got {text!r}", text=raw))
    day = _date(raw, raw)
    if not 1990 <= day.year <= 2199:
        raise ValueError(Worded("expected a year from 1990 to 2199, got {year}", year=day.year))
    return day


def _day_of_year(raw: str) -> tuple[int, int]:
    day = _date(f"2000-{raw}", raw)
    return (day.month, day.day)


def _date(text: str, raw: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(Worded("there is no day {text!r}", text=raw)) from None


def _one_of(fact: Fact, value: Value, text: str) -> Value:
    if fact.choices and text not in fact.choices:
        choices = ", ".join(fact.choices)
        raise ValueError(
            Worded("expected one of {choices}, got {text!r}", choices=choices, text=text)
        )
    return value


def canonical(fact: Fact, raw: Literal) -> Literal:
    """The one way this value is written in events; ValueError if it does not fit the fact."""
    value = typed(fact, raw)
    match value:
        case bool() | str():
            return value
        case Decimal():
            return format(value.normalize(), "f")
        case frozenset():
            return ", ".join(sorted(value))
        case (month, day):
            return f"{month:02d}-{day:02d}"
        case date():
            return value.isoformat()
    return str(value)


def is_legible(fact: Fact | None, raw: Literal) -> bool:
    """Whether a value can be read as one of this fact; of a fact nobody knows nothing is read."""
    try:
        return fact is None or canonical(fact, raw) is not None
    except ValueError:
        return False


def compare(left: Value, comparison: Comparison, right: Value) -> bool:
    """Judge `left comparison right`; both have the same type."""
    match comparison:
        case Comparison.IS:
            return left == right
        case Comparison.IS_NOT:
            return left != right
        case Comparison.INCLUDES:
            return isinstance(left, frozenset) and right in left
    low, high = _ordered(left), _ordered(right)
    match comparison:
        case Comparison.AT_LEAST:
            return low >= high
        case Comparison.AT_MOST:
            return low <= high
        case Comparison.ABOVE:
            return low > high
    return low < high


def _ordered(value: Value) -> Decimal:
    match value:
        case Decimal():
            return value
        case date():
            return Decimal(value.toordinal())
        case Duration():
            return Decimal(value.n * _DAYS[value.unit])
        case (int() as month, int() as day):
            return Decimal(timedelta(days=month * 31 + day).days)
    raise TypeError(f"{value!r} has no order")
