"""What a decision does: at once, or when nothing holds it any more; and what gives way to it."""

from __future__ import annotations

from innocities_engine.domain import events as e
from innocities_engine.domain import judgements, machine, needs, opening, people
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import BlockKind, Effect, NeedKind, Outcome
from innocities_engine.domain.project import (
    NeedStatus,
    Passage,
    PassageStatus,
    VersionStatus,
    VoiceKind,
)
from innocities_engine.domain.situation import need_of, passage_scope


def waiting(c: Cursor, root: str) -> list[Passage]:
    """The instances decided on a track whose effect is still to come, the oldest decision first."""
    decided = (c.project.passages[d.passage] for d in c.project.decisions if d.state == "pending")
    return [
        p
        for p in decided
        if p.status is PassageStatus.DECIDED and c.method.gates[p.gate].track == root
    ]


def holds_move(c: Cursor, passage_key: str) -> bool:
    """Whether a need of this decision, or an open gate raised against it, holds the move."""
    s = c.situation
    for instance, need in needs.unmet(s):
        if instance.decision == passage_key and any(b.kind is BlockKind.MOVE for b in need.blocks):
            found = needs.finding(s, instance)
            if found.is_open and found.required.value is not False:
                return True
    track = c.method.gates[passage_key.partition("#")[0]].track
    return any(
        any(b.kind is BlockKind.MOVE for b in gate.blocks)
        and gate.track == track
        and c.project.open_passage(gate.id) is not None
        for gate in c.method.gates.values()
    )


def take_effect(c: Cursor, passage: Passage, root: str) -> None:
    """The effect of a decision, as the language's step 7 has it."""
    gate = c.method.gates[passage.gate]
    decision = c.project.decision_of(passage.key)
    assert decision is not None
    outcome = gate.outcomes[decision.proposal.outcome]
    stays_open = outcome.effect is Effect.HOLD or (
        outcome.effect is Effect.AGAIN and outcome.again is not None and outcome.again.gate is None
    )
    c.emit(e.DecisionTookEffect(at=c.now, passage=passage.key, settled=not stays_open))
    if not stays_open:
        opening.lapse_needs_of(c, passage.key)
    match outcome.effect:
        case Effect.TO | Effect.TURN:
            assert decision.target is not None
            _move(c, root, decision.target, turn=outcome.effect is Effect.TURN)
        case Effect.HOLD:
            assert decision.proposal.review_on is not None
            _void(c, VoiceKind.DECISION, passage.key)
            c.emit(
                e.TrackHeld(
                    at=c.now,
                    track=root,
                    passage=passage.key,
                    review_on=decision.proposal.review_on,
                )
            )
        case Effect.END:
            _end(c, root, outcome.end, passage.key)
        case Effect.AGAIN:
            assert outcome.again is not None
            _again(c, passage, outcome.again.gate, outcome.again.ask)


def _move(c: Cursor, root: str, target: str, *, turn: bool) -> None:
    opening.leave(c, root, target)
    if turn:
        opening.make_dormant(c, root, target)
    opening.enter(c, target)


def _end(c: Cursor, root: str, end: str, passage: str) -> None:
    """The main track stopped stops every track; completed, the others go on."""
    opening.end_track(c, root, end, keep=passage)
    if root == c.method.main_root and end == "stopped":
        for other, track in list(c.project.tracks.items()):
            if opening.alive(track):
                machine.walk(c.method, other, track, machine.STOP)
                opening.end_track(c, other, "stopped")


def give_way(c: Cursor, root: str, outcome: Outcome) -> None:
    """A move or an end decided meanwhile cancels those that still wait; asking anew only its own.

    With the decision, however long its own effect waits in turn.
    """
    if outcome.effect in (Effect.TO, Effect.TURN, Effect.END):
        for passage in waiting(c, root):
            opening.lapse_gate(c, passage)
            opening.turns(c, c.method.gates[passage.gate], value=False)
    elif outcome.again is not None and outcome.again.gate is not None:
        _cancel_of(c, outcome.again.gate)


def _cancel_of(c: Cursor, gate: str) -> None:
    for passage in waiting(c, c.method.gates[gate].track):
        if passage.gate == gate:
            opening.cancel(c, passage)


def _again(c: Cursor, passage: Passage, other: str | None, ask: str) -> None:
    """Open the same instance, or another gate's, anew; what has to be said again is voided."""
    if other is None:
        ask_again(c, passage, ask)
        return
    target = list(c.project.passages_of(other))[-1]
    _cancel_of(c, other)
    ask_again(c, c.project.passages[target.key], ask)


def _void(c: Cursor, kind: VoiceKind, subject: str) -> None:
    voices = tuple(
        v.key for v in c.project.voices.values() if v.kind is kind and v.subject == subject
    )
    if voices:
        c.emit(e.VoicesVoided(at=c.now, voices=voices))


def ask_again(c: Cursor, passage: Passage, ask: str) -> None:
    """Void what the survival table says, then open the instance anew."""
    void = [key for key, keep in _voices(c, passage, ask) if not keep]
    if void:
        c.emit(e.VoicesVoided(at=c.now, voices=tuple(void)))
    if ask == "all":
        _void_approvals(c, passage)
        for instance in list(c.project.needs.values()):
            if instance.origin == passage.key and not instance.decision:
                by_hand = need_of(c.method, instance).kind in needs.BY_HAND
                if instance.status is NeedStatus.WAIVED or (
                    by_hand and instance.status in (NeedStatus.DONE, NeedStatus.HANDED_IN)
                ):
                    c.emit(e.NeedReopened(at=c.now, need=instance.key))
    c.emit(e.GateAskedAgain(at=c.now, passage=passage.key, ask=ask))
    for instance in list(c.project.needs.values()):
        if instance.origin == passage.key and not instance.decision:
            if instance.status in (NeedStatus.CARRIED, NeedStatus.LAPSED):
                c.emit(e.NeedReopened(at=c.now, need=instance.key))


def _voices(c: Cursor, passage: Passage, ask: str) -> list[tuple[str, bool]]:
    """Pairs of voice and whether it stays: a met criterion's verdicts do, but not for `all`.

    Voices on the gate's own needs fall with `all` only.
    """
    own = {n.key for n in c.project.needs.values() if n.origin == passage.key and not n.decision}
    found = []
    for voice in c.project.voices.values():
        subject, _, item = voice.subject.partition("/")
        if voice.subject in own:
            found.append((voice.key, ask != "all"))
        elif subject == passage.key:
            keep = ask == "unmet" and voice.kind is VoiceKind.VERDICT
            found.append((voice.key, keep and _is_met_criterion(c, passage, item)))
    return found


def _is_met_criterion(c: Cursor, passage: Passage, criterion_id: str) -> bool:
    gate = c.method.gates[passage.gate]
    criterion = gate.criteria[criterion_id]
    s = c.situation
    who = people.asked(s, judgements.raters_of(gate, criterion), passage_scope(s, passage)).who
    given = people.standing_verdict(
        s, who, judgements.ballot(s, passage, VoiceKind.VERDICT, criterion_id), criterion.scale
    )
    must = criterion.must if criterion.must not in (None, "rated") else criterion.scale[0]
    assert must is not None
    return given is not None and criterion.scale.index(given) <= criterion.scale.index(must)


def _void_approvals(c: Cursor, passage: Passage) -> None:
    gate = c.method.gates[passage.gate]
    for need in gate.needs.values():
        if need.kind is not NeedKind.ARTEFACT:
            continue
        for version in c.project.versions.get(need.of, ()):
            if version.status is VersionStatus.APPROVED:
                c.emit(e.ApprovalVoided(at=c.now, artefact=need.of, n=version.n))
            _void(c, VoiceKind.APPROVAL, f"{need.of}@{version.n}")
