"""Walks through the states of a project, breadth first, up to a stated bound.

Two states are alike when their tracks stand alike and every gate that is open is as near to being
passed, as far on its way to a decision, and asked as often. Of the states whose
main track stands in the same phase, with the same gates open, held, or with the nearest gate
shut, nearly ready, ready or voted on, so many are kept as the bound says; at each one everything is
tried, and what follows is walked on from. Beside single
commands, a step may be a whole course of them: all that a gate still asks, or all but one; a
decision; or time that passes. The simplest way to each gate is walked first, so that no bound
leaves a gate out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import gates
from innocities_engine.domain.project import Passage, Track
from tests.builders import START, everybody, inputs_of, noon
from tests.methodology import readying
from tests.methodology.staging import method, resolved
from tests.methodology.wanting import Stuck, Wishes
from tests.proofs.desk import Tally, try_all
from tests.proofs.witness import Witness

A_WHILE: Final = timedelta(days=200)
Place = tuple[str, str | None, tuple[str, ...], str]


@dataclass
class Explored:
    """What a walk through the states has come to."""

    name: str
    kept: list[Witness] = field(default_factory=list)
    seen: Counter[Place] = field(default_factory=Counter)
    met: set[str] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)


def begun(name: str) -> Witness:
    """A project that has just started, watched from its first event on."""
    chosen = method(name)
    inputs = inputs_of(chosen)
    walk = Witness(chosen, inputs, noon(inputs, START), definition=resolved(name))
    return walk.do(k.Start("p1", "org", "Skolevei", everybody(chosen)), "starter")


def explore(name: str, bound: int) -> Explored:
    """Everything that can be reached, as far as the bound allows."""
    explored = Explored(name)
    start = begun(name)
    todo = deque([start, *(readying.arrived(start, gate) for gate in start.method.gates)])
    while todo:
        walk = todo.popleft()
        if not _is_new(explored, walk, bound):
            continue
        explored.kept.append(walk)
        todo.extend(courses(walk))
        todo.extend(_unlike(explored, walk, try_all(walk, explored.tally)))
    return explored


def _is_new(explored: Explored, walk: Witness, bound: int) -> bool:
    """Whether this state is unlike those met before, and its place not yet full."""
    state = alike(walk)
    if state in explored.met or explored.seen[place(walk)] >= bound:
        return False
    explored.met.add(state)
    explored.seen[place(walk)] += 1
    return True


def _unlike(explored: Explored, before: Witness, followed: Iterator[Witness]) -> list[Witness]:
    """One of each kind that has not been met."""
    found: dict[str, Witness] = {}
    for walk in followed:
        if replace(walk.project, as_of=before.project.as_of) != before.project:
            found.setdefault(alike(walk), walk)
    return [walk for state, walk in found.items() if state not in explored.met]


# ---------------------------------------------------------------- what is alike


def place(walk: Witness) -> Place:
    """The phase of the main track, its end, the open gates, and how far one of them has come."""
    main = walk.project.tracks[walk.method.main_root]
    open_ones = [p for p in walk.project.passages.values() if p.status == "open"]
    gates_open = tuple(sorted(p.gate for p in open_ones))
    return main.phase, main.end, gates_open, _how_far(walk, main, open_ones)


def _how_far(walk: Witness, main: Track, open_ones: list[Passage]) -> str:
    """How near the nearest gate is to being passed."""
    if main.status == "held":
        return "held"
    left = {p.key: len(gates.review(walk.situation, p).blockers) for p in open_ones}
    match min(left.values(), default=None):
        case 0:
            ready = [key for key, missing in left.items() if not missing]
            return "voted on" if _voted(walk, ready) else "ready"
        case 1:
            return "nearly ready"
    return "shut"


def _voted(walk: Witness, keys: list[str]) -> bool:
    return any(v.kind == "decision" and v.subject in keys for v in walk.project.voices.values())


def alike(walk: Witness) -> str:
    """A state in a few words: two that are told the same are taken to be the same."""
    tracks = [(r, t.status.value, t.phase) for r, t in sorted(walk.project.tracks.items())]
    conditions = {
        n.outcome for n in walk.project.needs.values() if n.decision and n.status == "open"
    }
    return repr(
        (tracks, sorted(conditions), [_gate(walk, p) for p in sorted(walk.project.passages)])
    )


def _gate(walk: Witness, key: str) -> object:
    passage = walk.project.passages[key]
    if passage.status != "open":
        return (passage.gate, passage.outcome, passage.void) if passage.status == "settled" else 0
    left = len(gates.review(walk.situation, passage).blockers)
    asked = passage.asking > 1, passage.presented is not None
    return passage.gate, min(left, 2), _voted(walk, [key]), asked


# ---------------------------------------------------------------- courses


def courses(walk: Witness) -> list[Witness]:
    """Where whole courses of commands lead, each of them a walk of its own."""
    found = []
    for gate in sorted({p.gate for p in walk.project.passages.values() if p.status == "open"}):
        ways = (_ready, _decided, _nearly, _a_voice_short)
        found += [there for way in ways if (there := way(walk, gate)) is not None]
    return [*found, *_waited(walk)]


def _ready(walk: Witness, gate: str) -> Witness | None:
    try:
        return readying.ready(walk, gate)
    except (Stuck, errors.EngineError):
        return None


def _nearly(walk: Witness, gate: str) -> Witness | None:
    """All but one thing."""
    left = readying.missing(walk, gate, readying.PLAIN)
    try:
        return readying.ready(walk, gate, Wishes(left=frozenset({readying.name_of(left[0])})))
    except (Stuck, errors.EngineError, IndexError):
        return None


def _a_voice_short(walk: Witness, gate: str) -> Witness | None:
    try:
        ready = readying.ready(walk, gate)
        return readying.a_voice_short(ready, gate, readying.passing(ready, gate).id)
    except (Stuck, errors.EngineError):
        return None


def _decided(walk: Witness, gate: str) -> Witness | None:
    try:
        return readying.passed(walk, gate)
    except (Stuck, errors.EngineError):
        return None


def _waited(walk: Witness) -> list[Witness]:
    try:
        return [walk.on(walk.today + A_WHILE)]
    except errors.EngineError:
        return []
