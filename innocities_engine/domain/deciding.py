"""The decision at a gate: one exact proposal, a quorum that agrees, and what it brings about."""

from __future__ import annotations

from dataclasses import replace

from innocities_engine import errors
from innocities_engine.domain import (
    arising,
    artefacts,
    gates,
    judgements,
    machine,
    mentions,
    minutes,
    moments,
    needs,
    opening,
    people,
    portfolio,
    predicates,
    proposals,
    rounds,
)
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import handing_in as papers
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Effect, Gate, Need, NeedKind, Outcome
from innocities_engine.domain.effects import give_way, holds_move, take_effect
from innocities_engine.domain.gates import Blocker, Review
from innocities_engine.domain.grammar import Who
from innocities_engine.domain.judging import gate_of, open_passage
from innocities_engine.domain.project import (
    Decision,
    NeedInstance,
    Passage,
    PassageStatus,
    Proposal,
    TrackStatus,
    Version,
    VersionStatus,
    VoiceKind,
)
from innocities_engine.domain.refusing import missing, refuse, refuse_all
from innocities_engine.domain.situation import (
    need_of,
    need_scope,
    passage_scope,
    phase_scope,
)
from innocities_engine.domain.whens import begun

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
    outcome = gate.outcomes.get(command.proposal.outcome)
    if outcome is None:
        raise missing("outcome", f"{gate.id}.{command.proposal.outcome}")
    s = c.situation
    scope = passage_scope(s, passage)
    asked = gates.decider(s, gate, scope)
    if asked.who is None:
        refuse_all(gates.review(s, passage).blockers)
    ballot = judgements.ballot(s, passage, VoiceKind.DECISION)
    proposal = proposals.canonical(c, command.proposal)
    value = proposals.digest(proposal, joint.plan if joint else "")
    given = judgements.speak(s, asked.who, ballot, actor.person, value, command.recorded)
    if not given:
        refuse("not_entitled", gate.id, *people.roles(asked.who))
    minutes.check(s, asked.who, ballot, given, since=minutes.earliest(s, gate.id))
    if not all(judgements.may_speak(s, passage, voice) for voice in given):
        refuse("not_entitled", gate.id, needs="declaration")
    lacking = proposals.not_carried(c, passage, gate, outcome, proposal)
    review = gates.review(s, passage, outcome)
    _unchanged(c, passage, review, command)
    if joint is not None:
        review = replace(review, blockers=_not_waiting(review.blockers))
    overridden = _allowed(c, passage, outcome, review, command, actor, lacking, joint)
    for voice in given:
        c.emit(e.VoiceGiven(at=c.now, voice=voice))
    if value not in people.agreed(c.situation, asked.who, ballot) or _is_held_back(joint):
        return
    if overridden:
        c.emit(
            e.GateOverridden(
                at=c.now,
                passage=passage.key,
                by=actor.person,
                reason=command.override,
                blockers=overridden,
            )
        )
    target = target_of(c, passage, outcome, proposal)
    decision = Decision(
        passage=passage.key,
        asking=passage.asking,
        proposal=proposal,
        at=c.now,
        by=_voters(c, asked.who, ballot, value),
        roles=people.roles(asked.who),
        reason=command.reason,
        recorded=given[0].recorded,
        versions=gates.papers(s, passage),
        review_digest=review.digest,
        panel=people.panel(s, asked.who, ballot),
        overridden=overridden,
        target=target,
        counts=portfolio.counts(s, mentions.tests_of(c.method, gate)),
        round=joint.round if joint else "",
    )
    enact(c, passage, gate, outcome, decision, actor)


def _voters(c: Cursor, who: Who | None, ballot: people.Ballot, value: str) -> tuple[str, ...]:
    """Those whose vote counted; a vote of somebody who is asked no more is kept, and does not."""
    s = c.situation
    counted = [v for leaf in people.leaves(who) for v in people.counted(s, leaf, ballot).values()]
    found = [v for v in counted if v.value == value]
    return tuple(
        dict.fromkeys(p for v in found for p in (v.recorded.present if v.recorded else (v.person,)))
    )


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
    if not command.review or command.review == review.digest:
        return
    earlier = c.project.decision_of(passage.key)
    if earlier is not None and earlier.review_digest == command.review:
        raise errors.AlreadyDecided(earlier, review.blockers)
    raise errors.Conflict(
        review.blockers,
        "What the decision rests on has changed since the review it was taken on.",
    )


def target_of(c: Cursor, passage: Passage, outcome: Outcome, proposal: Proposal) -> str | None:
    if outcome.choose is not None:
        s = c.situation
        return predicates.choose(s, outcome.choose, passage_scope(s, passage)).value
    if outcome.effect not in (Effect.TO, Effect.TURN):
        return None
    return proposal.to or outcome.targets[0]


# ---------------------------------------------------------------- enacting


def enact(
    c: Cursor,
    passage: Passage,
    gate: Gate,
    outcome: Outcome,
    decision: Decision,
    actor: Actor,
) -> None:
    s = c.situation
    carried = gates.carried_over(s, outcome, passage_scope(s, passage))
    done_already = _settle_carried(c, passage, frozenset(outcome.carries))
    track = c.project.tracks[gate.track]
    if track.status is TrackStatus.HELD and track.held_by is not None:
        if track.held_by.partition("#")[0] == gate.id and outcome.effect is not Effect.HOLD:
            c.emit(e.TrackResumed(at=c.now, track=gate.track))
    give_way(c, gate.track, outcome)
    c.emit(e.GateDecided(at=c.now, decision=decision))
    _carry(c, decision, actor)
    if outcome.passing:
        _sign(c, passage, gate)
    for key in _carried_instances(c, passage, carried - done_already):
        c.emit(e.NeedCarried(at=c.now, need=key))
    arising.open_decision_needs(c, passage, decision, frozenset(done_already))
    _discharge(c, decision, outcome)
    name = machine.trigger(gate.id, outcome.id, decision.target)
    if holds_move(c, passage.key):
        machine.walk(c.method, gate.track, c.project.tracks[gate.track], gate.id + machine.WAIT)
        return
    machine.walk(c.method, gate.track, c.project.tracks[gate.track], name, allowed=True)
    take_effect(c, c.project.passages[passage.key], gate.track)


def _settle_carried(c: Cursor, passage: Passage, carried: frozenset[str]) -> set[str]:
    """Of what is carried over, what is met already does not arise again."""
    met = set()
    for instance in c.project.needs.values():
        key = instance.ref.partition("/")[2]
        if instance.origin == passage.key and not instance.decision and key in carried:
            if not needs.finding(c.situation, instance).is_open:
                met.add(key)
    gate = c.method.gates[passage.gate]
    for key in carried & set(gate.criteria):
        given = judgements.verdict_of(c.situation, gate.id, key)
        criterion = gate.criteria[key]
        must = criterion.must if criterion.must not in (None, "rated") else criterion.scale[-1]
        if given is not None and criterion.scale.index(given) <= criterion.scale.index(must or ""):
            met.add(key)
    return met


def _carried_instances(c: Cursor, passage: Passage, keys: frozenset[str]) -> list[str]:
    return [
        n.key
        for n in c.project.needs.values()
        if n.origin == passage.key
        and not n.decision
        and n.ref.partition("/")[2] in keys
        and n.status in needs.UNMET
    ]


def _carry(c: Cursor, decision: Decision, actor: Actor) -> None:
    """What the decision carries takes effect with it: appointments, answers, papers."""
    for role, members in decision.proposal.appoint.items():
        c.emit(e.RoleFilled(at=c.now, role=role, members=tuple(dict.fromkeys(members))))
    for fact, value in decision.proposal.answers.items():
        c.emit(e.FactAnswered(at=c.now, fact=fact, value=value, by=actor.person))
    for name, content in decision.proposal.attach.items():
        artefact = papers.artefact_of(c, name)
        version = papers.new_version(c, artefact, content, {}, actor)
        c.emit(e.VersionSubmitted(at=c.now, version=version))


def _discharge(c: Cursor, decision: Decision, outcome: Outcome) -> None:
    """Needs that were due with the decision are done by it; what it left out is not."""
    for instance in list(c.project.needs.values()):
        fresh = instance.decision == decision.passage and instance.opened_at == c.now
        if not fresh or instance.outcome not in ("", outcome.id):
            continue
        need = need_of(c.method, instance)
        stated = need.kind in needs.BY_HAND or proposals.states(need, decision.proposal)
        if need.due_at_decision and stated and instance.status in needs.UNMET:
            c.emit(e.NeedDone(at=c.now, need=instance.key))


def _sign(c: Cursor, passage: Passage, gate: Gate) -> None:
    """The passing decision signs the version that counts; an earlier baseline is superseded.

    What was waived, carried over or passed over is not signed: nobody approved it.
    """
    for need in gate.needs.values():
        if need.kind is not NeedKind.ARTEFACT or need.status != "signed":
            continue
        version = _to_sign(c, c.project.needs[f"{need.ref}#{passage.n}"], need)
        if version is None or version.status is VersionStatus.SIGNED:
            continue
        for other in _same_baseline(c, need.of):
            old = artefacts.baseline(c.project, other)
            if old is not None:
                c.emit(e.VersionSuperseded(at=c.now, artefact=other, n=old.n))
        c.emit(e.VersionSigned(at=c.now, artefact=need.of, n=version.n, passage=passage.key))


def _to_sign(c: Cursor, instance: NeedInstance, need: Need) -> Version | None:
    s = c.situation
    is_asked = needs.finding(s, instance).exists.value is True
    scope = need_scope(s, instance)
    return needs.counted_version(s, instance, need, scope) if is_asked else None


def _same_baseline(c: Cursor, artefact: str) -> set[str]:
    """Artefacts joined by `replaces` share one baseline."""
    joined = {artefact}
    while True:
        more = {a.id for a in c.method.artefacts.values() if a.replaces in joined} | {
            r for a in joined if (r := c.method.artefacts[a].replaces) is not None
        }
        if more <= joined:
            return joined
        joined |= more


# ---------------------------------------------------------------- raise and resume


def raise_gate(c: Cursor, command: k.Raise, actor: Actor) -> None:
    """Open a gate that the method lets a role raise."""
    gate = gate_of(c, command.gate)
    opens = gate.opens
    s = c.situation
    if opens is None or opens.by is None:
        refuse("wrong_state", gate.id, state="opens by itself")
    track = c.project.tracks.get(gate.track)
    if track is None or track.end is not None:
        refuse("not_open", gate.id)
    scope = phase_scope(s, track.phase)
    if actor.person not in people.people_of(s, opens.by, scope):
        refuse("not_entitled", gate.id, *people.roles_asked(s, opens.by, scope))
    if not opening.may_open(c, gate):
        refuse("wrong_state", gate.id, state="open or out of its phase")
    if not all(begun(s, moments.resolve(s, m, scope)) for m in opens.at.values()):
        refuse("wrong_state", gate.id, state="too early")
    for rule in (opens.when, gate.when):
        if rule is not None:
            verdict = predicates.judge(s, rule, scope)
            if verdict.value is None:
                refuse("answer_first", ", ".join(sorted(verdict.unknown)))
            if not verdict.value:
                refuse("not_open", gate.id)
    opening.open_gate(c, gate, raised_by=actor.person)


def resume(c: Cursor, command: k.Resume, actor: Actor) -> None:
    """Go on after a hold; whoever decided it may, and whoever raised the gate."""
    root = command.track or c.method.main_root
    track = c.project.tracks.get(root)
    if track is None:
        raise missing("track", root)
    if track.status is not TrackStatus.HELD or track.held_by is None:
        refuse("wrong_state", root, state=track.status.value)
    passage = c.project.passages[track.held_by]
    gate = c.method.gates[passage.gate]
    s = c.situation
    scope = passage_scope(s, passage)
    allowed = {passage.raiser, *people.people_of(s, gate.decides.by, scope)}
    who = people.asked(s, gate.decides.by, scope).who
    if people.records_for(s, who, actor.person, scope) is not None:
        allowed.add(actor.person)
    if actor.person not in allowed:
        refuse("not_entitled", root, *people.roles(who))
    machine.walk(c.method, root, track, machine.RESUME)
    c.emit(e.TrackResumed(at=c.now, track=root))
