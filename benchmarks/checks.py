"""A gate is judged and its walk fired, in memory: beside a plain function that asks the same, and
the shared machine alone.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter
from typing import Any

from benchmarks.measuring import Row, alternately, at_most, spelled
from benchmarks.world import BODIES, FILE, HOME, LAST, PAPERS, VERDICTS, World, a_world
from innocities_engine import library
from innocities_engine.domain import gates, machine
from innocities_engine.domain.situation import Situation

ROUNDS = 300
FEW, MANY = 600, 900  # more than the last states that are kept


@dataclass(frozen=True, slots=True)
class Plain:
    """What the gate asks, and nothing else of the method."""

    papers: frozenset[str]
    verdicts: dict[str, str]
    votes: frozenset[str]

    def missing(self) -> list[str]:
        found = [paper for paper in PAPERS if paper not in self.papers]
        found += [c for c in VERDICTS if self.verdicts.get(c) != "met"]
        found += [b for b in BODIES if sum(v.startswith(b) for v in self.votes) < 2]
        return found


def measure() -> Iterator[Row]:
    with a_world() as world:
        yield _judged(world)
        yield _memory(world)
    yield _built()


def _judged(world: World) -> Row:
    seen = world.engine.view(HOME, world.nearly_decided(), LAST)
    passage = seen.project.open_passage("G1")
    assert passage is not None
    outcome = seen.method.gates["G1"].outcomes["go"]
    track, name = seen.project.tracks["idea"], machine.trigger("G1", "go", "pilot")
    votes = frozenset(f"{body}{n}" for body in BODIES for n in range(2))
    plain = Plain(frozenset(PAPERS), dict(VERDICTS), votes)

    def fired() -> None:
        machine.walk(seen.method, "idea", track, name)

    def ours() -> None:
        s = Situation(seen.method, seen.project, seen.inputs, seen.now)
        assert gates.review(s, passage, outcome).ready
        fired()

    ways: dict[str, Callable[[], object]] = {"ours": ours, "machine": fired, "plain": plain.missing}
    times = alternately({name: repeat(way, ROUNDS) for name, way in ways.items()}, together=5)
    alone = times["machine"].usual + times["plain"].usual
    figures = [f"{name} {times[name].told()}" for name in ways]
    return at_most("a gate judged and fired / machine and plain function",
                   times["ours"].usual / alone, 1.3, *figures)  # fmt: skip


def _memory(world: World) -> Row:
    """What each further project that is looked at leaves in memory."""
    projects = [world.started() for _ in range(MANY)]
    tracemalloc.start()
    held = []
    for first, last in ((0, FEW), (FEW, MANY)):
        for project in projects[first:last]:
            world.engine.view(HOME, project, "lead")
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    kept = max(0.0, (held[1] - held[0]) / (MANY - FEW))
    figures = f"after {FEW} projects {held[0] >> 10} KiB, after {MANY} {held[1] >> 10} KiB"
    return at_most("bytes that stay in memory of each further project", kept, 200, figures)


def _built() -> Row:
    """The machine of a method of many phases: as much for each phase as with few."""
    taken = {phases: _building(phases) / phases for phases in (40, 200)}
    figures = [f"{phases} phases {spelled(taken[phases] * phases)}" for phases in taken]
    return at_most("a machine for 200 phases / for 40, each phase", taken[200] / taken[40],
                   1.3, *figures)  # fmt: skip


def _building(phases: int) -> float:
    method = library.compile_resolved(_long(phases))
    best = []
    for _ in range(7):
        machine.track_machine.cache_clear()
        begun = perf_counter()
        machine.track_machine(method, "f0")
        best.append(perf_counter() - begun)
    return min(best)


def _long(phases: int) -> dict[str, Any]:
    """A method of so many phases, one after the other."""
    said = deepcopy(library.resolved(FILE))
    said["phases"] = {
        f"f{n}": {"title": {"en": f"Phase {n}"}} | ({} if n else {"opens": "start", "main": True})
        for n in range(phases)
    }
    gate = said["gates"]["G2"]
    said["gates"] = {
        f"g{n}": deepcopy(gate) | {"in": f"f{n}", "outcomes": {
            "go": {"to": f"f{n + 1}"} if n + 1 < phases else {"end": "completed"},
            "stop": {"end": "stopped"},
        }} for n in range(phases)
    }  # fmt: skip
    return said
