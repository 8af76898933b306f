"""What begins to exist, and what lapses: entering phases, opening gates, ending tracks.

Each function emits the events of one step; when the steps apply is `settle`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from innocities_engine.domain import arising, machine, moments, needs, predicates
from innocities_engine.domain import events as e
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.definition import Gate, Methodology
from innocities_engine.domain.grammar import AnchorKind, At, Every, Moment
from innocities_engine.domain.project import (
    NeedInstance,
    NeedStatus,
    Passage,
    PassageStatus,
    Track,
    TrackStatus,
)
from innocities_engine.domain.situation import (
    phase_scope,
)
from innocities_engine.domain.whens import begins, begun

ALIVE = frozenset({TrackStatus.RUNNING, TrackStatus.HELD, TrackStatus.MOVING})


def alive(track: Track | None) -> bool:
    return track is not None and track.status in ALIVE


# ---------------------------------------------------------------- phases


def enter(c: Cursor, phase: str) -> None:
    """Enter a phase anew: its needs open, and its gates that open on entry."""
    definition = c.method.phases[phase]
    entry = len(c.project.entries.get(phase, ())) + 1
    c.emit(e.PhaseEntered(at=c.now, track=definition.track, phase=phase, entry=entry))
    for need in definition.needs.values():
        if not isinstance(need.due, Every):
            origin = f"{phase}#{entry}"
            arising.open_need(c, need, f"{need.ref}#{entry}", origin, definition.track)
    for gate in c.method.gates.values():
        if phase in gate.phases and opens_on_entry(gate):
            enter_gate(c, gate)


def opens_on_entry(gate: Gate) -> bool:
    return gate.opens is None or gate.opens.on_entry


def enter_gate(c: Cursor, gate: Gate) -> None:
    """Open a gate of the phase that is entered, if nothing speaks against it."""
    s = c.situation
    if s.project.open_passage(gate.id) is not None:
        return
    holds = rule_holds(c, gate, s.project.tracks[gate.track].phase)
    if gate.when is not None:
        turns(c, gate, holds)
    if holds:
        open_gate(c, gate)


def opens_by_rule(gate: Gate) -> bool:
    """Whether it opens each time something turns true: its own `when`, or that of its `opens`."""
    if opens_on_entry(gate) or gate.opens is None:
        return gate.when is not None
    return gate.opens.by is None and not gate.opens.at


def rule_holds(c: Cursor, gate: Gate, phase: str) -> bool:
    """Whether all that the gate's existence and its opening ask, dates apart, is true now."""
    s = c.situation
    scope = phase_scope(s, phase)
    opens = gate.opens
    rules = [rule for rule in (gate.when, opens.when if opens else None) if rule is not None]
    if not all(predicates.judge(s, rule, scope).value is True for rule in rules):
        return False
    if opens is None or opens.need is None:
        return True
    before = needs.find(s, opens.need, scope)
    return before is not None and before.status is NeedStatus.DONE


def turns(c: Cursor, gate: Gate, value: bool) -> bool:
    """Keep note of a gate's rule; whether it is another than it was."""
    if c.project.truths.get(gate.id, False) is value:
        return False
    c.emit(e.RuleTurned(at=c.now, rule=gate.id, value=value))
    return True


def leave(c: Cursor, track: str, into: str | None) -> None:
    """Lapse what stands in the phase a track leaves; a gate with `opens` may reach further."""
    for passage in list(c.project.passages.values()):
        gate = c.method.gates[passage.gate]
        if gate.track != track or passage.status not in (
            PassageStatus.OPEN,
            PassageStatus.DECIDED,
        ):
            continue
        if into is not None and not opens_on_entry(gate) and into in gate.phases:
            continue
        lapse_gate(c, passage)
    for instance in list(c.project.needs.values()):
        if instance.track == track and not instance.decision and _is_phase_need(c, instance):
            _lapse(c, instance)


def _is_phase_need(c: Cursor, instance: NeedInstance) -> bool:
    return instance.origin.partition("#")[0] in c.method.phases


def lapse_gate(c: Cursor, passage: Passage) -> None:
    """An instance ends undecided, or before its decision took effect."""
    if passage.status is PassageStatus.DECIDED:
        cancel(c, passage)
    c.emit(e.GateLapsed(at=c.now, passage=passage.key))
    lapse_needs_of(c, passage.key)


def cancel(c: Cursor, passage: Passage) -> None:
    """What a decision was about to do does not come, and its own needs lapse with it."""
    track = c.method.gates[passage.gate].track
    c.emit(e.MoveCancelled(at=c.now, track=track, passage=passage.key))
    for instance in list(c.project.needs.values()):
        if instance.decision == passage.key:
            _lapse(c, instance)


def lapse_needs_of(c: Cursor, passage: str) -> None:
    """The gate's own needs end with the passage; those a decision opened do not."""
    for instance in list(c.project.needs.values()):
        if instance.origin == passage and not instance.decision:
            _lapse(c, instance)


def _lapse(c: Cursor, instance: NeedInstance) -> None:
    if instance.status in needs.UNMET:
        c.emit(e.NeedLapsed(at=c.now, need=instance.key))


def end_track(c: Cursor, track: str, end: str, keep: str = "") -> None:
    """End a track; all of it lapses but what the ending decision (`keep`) opened itself."""
    leave(c, track, None)
    for instance in list(c.project.needs.values()):
        if instance.track == track and not (
            keep and instance.decision == keep and _fresh(c, instance)
        ):
            _lapse(c, instance)
    c.emit(e.TrackEnded(at=c.now, track=track, end=end))


def _fresh(c: Cursor, instance: NeedInstance) -> bool:
    """Opened by the latest decision on its passage, not by an earlier one."""
    decision = c.project.decision_of(instance.decision or "")
    return decision is not None and instance.opened_at >= decision.at


# ---------------------------------------------------------------- gates


def open_gate(c: Cursor, gate: Gate, slot: str = "", raised_by: str | None = None) -> Passage:
    """Open the next instance of a gate, with the gate's own needs."""
    passage = Passage(
        gate=gate.id,
        n=sum(1 for _ in c.project.passages_of(gate.id)) + 1,
        status=PassageStatus.OPEN,
        opened_at=c.now,
        asked_at=c.now,
        slot=slot,
        raised_by=raised_by,
    )
    c.emit(e.GateOpened(at=c.now, passage=passage))
    open_gate_needs(c, gate, passage)
    return passage


def open_gate_needs(c: Cursor, gate: Gate, passage: Passage) -> None:
    """Open those of the gate's own needs that are not there yet."""
    before = c.project.passages.get(f"{gate.id}#{passage.n - 1}")
    since = _end_of(before) if before else None
    for need in gate.needs.values():
        key = f"{need.ref}#{passage.n}"
        if key not in c.project.needs:
            arising.open_need(
                c, need, key, passage.key, gate.track, since=since if need.fresh else None
            )


def _end_of(passage: Passage) -> datetime:
    return passage.settled_at or passage.decided_at or passage.opened_at


def may_open(c: Cursor, gate: Gate) -> bool:
    """The track stands in a phase of the gate, and no instance is open or pending."""
    track = c.project.tracks.get(gate.track)
    if not alive(track) or track is None or track.phase not in gate.phases:
        return False
    return not any(
        p.status in (PassageStatus.OPEN, PassageStatus.DECIDED)
        for p in c.project.passages_of(gate.id)
    )


def scheduled(c: Cursor, gate: Gate) -> Iterator[tuple[str, datetime]]:
    """Yield the slots whose moment has come and that no instance has answered, in order."""
    opens = gate.opens
    assert opens is not None
    s = c.situation
    phase = c.project.tracks[gate.track].phase
    scope = phase_scope(s, phase)
    taken = {
        p.slot
        for p in c.project.passages_of(gate.id)
        if not p.void and p.status is not PassageStatus.LAPSED
    }
    found = []
    for name, moment in opens.at.items():
        entry = _entry_counted_from(c, moment, phase)
        if isinstance(moment, Every):
            for k, when in moments.occurrences(s, moment, scope):
                slot = f"{name}{k}{entry}"
                if slot in taken:
                    continue
                if begun(s, when):
                    found.append((begins(s, when) or c.now, slot))
                else:
                    break
            continue
        when = moments.resolve(s, moment, scope)
        slot = (name or "once") + entry
        if slot not in taken and begun(s, when):
            found.append((begins(s, when) or c.now, slot))
    for instant, slot in sorted(found):
        yield slot, instant


def _entry_counted_from(c: Cursor, moment: Moment, phase: str) -> str:
    """What is counted from an entry comes again with the next one; everything else comes once."""
    if not isinstance(moment, At | Every):
        return ""
    match moment.anchor.kind:
        case AnchorKind.ENTRY:
            return f"@{phase}#{len(c.project.entries.get(phase, ()))}"
        case AnchorKind.PHASE:
            return f"@{moment.anchor.name}#{len(c.project.entries.get(moment.anchor.name, ()))}"
    return ""


# ---------------------------------------------------------------- turns


def ahead(method: Methodology, phase: str) -> frozenset[str]:
    """The phase and every phase that `to` leads to from it."""
    reached, todo = {phase}, [phase]
    while todo:
        here = todo.pop()
        for gate in method.gates.values():
            if here in gate.phases:
                for outcome in gate.outcomes.values():
                    if outcome.effect.value == "to":
                        new = set(machine.targets(outcome)) - reached
                        reached |= new
                        todo += new
    return frozenset(reached)


def make_dormant(c: Cursor, track: str, phase: str) -> None:
    """After a turn the settled gates of the phases to be walked again count no more."""
    again = ahead(c.method, phase)
    for passage in list(c.project.passages.values()):
        gate = c.method.gates[passage.gate]
        settled = passage.status is PassageStatus.SETTLED and not passage.void
        if gate.track == track and settled and again.intersection(gate.phases):
            c.emit(e.GateMadeDormant(at=c.now, passage=passage.key))
            turns(c, gate, value=False)


def members_of(members: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Everybody who holds a role in the project."""
    return frozenset(person for people_ in members.values() for person in people_)
