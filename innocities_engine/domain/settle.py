"""What follows by itself: after a command, and as time goes by.

The steps of the language marked with a star are tried until none applies. Each uses up an entry,
an instance or a decision and none makes one, so settling ends. Time-driven consequences take
effect at their own instant, in order, however late anybody looks.
"""

from __future__ import annotations

from datetime import datetime

from innocities_engine.domain import events as e
from innocities_engine.domain import (
    judgements,
    machine,
    moments,
    needs,
    opening,
    people,
    predicates,
)
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import (
    BlockKind,
    Effect,
    Gate,
    Methodology,
    NeedKind,
    Outcome,
)
from innocities_engine.domain.grammar import Every
from innocities_engine.domain.project import (
    Decision,
    NeedInstance,
    NeedStatus,
    Passage,
    PassageStatus,
    Project,
    Track,
    TrackStatus,
    VersionStatus,
    VoiceKind,
)
from innocities_engine.domain.situation import need_of, passage_scope, phase_scope
from innocities_engine.domain.whens import begun

_LOOPS = 1000  # far beyond any finite definition: a definition without an end is a fault of ours


def advance(c: Cursor, now: datetime) -> None:
    """Work out everything up to `now`, instant by instant, then settle at `now`."""
    if c.project.as_of is not None and c.project.as_of < now:
        instant = next_change(c.method, c.project, c.inputs, c.project.as_of)
        while instant is not None and instant <= now:
            c.now = instant
            c.alarms.clear()
            settle(c)
            instant = min((alarm for alarm in c.alarms if alarm > instant), default=None)
    c.now = now
    c.alarms.clear()
    settle(c)


def next_change(
    method: Methodology, project: Project, inputs: Inputs, after: datetime
) -> datetime | None:
    """The next instant after `after` at which time alone may change the state."""
    c = Cursor(method, project, inputs, after)
    settle(c)
    return min((alarm for alarm in c.alarms if alarm > after), default=None)


def settle(c: Cursor) -> None:
    """Apply the steps until none applies."""
    for _ in range(_LOOPS):
        before = len(c.events)
        _update_needs(c)
        _effects(c)
        _mark_moving(c)
        _open_tracks(c)
        _end_phases(c)
        _open_gates(c)
        _open_needs(c)
        if len(c.events) == before:
            return
    raise AssertionError(f"settling of {c.project.id} does not end")


# ---------------------------------------------------------------- needs


def _update_needs(c: Cursor) -> None:
    """Wake what waited, discharge what is met, re-open what is met no more."""
    for key in list(c.project.needs):
        instance = c.project.needs[key]
        if instance.status is NeedStatus.DORMANT and opening.may_wake(c, instance):
            c.emit(e.NeedWoken(at=c.now, need=key))
            instance = c.project.needs[key]
        if instance.status is NeedStatus.OPEN and _is_met(c, instance):
            c.emit(e.NeedDone(at=c.now, need=key))
        elif instance.status is NeedStatus.DONE and needs.may_reopen(c.situation, instance):
            if not _is_met(c, instance):
                c.emit(e.NeedReopened(at=c.now, need=key))


def _is_met(c: Cursor, instance: NeedInstance) -> bool:
    found = needs.finding(c.situation, instance)
    return found.exists.value is True and found.done


def _open_needs(c: Cursor) -> None:
    """Open the needs of deciding roles, and the next occurrence of what comes again."""
    for passage in list(c.project.passages.values()):
        if passage.status is PassageStatus.OPEN:
            opening.open_role_needs(c, passage)
    for track in list(c.project.tracks.values()):
        if track.status in (TrackStatus.RUNNING, TrackStatus.MOVING):
            origin = f"{track.phase}#{track.entry}"
            for need in c.method.phases[track.phase].needs.values():
                if isinstance(need.due, Every):
                    base = f"{need.ref}#{track.entry}"
                    opening.open_recurring(
                        c, need, origin, base, c.method.phases[track.phase].track
                    )
    for decision in c.project.decisions:
        if decision.state in ("pending", "in force"):
            _open_decision_recurring(c, decision)


def _open_decision_recurring(c: Cursor, decision: Decision) -> None:
    passage = c.project.passages[decision.passage]
    gate = c.method.gates[passage.gate]
    if not opening.alive(c.project.tracks.get(gate.track)):
        return
    for need in gate.outcomes[decision.proposal.outcome].needs.values():
        if isinstance(need.due, Every):
            base = f"{need.ref}#{passage.n}d"
            opening.open_recurring(
                c, need, passage.key, base, gate.track,
                decision=passage.key, outcome=decision.proposal.outcome,
            )  # fmt: skip


# ---------------------------------------------------------------- tracks and gates


def _open_tracks(c: Cursor) -> None:
    """A root phase whose opening has become true and that never was entered; once per project."""
    for root in c.method.roots:
        phase = c.method.phases[root]
        if root in c.project.entries or phase.opens is None or phase.at_start:
            continue
        if not opening.alive(c.project.tracks.get(c.method.main_root)) and _stopped(c):
            continue
        s = c.situation
        scope = phase_scope(s, root)
        moments_begun = all(begun(s, moments.resolve(s, m, scope)) for m in phase.opens.at.values())
        when = phase.opens.when
        if moments_begun and (when is None or predicates.judge(s, when, scope).value is True):
            machine.walk(c.method, root, None, machine.OPEN)
            opening.enter(c, root)


def _stopped(c: Cursor) -> bool:
    main = c.project.tracks.get(c.method.main_root)
    return main is not None and main.end == "stopped"


def _end_phases(c: Cursor) -> None:
    """A phase with `done` true ends its track, with nothing decided."""
    for root, track in list(c.project.tracks.items()):
        done = c.method.phases[track.phase].done
        if done is None or not opening.alive(track):
            continue
        s = c.situation
        if predicates.judge(s, done, phase_scope(s, track.phase)).value is True:
            machine.walk(c.method, root, track, machine.DONE)
            opening.end_track(c, root, "completed")


def _open_gates(c: Cursor) -> None:
    for gate in c.method.gates.values():
        track = c.project.tracks.get(gate.track)
        if track is None or track.status not in (TrackStatus.RUNNING, TrackStatus.MOVING):
            continue
        if gate.when is not None:
            _close_untrue(c, gate)
        if opening.opens_by_rule(gate):
            _open_on_turn(c, gate, track)
        elif gate.opens is not None and gate.opens.at and gate.opens.by is None:
            _open_by_date(c, gate, track)


def _close_untrue(c: Cursor, gate: Gate) -> None:
    """A gate exists only while its own rule is true; an open instance lapses with it."""
    passage = c.project.open_passage(gate.id)
    s = c.situation
    assert gate.when is not None
    if passage is None or predicates.judge(s, gate.when, passage_scope(s, passage)).value is True:
        return
    opening.lapse_gate(c, passage)


def _open_by_date(c: Cursor, gate: Gate, track: Track) -> None:
    """A scheduled instance whose moment has come."""
    if not opening.may_open(c, gate):
        return
    slot = next(opening.scheduled(c, gate), None)
    if slot is not None and opening.rule_holds(c, gate, track.phase):
        opening.open_gate(c, gate, slot=slot[0])


def _open_on_turn(c: Cursor, gate: Gate, track: Track) -> None:
    """Open each time the rule turns true while the track is in a phase of the gate."""
    holds = track.phase in gate.phases and opening.rule_holds(c, gate, track.phase)
    if opening.turns(c, gate, holds) and holds and opening.may_open(c, gate):
        opening.open_gate(c, gate)


# ---------------------------------------------------------------- effects


def _effects(c: Cursor) -> None:
    """Let each decision take effect once nothing holds it, the oldest first."""
    for root in list(c.project.tracks):
        for passage in waiting(c, root):
            if passage in waiting(c, root) and not holds_move(c, passage.key):
                take_effect(c, passage, root)


def waiting(c: Cursor, root: str) -> list[Passage]:
    """The instances decided on a track whose effect is still to come, the oldest decision first."""
    decided = (c.project.passages[d.passage] for d in c.project.decisions if d.state == "pending")
    return [
        p
        for p in decided
        if p.status is PassageStatus.DECIDED and c.method.gates[p.gate].track == root
    ]


def _mark_moving(c: Cursor) -> None:
    """A track that is not held moves as long as an effect is still to come."""
    for root, track in list(c.project.tracks.items()):
        if track.status not in (TrackStatus.RUNNING, TrackStatus.MOVING):
            continue
        keys = [p.key for p in waiting(c, root)]
        if keys and track.moving not in keys:
            c.emit(e.TrackMoving(at=c.now, track=root, passage=keys[-1]))
        elif track.moving and not keys:
            c.emit(e.TrackResumed(at=c.now, track=root))


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
