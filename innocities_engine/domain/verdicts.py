"""Kleene's three values, each unknown with what has to be known first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """True, False, or None with what has to be known first."""

    value: bool | None
    unknown: frozenset[str] = frozenset()


TRUE, FALSE = Verdict(True), Verdict(False)


def known(value: bool) -> Verdict:
    return TRUE if value else FALSE


def negated(verdict: Verdict) -> Verdict:
    return verdict if verdict.value is None else known(not verdict.value)


def every(verdicts: list[Verdict]) -> Verdict:
    if any(v.value is False for v in verdicts):
        return FALSE
    return undecided(verdicts) or TRUE


def at_least(n: int, verdicts: list[Verdict]) -> Verdict:
    sure = sum(v.value is True for v in verdicts)
    if sure >= n:
        return TRUE
    possible = sure + sum(v.value is None for v in verdicts)
    return FALSE if possible < n else undecided(verdicts) or FALSE


def undecided(verdicts: Iterable[Verdict]) -> Verdict | None:
    open_ones = [v for v in verdicts if v.value is None]
    if not open_ones:
        return None
    return Verdict(None, frozenset().union(*(v.unknown for v in open_ones)))
