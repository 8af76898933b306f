"""What the rules of a method speak of, named rules and alternatives followed: tests, and roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from innocities_engine.domain import values
from innocities_engine.domain.definition import (
    Fact,
    FactType,
    Gate,
    Methodology,
    Need,
    NeedKind,
    Opens,
)
from innocities_engine.domain.grammar import (
    AllOf,
    AnyOf,
    AnyWho,
    ArtefactTest,
    AtLeastOf,
    Choose,
    Comparison,
    EachWho,
    FactTest,
    FactValue,
    GateTest,
    NoneOf,
    PhaseTest,
    Predicate,
    RoleTest,
    RoleWho,
    Test,
    Who,
)

ORDERING = frozenset({Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.ABOVE, Comparison.BELOW})
ORDERED = frozenset(
    {FactType.NUMBER, FactType.PERCENT, FactType.MONEY, FactType.DATE, FactType.YEARLY_DATE,
     FactType.DURATION}
)  # fmt: skip


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
        if other.chosen is not None:
            yield from of_choose(method, other.chosen)


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
    found = {need.of for need in _needs(gate) if need.kind is NeedKind.ARTEFACT}
    tested = tests_of(method, gate)
    return frozenset(found | {t.artefact for t in tested if isinstance(t, ArtefactTest)})


def tests_of(method: Methodology, gate: Gate) -> Iterator[Test]:
    """Every test that decides whether a gate opens, what it asks and what it offers."""
    own = (rule for need in _needs(gate) for rule in _of_need(need))
    for rule in (*_of_gate(method, gate.id), *own):
        yield from tests(method, rule)


def _needs(gate: Gate) -> list[Need]:
    return [*gate.needs.values(), *(n for o in gate.outcomes.values() for n in o.needs.values())]


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


# ---------------------------------------------------------------- voices


def with_a_voice(method: Methodology) -> frozenset[str]:
    """The roles that may ever decide, advise, rate, approve, confirm, exempt, or record a body."""
    asked: list[Who | None] = [role.records for role in method.roles.values()]
    asked += [artefact.approves for artefact in method.artefacts.values()]
    asked += [who for need in method.all_needs for who in (need.accepts, need.waives)]
    for gate in method.gates.values():
        asked += [gate.decides.by, *(voice.by for voice in gate.advises.values())]
        asked += [gate.rates.by if gate.rates else None, *(c.by for c in gate.criteria.values())]
    return frozenset(role for who in asked for role in roles_in(who))


def roles_in(who: Who | None) -> Iterator[str]:
    match who:
        case RoleWho(role):
            yield role
        case EachWho(of) | AnyWho(of):
            for part in of:
                yield from roles_in(part)
        case Choose(alternatives, otherwise):
            for way in (*(a.use for a in alternatives), otherwise):
                yield from roles_in(way)


# ---------------------------------------------------------------- of another method


def parts(predicate: Predicate) -> Iterator[Test]:
    """The tests a rule is written of, none followed any further."""
    match predicate:
        case AllOf(of) | AnyOf(of) | NoneOf(of) | AtLeastOf(_, of):
            for part in of:
                yield from parts(part)
        case _:
            yield predicate


def are_known(method: Methodology, predicate: Predicate) -> bool:
    """Whether a method has all that a rule written elsewhere speaks of."""
    return all(_is_known(method, test) for test in parts(predicate))


def _is_known(method: Methodology, test: Test) -> bool:
    match test:
        case FactTest(fact):
            return fact in method.facts and _fits(method, method.facts[fact], test)
        case ArtefactTest(artefact):
            return artefact in method.artefacts
        case GateTest(gate, outcomes):
            return gate in method.gates and set(outcomes) <= set(method.gates[gate].outcomes)
        case PhaseTest(phase):
            return phase in method.phases
        case RoleTest(role):
            return role in method.roles
    return True  # what else there is may only be written of a method's own projects


def _fits(method: Methodology, fact: Fact, test: FactTest) -> bool:
    """Whether the comparison makes sense for a fact of this type."""
    if test.comparison is Comparison.KNOWN:
        return True
    if test.comparison in ORDERING and fact.type not in ORDERED:
        return False
    if isinstance(test.value, FactValue):
        other = method.facts.get(test.value.fact)
        return other is not None and other.type is fact.type
    try:
        for each in test.value if isinstance(test.value, tuple) else (test.value,):
            values.typed(fact, each)
    except ValueError:
        return False
    return True


def words(predicate: Predicate) -> Iterator[str]:
    """The ids a rule speaks of, in order: enough to know it by."""
    for test in parts(predicate):
        match test:
            case FactTest(fact):
                yield fact
            case ArtefactTest(artefact):
                yield artefact
            case GateTest(gate, outcomes):
                yield from (gate, *outcomes)
            case PhaseTest(phase, state):
                yield from (phase, state)
            case RoleTest(role):
                yield role
