"""The ways on from a state: a decision, a gate that is raised, a hold that ends, a condition that
is cleared, an answer that opens or ends something, time that passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from innocities_engine.authoring.verify import doing, slots
from innocities_engine.authoring.verify.abstracting import Abstraction, moments_passed, state_of
from innocities_engine.authoring.verify.choosing import decided_ways
from innocities_engine.authoring.verify.findings import Line
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.states import Explored, Node, alive, line_of
from innocities_engine.domain import mentions, needs
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.grammar import Predicate
from innocities_engine.domain.project import Project, Track, TrackStatus
from innocities_engine.domain.situation import phase_scope

MOST_WAITS: Final = 60  # alarms that change nothing before the next that does


def moves(found: Explored, n: int) -> Iterator[tuple[Hands, Line]]:
    """Every way on from a state, each once."""
    node = found.nodes[n]
    h = node.hands
    alone = _alone(found, node)
    for root, track in h.project.tracks.items():
        if track.end is not None or alone not in ("", root):
            continue
        if track.status is TrackStatus.HELD:
            yield from _resumed(h, root)
            continue
        yield from decided_ways(found, n, root)
        yield from _raised(h, root, track)
    if not alone:
        yield from _cleared(h)
        yield from _turned(h)
        yield from _waited(found, h)


def _alone(found: Explored, node: Node) -> str:
    """A track whose moves may all be made first, since nothing else has to do with them.

    Only when the main track has ended: until then it could stop them all.
    """
    method = found.world.method
    if alive(node, method.main_root):
        return ""
    able = (r for r in sorted(found.seen.apart) if alive(node, r))
    return next((r for r in able if _has_moves(method, node, r)), "")


def _has_moves(method: Methodology, node: Node, root: str) -> bool:
    open_gates = {p.gate for p in node.project.passages.values() if p.status == "open"}
    return any(method.gates[gate].track == root for gate in open_gates)


def _resumed(h: Hands, root: str) -> Iterator[tuple[Hands, Line]]:
    trial = h.fork()
    if doing.resume(trial, root):
        yield trial, line_of("resume", h, trial, track=root)


def _raised(h: Hands, root: str, track: Track) -> Iterator[tuple[Hands, Line]]:
    for gate in h.world.method.gates.values():
        if gate.track != root or track.phase not in gate.phases:
            continue
        if gate.opens is None or gate.opens.by is None or h.project.open_passage(gate.id):
            continue
        trial = h.fork()
        trial.by_hand = True
        rules = [rule for rule in (gate.when, gate.opens.when) if rule is not None]
        for rule in rules:
            at = slots.search(
                trial,
                mentions.tests(h.world.method, rule),
                phase_scope(trial.s, track.phase),
                _holds(rule, track.phase),
            ).found
            if at is not None:
                trial.become(at)
        if doing.raise_gate(trial, gate.id):
            yield trial, line_of("raise", h, trial, gate=gate.id)


def _holds(rule: Predicate, phase: str) -> Callable[[Hands], bool]:
    return lambda h: slots.truth(h, rule, phase_scope(h.s, phase)) is True


def _cleared(h: Hands) -> Iterator[tuple[Hands, Line]]:
    """What holds a move, or an end, is done: a state of its own as soon as the rules see it."""
    for instance, need in needs.unmet(h.s):
        if instance.decision is None or not need.blocks:
            continue
        trial = h.fork()
        trial.by_hand = True
        if slots.meet(trial, instance) and trial.project is not h.project:
            yield trial, line_of("clear", h, trial, need=instance.key)


def _turned(h: Hands) -> Iterator[tuple[Hands, Line]]:
    """A rule that opens or ends something becomes true, or untrue, as people answer."""
    method = h.world.method
    for rule, phase in _opening_rules(method, h.project):
        tests = list(mentions.tests(method, rule))
        now = slots.truth(h, rule, phase_scope(h.s, phase))
        for wanted in (True, False):
            if now is wanted:
                continue
            at = slots.search(h, tests, phase_scope(h.s, phase), _is(rule, phase, wanted)).found
            if at is not None:
                yield at, line_of("answers", h, at)


def _is(rule: Predicate, phase: str, wanted: bool) -> Callable[[Hands], bool]:
    def goal(h: Hands) -> bool:
        if slots.truth(h, rule, phase_scope(h.s, phase)) is wanted:
            return True
        return wanted and any(  # what it opens or ends may have made it untrue again
            t.end is not None for t in h.project.tracks.values() if t.phase == phase
        )

    return goal


def _opening_rules(method: Methodology, project: Project) -> Iterator[tuple[Predicate, str]]:
    """Rules that open gates and tracks or end phases, as things stand."""
    for track in project.tracks.values():
        if track.end is not None:
            continue
        done = method.phases[track.phase].done
        if done is not None:
            yield done, track.phase
        for gate in method.gates.values():
            if track.phase in gate.phases:
                raised = gate.opens is not None and gate.opens.by is not None
                opens = gate.opens.when if gate.opens and not raised else None
                yield from ((r, track.phase) for r in (gate.when, opens) if r is not None)
    for root in method.roots:
        opens_at = method.phases[root].opens
        if root not in project.entries and opens_at is not None and opens_at.when is not None:
            yield opens_at.when, root


def _waited(found: Explored, h: Hands) -> Iterator[tuple[Hands, Line]]:
    """Time passes until it makes a difference."""
    before = state_of(found.world, found.seen, h)
    trial = h.fork()
    for _ in range(MOST_WAITS):
        ahead = _ahead(found.seen, trial)
        if not ahead:
            return
        trial.wait(ahead[0])
        if state_of(found.world, found.seen, trial) != before:
            day = trial.s.today.isoformat()
            yield trial, line_of("wait", h, trial, day=day)
            return


def _ahead(seen: Abstraction, h: Hands) -> list[datetime]:
    """The instants at which something happens by itself, or something is offered no more."""
    s = h.s
    for _ in moments_passed(s, seen):
        pass  # judging sets the alarms
    return sorted({*h.alarms(), *(alarm for alarm in s.alarms if alarm > h.now)})
