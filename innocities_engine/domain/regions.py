"""The values of a fact that matter: one sample from each stretch that no rule can tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from innocities_engine.domain import mentions, values
from innocities_engine.domain.definition import Fact, FactType, Methodology
from innocities_engine.domain.grammar import Comparison, FactTest, FactValue

LONG = timedelta(days=3650)
LATER, ANY = "later", "any"


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A stretch of values: how it is written, and a sample of it."""

    label: str
    sample: str


@lru_cache(maxsize=4096)
def regions(method: Methodology, fact: str, today: date) -> tuple[Region, ...]:
    """The stretches of this fact's values, in order."""
    return _regions(method, method.facts[fact], today)


def _regions(method: Methodology, fact: Fact, today: date) -> tuple[Region, ...]:
    match fact.type:
        case FactType.YES_NO:
            return (Region("true", "true"), Region("false", "false"))
        case FactType.CHOICE | FactType.CHOICES:
            return tuple(Region(c, c) for c in fact.choices)
        case FactType.NUMBER | FactType.PERCENT | FactType.MONEY:
            return _numbers(sorted(set(_constants(method, fact))))
        case FactType.DATE:
            days = (today - LONG, today, today + LONG)
            labels = ("before today", "today", LATER)
            return tuple(Region(n, d.isoformat()) for n, d in zip(labels, days, strict=True))
        case FactType.DURATION:
            return tuple(Region(c, c) for c in fact.choices or ("1 month",))
        case FactType.YEARLY_DATE:
            return (Region(ANY, "01-31"),)
        case FactType.TEXT:
            return (Region(ANY, "…"),)


def _constants(method: Methodology, fact: Fact) -> Iterator[Decimal]:
    for predicate in mentions.all_predicates(method):
        for test in mentions.tests(method, predicate):
            if isinstance(test, FactTest) and test.fact == fact.id:
                yield from _numbers_in(method, test)


def _numbers_in(method: Methodology, test: FactTest) -> Iterator[Decimal]:
    if test.comparison in (Comparison.KNOWN, Comparison.INCLUDES):
        return
    operands: tuple[object, ...]
    if isinstance(test.value, FactValue):
        other = method.facts[test.value.fact]
        fact, operands = other, (other.value,)
    else:
        operands = test.value if isinstance(test.value, tuple) else (test.value,)
        fact = method.facts[test.fact]
    for operand in operands:
        if isinstance(operand, str):
            number = values.typed(fact, operand)
            if isinstance(number, Decimal):
                yield number


def _numbers(cuts: list[Decimal]) -> tuple[Region, ...]:
    """Below the first cut, each cut itself, between two, above the last."""
    if not cuts:
        return (Region(ANY, "1"),)
    found = [Region(f"< {cuts[0]}", str(cuts[0] - 1))]
    for low, high in zip(cuts, [*cuts[1:], None], strict=True):
        found.append(Region(f"= {low}", str(low)))
        if high is not None:
            found.append(Region(f"{low} … {high}", str((low + high) / 2)))
        else:
            found.append(Region(f"> {low}", str(low + 1)))
    return tuple(found)
