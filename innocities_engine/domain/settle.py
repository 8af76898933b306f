"""What follows by itself: after a command, and as time goes by.

The steps of the language marked with a star are tried until none applies. Each uses up an entry,
an instance or a decision and none makes one, so settling ends. Time-driven consequences take
effect at their own instant, in order, however late anybody looks.
"""

from __future__ import annotations

from datetime import datetime

from innocities_engine.domain import (
    arising,
    effects,
    machine,
    mentions,
    moments,
    needs,
    opening,
    portfolio,
    predicates,
)
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import (
    Gate,
    Methodology,
)
from innocities_engine.domain.grammar import Every
from innocities_engine.domain.project import (
    Decision,
    NeedInstance,
    NeedStatus,
    PassageStatus,
    Project,
    Track,
    TrackStatus,
)
from innocities_engine.domain.situation import need_of, passage_scope, phase_scope
from innocities_engine.domain.whens import begun

_LOOPS = 1000  # far beyond any finite definition: a definition without an end is a fault of ours


def advance(c: Cursor, now: datetime) -> None:
    """Work out everything up to `now`, instant by instant, then settle at `now`."""
    if c.project.as_of is not None and c.project.as_of < now:
        instant = next_change(c.method, c.project, c.inputs, c.project.as_of)
        while instant is not None and instant <= now:
            c.look_from(instant)
            settle(c)
            instant = min((alarm for alarm in c.alarms if alarm > instant), default=None)
    c.look_from(now)
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
        if instance.status is NeedStatus.DORMANT and arising.may_wake(c, instance):
            c.emit(e.NeedWoken(at=c.now, need=key))
            instance = c.project.needs[key]
        if instance.status is NeedStatus.OPEN and needs.is_met(c.situation, instance):
            c.emit(e.NeedDone(at=c.now, need=key, counts=_counts(c, instance)))
        elif instance.status is NeedStatus.DONE and needs.may_reopen(c.situation, instance):
            if not needs.is_met(c.situation, instance):
                c.emit(e.NeedReopened(at=c.now, need=key))


def _counts(c: Cursor, instance: NeedInstance) -> dict[str, int]:
    done = need_of(c.method, instance).done
    return portfolio.counts(c.situation, mentions.tests(c.method, done))


def _open_needs(c: Cursor) -> None:
    """Open the needs of deciding roles, and the next occurrence of what comes again."""
    for passage in list(c.project.passages.values()):
        if passage.status is PassageStatus.OPEN:
            arising.open_role_needs(c, passage)
    for track in list(c.project.tracks.values()):
        if track.status in (TrackStatus.RUNNING, TrackStatus.MOVING):
            origin = f"{track.phase}#{track.entry}"
            for need in c.method.phases[track.phase].needs.values():
                if isinstance(need.due, Every):
                    base = f"{need.ref}#{track.entry}"
                    arising.open_recurring(
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
    outcome = gate.outcomes.get(decision.proposal.outcome)
    for need in outcome.needs.values() if outcome else ():  # a later version may know it no more
        if isinstance(need.due, Every):
            base = f"{need.ref}#{passage.n}d"
            arising.open_recurring(
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
        elif opening.opens_on_entry(gate):
            _open_anew(c, gate)
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


def _open_anew(c: Cursor, gate: Gate) -> None:
    """Ask again what gave way to a decision that now waits itself: the project is still here."""
    latest = next(reversed(tuple(c.project.passages_of(gate.id))), None)
    gave_way = latest is not None and latest.status is PassageStatus.LAPSED
    if gave_way and opening.may_open(c, gate):
        opening.open_gate(c, gate)


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


# ---------------------------------------------------------------- decisions that wait


def _effects(c: Cursor) -> None:
    """Let each decision take effect once nothing holds it, the oldest first."""
    for root in list(c.project.tracks):
        for passage in effects.waiting(c, root):
            if passage in effects.waiting(c, root) and not effects.holds_move(c, passage.key):
                effects.take_effect(c, passage, root)


def _mark_moving(c: Cursor) -> None:
    """A track that is not held moves as long as an effect is still to come."""
    for root, track in list(c.project.tracks.items()):
        if track.status not in (TrackStatus.RUNNING, TrackStatus.MOVING):
            continue
        keys = [p.key for p in effects.waiting(c, root)]
        if keys and track.moving not in keys:
            c.emit(e.TrackMoving(at=c.now, track=root, passage=keys[-1]))
        elif track.moving and not keys:
            c.emit(e.TrackResumed(at=c.now, track=root))
