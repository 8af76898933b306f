"""Judge predicates with Kleene's three values, and say which unknown facts left one undecided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from innocities_engine.domain import (
    artefacts,
    judgements,
    mentions,
    moments,
    needs,
    people,
    values,
)
from innocities_engine.domain.commands import Holding
from innocities_engine.domain.definition import Criterion, Fact, Gate, Methodology
from innocities_engine.domain.grammar import (
    AdviceTest,
    AllOf,
    AnyOf,
    ArtefactTest,
    AtLeastOf,
    Choose,
    Comparison,
    CriteriaTest,
    FactTest,
    FactValue,
    GateTest,
    NeedTest,
    NoneOf,
    Operand,
    PassedTest,
    PhaseTest,
    Predicate,
    ProjectsTest,
    RoleTest,
    ScoreTest,
)
from innocities_engine.domain.project import PassageStatus
from innocities_engine.domain.situation import Scope, Situation
from innocities_engine.domain.verdicts import (
    FALSE,
    Verdict,
    at_least,
    every,
    known,
    negated,
    undecided,
)
from innocities_engine.domain.whens import passed

T = TypeVar("T")


def judge(s: Situation, predicate: Predicate, scope: Scope) -> Verdict:
    """Judge `predicate` for the thing `scope` stands for, as things stand now."""
    match predicate:
        case AllOf(of):
            return every([judge(s, p, scope) for p in of])
        case AnyOf(of):
            return negated(every([negated(judge(s, p, scope)) for p in of]))
        case NoneOf(of):
            return every([negated(judge(s, p, scope)) for p in of])
        case AtLeastOf(n, of):
            return at_least(n, [judge(s, p, scope) for p in of])
    return _test(s, predicate, scope)


def _test(s: Situation, test: Predicate, scope: Scope) -> Verdict:
    match test:
        case FactTest():
            return _fact(s, test, scope)
        case ArtefactTest():
            return _artefact(s, test, scope)
        case GateTest():
            return _gate(s, test)
        case NeedTest():
            return _need(s, test, scope)
        case CriteriaTest():
            return _criteria(s, test)
        case ScoreTest():
            return _score(s, test)
        case AdviceTest(gate, advice, value):
            given = judgements.advice_given(s, gate, advice)
            return known(given == value) if given else Verdict(None, frozenset({advice}))
        case RoleTest(role, filled, at_least):
            if filled is not None:
                return known(people.is_filled(s, role) is filled)
            return known(len(people.holders(s, role)) >= (at_least or 0))
        case PhaseTest():
            return _phase(s, test)
        case PassedTest(moment):
            when = moments.resolve(s, moment, scope)
            return Verdict(passed(s, when), when.waits)
        case ProjectsTest(_, _, comparison, n):
            found = count(s, test)
            return known(found >= n if comparison is Comparison.AT_LEAST else found <= n)
    raise AssertionError(f"{type(test).__name__} is no test")


# ---------------------------------------------------------------- facts


def fact_value(s: Situation, fact: str, scope: Scope) -> values.Value | None:
    """The value of a fact, None while unknown."""
    return _value(s, s.method.facts[fact], scope)[0]


def _value(s: Situation, fact: Fact, scope: Scope) -> tuple[values.Value | None, frozenset[str]]:
    """The value, and what has to be answered first if there is none."""
    if fact.id not in s.method.of_the_project:
        return _worked_out(s, fact, scope)
    found: tuple[values.Value | None, frozenset[str]] | None = s.judged.get(("fact", fact.id))
    if found is None:
        found = s.judged["fact", fact.id] = _worked_out(s, fact, scope)
    return found


def _worked_out(
    s: Situation, fact: Fact, scope: Scope
) -> tuple[values.Value | None, frozenset[str]]:
    if fact.rule is not None:
        verdict = judge(s, fact.rule, scope)
        return verdict.value, verdict.unknown
    if fact.value is not None:
        return _operand(s, fact, fact.value, scope)
    if fact.chosen is not None:
        chosen = choose(s, fact.chosen, scope)
        if chosen.value is None:
            return None, chosen.unknown
        return _operand(s, fact, chosen.value, scope)
    raw = needs.answer(s, fact.id, scope)
    return (None, frozenset({fact.id})) if raw is None else (values.typed(fact, raw), frozenset())


def _operand(
    s: Situation, fact: Fact, operand: Operand, scope: Scope
) -> tuple[values.Value | None, frozenset[str]]:
    if isinstance(operand, FactValue):
        return _value(s, s.method.facts[operand.fact], scope)
    assert not isinstance(operand, tuple)
    return values.typed(fact, operand), frozenset()


def _fact(s: Situation, test: FactTest, scope: Scope) -> Verdict:
    fact = s.method.facts[test.fact]
    left, waits = _value(s, fact, scope)
    if test.comparison is Comparison.KNOWN:
        return known((left is not None) is (test.value is True))
    if left is None:
        return Verdict(None, waits)
    if test.comparison is Comparison.ONE_OF:
        options = test.value if isinstance(test.value, tuple) else (test.value,)
        return known(any(left == _literal(s, fact, o, scope) for o in options))
    if isinstance(test.value, FactValue):
        right, waits = _value(s, s.method.facts[test.value.fact], scope)
        return (
            Verdict(None, waits)
            if right is None
            else known(values.compare(left, test.comparison, right))
        )
    if test.comparison is Comparison.INCLUDES:
        return known(isinstance(left, frozenset) and test.value in left)
    right = _literal(s, fact, test.value, scope)
    assert right is not None
    return known(values.compare(left, test.comparison, right))


def _literal(s: Situation, fact: Fact, operand: Operand, scope: Scope) -> values.Value | None:
    return _operand(s, fact, operand, scope)[0]


# ---------------------------------------------------------------- the other subjects


def _artefact(s: Situation, test: ArtefactTest, scope: Scope) -> Verdict:
    if test.stale is not None:
        version = artefacts.newest(s.project, test.artefact)
        stale = version is not None and artefacts.is_stale(s.project, version)
        return known(stale is test.stale)
    if test.newer_than is not None:
        version = artefacts.newest(s.project, test.artefact)
        if version is None:
            return FALSE
        when = moments.resolve(s, test.newer_than, scope)
        return known(artefacts.is_newer(s, version, when))
    return known(artefacts.meets(s, test.artefact, test.status or "submitted"))


def _gate(s: Situation, test: GateTest) -> Verdict:
    settled = [
        p
        for p in s.project.passages_of(test.gate)
        if p.status is PassageStatus.SETTLED and not p.void
    ]
    if test.times is not None:
        counted = [p for p in settled if not test.outcomes or p.outcome in test.outcomes]
        return known(len(counted) >= test.times)
    return known(bool(settled) and settled[-1].outcome in test.outcomes)


def _need(s: Situation, test: NeedTest, scope: Scope) -> Verdict:
    instance = needs.find(s, test.need, scope)
    if instance is None:
        return FALSE
    state = needs.finding(s, instance)
    match test.state:
        case "open":
            return known(state.is_open)
        case "done":
            return known(state.done)
        case "waived":
            return known(state.waived)
    return known(state.is_open and needs.is_overdue(s, instance))


def _criteria(s: Situation, test: CriteriaTest) -> Verdict:
    gate = s.method.gates[test.gate]
    ids = gate.criteria if isinstance(test.which, str) else test.which
    asked = [c for i in ids if judgements.applies(s, gate, c := gate.criteria[i])]
    verdicts = [_criterion(s, gate, criterion, test) for criterion in asked]
    return at_least(1, verdicts) if test.which == "any" else every(verdicts)


def _criterion(s: Situation, gate: Gate, criterion: Criterion, test: CriteriaTest) -> Verdict:
    exists = judgements.existence(s, gate, criterion)
    if exists.value is None:
        return exists
    given = judgements.verdict_of(s, gate.id, criterion.id)
    if given is None:
        return Verdict(None, frozenset({criterion.id}))
    if test.comparison is Comparison.IS:
        return known(given == test.value)
    return known(criterion.scale.index(given) <= criterion.scale.index(test.value))


def _score(s: Situation, test: ScoreTest) -> Verdict:
    score = judgements.score(s, test.gate)
    if score is None:
        return Verdict(None, judgements.unscored(s, test.gate))
    enough = score >= Decimal(test.percent)
    return known(enough if test.comparison is Comparison.AT_LEAST else not enough)


def _phase(s: Situation, test: PhaseTest) -> Verdict:
    entered = test.phase in s.project.entries
    if test.state == "current":
        track = s.project.tracks.get(s.method.phases[test.phase].track)
        return known(track is not None and track.end is None and track.phase == test.phase)
    return known(entered if test.state == "entered" else not entered)


# ---------------------------------------------------------------- the portfolio


def count(s: Situation, test: ProjectsTest) -> int:
    """How many of the projects it started follow the method, and are known to be as asked."""
    if test in s.inputs.assumed:
        return test.n
    return sum(is_counted(s, holding, test) for holding in s.inputs.portfolio)


def is_counted(s: Situation, holding: Holding, test: ProjectsTest) -> bool:
    """A rule that names what the project's own method does not know is not met there."""
    if not can_be_counted(holding.method, test):
        return False
    if test.having is None:
        return True
    inputs = replace(s.inputs, portfolio=(), assumed=frozenset())
    there = Situation(holding.method, holding.project, inputs, s.now, s.alarms)
    return judge(there, test.having, judgements.project_scope(there)).value is True


def can_be_counted(method: Methodology, test: ProjectsTest) -> bool:
    """Whether what is counted are projects of this method, asked about what it knows."""
    return method.id == test.method and (
        test.having is None or mentions.are_known(method, test.having)
    )


# ---------------------------------------------------------------- alternatives


@dataclass(frozen=True, slots=True)
class Chosen(Generic[T]):
    """The value in force, or None: nothing applies, or `unknown` must be answered first."""

    value: T | None
    unknown: frozenset[str] = frozenset()


def choose(s: Situation, alternatives: Choose[T], scope: Scope) -> Chosen[T]:
    """Pick the alternative that holds and that no other holding one wins over."""
    judged = {a.id: judge(s, a.when, scope) for a in alternatives.alternatives}
    holding = [a for a in alternatives.alternatives if judged[a.id].value]
    beaten = {loser for a in holding for loser in a.over}
    open_ones = [
        judged[a.id]
        for a in alternatives.alternatives
        if judged[a.id].value is None and a.id not in beaten
    ]
    if (waits := undecided(open_ones)) is not None:
        return Chosen(None, waits.unknown)
    for alternative in holding:
        if alternative.id not in beaten:
            return Chosen(alternative.use)
    return Chosen(alternatives.otherwise)
