"""What a project may still be asked once a gate has been decided, read off the states it can be in.
A way back by a `turn` does not count: it would date what was asked the time before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from innocities_engine.authoring.verify.findings import Claim, Line, Story
from innocities_engine.authoring.verify.reaching import opened_of, taken_of
from innocities_engine.authoring.verify.states import Explored, Node
from innocities_engine.domain import machine
from innocities_engine.domain.definition import Effect, Methodology, Outcome
from innocities_engine.domain.project import Project


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """What a date belongs to, and is over with: a gate, or else a phase."""

    gate: str
    phases: tuple[str, ...]

    def is_open(self, method: Methodology, project: Project) -> bool:
        if self.gate:
            return project.open_passage(self.gate) is not None
        return any(
            (track := project.tracks.get(method.phases[phase].track)) is not None
            and track.phase == phase
            and track.end is None
            for phase in self.phases
        )


@dataclass
class Afterwards:
    found: Explored
    known: dict[str, frozenset[int]] = field(default_factory=dict)

    @property
    def method(self) -> Methodology:
        return self.found.world.method

    def comes_in_time(self, gate: str, asked: Asked) -> bool:
        """Whether it can have been passed while that is open. What never comes is told as such."""
        passing = {(gate, o.id) for o in self.method.gates[gate].outcomes.values() if o.passing}
        if not passing & taken_of(self.found) or (
            asked.gate and asked.gate not in opened_of(self.found)
        ):
            return True
        nodes = self.found.nodes
        return any(asked.is_open(self.method, nodes[n].project) for n in self._after(gate))

    def comes_otherwise(self, gate: str, asked: Asked) -> bool:
        """Whether it can at least have been sent back, or have rested, while that is open."""
        for n, node in enumerate(self.found.nodes):
            staying = {(g, o) for g, o in node.taken if g == gate and self._stays(g, o)}
            led = [
                there
                for there, line in node.ways.items()
                if line.kind == "decide"
                and (line.params["gate"], line.params["outcome"]) in staying
            ]
            there = (self.found.nodes[m].project for m in (n, *led))
            if staying and any(asked.is_open(self.method, project) for project in there):
                return True
        return False

    def story(self, gate: str, asked: Asked) -> Story | None:
        """A project that has passed the gate, and of which that is asked no more."""
        for n, node in enumerate(self.found.nodes):
            for there, line in node.ways.items():
                mine = line.params.get("gate") == gate and self._passes(line)
                if mine and not asked.is_open(self.method, self.found.nodes[there].project):
                    return Story((*self.found.lines(n), line), Claim("past", {"source": gate}))
        return None

    def _outcome(self, gate: str, outcome: str) -> Outcome:
        return self.method.gates[gate].outcomes[outcome]

    def _stays(self, gate: str, outcome: str) -> bool:
        return self._outcome(gate, outcome).effect in (Effect.AGAIN, Effect.HOLD)

    def _passes(self, line: Line) -> bool:
        return (
            line.kind == "decide"
            and self._outcome(line.params["gate"], line.params["outcome"]).passing
        )

    def _after(self, gate: str) -> frozenset[int]:
        if gate not in self.known:
            reached: set[int] = set()
            todo = [there for n in range(len(self.found.nodes)) for there in self._led(n, gate)]
            while todo:
                n = todo.pop()
                if n not in reached:
                    reached.add(n)
                    todo += self._onwards(self.found.nodes[n])
            self.known[gate] = frozenset(reached)
        return self.known[gate]

    def _led(self, n: int, gate: str) -> Iterator[int]:
        """Where passing the gate leads from a state."""
        node = self.found.nodes[n]
        for there, line in node.ways.items():
            if (line.params.get("gate") == gate and self._passes(line)) or self._passes_unnamed(
                node, there, gate
            ):
                yield there

    def _onwards(self, node: Node) -> Iterator[int]:
        for there, line in node.ways.items():
            back = line.kind == "decide" and (
                self._outcome(line.params["gate"], line.params["outcome"]).effect is Effect.TURN
            )
            if not back or self._passes_unnamed(node, there):
                yield there

    def _passes_unnamed(self, node: Node, there: int, gate: str = "") -> bool:
        """Whether a gate may be passed on this way, too: a way has the name of what led there
        first.
        """
        lines = [line for line in node.ways.values() if line.kind == "decide"]
        named = {(line.params["gate"], line.params["outcome"]) for line in lines}
        return any(
            (not gate or g == gate)
            and self._outcome(g, o).passing
            and self._leads(g, self._outcome(g, o), self.found.nodes[there])
            for g, o in node.taken - named
        )

    def _leads(self, gate: str, outcome: Outcome, there: Node) -> bool:
        """Whether a project that has passed may stand there."""
        track = there.track(self.method.gates[gate].track)
        if track is None or outcome.end:
            return track is not None and track.end is not None
        return track.phase in (machine.targets(outcome) or self.method.gates[gate].phases)
