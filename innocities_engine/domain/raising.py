"""A role opens a gate that is there at any time, and a project goes on after a hold."""

from __future__ import annotations

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import machine, moments, opening, people, predicates
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.judging import gate_of
from innocities_engine.domain.project import TrackStatus
from innocities_engine.domain.refusing import missing, refuse
from innocities_engine.domain.situation import passage_scope, phase_scope
from innocities_engine.domain.whens import begun


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
