"""Where a check begins: a project that stands at a gate, under what the row says is given.

Projects are values, so the way to each gate is walked once for each method and then shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from innocities_engine.domain import commands as k
from innocities_engine.domain import grammar as g
from innocities_engine.domain.definition import Gate, Methodology
from innocities_engine.domain.machine import targets
from innocities_engine.library import Library, compile_resolved
from tests.builders import START, Walk, a_walk
from tests.methodology import readying, wanting
from tests.methodology.wanting import Raw, Wishes


@cache
def resolved(name: str) -> dict[str, Any]:
    return Library().resolved(name)


@cache
def method(name: str) -> Methodology:
    """The method as projects run on it: compiled from its resolved form."""
    return compile_resolved(resolved(name))


@cache
def at(name: str, gate: str) -> Walk:
    """The gate has just opened, after the simplest way to it."""
    anchor = _anchor(method(name), gate)
    walk = a_walk(method(name)) if anchor is None else at(name, anchor)
    return readying.arrived(walk, gate)


def first_gate(name: str) -> str:
    """The gate at the end of the phase in which a project begins."""
    chosen = method(name)
    return next(g.id for g in chosen.gates.values() if chosen.main_root in g.phases)


def _anchor(chosen: Methodology, gate_id: str) -> str | None:
    """A gate that comes before this one; None for a gate that comes with the start."""
    gate = chosen.gates[gate_id]
    root = chosen.phases[gate.track]
    if root.opens is not None and isinstance(root.opens.when, g.GateTest):
        return root.opens.when.gate
    if chosen.main_root in gate.phases or not root.main:
        return None
    return gate_into(chosen, gate.phases[0])


# ---------------------------------------------------------------- what is given


@dataclass(frozen=True)
class Given:
    """Facts, the days on which phases are entered or gates decided, roles, meetings."""

    facts: Mapping[str, Raw] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    start: date | None = None
    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    meetings: Mapping[str, list[date]] = field(default_factory=dict)

    def wishes(self, *left: str) -> Wishes:
        return Wishes(left=frozenset(left), answers=self.facts)


def raw(value: Any) -> Raw:
    """A value of a row as somebody would answer it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool) else str(value)


def all_raw(answers: Mapping[str, Any]) -> dict[str, Raw]:
    return {fact: raw(value) for fact, value in answers.items()}


def given(name: str, said: Mapping[str, Any] | None) -> Given:
    """Read what a row gives; a key that means nothing in the method is a mistake."""
    chosen = method(name)
    found = Given()
    for key, value in (said or {}).items():
        if key == "meetings":
            found = replace(found, meetings=value)
        elif key == "filled":
            found = replace(found, filled=tuple(value))
        elif key == "empty":
            found = replace(found, empty=tuple(value))
        elif key == chosen.main_root:
            found = replace(found, start=value)
        elif key in chosen.phases:
            found = replace(found, days={**found.days, gate_into(chosen, key): value})
        elif key in chosen.gates:
            found = replace(found, days={**found.days, key: value})
        else:
            assert key in chosen.facts, f"{name} has nothing called {key}"
            found = replace(found, facts={**found.facts, key: raw(value)})
    return found


def gate_into(chosen: Methodology, phase: str) -> str:
    """The gate whose decision enters a phase, or opens the track that begins with it."""
    opens = chosen.phases[phase].opens
    if opens is not None and isinstance(opens.when, g.GateTest):
        return opens.when.gate
    for gate in chosen.gates.values():
        if any(o.effect == "to" and phase in targets(o) for o in gate.outcomes.values()):
            return gate.id
    raise AssertionError(f"no gate leads into {phase}")


# ---------------------------------------------------------------- taking one's place


def placed(name: str, gate: str, what: Given) -> Walk:
    """The gate is open under what is given; nothing has been done for it yet."""
    walk = _begun(name, gate, what).meeting(what.meetings)
    return furnished(readying.arrived(walk, gate, what.wishes(), what.days), what)


def furnished(walk: Walk, what: Given) -> Walk:
    """Fill, and leave empty, the roles that the row names, and say its facts."""
    for role in what.empty:
        walk = walk.do(k.Assign(role, ()), "starter")
    for role in what.filled:
        walk = wanting.filled(walk, role)
    return said(walk, what.facts)


def _begun(name: str, gate: str, what: Given) -> Walk:
    """As far as nothing that is given makes a difference."""
    if what.start is not None:
        return a_walk(method(name), start=what.start, meetings=what.meetings)
    carriers = {
        one.id
        for one in method(name).gates.values()
        for o in one.outcomes.values()
        if any(n.due_at_decision and n.of in what.facts for n in o.needs.values())
    }
    order = list(method(name).gates)
    return at(name, min({*what.days, *carriers, gate}, key=order.index))


def entered(name: str, phase: str, what: Given) -> Walk:
    """The project has just entered the phase, on its day if one is given."""
    into = gate_into(method(name), phase)
    walk = readying.arrived(_begun(name, into, what), into, what.wishes(), what.days)
    return readying.passed_on(walk, into, what.days, what.wishes())


def said(walk: Walk, facts: Mapping[str, Raw]) -> Walk:
    """Say the given facts, as far as they can be said before anybody asks for the paper."""
    for fact, value in facts.items():
        asked_later = fact in walk.method.asked_in_needs or fact in carried_facts(walk.method)
        in_a_form = fact in walk.method.form_of and wanting.value_of(walk, fact) is None
        if not asked_later and not in_a_form:
            walk = wanting.answered(walk, fact, value, Wishes(answers=facts))
    return walk


@cache
def carried_facts(chosen: Methodology) -> frozenset[str]:
    """Facts that a decision states: nobody answers them before it."""
    return frozenset(
        need.of
        for gate in chosen.gates.values()
        for outcome in gate.outcomes.values()
        for need in outcome.needs.values()
        if need.due_at_decision
    )


def begun(name: str, start: date = START) -> Walk:
    return a_walk(method(name), start=start)


# ---------------------------------------------------------------- who decides under which facts


def ways_to_decide(gate: Gate) -> list[tuple[g.Predicate | None, frozenset[str]]]:
    """Each alternative of who decides: what must be so, and the roles."""
    by = gate.decides.by
    if not isinstance(by, g.Choose):
        return [(None, roles_in(by))]
    ways: list[tuple[g.Predicate | None, frozenset[str]]] = [
        (a.when, roles_in(a.use)) for a in by.alternatives
    ]
    return ways


def roles_in(who: g.Who | None) -> frozenset[str]:
    """The roles in a Who, in whichever alternative."""
    match who:
        case g.RoleWho(role):
            return frozenset({role})
        case g.EachWho(of) | g.AnyWho(of):
            return frozenset().union(*map(roles_in, of))
        case g.Choose(alternatives, otherwise):
            return frozenset().union(roles_in(otherwise), *(roles_in(a.use) for a in alternatives))
    return frozenset()


def such_that(name: str, gate: str, rule: g.Predicate | None) -> Given:
    """What is given, said in the easiest way, so that the rule holds at the gate."""
    if rule is None:
        return Given()
    walk = wanting.wanted(at(name, gate), rule, wanting.PLAIN)
    facts = wanting.facts_in(walk, rule)
    return Given(facts={f: walk.project.facts[f].value for f in facts if f in walk.project.facts})
