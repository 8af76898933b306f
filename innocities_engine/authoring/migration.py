"""What a move to another version would mean for each running project, before anybody moves: whether
it can be made, what somebody has to choose, and whether the rest of the way can be walked then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from time import monotonic
from typing import Final, TypeAlias

from innocities_engine import errors
from innocities_engine.authoring.verify.abstracting import State, state_of
from innocities_engine.authoring.verify.exploring import explore
from innocities_engine.authoring.verify.findings import Line
from innocities_engine.authoring.verify.hands import Hands
from innocities_engine.authoring.verify.reaching import opened_of
from innocities_engine.authoring.verify.states import Explored, Node
from innocities_engine.authoring.verify.world import World, world_of
from innocities_engine.domain import opening
from innocities_engine.domain.commands import Migrate
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.migrated import DatesFixed
from innocities_engine.domain.project import Project
from innocities_engine.engine import Engine, View

MOST_STATES: Final = 5000
MOST_SECONDS: Final = 60.0
Move: TypeAlias = Callable[[], tuple[Event, ...]]
ASKS: Final = "migration_choice"
CHOICES: Final = frozenset({ASKS, "migration_no_choice"})


class Kind(StrEnum):
    """What a move would be for one project."""

    IDENTICAL = "identical"  # the rules are the same: nothing changes but texts
    COMPATIBLE = "compatible"
    NEEDS_DECISION = "needs_decision"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Plan:
    """`why`: what has to be chosen, or why it cannot move; `events`: what would happen, by which
    the project would stand as `after`.
    """

    view: View
    kind: Kind
    why: tuple[Blocker, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def can_move(self) -> bool:
        return self.kind in (Kind.IDENTICAL, Kind.COMPATIBLE)


def rehearsal(view: View, engine: Engine, command: Migrate) -> Move:
    """A move as the engine would make it."""

    def move() -> tuple[Event, ...]:
        home, project, person = view.project.organisation, view.project.id, view.actor.person
        return engine.execute(home, project, command, person, dry_run=True).events

    return move


def narrowed(view: View, engine: Engine, command: Migrate) -> Migrate:
    """The command with those of its choices alone that a project asks for."""
    asked: set[str] = set()
    chosen: dict[str, str] = {}
    while command.choices:  # an answer may raise another question
        try:
            rehearsal(view, engine, replace(command, choices=chosen))()
        except errors.Refused as refused:
            asked |= {b.subject for b in blockers_of(refused) if b.code == ASKS}
        more = {key: way for key, way in command.choices.items() if key in asked}
        if more == chosen:
            return replace(command, choices=chosen)
        chosen = more
    return command


def blockers_of(refused: errors.Refused) -> tuple[Blocker, ...]:
    return tuple(b for b in refused.blockers if isinstance(b, Blocker))


class Planner:
    """Plans moves to one version; what is proved once is proved for all that stand alike."""

    def __init__(self, to: Methodology) -> None:
        self.to = to
        self._proved: dict[State, tuple[Blocker, ...]] = {}

    def plan(self, view: View, move: Move) -> Plan:
        """Try the move of one project, and walk on from where it would stand."""
        try:
            happened = move()
        except errors.Refused as refused:
            why = blockers_of(refused)
            only_choices = all(b.code in CHOICES for b in why)
            return Plan(view, Kind.NEEDS_DECISION if only_choices else Kind.IMPOSSIBLE, why)
        redated = any(isinstance(event, DatesFixed) for event in happened)
        if view.method.rules_digest == self.to.rules_digest and not redated:
            return Plan(view, Kind.IDENTICAL, events=happened)
        after = fold(view.project, happened)
        if stuck := self._stuck(after, view.now):
            return Plan(view, Kind.IMPOSSIBLE, stuck)
        return Plan(view, Kind.COMPATIBLE, events=happened)

    # ------------------------------------------------------------ the rest of the way

    def _stuck(self, project: Project, now: datetime) -> tuple[Blocker, ...]:
        """Why the way does not go on from here; nothing if it does."""
        main = project.tracks[self.to.main_root]
        if main.end is not None:
            return ()
        here = _in_hands(self._from_the_start.world, project, now)
        state = state_of(here.world, self._from_the_start.seen, here)
        if state not in self._proved:
            self._proved[state] = tuple(self._judged(here, state, main.phase))
        return self._proved[state]

    def _judged(self, here: Hands, state: State, phase: str) -> Iterator[Blocker]:
        """What no project that stands like this ever gets to."""
        begun = self._from_the_start
        known = next((n for n, node in enumerate(begun.nodes) if node.state == state), None)
        found, nodes = begun, _onward(begun, known) if known is not None else []
        if known is None or not begun.whole:
            found = self._explored(here)
            nodes = found.nodes
        main = self.to.main_root
        ends = (node.track(main) for node in nodes)
        if not found.whole:
            yield Blocker("migration_unproved", phase, {"states": str(len(nodes))})
        elif not any(track is not None and track.end == "completed" for track in ends):
            yield Blocker("migration_stuck", phase)
        else:
            projects = (here.project, *(node.project for node in nodes))
            met = {p.gate for project in projects for p in project.passages.values()}
            ahead = opening.ahead(self.to, phase)
            for gate in sorted(opened_of(begun) - met):
                if ahead.intersection(self.to.gates[gate].phases):
                    yield Blocker("migration_unreached", gate)

    @cached_property
    def _from_the_start(self) -> Explored:
        return self._explored(None)

    def _explored(self, here: Hands | None) -> Explored:
        """Everywhere a project can get to: a new one, or this one."""
        end = monotonic() + MOST_SECONDS
        begun = None
        if here is not None:
            line = Line("start", {"day": here.now.date().isoformat()}, here.now, ())

            def begun(_world: World) -> list[tuple[Hands, Line]]:
                return [(here, line)]

        return explore(world_of(self.to), MOST_STATES, lambda: monotonic() < end, begun)


def _onward(found: Explored, start: int) -> list[Node]:
    """A state and all that can be got to from it."""
    seen, todo = {start}, [start]
    while todo:
        new = set(found.nodes[todo.pop()].ways) - seen
        seen |= new
        todo += new
    return [found.nodes[n] for n in sorted(seen)]


def _in_hands(world: World, project: Project, now: datetime) -> Hands:
    """The project in the hands of the smallest team, with what decides where it can get to."""
    known = world.method.needs_named
    team = {role: held for role, held in world.team.people.items() if role in project.members
            or role not in world.team.late}  # fmt: skip
    there = replace(
        project,
        members=team,
        conflicts={},
        voices={},
        needs={key: n for key, n in project.needs.items() if (n.ref, n.outcome) in known},
    )
    return Hands(world, there, now)
