"""The decision at a gate: one exact proposal, a quorum that agrees, and what forbids it. What it
brings about is left to `enacting`.
"""

from __future__ import annotations

from dataclasses import replace

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import (
    enacting,
    gates,
    judgements,
    mentions,
    minutes,
    people,
    portfolio,
    proposals,
    rounds,
)
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Gate, Outcome
from innocities_engine.domain.gates import Blocker, Review
from innocities_engine.domain.judging import gate_of, open_passage, same_papers
from innocities_engine.domain.project import (
    Decision,
    Passage,
    PassageStatus,
    Proposal,
    Recorded,
    Voice,
    VoiceKind,
)
from innocities_engine.domain.refusing import missing, refuse, refuse_all
from innocities_engine.domain.situation import passage_scope

OVERRIDE = "override"
DECIDED = frozenset({PassageStatus.DECIDED, PassageStatus.SETTLED})


def take(c: Cursor, command: k.Decide, actor: Actor) -> None:
    """Decide at a gate for this project alone."""
    _take(c, command, actor)


def take_in_round(c: Cursor, command: k.DecideInRound, actor: Actor) -> None:
    """Decide at a gate as part of the decision on a whole round."""
    passage = c.project.open_passage(command.decide.gate)
    if passage is not None and not rounds.takes_part(c.situation, passage, command.round):
        refuse("not_in_round", command.decide.gate)
    _take(c, command.decide, actor, command)


def _take(c: Cursor, command: k.Decide, actor: Actor, joint: k.DecideInRound | None = None) -> None:
    """Give one's vote, or record a body's result; with the quorum, the decision is taken.

    1. whether it was decided before, 2. whose voice counts, 3. whether what it rests on changed,
    4. whether it carries what it must and the outcome may be taken, 5. the vote, 6. with the
    quorum: the decision.
    """
    gate = gate_of(c, command.gate)
    _undecided(c, gate)
    passage = open_passage(c, gate.id)
    _is_asked(c, passage, command)
    outcome = _outcome(gate, command.proposal)
    who = _decider(c, gate, passage)
    proposal = proposals.canonical(c, command.proposal)
    value = proposals.digest(proposal, joint.plan if joint else "")
    given = _spoken(c, passage, who, value, command, actor)
    lacking = proposals.not_carried(c, passage, gate, outcome, proposal)
    review = gates.review(c.situation, passage, outcome)
    _unchanged(c, passage, review, command)
    if joint is not None:
        review = replace(review, blockers=_not_waiting(review.blockers))
    overridden = _allowed(c, passage, outcome, review, command, actor, lacking, joint)
    before = c.situation
    for voice in given:
        c.emit(e.VoiceGiven(at=c.now, voice=voice))
    ballot = judgements.ballot(before, passage, VoiceKind.DECISION)
    if value not in people.agreed(c.situation, who, ballot) or _is_held_back(joint):
        return
    decision = Decision(
        passage=passage.key,
        asking=passage.asking,
        proposal=proposal,
        at=c.now,
        by=_voters(c, who, ballot, value),
        roles=people.roles(who),
        reason=command.reason,
        recorded=given[0].recorded,
        beside=_beside(c, who, ballot, value, given[0].role),
        versions=gates.papers(before, passage),
        review_digest=review.digest,
        panel=people.panel(before, who, ballot),
        overridden=overridden,
        target=enacting.target_of(c, passage, outcome, proposal),
        counts=portfolio.counts(before, mentions.tests_of(c.method, gate)),
        round=joint.round if joint else "",
    )
    if overridden:
        _tell_override(c, decision, command, actor)
    enacting.enact(c, passage, gate, outcome, decision, actor)


def _outcome(gate: Gate, proposal: Proposal) -> Outcome:
    outcome = gate.outcomes.get(proposal.outcome)
    if outcome is None:
        raise missing("outcome", f"{gate.id}.{proposal.outcome}")
    return outcome


def _decider(c: Cursor, gate: Gate, passage: Passage) -> people.Chosen | None:
    """Whoever is asked to decide as things stand; refused while nobody is known to be."""
    s = c.situation
    who = gates.decider(s, gate, passage_scope(s, passage)).who
    if who is None:
        refuse_all(gates.review(s, passage).blockers)
    return who


def _spoken(
    c: Cursor,
    passage: Passage,
    who: people.Chosen | None,
    value: str,
    command: k.Decide,
    actor: Actor,
) -> tuple[Voice, ...]:
    """The voices a command gives, by whoever may: one's own, or those of a body's minutes."""
    s = c.situation
    ballot = judgements.ballot(s, passage, VoiceKind.DECISION)
    given = judgements.speak(s, who, ballot, actor.person, value, minutes.written(command))
    if not given:
        refuse("not_entitled", passage.gate, *people.roles(who))
    since, papers = minutes.earliest(s, passage), minutes.unsaid(s, passage, command)
    minutes.check(s, who, ballot, given, since=since, papers=papers)
    if not all(judgements.may_speak(s, passage, voice) for voice in given):
        refuse("not_entitled", passage.gate, needs="declaration")
    return given


def _tell_override(c: Cursor, decision: Decision, command: k.Decide, actor: Actor) -> None:
    c.emit(
        e.GateOverridden(
            at=c.now,
            passage=decision.passage,
            by=actor.person,
            reason=command.override,
            blockers=decision.overridden,
        )
    )


def _voters(
    c: Cursor, who: people.Chosen | None, ballot: people.Ballot, value: str
) -> tuple[str, ...]:
    """Those whose vote counted; a vote of somebody who is asked no more is kept, and does not."""
    s = c.situation
    counted = [v for leaf in people.leaves(who) for v in people.counted(s, leaf, ballot).values()]
    found = [v for v in counted if v.value == value]
    return tuple(
        dict.fromkeys(p for v in found for p in (v.recorded.present if v.recorded else (v.person,)))
    )


def _beside(
    c: Cursor, who: people.Chosen | None, ballot: people.Ballot, value: str, last: str
) -> tuple[Recorded, ...]:
    """What was written down before for the other bodies that agree."""
    counted = {leaf.role: people.counted(c.situation, leaf, ballot) for leaf in people.leaves(who)}
    results = (voices[""] for role, voices in counted.items() if role != last and "" in voices)
    return tuple(v.recorded for v in results if v.value == value and v.recorded is not None)


# ---------------------------------------------------------------- may it be taken?


def _allowed(
    c: Cursor,
    passage: Passage,
    outcome: Outcome,
    review: Review,
    command: k.Decide,
    actor: Actor,
    lacking: tuple[Blocker, ...],
    joint: k.DecideInRound | None,
) -> tuple[str, ...]:
    """Refuse for all that the command lacks and the Review forbids, at once; what is passed over
    instead is returned.

    To override is to pass a shut gate: the outcome has to be offered all the same.
    """
    unoffered = tuple(gates.unoffered(c.situation, passage, outcome))
    unoffered = _not_waiting(unoffered) if joint else unoffered
    blockers = review.blockers if outcome.passing else unoffered
    if blockers and command.override:
        refuse_all((*lacking, *unoffered))
        if OVERRIDE not in actor.rights:
            raise errors.NotPermitted("Overriding a shut gate is a right of its own.")
        return tuple(f"{b.code}:{b.subject}" for b in blockers)
    refuse_all((*lacking, *blockers))
    return ()


def _not_waiting(blockers: tuple[Blocker, ...]) -> tuple[Blocker, ...]:
    """What is decided together with the others waits for them no more."""
    return tuple(b for b in blockers if b.code != gates.WAITS_FOR_ROUND)


def _is_held_back(joint: k.DecideInRound | None) -> bool:
    """Votes on a round are votes alone, until the quorum is there in all of its projects."""
    return joint is not None and not joint.concludes


def _undecided(c: Cursor, gate: Gate) -> None:
    """Tell whoever comes second who decided what; a passage that lapsed was never decided."""
    latest = next(reversed(tuple(c.project.passages_of(gate.id))), None)
    if latest is None or latest.void or latest.status not in DECIDED:
        return
    decision = c.project.decision_of(latest.key)
    if decision is not None:
        raise errors.AlreadyDecided(decision, (Blocker("not_open", gate.id),))


def _is_asked(c: Cursor, passage: Passage, command: k.Decide) -> None:
    """Another decision may have led to the gate being asked anew, which looks just the same."""
    if command.asking_key in ("", passage.asking_key):
        return
    earlier = c.project.decision_of(command.asking_key.partition("/")[0])
    if earlier is not None:
        raise errors.AlreadyDecided(earlier, (Blocker("not_open", passage.gate),))
    raise errors.Conflict((), "The gate was asked anew since you read it.")


def _unchanged(c: Cursor, passage: Passage, review: Review, command: k.Decide) -> None:
    same_papers(c.situation, passage, command.papers)
    if command.review in ("", review.digest):
        return
    earlier = c.project.decision_of(passage.key)
    if earlier is not None and earlier.review_digest == command.review:
        raise errors.AlreadyDecided(earlier, review.blockers)
    said = "what the decision rests on has changed since the review it was taken on"
    raise errors.Conflict(review.blockers, said).named("other_review", given=command.review)
