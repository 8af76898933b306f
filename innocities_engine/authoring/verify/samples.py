"""The answers that matter: of each fact one from every stretch of values that no rule can tell
apart, in the one form in which answers are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final

from innocities_engine.authoring.verify.sites import sites
from innocities_engine.domain import mentions
from innocities_engine.domain.definition import Fact, FactType, Methodology
from innocities_engine.domain.durations import Duration, DurationKind, Unit
from innocities_engine.domain.grammar import (
    Anchor,
    AnchorKind,
    At,
    Choose,
    Comparison,
    Earliest,
    Every,
    FactDuration,
    FactTest,
    FactValue,
    Latest,
    Moment,
    PassedTest,
    Span,
)
from innocities_engine.domain.regions import LONG, regions
from innocities_engine.domain.situation import Situation

NUMBERS: Final = (FactType.NUMBER, FactType.PERCENT, FactType.MONEY)
MOST_CHOSEN_APART: Final = 5
HIGHEST_PERCENT: Final = 100
A_DAY: Final = timedelta(days=1)
A_WHILE: Final = timedelta(days=45)


def plain_answer(s: Situation, fact: Fact) -> str:
    """The answer that is given where none matters: the first there is; of dates, yesterday."""
    if fact.type is FactType.DATE:
        return (s.today - A_DAY).isoformat()
    return samples(s.method, fact.id, s.today)[0]


@lru_cache(maxsize=4096)
def samples(method: Methodology, fact_id: str, today: date) -> tuple[str, ...]:
    """One answer from each stretch of values."""
    fact = method.facts[fact_id]
    if fact.type is FactType.DATE:
        return _days(method, fact, today)
    if fact.type is FactType.CHOICES:
        return _sets(method, fact)
    if fact.type is FactType.YES_NO:
        return ("false", "true")
    if fact.type in NUMBERS:
        return _numbers(method, fact)
    if fact.type is FactType.DURATION:
        return _durations(method, fact)
    return tuple(dict.fromkeys(region.sample for region in regions(method, fact_id, today)))


@lru_cache(maxsize=64)
def _tests(method: Methodology) -> tuple[FactTest, ...]:
    """Every test of an answer, wherever it stands: also where a date is chosen by it."""
    rules = [site.rule for site in sites(method) if site.rule is not None]
    tests = (test for rule in rules for test in mentions.tests(method, rule))
    return tuple(dict.fromkeys(test for test in tests if isinstance(test, FactTest)))


def _numbers(method: Methodology, fact: Fact) -> tuple[str, ...]:
    """Below the first number it is compared with, each of them, between two, above the last.

    Nobody answers a negative sum of money, or more than all of it in percent.
    """
    cuts = sorted(set(_cuts(method, fact)))
    around = [n + way for n in cuts[:1] + cuts[-1:] for way in (-1, 1)]
    between = [(low + high) / 2 for low, high in pairwise(cuts)]
    found = sorted({*cuts, *around, *between} or {Decimal(1)})
    if fact.type is not FactType.NUMBER:
        found = [n for n in found if n >= 0]
    if fact.type is FactType.PERCENT:
        found = [n for n in found if n <= HIGHEST_PERCENT]
    return tuple(format(n, "f") for n in found) or ("0",)


def _cuts(method: Methodology, fact: Fact) -> Iterator[Decimal]:
    for test in _tests(method):
        if isinstance(test.value, FactValue):
            other = method.facts[test.value.fact]
            if (fact.id == test.fact and other.value is not None) or other.chosen is not None:
                yield from map(Decimal, _settings(other))
            elif fact.id in (test.fact, other.id):
                yield Decimal(2)  # compared with another answer: less, the same, more
        elif test.fact == fact.id and test.comparison is not Comparison.KNOWN:
            values = test.value if isinstance(test.value, tuple) else (test.value,)
            yield from (Decimal(value) for value in values if isinstance(value, str))


def _settings(fact: Fact) -> Iterator[str]:
    """The values that the method itself gives a fact."""
    ways = fact.chosen.alternatives if fact.chosen else ()
    given = [fact.value, *(way.use for way in ways), fact.chosen.otherwise if fact.chosen else None]
    yield from (value for value in given if isinstance(value, str))


def _durations(method: Methodology, fact: Fact) -> tuple[str, ...]:
    """Those to choose from; else a short one, a long one and those it is compared with."""
    if fact.choices:
        return fact.choices
    compared = (t.value for t in _tests(method) if t.fact == fact.id)
    return ("1 day", *(text for text in compared if isinstance(text, str)), "3 years")


def _days(method: Methodology, fact: Fact, today: date) -> tuple[str, ...]:
    far = _far(method, fact.id)
    days = {today - far, today - A_DAY, today, today + far}
    for test in _tests(method):
        if test.fact == fact.id and isinstance(test.value, str):
            day = date.fromisoformat(test.value)
            days |= {day - A_DAY, day, day + A_DAY}
    return tuple(day.isoformat() for day in sorted(days))


@lru_cache(maxsize=1024)
def _far(method: Methodology, fact: str) -> timedelta:
    """Just so far off that whatever counts from the day has passed, or is still to come: a day that
    people might answer.
    """
    longest = A_WHILE
    for moment in _opening_moments(method):
        for anchor, span in _counted(moment):
            if anchor.kind is AnchorKind.FACT and anchor.name == fact:
                days = LONG if isinstance(span, FactDuration) else _at_most(span)
                longest = max(longest, days + A_WHILE)
    return longest


def _opening_moments(method: Methodology) -> Iterator[Moment]:
    """The moments that say whether something is so, or has begun."""
    for site in sites(method):
        if site.rule is not None:
            tests = mentions.tests(method, site.rule)
            yield from (test.moment for test in tests if isinstance(test, PassedTest))
    opening = [phase.opens for phase in method.phases.values()]
    opening += [gate.opens for gate in method.gates.values()]
    opening += [need.opens for need in method.all_needs]
    yield from (moment for opens in opening if opens for moment in opens.at.values())


def _counted(moment: Moment) -> Iterator[tuple[Anchor, Span]]:
    """What a moment counts from, and how far."""
    match moment:
        case At(anchor, span) if span is not None:
            yield anchor, span
        case Every(span, anchor):
            yield anchor, span
        case Earliest(of) | Latest(of):
            for part in of:
                yield from _counted(part)
        case Choose(alternatives, otherwise):
            for use in (*(way.use for way in alternatives), otherwise):
                if use is not None:
                    yield from _counted(use)


def _at_most(span: Duration) -> timedelta:
    days = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31, Unit.YEARS: 366}[span.unit]
    return timedelta(days=span.n * days * (2 if span.kind is DurationKind.WORKING else 1))


def _sets(method: Methodology, fact: Fact) -> tuple[str, ...]:
    """Which of the choices that rules look for are among those chosen."""
    looked_for = sorted(
        {
            test.value
            for test in _tests(method)
            if test.fact == fact.id
            and test.comparison is Comparison.INCLUDES
            and isinstance(test.value, str)
        }
    )[:MOST_CHOSEN_APART]
    others = [c for c in fact.choices if c not in looked_for][:1]
    found = [
        ", ".join(sorted(some)) for n in range(len(looked_for) + 1)
        for some in combinations(looked_for, n)
    ]  # fmt: skip
    return tuple(dict.fromkeys(text or ", ".join(others or fact.choices[:1]) for text in found))
