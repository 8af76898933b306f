"""Decide how times are taken: several ways of one work in turn, so that a busy moment meets all of
them, and only the ratio between them is told.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each single piece of work."""

    taken: tuple[float, ...]

    @property
    def usual(self) -> float:
        return median(self.taken)

    @property
    def worst(self) -> float:
        return max(self.taken)

    def told(self) -> str:
        return f"{spelled(self.usual)} (worst {spelled(self.worst)})"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result. `figures`: what the ratio was made of."""

    what: str
    ratio: float
    wanted: str
    met: bool
    figures: tuple[str, ...]


def at_most(what: str, ratio: float, limit: float, *figures: str) -> Row:
    return Row(what, ratio, f"≤ {limit:g}", ratio <= limit, figures)


def at_least(what: str, ratio: float, limit: float, *figures: str) -> Row:
    return Row(what, ratio, f"≥ {limit:g}", ratio >= limit, figures)


def alternately(
    ways: Mapping[str, Iterable[Callable[[], object]]], *, together: int = 1
) -> dict[str, Times]:
    """Do the n-th piece of work of each way, then the next of each; the first of each warms up.

    `together`: as many calls make one piece, where a single one is too short for the clock.
    """
    taken: dict[str, list[float]] = {name: [] for name in ways}
    gc.collect()
    gc.disable()
    try:
        for pieces in zip(*ways.values(), strict=True):
            for name, piece in zip(ways, pieces, strict=True):
                begun = perf_counter()
                for _ in range(together):
                    piece()
                taken[name].append((perf_counter() - begun) / together)
    finally:
        gc.enable()
    return {name: Times(tuple(times[1:])) for name, times in taken.items()}


def spelled(seconds: float) -> str:
    """A time as people read it."""
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
