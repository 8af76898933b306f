"""What a decision proposes, and whether it states all that the method wants stated with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date

from innocities_engine.domain import (
    arising,
    calendar,
    gates,
    judgements,
    moments,
    needs,
    opening,
    people,
    predicates,
    values,
)
from innocities_engine.domain import events as e
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Gate, Need, NeedKind, Outcome
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import (
    Decision,
    Passage,
    Proposal,
)
from innocities_engine.domain.refusing import missing, refuse
from innocities_engine.domain.situation import Situation, passage_scope
from innocities_engine.domain.verdicts import TRUE
from innocities_engine.domain.whens import civil_day


def digest(proposal: Proposal, plan: str = "") -> str:
    """What a vote is on: the outcome and all it carries; of a round, the whole plan besides."""
    content = json.dumps(asdict(proposal), sort_keys=True, default=str) + plan
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def canonical(c: Cursor, proposal: Proposal) -> Proposal:
    """Answers in their one form, so that equal proposals are equal votes."""
    answers: dict[str, bool | str] = {}
    for fact_id, raw in proposal.answers.items():
        fact = c.method.facts.get(fact_id)
        if fact is None:
            raise missing("fact", fact_id)
        try:
            answers[fact_id] = values.canonical(fact, raw)
        except ValueError as error:
            refuse("bad_value", fact_id, expected=str(error))
    return Proposal(
        outcome=proposal.outcome,
        to=proposal.to,
        review_on=proposal.review_on,
        written={key: tuple(texts) for key, texts in proposal.written.items() if texts},
        appoint={role: tuple(members) for role, members in proposal.appoint.items()},
        answers=answers,
        attach=dict(proposal.attach),
    )


def not_carried(
    c: Cursor, passage: Passage, gate: Gate, outcome: Outcome, proposal: Proposal
) -> tuple[Blocker, ...]:
    """What the command still has to state, and what it states beyond what it may."""
    found: list[Blocker] = []
    if len(outcome.targets) > 1 and proposal.to is None:
        found.append(Blocker("carry_missing", "to", {"one_of": ", ".join(outcome.targets)}))
    if proposal.to is not None and proposal.to not in outcome.targets:
        found.append(Blocker("bad_value", "to", {"expected": ", ".join(outcome.targets)}))
    found += _review_date(c, outcome, proposal)
    for need in needs_opened(c.situation, passage, gate, outcome):
        found += _need_carried(c, passage, need, proposal)
    names = {n.of for n in needs_opened(c.situation, passage, gate, outcome) if n.due_at_decision}
    for extra in (*proposal.appoint, *proposal.answers, *proposal.attach):
        if extra not in names:
            found.append(Blocker("bad_value", extra, {"expected": "what the outcome asks"}))
    for extra in proposal.written:
        if extra not in outcome.needs:
            found.append(Blocker("bad_value", extra, {"expected": "what the outcome asks"}))
    return tuple(found)


def needs_opened(s: Situation, passage: Passage, gate: Gate, outcome: Outcome) -> list[Need]:
    """The needs this decision opens, as things stand: of the outcome and of the roles deciding."""
    scope = passage_scope(s, passage)
    asked = gates.decider(s, gate, scope).who
    found = list(outcome.needs.values())
    for role_id in people.roles(asked):
        role = s.method.roles[role_id]
        found += [n for n in role.needs.values() if arising.born_with_decision(role, n)]
    return [
        n
        for n in found
        if (predicates.judge(s, n.when, scope) if n.when else TRUE).value is not False
    ]


def _need_carried(c: Cursor, passage: Passage, need: Need, proposal: Proposal) -> list[Blocker]:
    if need.kind is NeedKind.WRITTEN:
        return _written(c, passage, need, proposal)
    if not need.due_at_decision:
        return []
    if not states(need, proposal) and not _must_state(c, passage, need):
        return []
    match need.kind:
        case NeedKind.ROLE:
            return _appointed(c, need, tuple(dict.fromkeys(proposal.appoint.get(need.of, ()))))
        case NeedKind.FACT if need.of not in proposal.answers:
            return [Blocker("carry_missing", need.of, {"kind": "fact"})]
        case NeedKind.ARTEFACT if need.of not in proposal.attach:
            return [Blocker("carry_missing", need.of, {"kind": "artefact"})]
    return []


def states(need: Need, proposal: Proposal) -> bool:
    return need.of in (*proposal.appoint, *proposal.answers, *proposal.attach)


def _must_state(c: Cursor, passage: Passage, need: Need) -> bool:
    """What is recommended, or carried over and met already, may be left out."""
    s = c.situation
    asked = needs.required(s, need, passage_scope(s, passage)).value is not False
    return asked and not _is_met(c, passage, need)


def _appointed(c: Cursor, need: Need, members: tuple[str, ...]) -> list[Blocker]:
    role = c.method.roles[need.of]
    if len(members) < max(1, role.seats_at_least):
        return [Blocker("carry_missing", need.of, {"kind": "role"})]
    if role.seats_at_most is not None and len(members) > role.seats_at_most:
        return [Blocker("bad_value", need.of, {"at_most": str(role.seats_at_most)})]
    return []


def _is_met(c: Cursor, passage: Passage, need: Need) -> bool:
    """A carried need that is met already does not arise, so nothing has to be stated."""
    own = c.project.needs.get(f"{need.ref}#{passage.n}")
    carried = own is not None and own.origin == passage.key and not own.decision
    return own is not None and carried and not needs.finding(c.situation, own).is_open


def _written(c: Cursor, passage: Passage, need: Need, proposal: Proposal) -> list[Blocker]:
    """Enough conditions, each with a text, an owner and a date within the bound."""
    assert need.written is not None
    given = proposal.written.get(need.id, ())
    wanted = need.written.at_least
    if need.written.for_verdict is not None:
        gate = c.method.gates[passage.gate]
        judged = [judgements.verdict_of(c.situation, gate.id, cr) for cr in gate.criteria]
        wanted = max(wanted, judged.count(need.written.for_verdict))
    if len(given) < wanted and need.required is not False:
        return [Blocker("carry_missing", need.id, {"kind": "written", "at_least": str(wanted)})]
    bound = _bound(c, passage, need)
    found = []
    for condition in given:
        if not condition.text.strip() or not condition.owner.strip():
            found.append(Blocker("carry_missing", need.id, {"kind": "text and owner"}))
        elif condition.owner not in _known_owners(c, proposal):
            found.append(Blocker("bad_value", need.id, {"owner": condition.owner}))
        elif condition.due is None and bound is None:
            found.append(Blocker("carry_missing", need.id, {"kind": "due"}))
        elif condition.due is not None and bound is not None and condition.due > bound:
            found.append(Blocker("bad_value", need.id, {"at_most": bound.isoformat()}))
        elif condition.due is not None and condition.due < c.situation.today:
            found.append(Blocker("bad_value", need.id, {"due": condition.due.isoformat()}))
    return found


def _known_owners(c: Cursor, proposal: Proposal) -> frozenset[str]:
    """A condition's owner is a role of the method, or somebody who holds one."""
    appointed = (p for members in proposal.appoint.values() for p in members)
    return frozenset(c.method.roles) | opening.members_of(c.project.members) | frozenset(appointed)


def _bound(c: Cursor, passage: Passage, need: Need) -> date | None:
    """The latest day a condition may be due: the need's own date, were it decided now."""
    if need.due is None:
        return None
    trial = Cursor(c.method, c.project, c.inputs, c.now)
    stand_in = Decision(passage.key, passage.asking, Proposal(""), c.now, (), ())
    trial.emit(e.GateDecided(at=c.now, decision=stand_in))
    s = trial.situation
    return civil_day(s, moments.resolve(s, need.due, passage_scope(s, passage)))


def _review_date(c: Cursor, outcome: Outcome, proposal: Proposal) -> list[Blocker]:
    if outcome.hold is None:
        if proposal.review_on is not None:
            return [Blocker("bad_value", "review_on", {"expected": "nothing"})]
        return []
    if proposal.review_on is None:
        return [Blocker("carry_missing", "review_on", {"kind": "date"})]
    s = c.situation
    if proposal.review_on < s.today:
        return [Blocker("bad_value", "review_on", {"due": proposal.review_on.isoformat()})]
    latest = calendar.after(
        calendar.without_quiet(c.inputs.calendar), s.today, outcome.hold.at_most
    ).day
    if not s.today < proposal.review_on <= latest:
        return [Blocker("bad_value", "review_on", {"at_most": latest.isoformat()})]
    return []
