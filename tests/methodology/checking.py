"""What the checks of the inventory have in common: the table of kinds, and gates that are shut for
one reason and open without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeAlias

from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import Gate, Methodology, Need, NeedKind
from tests.builders import Walk
from tests.methodology import readying
from tests.methodology.readying import deciders, names, passing, why_not
from tests.methodology.staging import roles_in
from tests.methodology.wanting import PLAIN, Wishes

Check: TypeAlias = Callable[..., None]
CHECKS: Final[dict[str, Check]] = {}


def check(function: Check) -> Check:
    """Enter a check under its own name as the kind of rows it proves."""
    CHECKS[function.__name__.removesuffix("_")] = function
    return function


# ---------------------------------------------------------------- shut and open


def assert_shut(walk: Walk, gate: str, what: str, left: Iterable[str], outcome: str = "") -> None:
    """The gate is shut for `what` and, at most, for what hangs on it; a decision is refused."""
    chosen = outcome or passing(walk, gate).id
    told = names(walk.review(gate, chosen).blockers)
    assert what in told, f"{gate} is open without {what}"
    more = readying.missing(walk, gate, Wishes(frozenset(left)), chosen)
    assert not more, f"{gate} is shut for more than {what}: {more}"
    if deciders(walk, gate):
        assert what in why_not(walk, gate, chosen)


def assert_passes(walk: Walk, gate: str, outcome: str = "", wishes: Wishes = PLAIN) -> Walk:
    """The decision is taken, and its effect follows."""
    chosen = outcome or passing(walk, gate).id
    assert names(walk.review(gate, chosen).blockers) == set()
    key = walk.passage(gate).key
    walk = readying.decided(walk, gate, chosen, wishes)
    assert walk.project.passages[key].outcome == chosen
    return walk


# ---------------------------------------------------------------- what hangs on what


def own_needs(method: Methodology, gate: Gate) -> list[Need]:
    """The needs of a gate, and those of every role that may decide it."""
    roles = roles_in(gate.decides.by)
    return [*gate.needs.values(), *(n for r in roles for n in method.roles[r].needs.values())]


def mentioned(rule: object) -> frozenset[str]:
    """The facts, artefacts and needs that a rule speaks of."""
    match rule:
        case g.FactTest(fact):
            return frozenset({fact})
        case g.ArtefactTest(artefact):
            return frozenset({artefact})
        case g.NeedRef(key):
            return frozenset({key})
        case g.Anchor(g.AnchorKind.FACT, name):
            return frozenset({name})
    if isinstance(rule, tuple):
        return frozenset().union(*map(mentioned, rule))
    if is_dataclass(rule):
        return frozenset().union(*(mentioned(getattr(rule, f.name)) for f in fields(rule)))
    return frozenset()


def left_by(method: Methodology, gate: Gate, *what: str) -> frozenset[str]:
    """What is left undone with these: their forms, and the needs that rest on them."""
    left = frozenset(what)
    while True:
        forms = {f for a in left & method.artefacts.keys() for f in method.artefacts[a].form}
        resting = {
            n.id
            for n in own_needs(method, gate)
            if n.of in left or (n.done is not None and mentioned(n.done) & left)
        }
        more = left | forms | resting
        if more == left:
            return left
        left = more


def need_named(method: Methodology, gate: Gate, key: str) -> Need:
    found = [n for n in own_needs(method, gate) if n.id == key]
    assert found, f"{gate.id} has no need {key}"
    return found[0]


def held_back(method: Methodology, gate: Gate, need: Need) -> frozenset[str]:
    """What nobody may do while this need is to stay open."""
    asked = {need.id, need.of} if need.kind in (NeedKind.ARTEFACT, NeedKind.FACT) else {need.id}
    facts = mentioned(need.done) & method.facts.keys() if need.done is not None else frozenset()
    return left_by(method, gate, *asked, *facts)


def but(wishes: Wishes, left: Iterable[str]) -> Wishes:
    return replace(wishes, left=wishes.left | {*left})


def values_of(said: Any) -> list[dict[str, Any]]:
    """One set of answers, or several."""
    return said if isinstance(said, list) else [said]
