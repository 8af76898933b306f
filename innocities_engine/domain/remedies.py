"""What somebody could do about a blocker. What the project would be like if they did is left to
`imagining`.

Actions are symbolic: a role hands in, rates at least so, answers within a stretch of values. Never
among them: deciding the gate itself, waiving, overriding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from innocities_engine.domain import (
    artefacts,
    judgements,
    mentions,
    moments,
    needs,
    portfolio,
    predicates,
)
from innocities_engine.domain.definition import Gate, Need, NeedKind, Outcome, Place
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import (
    AdviceTest,
    ArtefactTest,
    Choose,
    Comparison,
    CriteriaTest,
    FactTest,
    GateTest,
    NeedTest,
    PassedTest,
    Predicate,
    ProjectsTest,
    RoleTest,
    ScoreTest,
    Test,
    Who,
)
from innocities_engine.domain.handing_in import confirmers_of
from innocities_engine.domain.project import (
    NeedInstance,
    NeedStatus,
    Passage,
)
from innocities_engine.domain.regions import LATER, regions
from innocities_engine.domain.situation import Scope, Situation, need_of, need_scope, passage_scope
from innocities_engine.domain.whens import begins, is_over


@dataclass(frozen=True, slots=True, order=True)
class Action:
    """One thing to do. `values`: the verdict at least so, or the stretches an answer may lie in.
    `voices`: how many of those who are asked are still to say so.

    kinds: submit, approve, rate, advise, answer, fill, tick_off, accept, pass_gate, start_projects,
    wait. Of projects, `values` says how many are missing.
    """

    kind: str
    subject: str
    values: tuple[str, ...] = ()
    until: datetime | None = None
    voices: int = 0

    @property
    def topic(self) -> tuple[str, str]:
        """Two actions on one topic exclude each other; a better rating may follow a worse one."""
        return (self.kind, self.subject + (self.values[0] if self.kind == "rate" else ""))


# ---------------------------------------------------------------- what could help


def remedies(
    s: Situation, passage: Passage, blocker: Blocker, outcome: Outcome | None
) -> frozenset[Action]:
    """Every single action that may contribute to removing this blocker."""
    gate = s.method.gates[passage.gate]
    scope = passage_scope(s, passage)
    return frozenset(_remedies(s, gate, blocker, outcome, scope))


def _remedies(
    s: Situation,
    gate: Gate,
    blocker: Blocker,
    outcome: Outcome | None,
    scope: Scope,
) -> Iterator[Action]:
    match blocker.code:
        case "need_open":
            yield from _for_need(s, s.project.needs[blocker.subject])
        case "criterion_unrated" | "criterion_below":
            yield from _for_criterion(s, gate, blocker.subject)
        case "advice_missing":
            yield Action("advise", f"{gate.id}/{blocker.subject}")
            yield from _change(s, gate.advises[blocker.subject].when, scope)
        case "gate_blocks":
            yield Action("pass_gate", blocker.subject)
        case "answer_first":
            yield from _answers(s, blocker.subject)
            yield from _unknown(s, blocker.subject, gate)
            yield from _asked_for(s, gate, blocker.params.get("for", ""), outcome, scope)
        case "role_empty" | "quorum_impossible":
            roles = blocker.who if blocker.code == "quorum_impossible" else (blocker.subject,)
            yield from (Action("fill", role) for role in roles)
        case "not_offered":
            if outcome is not None:
                yield from _for_offer(s, outcome, scope)
    if blocker.code in ("role_empty", "quorum_impossible", "answer_first"):
        yield from _routes(s, gate.decides.by, scope)


def _asked_for(
    s: Situation, gate: Gate, thing: str, outcome: Outcome | None, scope: Scope
) -> Iterator[Action]:
    """What is met all the same need not be known of, nor what another answer decides."""
    for instance in s.project.needs.values():
        if instance.ref == thing and needs.finding(s, instance).is_open:
            yield from _for_need(s, instance)
    yield from _for_criterion(s, gate, thing)
    if thing in gate.advises:
        yield from _change(s, gate.advises[thing].when, scope)
    if thing in s.method.gates:
        yield from _change(s, s.method.gates[thing].when, scope)
    if outcome is not None:
        yield from _for_offer(s, outcome, scope)


def _for_offer(s: Situation, outcome: Outcome, scope: Scope) -> Iterator[Action]:
    """Have it offered, and known what it asks."""
    yield from _change(s, outcome.when, scope)
    yield from _routing(s, outcome.choose, scope)
    for need in outcome.needs.values():
        yield from _change(s, need.when, scope)


def _for_need(s: Situation, instance: NeedInstance) -> Iterator[Action]:
    need = need_of(s.method, instance)
    scope = need_scope(s, instance)
    yield from _change(s, need.when, scope)
    if not isinstance(need.required, bool):
        yield from _change(s, need.required, scope)
    if instance.status is NeedStatus.DORMANT:
        yield from _wake(s, need, scope)
        return
    if need.kind in needs.BY_HAND:
        yield from _for_act(s, instance, need)
    elif need.done is not None:
        yield from _change(s, need.done, scope)
    else:
        yield from _for_thing(s, instance, need)


def _for_act(s: Situation, instance: NeedInstance, need: Need) -> Iterator[Action]:
    if instance.status is NeedStatus.OPEN:
        yield Action("tick_off", instance.key)
    elif confirmers_of(s, instance, need) is not None:
        yield Action("accept", instance.key)


def _wake(s: Situation, need: Need, scope: Scope) -> Iterator[Action]:
    assert need.opens is not None
    if need.opens.need is not None:
        before = needs.find(s, need.opens.need, scope)
        if before is not None and before.status is not NeedStatus.DONE:
            yield from _for_need(s, before)
    yield from _change(s, need.opens.when, scope)
    for moment in need.opens.at.values():
        yield from _wait(s, begins(s, moments.resolve(s, moment, scope)))


def _for_thing(s: Situation, instance: NeedInstance, need: Need) -> Iterator[Action]:
    match need.kind:
        case NeedKind.ARTEFACT:
            yield from _for_artefact(s, instance, need)
        case NeedKind.FACT:
            yield from _answers(s, need.of)
        case NeedKind.ROLE:
            yield Action("fill", need.of)
        case NeedKind.GATE:
            yield Action("pass_gate", need.of)


def _for_artefact(s: Situation, instance: NeedInstance, need: Need) -> Iterator[Action]:
    """Hand in what is missing or too old; approve what stands."""
    artefact = s.method.artefacts[need.of]
    if need.status == "signed" and need.place is not Place.GATE:
        signing = [
            g.id
            for g in s.method.gates.values()
            if any(n.of == artefact.id and n.status == "signed" for n in g.needs.values())
        ]
        yield from (Action("pass_gate", g) for g in signing)
        return
    trial = replace(need, status="submitted")
    if not needs.satisfied(s, instance, trial, need_scope(s, instance)).value:
        yield Action("submit", artefact.id)
    elif need.status == "approved" or artefact.approves is not None:
        yield Action("approve", artefact.id)


def _for_criterion(
    s: Situation, gate: Gate, name: str, wanted: tuple[str, ...] = ()
) -> Iterator[Action]:
    """Rate it at least so: what it must reach, any value if it must only be rated."""
    if name not in gate.criteria:
        return
    criterion = gate.criteria[name]
    must = criterion.scale[-1] if criterion.must in (None, "rated") else criterion.must
    for value in wanted or (must or "",):
        yield Action("rate", f"{gate.id}/{name}", (value,))
    yield from _change(s, criterion.when, passage_scope(s, _current(s, gate)))


def _current(s: Situation, gate: Gate) -> Passage:
    passage = judgements.current(s, gate.id)
    assert passage is not None
    return passage


def _answers(s: Situation, fact: str) -> Iterator[Action]:
    """Answer a fact: in a stretch of values where its value is not already."""
    definition = s.method.facts.get(fact)
    if definition is None:
        return
    for test in mentions.tests(s.method, definition.rule):
        yield from _for_test(s, test, judgements.project_scope(s))
    if definition.rule or definition.chosen or definition.value is not None:
        return
    for region in regions(s.method, fact, s.today):
        yield Action("answer", fact, (region.label,))


def _unknown(s: Situation, name: str, gate: Gate) -> Iterator[Action]:
    """An unknown that is no fact: a criterion, an adviser."""
    yield from _for_criterion(s, gate, name)
    if name in gate.advises:
        yield Action("advise", f"{gate.id}/{name}")


def _change(s: Situation, predicate: Predicate | None, scope: Scope) -> Iterator[Action]:
    for test in mentions.tests(s.method, predicate):
        yield from _for_test(s, test, scope)


def _routes(s: Situation, who: Who, scope: Scope) -> Iterator[Action]:
    if isinstance(who, Choose):
        yield from _routing(s, who, scope)


def _routing(s: Situation, choose: Choose[Any] | None, scope: Scope) -> Iterator[Action]:
    if choose is not None:
        for test in mentions.of_choose(s.method, choose):
            yield from _for_test(s, test, scope)


def _for_test(s: Situation, test: Test, scope: Scope) -> Iterator[Action]:
    match test:
        case FactTest(fact):
            yield from _answers(s, fact)
        case ArtefactTest(artefact, status):
            version = artefacts.newest(s.project, artefact)
            yield Action("submit", artefact)
            if status == "approved" and version is not None:
                yield Action("approve", artefact)
        case GateTest(gate):
            yield Action("pass_gate", gate)
        case NeedTest(ref):
            instance = needs.find(s, ref, scope)
            if instance is not None:
                yield from _for_need(s, instance)
        case CriteriaTest(gate, which, _, value):
            ids = s.method.gates[gate].criteria if isinstance(which, str) else which
            for name in ids:
                yield from _for_criterion(s, s.method.gates[gate], name, (value,))
        case ScoreTest(gate):
            for criterion in s.method.gates[gate].criteria.values():
                if criterion.weight:
                    owner = s.method.gates[gate]
                    yield from _for_criterion(s, owner, criterion.id, criterion.scale)
        case AdviceTest(gate, advice, value):
            yield Action("advise", f"{gate}/{advice}", (value,))
        case RoleTest(role):
            yield Action("fill", role)
        case ProjectsTest(comparison=Comparison.AT_LEAST, n=n):
            missing = n - predicates.count(s, test)
            if missing > 0:
                yield Action("start_projects", portfolio.spelled(test), (str(missing),))
        case PassedTest(moment):
            when = moments.resolve(s, moment, scope)
            yield from _wait(s, is_over(s, when))
            for name in sorted(when.waits):
                yield from (a for a in _answers(s, name) if a.values != (LATER,))
                yield from _awaited(s, name, scope)


def _awaited(s: Situation, name: str, scope: Scope) -> Iterator[Action]:
    """A moment counts from a need that is not done yet."""
    for instance in s.project.needs.values():
        if instance.ref.endswith(f"/{name.rpartition('/')[2]}") and instance.done_at is None:
            if instance.key != scope.need:
                yield from _for_need(s, instance)


def _wait(s: Situation, until: datetime | None) -> Iterator[Action]:
    if until is not None and until > s.now:
        yield Action("wait", "", until=until)
