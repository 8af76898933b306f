"""What a project may still be asked once a gate has been decided, read off the states it can be in.
A way back by a `turn` does not count: it would date what was asked the time before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from innocities_engine.authoring.verify.findings import Claim, Line, Story
from innocities_engine.authoring.verify.reaching import opened_of, taken_of
from innocities_engine.authoring.verify.states import Explored, Node
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
            led = [there for there, line in node.ways.items() if line.params.get("gate") == gate]
            stays = any(g == gate and _stays(self._outcome(g, o)) for g, o in node.taken)
            if stays and any(
                asked.is_open(self.method, self.found.nodes[m].project) for m in (n, *led)
            ):
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
            if line.params.get("gate") == gate and self._passes(line):
                yield there
        if any(g == gate for g, _ in self._unnamed(node)):
            yield from node.ways

    def _onwards(self, node: Node) -> Iterator[int]:
        free = bool(self._unnamed(node))
        for there, line in node.ways.items():
            back = line.kind == "decide" and (
                self._outcome(line.params["gate"], line.params["outcome"]).effect is Effect.TURN
            )
            if free or not back:
                yield there

    def _unnamed(self, node: Node) -> set[tuple[str, str]]:
        """What was passed here and led where something else led before: a way has one name."""
        lines = [line for line in node.ways.values() if line.kind == "decide"]
        named = {(line.params["gate"], line.params["outcome"]) for line in lines}
        return {(g, o) for g, o in node.taken if self._outcome(g, o).passing} - named


def _stays(outcome: Outcome) -> bool:
    return outcome.effect in (Effect.AGAIN, Effect.HOLD)
