"""The states met so far: a project in each, how it got there, and what was found out about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from innocities_engine.authoring.verify.abstracting import Abstraction, State
from innocities_engine.authoring.verify.findings import Line, Step
from innocities_engine.authoring.verify.hands import Hands, Missing
from innocities_engine.authoring.verify.working import Ready
from innocities_engine.authoring.verify.world import World
from innocities_engine.domain import opening
from innocities_engine.domain.project import Project, Track


@dataclass
class Node:
    """One state: a project in it, how it got there, and where it can go from here."""

    hands: Hands
    state: State
    parent: int | None
    line: Line
    ways: dict[int, Line] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)
    blocked: dict[tuple[str, str], Ready] = field(default_factory=dict)
    expanded: bool = False

    @property
    def project(self) -> Project:
        return self.hands.project

    def track(self, root: str) -> Track | None:
        return self.project.tracks.get(root)


@dataclass
class Explored:
    """`whole`: everything was tried within the bounds. `missing`: where a role was empty.
    `routine`: choices that have been taken once, and lead nowhere new from any other state.
    """

    world: World
    seen: Abstraction
    nodes: list[Node] = field(default_factory=list)
    whole: bool = True
    missing: dict[Missing, int] = field(default_factory=dict)
    routine: set[tuple[str, str]] = field(default_factory=set)

    def lines(self, n: int) -> tuple[Line, ...]:
        """The story that leads to a state."""
        found = [self.nodes[n].line]
        while (parent := self.nodes[n].parent) is not None:
            found.append(self.nodes[parent].line)
            n = parent
        return tuple(reversed(found))


def line_of(kind: str, before: Hands, after: Hands, **params: str) -> Line:
    steps: tuple[Step, ...] = tuple(after.steps[len(before.steps) :])
    said = {name[-1]: v for name, v in after.locked.items() if name[0] == "fact"}
    if said:
        params["answers"] = "; ".join(f"{name}={value}" for name, value in sorted(said.items()))
    return Line(kind, params, after.now, steps)


def alive(node: Node, root: str) -> bool:
    return opening.alive(node.track(root))
