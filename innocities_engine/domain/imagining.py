"""What a project would be like if somebody did this or that: the situation after symbolic actions,
folded and settled like real ones, on a copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from innocities_engine.domain import (
    artefacts,
    judgements,
    mentions,
    needs,
    people,
    portfolio,
    predicates,
)
from innocities_engine.domain import events as e
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.grammar import ProjectsTest
from innocities_engine.domain.handing_in import approvers, confirmers_of
from innocities_engine.domain.project import (
    Content,
    Decision,
    NeedStatus,
    Proposal,
    Recorded,
    Version,
    Voice,
    VoiceKind,
)
from innocities_engine.domain.regions import regions
from innocities_engine.domain.remedies import Action
from innocities_engine.domain.settle import advance, settle
from innocities_engine.domain.situation import Situation, need_of, passage_scope

OPENING = frozenset({"tick_off", "accept", "pass_gate"})  # what another action may wait for
VOICED = frozenset({"approve", "rate", "advise"})  # what a body says, in so many voices


def imagine(s: Situation, actions: Iterable[Action]) -> Situation:
    """The situation after these actions: folded and settled like real ones, on a copy."""
    c = Cursor(s.method, s.project, s.inputs, s.now)
    settled = False
    for action in sorted(actions, key=lambda action: _turn(s, action)):
        _do(c, action)
        settled = action.kind == "wait"
        if action.kind in OPENING:
            settle(c)
            settled = True
    if not settled:
        settle(c)
    return c.situation


def counted(s: Situation, actions: frozenset[Action]) -> frozenset[Action]:
    """The same, with the number of voices that each still waits for when the others are done."""
    return frozenset(
        replace(action, voices=_voices(imagine(s, actions - {action}), action))
        if action.kind in VOICED
        else action
        for action in actions
    )


def _voices(s: Situation, action: Action) -> int:
    if action.kind == "approve":
        return _approvals(s, action.subject)
    gate_id, _, item = action.subject.partition("/")
    gate = s.method.gates[gate_id]
    passage = judgements.current(s, gate_id)
    if passage is None:
        return 0
    scope = passage_scope(s, passage)
    if action.kind == "rate":
        scale = gate.criteria[item].scale
        who = people.asked(s, judgements.raters_of(gate, gate.criteria[item]), scope).who
        ballot = judgements.ballot(s, passage, VoiceKind.VERDICT, item)
        return people.wanted(s, who, ballot, scale[: scale.index(action.values[0]) + 1])
    voice = gate.advises[item]
    who = people.asked(s, voice.by, scope).who
    ballot = judgements.ballot(s, passage, VoiceKind.ADVICE, item)
    values = action.values or voice.scale or tuple(gate.outcomes)
    return min(people.wanted(s, who, ballot, {value}) for value in values)


def _approvals(s: Situation, artefact: str) -> int:
    version = artefacts.newest(s.project, artefact)
    if version is None:
        return 0
    ballot = judgements.approval_ballot(s, artefact, version.n)
    whos = approvers(s, s.method.artefacts[artefact])
    return min((people.wanted(s, who, ballot, {"approved"}) for who in whos), default=0)


def _turn(s: Situation, action: Action) -> tuple[int, int, Action]:
    """Approving follows handing in, voices what says whose they are, the better rating the worse,
    and waiting comes last.
    """
    order = {"approve": 1, "accept": 1, "advise": 1, "rate": 1, "wait": 2}.get(action.kind, 0)
    better = 0
    if action.kind == "rate":
        gate, _, criterion = action.subject.partition("/")
        better = -s.method.gates[gate].criteria[criterion].scale.index(action.values[0])
    return order, better, action


def _do(c: Cursor, action: Action) -> None:
    match action.kind:
        case "submit":
            _submit(c, action.subject, {})
        case "answer":
            _answer(c, action)
        case "approve":
            _approve(c, action.subject)
        case "fill":
            _fill(c, action.subject)
        case "rate" | "advise":
            _voice(c, action)
        case "tick_off" | "accept":
            _tick(c, action)
        case "pass_gate":
            _pass(c, action.subject)
        case "start_projects":
            _start_projects(c, action.subject)
        case "wait":
            assert action.until is not None
            advance(c, max(c.now, action.until))


def _submit(c: Cursor, artefact: str, answers: dict[str, bool | str]) -> None:
    before = artefacts.newest(c.project, artefact)
    if before is not None and before.by == "?":
        answers = {**before.answers, **answers}
    version = Version(
        artefact=artefact,
        n=len(c.project.versions.get(artefact, ())) + 1,
        content=Content(sha256="?"),
        at=c.now.replace(microsecond=999_999),
        by="?",
        answers=answers,
    )
    c.emit(e.VersionSubmitted(at=c.now, version=version))


def _answer(c: Cursor, action: Action) -> None:
    fact = c.method.facts[action.subject]
    found = regions(c.method, fact.id, c.situation.today)
    sample: bool | str = next(r.sample for r in found if r.label == action.values[0])
    if sample in ("true", "false"):
        sample = sample == "true"
    forms = c.method.form_of.get(fact.id, ())
    if forms:
        _submit(c, forms[0], {fact.id: sample})
        return
    asking = needs.asking_for(c.method, c.project, fact.id)
    need = asking[-1].key if asking else ""
    c.emit(e.FactAnswered(at=c.now, fact=fact.id, value=sample, by="?", need=need))


def _start_projects(c: Cursor, counted: str) -> None:
    """As if there were as many as are asked for."""
    rules = (test for rule in mentions.all_predicates(c.method)
             for test in mentions.tests(c.method, rule))  # fmt: skip
    reached = {t for t in rules if isinstance(t, ProjectsTest) and portfolio.spelled(t) == counted}
    c.inputs = replace(c.inputs, assumed=c.inputs.assumed | reached)


def _approve(c: Cursor, artefact: str) -> None:
    version = artefacts.newest(c.project, artefact)
    if version is not None and version.status.value == "submitted":
        c.emit(e.VersionApproved(at=c.now, artefact=artefact, n=version.n))


def _fill(c: Cursor, role: str) -> None:
    present = c.project.members.get(role, ())
    seats = max(1, c.method.roles[role].seats_at_least)
    able = len(people.holders(c.situation, role))
    new = tuple(f"?{role}{i}" for i in range(max(seats - able, 1) + len(present)))
    c.emit(e.RoleFilled(at=c.now, role=role, members=(*present, *new)))


def _voice(c: Cursor, action: Action) -> None:
    """As if the body had said so: for every role asked."""
    s = c.situation
    gate_id, _, item = action.subject.partition("/")
    gate = s.method.gates[gate_id]
    passage = judgements.current(s, gate_id)
    if passage is None:
        return
    if action.kind == "rate":
        by = judgements.raters_of(gate, gate.criteria[item])
        kind, value = VoiceKind.VERDICT, action.values[0]
    else:
        voice, kind = gate.advises[item], VoiceKind.ADVICE
        if (
            voice.when
            and predicates.judge(s, voice.when, passage_scope(s, passage)).value is not True
        ):
            return
        by = voice.by
        value = (action.values or voice.scale or tuple(gate.outcomes))[0]
    subject = judgements.ballot(s, passage, kind, item).subject
    for role in people.roles_asked(s, by, passage_scope(s, passage)):
        given = Voice(kind, subject, role, "", value, c.now, recorded=Recorded("?"))
        c.emit(e.VoiceGiven(at=c.now, voice=given))


def _tick(c: Cursor, action: Action) -> None:
    instance = c.project.needs.get(action.subject)
    if instance is None:
        return
    need = need_of(c.method, instance)
    waits = confirmers_of(c.situation, instance, need) is not None
    today = c.situation.today
    if action.kind == "tick_off" and instance.status is NeedStatus.OPEN:
        if waits:
            c.emit(e.NeedHandedIn(at=c.now, need=instance.key, by="?", on=today))
        else:
            c.emit(e.NeedDone(at=c.now, need=instance.key, by="?", on=today))
    elif action.kind == "accept" and instance.status is NeedStatus.HANDED_IN:
        c.emit(e.NeedDone(at=c.now, need=instance.key))


def _pass(c: Cursor, gate_id: str) -> None:
    """As if that gate had been passed, wherever it leads."""
    gate = c.method.gates[gate_id]
    passing = next((o.id for o in gate.outcomes.values() if o.passing), None)
    passage = c.project.open_passage(gate_id)
    if passage is None or passing is None:
        return
    decision = Decision(passage.key, passage.asking, Proposal(passing), c.now, ("?",), ())
    c.emit(e.GateDecided(at=c.now, decision=decision))
    c.emit(e.DecisionTookEffect(at=c.now, passage=passage.key, settled=True))
