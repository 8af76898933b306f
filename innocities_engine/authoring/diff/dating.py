"""Tells of two dates, lengths or ladders which leaves a project more time. Dates only remind, so
nothing here stops anybody; it is weighed nevertheless, since people plan by them. What cannot be
compared counts as asking more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from innocities_engine.authoring.diff.asking import LATER, LOOSER, STRICTER, Seen, Weight
from innocities_engine.domain.calendar import WORKING_DAYS_A_WEEK
from innocities_engine.domain.durations import Duration, DurationKind, Unit, YearlyPeriod

Plain: TypeAlias = Any
_OFFSET: Final = re.compile(r"([0-9].*?) (before|after) (.+)")
_DAYS: Final = {Unit.DAYS: (Unit.DAYS, 1), Unit.WEEKS: (Unit.DAYS, 7)}
_MONTHS: Final = {Unit.MONTHS: (Unit.MONTHS, 1), Unit.YEARS: (Unit.MONTHS, 12)}
_STANDARD: Final = _DAYS | _MONTHS
_RULES: Final = ("passed", "newer_than", "opens")
_PLAIN: Final = re.compile(r"[0-9]+ (day|week|month|year)")
_LEAP_YEAR: Final = tuple(date(2024, 1, 1) + timedelta(days=n) for n in range(366))


@dataclass(frozen=True, slots=True)
class _Length:
    """So many of a unit; a date is so many of them after its anchor, or before it if negative."""

    unit: tuple[str, ...]
    n: int


def due(of: Seen) -> Weight:
    """The due date of a need. Without one of its own, that of its gate holds; and an outcome has
    to state facts and roles with the decision.
    """
    around = _due_around(of)
    return _dated(of, of.before or around, of.after or around)


def dated(of: Seen) -> Weight:
    return _dated(of, of.before, of.after)


def _dated(of: Seen, before: Plain, after: Plain) -> Weight:
    if "decision" in (before, after):
        return _carried(of, after)
    if _is_counted_from(of.method) or _comes_again(before) or _comes_again(after):
        return LATER
    if after is None:
        return LOOSER if before is not None else LATER
    return LOOSER if before is not None and _is_later(str(before), str(after)) else LATER


def _carried(of: Seen, after: Plain) -> Weight:
    """What the decision carries is there only then; anything else a gate needs, before it."""
    return STRICTER if after == "decision" or "outcomes" not in of.path else LATER


def _due_around(of: Seen) -> Plain:
    if of.path[0] != "gates":
        return None
    if "outcomes" not in of.path:
        return of.method["gates"][of.path[1]].get("due")
    name = str(of.element.get("of", of.path[-2]))
    stated = name in (*of.method.get("facts", ()), *of.method.get("roles", ()))
    return "decision" if stated else None


def _comes_again(moment: Plain) -> bool:
    return isinstance(moment, str) and moment.startswith("every ")


def _is_later(before: str, after: str) -> bool:
    old, new = _OFFSET.fullmatch(before), _OFFSET.fullmatch(after)
    if old and new and old[3] == new[3]:
        lengths = _signed(old), _signed(new)
        return lengths[0].unit == lengths[1].unit and lengths[0].n < lengths[1].n
    if new and new[3] == before:
        return new[2] == "after" and _length(new[1]).n > 0
    return False


def _signed(offset: re.Match[str]) -> _Length:
    length = _length(offset[1])
    return _Length(length.unit, length.n if offset[2] == "after" else -length.n)


def _length(text: str) -> _Length:
    duration = Duration.parse(text)
    unit, times = _STANDARD[duration.unit]
    if duration.kind is DurationKind.WORKING and duration.unit is Unit.WEEKS:
        times = WORKING_DAYS_A_WEEK
    return _Length((duration.kind, unit), duration.n * times)


def _is_counted_from(method: Plain) -> bool:
    """Whether a rule asks for a due date: by `overdue`, or by counting from one; a session that
    nobody calls is the due date of its decision.
    """
    return any(
        (key == "is" and text == "overdue")
        or (key in _RULES and re.search(r"\b(meeting|due)\b", text))
        for key, text in _said(method)
    )


def _said(value: Plain, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text and the word it stands under, of a rule the outermost."""
    if isinstance(value, dict):
        for k, inner in value.items():
            yield from _said(inner, key if key in _RULES else k)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, key)
    elif isinstance(value, str):
        yield key, value


# ---------------------------------------------------------------- lengths and reminders


def quiet(of: Seen) -> Weight:
    """More quiet days move due dates on, but the ends of waits as well."""
    waits = any(key in _RULES and _PLAIN.search(text) for key, text in _said(of.method))
    before, after = _days(of.before), _days(of.after)
    return LOOSER if before < after and not (waits or _is_counted_from(of.method)) else LATER


def _days(periods: Plain) -> set[date]:
    those = [YearlyPeriod.parse(text) for text in periods or ()]
    return {day for day in _LEAP_YEAR if any(day in period for period in those)}


def expected(of: Seen) -> Weight:
    """How long a phase is thought to take."""
    if of.before is None or of.after is None:
        return LATER if of.before is None else LOOSER
    old, new = _length(of.before), _length(of.after)
    return LOOSER if old.unit == new.unit and old.n < new.n else LATER


def fewer(of: Seen) -> Weight:
    """Who is reminded; the list is never empty."""
    before, after = (set(v) if isinstance(v, list) else {v} for v in (of.before, of.after))
    return LOOSER if after < before else LATER


def escalation(of: Seen) -> Weight:
    return LATER if of.after else LOOSER


def remind(of: Seen) -> Weight:
    """Without a ladder of its own a thing takes that of its gate or of the method."""
    if of.after not in (None, "none"):
        return LATER
    if of.after == "none" or len(of.path) == 1:
        return LOOSER
    gate = of.method["gates"][of.path[1]] if of.path[0] == "gates" else {}
    around = of.method.get("remind") if of.element is gate else gate.get("remind")
    return LATER if around or of.method.get("remind") else LOOSER
