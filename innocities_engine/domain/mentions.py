"""What a predicate speaks of: the tests it is made of, named rules and alternatives followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from innocities_engine.domain.definition import Gate, Methodology, Need, NeedKind, Opens
from innocities_engine.domain.grammar import (
    AllOf,
    AnyOf,
    ArtefactTest,
    AtLeastOf,
    Choose,
    FactTest,
    FactValue,
    NoneOf,
    Predicate,
    Test,
)


def tests(method: Methodology, predicate: Predicate | bool | None) -> Iterator[Test]:
    """Yield every test, also those of the named rules it rests on."""
    match predicate:
        case None | bool():
            return
        case AllOf(of) | AnyOf(of) | NoneOf(of) | AtLeastOf(_, of):
            for part in of:
                yield from tests(method, part)
        case FactTest():
            yield from _of_fact(method, predicate)
        case _:
            yield predicate


def _of_fact(method: Methodology, test: FactTest) -> Iterator[Test]:
    fact = method.facts[test.fact]
    if fact.rule is not None:
        yield from tests(method, fact.rule)
    elif fact.chosen is not None:
        yield from of_choose(method, fact.chosen)
    else:
        yield test
    if isinstance(test.value, FactValue):
        other = method.facts[test.value.fact]
        yield from tests(method, other.rule)


def of_choose(method: Methodology, choose: Choose[Any]) -> Iterator[Test]:
    for alternative in choose.alternatives:
        yield from tests(method, alternative.when)


def all_predicates(method: Methodology) -> Iterator[Predicate]:
    """Every predicate of the method that a fact's value may matter to."""
    for fact in method.facts.values():
        if fact.rule is not None:
            yield fact.rule
    for need in method.all_needs:
        yield from _of_need(need)
    for phase in method.phases.values():
        for rule in (phase.done, _opening(phase.opens)):
            if rule is not None:
                yield rule
    for gate in method.gates.values():
        yield from _of_gate(method, gate.id)


def artefacts_of(method: Methodology, gate: Gate) -> frozenset[str]:
    """The artefacts that a gate, or one of its outcomes, needs, and those its rules look at."""
    needs = [*gate.needs.values(), *(n for o in gate.outcomes.values() for n in o.needs.values())]
    rules = [*_of_gate(method, gate.id), *(rule for need in needs for rule in _of_need(need))]
    found = {need.of for need in needs if need.kind is NeedKind.ARTEFACT}
    tested = (test for rule in rules for test in tests(method, rule))
    return frozenset(found | {t.artefact for t in tested if isinstance(t, ArtefactTest)})


def _of_need(need: Need) -> Iterator[Predicate]:
    for rule in (need.when, need.done, need.required, _opening(need.opens)):
        if rule is not None and not isinstance(rule, bool):
            yield rule


def _opening(opens: Opens | None) -> Predicate | None:
    return opens.when if opens is not None else None


def _of_gate(method: Methodology, gate_id: str) -> Iterator[Predicate]:
    gate = method.gates[gate_id]
    voices = (gate.decides, *gate.advises.values(), *([gate.rates] if gate.rates else []))
    rules = [gate.when, _opening(gate.opens)]
    rules += [v.when for v in voices]
    rules += [c.when for c in gate.criteria.values()]
    rules += [o.when for o in gate.outcomes.values()]
    chooses: list[Choose[Any]] = [v.by for v in voices if isinstance(v.by, Choose)]
    chooses += [o.choose for o in gate.outcomes.values() if o.choose is not None]
    for choose in chooses:
        rules += [a.when for a in choose.alternatives]
    yield from (rule for rule in rules if rule is not None)
