"""Gates that are ready, and gates that are ready but for one thing.

Many checks leave one thing undone and do all the rest. What they share is done once: the things a
gate asks for are halved again and again, and the half that does not hold what is left is done in
the easiest way. A check then says what its row gives, and does what little remains.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tests.builders import Walk
from tests.methodology import readying, staging
from tests.methodology.checking import held_back, own_needs
from tests.methodology.staging import Given


def ready_at(name: str, gate: str, what: Given | None = None, outcome: str = "") -> Walk:
    """The gate is open under what is given, and nothing is missing for the outcome."""
    return almost(name, gate, what or Given(), (), outcome)


def almost(name: str, gate: str, what: Given, left: Iterable[str], outcome: str = "") -> Walk:
    """The gate is open under what is given, and ready for the outcome but for what is left."""
    wishes = what.wishes(*left)
    if what.days or what.start or what.meetings:
        walk = staging.placed(name, gate, what)
    else:
        things = _things(name, gate)
        touched = [i for i, thing in enumerate(things) if thing & wishes.left]
        walk = staging.furnished(_shared(name, gate, *_smallest(touched, len(things))), what)
    return readying.ready(walk, gate, wishes, outcome)


@cache
def _things(name: str, gate: str) -> list[frozenset[str]]:
    """What the gate asks for, each with what hangs on it: its needs, its criteria, its advice."""
    chosen = staging.method(name)
    definition = chosen.gates[gate]
    own = [held_back(chosen, definition, need) for need in own_needs(chosen, definition)]
    return [*own, frozenset(definition.criteria), frozenset(definition.advises)]


def _smallest(touched: list[int], size: int) -> tuple[int, int]:
    """The smallest part, by halving, that holds all of these; nothing if there are none."""
    if not touched:
        return 0, 0
    first, last = 0, size
    while last - first > 1:
        middle = (first + last) // 2
        if touched[-1] < middle:
            last = middle
        elif touched[0] >= middle:
            first = middle
        else:
            break
    return first, last


@cache
def _shared(name: str, gate: str, first: int, last: int) -> Walk:
    """Everything is done, in the easiest way, but the things from `first` to before `last`."""
    things = _things(name, gate)
    if (first, last) == (0, len(things)):
        return staging.at(name, gate)
    wider = _wider(first, last, len(things)) if last else (0, 1)
    left = frozenset().union(*things[first:last])
    return readying.ready(_shared(name, gate, *wider), gate, Given().wishes(*left))


def _wider(first: int, last: int, size: int) -> tuple[int, int]:
    """The part that this one is a half of."""
    wide = (0, size)
    while (halves := _halves(*wide)) and (first, last) not in halves:
        wide = next((h for h in halves if h[0] <= first and last <= h[1]), (first, last))
    return wide


def _halves(first: int, last: int) -> tuple[tuple[int, int], ...]:
    middle = (first + last) // 2
    return ((first, middle), (middle, last)) if last - first > 1 else ()
