"""What people do in a project, one thing at a time: answer, hand in, approve, judge, recommend,
tick off, fill a role, decide. Each says whether it could be done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from innocities_engine.authoring.verify.hands import Hands, Missing
from innocities_engine.authoring.verify.samples import plain_answer
from innocities_engine.domain import artefacts, judgements, needs, people, predicates, rounds
from innocities_engine.domain import commands as k
from innocities_engine.domain.commands import SYSTEM
from innocities_engine.domain.definition import Artefact, Criterion, Gate, Outcome
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.grammar import Who
from innocities_engine.domain.handing_in import approvers, confirmers_of
from innocities_engine.domain.project import (
    Condition,
    Content,
    NeedInstance,
    NeedStatus,
    PassageStatus,
    Proposal,
    VersionStatus,
)
from innocities_engine.domain.situation import Scope, need_of, need_scope, passage_scope
from innocities_engine.domain.whens import begins
from innocities_engine.language.faults import Path

MANAGER: Final = "manager"
EMPTY: Final = "empty"
PAPER: Final = Content("0" * 64, "paper.md", "file", 1)
REASON: Final = "tried out"
MOST_OFFERS: Final = 12


def acting(h: Hands, who: Who | None, scope: Scope, path: Path) -> tuple[str, ...]:
    """Those who may act here today; where a role is empty it is noted, or filled by hand. What has
    to be known to say who is asked is answered.
    """
    if who is None:
        return ()
    for fact in sorted(people.asked(h.s, who, scope).unknown):
        if fact in h.world.method.facts:
            answer(h, fact, plain_answer(h.s, h.world.method.facts[fact]))
    roles = people.roles_asked(h.s, who, scope)
    for role in roles:
        if not people.is_filled(h.s, role):
            h.missing.add(Missing(role, path))
            if h.by_hand:
                fill(h, role)
    return people.acting(h.s, roles)


def leaders(h: Hands) -> tuple[str, ...]:
    return people.acting(h.s, needs.leaders(h.s))


def anybody(h: Hands) -> tuple[str, ...]:
    return people.acting(h.s, tuple(h.project.members))


# ---------------------------------------------------------------- roles and facts


def fill(h: Hands, role: str, n: int | None = None) -> bool:
    """With the smallest team, or with so many people."""
    if h.locked.get(("role", role)) == EMPTY and n is None:
        return False
    team = h.world.team.people[role]
    more = tuple(f"{role}-{i}" for i in range(len(team) + 1, (n or 0) + 1))
    members = team if n is None else (*team, *more)[:n]
    return h.did(k.Assign(role, members), [MANAGER])


def answer(h: Hands, fact_id: str, value: str, need: str = "") -> bool:
    """Say it where it is asked: in a form, to a need, or by whoever may."""
    if h.locked.get(("fact", fact_id), value) != value:
        return False
    fact = h.world.method.facts[fact_id]
    forms = h.world.method.form_of.get(fact_id, ())
    if forms:
        return submit(h, h.world.method.artefacts[forms[0]], {fact_id: value})
    scope = judgements.project_scope(h.s)
    path = ("facts", fact_id, "by")
    able = acting(h, fact.by, scope, path) if fact.by is not None else anybody(h)
    return h.did(k.AnswerFact(fact_id, value, need), able)


def unanswer(h: Hands, fact_id: str) -> bool:
    """Take an answer back."""
    if h.world.method.form_of.get(fact_id):
        return False
    given = h.project.facts.get(fact_id)
    return given is None or h.did(k.AnswerFact(fact_id, None), anybody(h))


# ---------------------------------------------------------------- papers


def submit(h: Hands, artefact: Artefact, answers: Mapping[str, str] | None = None) -> bool:
    """Hand in a version whose whole form is filled in; what was said before stays said."""
    before = artefacts.newest(h.project, artefact.id)
    said = dict(before.answers) if before else {}
    form: dict[str, bool | str] = {}
    for fact in artefact.form:
        locked = h.locked.get(("fact", fact))
        plain = locked or said.get(fact) or plain_answer(h.s, h.world.method.facts[fact])
        form[fact] = (answers or {}).get(fact, plain)
    scope = judgements.project_scope(h.s)
    path = ("artefacts", artefact.id, "by")
    able = (*people.people_of(h.s, artefact.by, scope), *_owing(h, artefact.id), *leaders(h))
    return h.did(k.Submit(artefact.id, PAPER, form), able or acting(h, artefact.by, scope, path))


def _owing(h: Hands, artefact: str) -> tuple[str, ...]:
    """Those who owe it by a need of its own."""
    found = [
        person
        for instance, need in needs.unmet(h.s)
        if need.of == artefact and need.by is not None
        for person in people.people_of(h.s, need.by, need_scope(h.s, instance))
    ]
    return tuple(found)


def approve(h: Hands, artefact: Artefact) -> bool:
    """Have the newest version approved by as many as it takes."""
    scope = judgements.project_scope(h.s)
    path = ("artefacts", artefact.id, "approves")
    for who in approvers(h.s, artefact):
        for person in acting(h, who, scope, path):
            h.tried(k.Approve(artefact.id), person)
            version = artefacts.newest(h.project, artefact.id)
            if version is not None and artefacts.reaches(version, "approved"):
                return True
    return False


def withdraw(h: Hands, artefact: str) -> bool:
    """Take back every version that can be."""
    while (version := artefacts.newest(h.project, artefact)) is not None:
        if version.status is VersionStatus.SIGNED:
            return False
        if not h.did(k.Withdraw(artefact), [version.by]):
            return False
    return True


# ---------------------------------------------------------------- voices


def _declared(h: Hands, passage: str, person: str) -> None:
    """Whoever speaks does first what each member is asked for."""
    for instance in list(h.project.needs.values()):
        if instance.origin == passage and instance.member == person:
            if needs.finding(h.s, instance).is_open:
                h.tried(k.TickOff(instance.key, member=person), person)


def rate_all(h: Hands, gate_id: str, criteria: Iterable[str]) -> None:
    """Have criteria judged by all who are asked, each in one go: as chosen, else the best way."""
    passage = h.project.open_passage(gate_id)
    if passage is None:
        return
    gate = h.world.method.gates[gate_id]
    by_person: dict[str, dict[str, str]] = {}
    for name in criteria:
        criterion = gate.criteria[name]
        value = h.locked.get(("criterion", gate_id, name), criterion.scale[0])
        for person in acting(h, judgements.raters_of(gate, criterion),
                             passage_scope(h.s, passage), _raters_at(gate, criterion)):  # fmt: skip
            by_person.setdefault(person, {})[name] = value
    for person, verdicts in by_person.items():
        _declared(h, passage.key, person)
        h.tried(k.Rate(gate_id, verdicts), person)


def _raters_at(gate: Gate, criterion: Criterion) -> Path:
    if criterion.by is not None:
        return ("gates", gate.id, "criteria", criterion.id, "by")
    return ("gates", gate.id, "rates" if gate.rates else "decides", "by")


def rate(h: Hands, gate_id: str, criterion_id: str, value: str) -> bool:
    """Have a criterion judged so by all who are asked."""
    if h.locked.get(("criterion", gate_id, criterion_id), value) != value:
        return False
    passage = h.project.open_passage(gate_id)
    if passage is None:
        return False
    gate = h.world.method.gates[gate_id]
    criterion = gate.criteria[criterion_id]
    by = judgements.raters_of(gate, criterion)
    for person in acting(h, by, passage_scope(h.s, passage), _raters_at(gate, criterion)):
        _declared(h, passage.key, person)
        h.tried(k.Rate(gate_id, {criterion_id: value}), person)
    return judgements.verdict_of(h.s, gate_id, criterion_id) == value


def advise(h: Hands, gate_id: str, advice: str, value: str = "") -> bool:
    """Have those who are heard recommend the same, after those who are heard before them."""
    wanted = h.locked.get(("advice", gate_id, advice), value)
    passage = h.project.open_passage(gate_id)
    if passage is None or (value and wanted != value):
        return False
    gate = h.world.method.gates[gate_id]
    voice = gate.advises[advice]
    if voice.after and judgements.advice_given(h.s, gate_id, voice.after) is None:
        advise(h, gate_id, voice.after)
    said = wanted or (voice.scale or tuple(gate.outcomes))[0]
    path = ("gates", gate_id, "advises", advice)
    for person in acting(h, voice.by, passage_scope(h.s, passage), path):
        _declared(h, passage.key, person)
        h.tried(k.Advise(gate_id, advice, said, REASON), person)
    return judgements.advice_given(h.s, gate_id, advice) == said


# ---------------------------------------------------------------- acts


def tick(h: Hands, instance: NeedInstance) -> bool:
    """Do what is to be done, and have it confirmed where somebody must."""
    need = need_of(h.world.method, instance)
    path = path_of_need(h, instance)
    if instance.status is NeedStatus.OPEN:
        if instance.member or instance.owner:
            owing = h.project.members.get(instance.owner, (instance.member or instance.owner,))
        else:
            roles = needs.owners(h.s, instance)
            for role in roles:
                if role in h.world.method.roles and not people.is_filled(h.s, role):
                    h.missing.add(Missing(role, path))
                    if h.by_hand:
                        fill(h, role)
            owing = people.acting(h.s, roles)
        able = (*owing, *leaders(h))
        if not h.did(k.TickOff(instance.key, member=instance.member), able):
            return False
        instance = h.project.needs[instance.key]
    if instance.status is NeedStatus.HANDED_IN:
        for person in sorted(confirmers_of(h.s, instance, need) or ()):
            h.tried(k.Accept(instance.key), person)
            if h.project.needs[instance.key].status is NeedStatus.DONE:
                return True
        return False
    return True


def path_of_need(h: Hands, instance: NeedInstance) -> Path:
    """Where the method says this need."""
    owner, _, key = instance.ref.partition("/")
    if owner in h.world.method.phases:
        return ("phases", owner, "needs", key)
    if owner in h.world.method.roles:
        return ("roles", owner, "needs", key)
    if instance.outcome:
        return ("gates", owner, "outcomes", instance.outcome, "needs", key)
    return ("gates", owner, "needs", key)


# ---------------------------------------------------------------- decisions


def decide(h: Hands, gate_id: str, outcome: Outcome, to: str | None = None) -> bool:
    """Have those who decide choose this; what it must carry is learnt by offering too little."""
    passage = h.project.open_passage(gate_id)
    if passage is None:
        return False
    before = len(h.project.decisions)
    offer = Proposal(outcome.id, to=to)
    by = h.world.method.gates[gate_id].decides.by
    path = ("gates", gate_id, "decides", "by")
    for person in acting(h, by, passage_scope(h.s, passage), path):
        _declared(h, passage.key, person)
        for _ in range(MOST_OFFERS):
            refused = h.tried(_command(h, gate_id, offer), person)
            more = _carrying(h, offer, refused or ())
            if more is None:
                break
            offer = more
        if len(h.project.decisions) > before:
            return True
    return False


def _command(h: Hands, gate_id: str, offer: Proposal) -> k.Command:
    """In a round, when it has come, the decision is taken for all of its projects together."""
    one = k.Decide(gate_id, offer, REASON)
    passage = h.project.open_passage(gate_id)
    if passage is None or not passage.round:
        return one
    return k.DecideInRound(one, passage.round, "plan", concludes=True)


def join_round(h: Hands, gate_id: str) -> bool:
    """Present the papers, and have the passage taken in a round as soon as one opens."""
    passage = h.project.open_passage(gate_id)
    if passage is None or passage.round:
        return False
    if passage.presented is None and not h.did(k.Present(gate_id), (*leaders(h), *anybody(h))):
        return False
    start = begins(h.s, rounds.opens(h.s, h.project.passages[passage.key]))
    if start is None:
        return False
    h.wait(start)
    return h.tried(k.JoinRound(gate_id, "round"), SYSTEM.person) is None


def _carrying(h: Hands, offer: Proposal, refused: tuple[Blocker, ...]) -> Proposal | None:
    """The proposal with one thing more that a decision must carry; None: that is not what lacks."""
    lacking = next((b for b in refused if b.code == "carry_missing"), None)
    if lacking is None:
        return None
    name, kind = lacking.subject, lacking.params.get("kind")
    if name == "to":
        return replace(offer, to=lacking.params["one_of"].partition(",")[0])
    if name == "review_on":
        return replace(offer, review_on=h.s.today + timedelta(days=1))
    match kind:
        case "role":
            members = h.project.members.get(name) or h.world.team.people[name]
            return replace(offer, appoint={**offer.appoint, name: members})
        case "fact":
            given = predicates.fact_value(h.s, name, judgements.project_scope(h.s))
            said = h.project.facts.get(name) if given is not None else None
            locked = h.locked.get(("fact", name))
            value = locked or (
                said.value if said else plain_answer(h.s, h.world.method.facts[name])
            )
            return replace(offer, answers={**offer.answers, name: value})
        case "artefact":
            return replace(offer, attach={**offer.attach, name: PAPER})
        case "written" | "due":
            n = int(lacking.params.get("at_least", "1"))
            due = h.s.today + timedelta(days=7) if kind == "due" else None
            owner = (*needs.leaders(h.s), *h.world.method.roles)[0]
            n = max(n, len(offer.written.get(name, ())))
            some = tuple(Condition(f"Term {i}", owner, due) for i in range(1, n + 1))
            return replace(offer, written={**offer.written, name: some})
    return None


def raise_gate(h: Hands, gate_id: str) -> bool:
    gate = h.world.method.gates[gate_id]
    if gate.opens is None or gate.opens.by is None:
        return False
    if h.project.open_passage(gate_id) is not None:
        return False
    path = ("gates", gate_id, "opens", "by")
    able = acting(h, gate.opens.by, judgements.project_scope(h.s), path)
    return h.did(k.Raise(gate_id, REASON), able)


def resume(h: Hands, root: str) -> bool:
    track = h.project.tracks[root]
    held_by = h.project.passages[track.held_by or ""]
    scope = passage_scope(h.s, held_by)
    by = h.world.method.gates[held_by.gate].decides.by
    able = acting(h, by, scope, ("gates", held_by.gate, "decides", "by"))
    return h.did(k.Resume(root), (*able, *anybody(h)))


def is_open(h: Hands, passage: str) -> bool:
    found = h.project.passages.get(passage)
    return found is not None and found.status is PassageStatus.OPEN
