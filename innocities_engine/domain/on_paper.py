"""Record a decision that was taken on paper: what it rested on, what it carried, what it did.

Nothing is judged again: what stood in its way is taken as done with it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from innocities_engine.domain import (
    artefacts,
    effects,
    enacting,
    gates,
    needs,
    people,
    proposals,
    trail,
)
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import BlockKind, Gate, NeedKind, Outcome
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.opening import members_of
from innocities_engine.domain.past import DecidedOnPaper
from innocities_engine.domain.project import (
    Decision,
    Passage,
    Proposal,
    Recorded,
    VersionStatus,
)
from innocities_engine.domain.refusing import missing, refuse, refuse_all
from innocities_engine.domain.situation import need_of, passage_scope


def record(
    c: Cursor, passage: Passage, told: DecidedOnPaper, command: k.Import, actor: Actor
) -> None:
    """Take the decision as it was taken; what the method asks of one is not asked again."""
    gate = c.method.gates[told.gate]
    outcome = gate.outcomes.get(told.proposal.outcome)
    if outcome is None:
        raise missing("outcome", f"{gate.id}.{told.proposal.outcome}")
    refuse_all(tuple(_untold(c, gate, outcome, told)))
    _approve_papers(c, passage, gate)
    _pass_over(c, passage, outcome, told.on)
    s = c.situation
    asked = gates.decider(s, gate, passage_scope(s, passage))
    proposal = _completed(c, passage, gate, outcome, told, command)
    target = enacting.target_of(c, passage, outcome, proposal)
    if outcome.choose is not None and target is None:
        refuse("answer_first", ", ".join(sorted(asked.unknown)) or gate.id, gate=gate.id)
    decision = Decision(
        passage=passage.key,
        asking=passage.asking,
        proposal=proposal,
        at=c.now,
        by=told.by,
        roles=people.roles(asked.who),
        reason=told.reason,
        recorded=Recorded(actor.person, told.names, told.minutes, told.on),
        versions=gates.papers(s, passage),
        review_digest=gates.review(s, passage, outcome).digest,
        target=target,
        on_paper=True,
    )
    enacting.enact(c, passage, gate, outcome, decision, actor)


def _untold(c: Cursor, gate: Gate, outcome: Outcome, told: DecidedOnPaper) -> Any:
    """What no other column of its row can tell: the target, the review of a hold, conditions."""
    where = {"gate": gate.id, "on": told.on.isoformat()}
    proposal = told.proposal
    several = outcome.choose is None and len(outcome.targets) > 1
    if several and proposal.to is None:
        yield Blocker("carry_missing", "to", {"one_of": ", ".join(outcome.targets), **where})
    if proposal.to is not None and proposal.to not in outcome.targets:
        yield Blocker("bad_value", "to", {"expected": ", ".join(outcome.targets), **where})
    if outcome.hold is not None and proposal.review_on is None:
        yield Blocker("carry_missing", "review_on", {"kind": "date", **where})
    if outcome.hold is None and proposal.review_on is not None:
        yield Blocker("bad_value", "review_on", {"expected": "nothing", **where})
    known = {*c.method.roles, *members_of(c.project.members)}
    for need, conditions in proposal.written.items():
        for condition in conditions:
            if need not in outcome.needs:
                yield Blocker("bad_value", need, {"expected": "what the outcome asks", **where})
            elif condition.owner not in known:
                yield Blocker("bad_value", need, {"owner": condition.owner, **where})


def _approve_papers(c: Cursor, passage: Passage, gate: Gate) -> None:
    """The papers of a gate that was passed were what the gate asks of them."""
    for need in gate.needs.values():
        if need.kind is not NeedKind.ARTEFACT or need.status == "submitted":
            continue
        version = artefacts.looked_at(c.project, need.of, passage)
        approved = need.status == "approved" or c.method.artefacts[need.of].approves is not None
        if version is not None and approved and version.status is VersionStatus.SUBMITTED:
            c.emit(e.VersionApproved(at=c.now, artefact=need.of, n=version.n))


def _pass_over(c: Cursor, passage: Passage, outcome: Outcome, on: date) -> None:
    """Acts and what earlier decisions asked for, had they held this gate shut, were done by then.

    Written conditions are told by the row only as long as they are open, so they stay.
    """
    s = c.situation
    if not outcome.passing:
        return
    for instance, need in list(needs.blocking(s, passage.key)):
        stays = instance.decision or need.kind in needs.BY_HAND
        if not stays or need.kind is NeedKind.WRITTEN or instance.origin == passage.key:
            continue
        if instance.status in needs.UNMET and needs.finding(s, instance).is_open:
            c.emit(e.NeedDone(at=c.now, need=instance.key, on=on))


def _completed(
    c: Cursor,
    passage: Passage,
    gate: Gate,
    outcome: Outcome,
    told: DecidedOnPaper,
    command: k.Import,
) -> Proposal:
    """What a decision has to carry, as far as the row tells it elsewhere."""
    appoint: dict[str, tuple[str, ...]] = {}
    answers: dict[str, bool | str] = {}
    for need in proposals.needs_opened(c.situation, passage, gate, outcome):
        if not need.due_at_decision:
            continue
        if need.kind is NeedKind.ROLE and command.members.get(need.of):
            appoint[need.of] = command.members[need.of]
        if need.kind is NeedKind.FACT and need.of in command.answers:
            answers[need.of] = command.answers[need.of]
    attach = {
        paper.artefact: paper.content
        for paper in command.papers
        if trail.carries(c.method, told, paper)
    }
    full = Proposal(
        outcome=outcome.id,
        to=told.proposal.to,
        review_on=told.proposal.review_on,
        written=told.proposal.written,
        appoint=appoint,
        answers=answers,
        attach=attach,
    )
    return proposals.canonical(c, full)


def let_move(c: Cursor, root: str) -> None:
    """What held a decision back was done, if the project has gone on since."""
    for passage in effects.waiting(c, root):
        for instance in list(c.project.needs.values()):
            holds = any(b.kind is BlockKind.MOVE for b in need_of(c.method, instance).blocks)
            mine = instance.decision == passage.key and instance.status in needs.UNMET
            if holds and mine:
                c.emit(e.NeedDone(at=c.now, need=instance.key))
