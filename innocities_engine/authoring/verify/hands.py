"""The hands of those who carry a method out: they give the commands people would give, and the
engine's own rules say whether they may and what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from innocities_engine import errors
from innocities_engine.authoring.verify.findings import Step
from innocities_engine.authoring.verify.world import World
from innocities_engine.domain.commands import SYSTEM, Actor, Command, Tick
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.decide import hear, obey
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Project
from innocities_engine.domain.settle import advance, settle
from innocities_engine.domain.situation import Situation

A_MOMENT: Final = timedelta(seconds=1)
NOTHING: Final[tuple[Blocker, ...]] = ()


@dataclass(frozen=True)
class Missing:
    """A role that nobody holds although somebody should act in it at `path`."""

    role: str
    path: tuple[str, ...]


@dataclass
class Hands:
    """A project in somebody's hands. `locked`: what has been chosen and stays so (slot to value);
    `busy`: what follows by itself is left until all of a round is done;
    `by_hand`: roles that nobody has asked for yet may be filled all the same; `missing`: where
    nobody was there to act.
    """

    world: World
    project: Project
    now: datetime
    steps: list[Step] = field(default_factory=list)
    locked: dict[tuple[str, ...], str] = field(default_factory=dict)
    by_hand: bool = False
    busy: bool = False
    missing: set[Missing] = field(default_factory=set)

    @property
    def s(self) -> Situation:
        return Situation(self.world.method, self.project, self.world.inputs, self.now)

    def fork(self) -> Hands:
        return replace(
            self, steps=list(self.steps), locked=dict(self.locked), missing=set(self.missing)
        )

    def become(self, other: Hands) -> None:
        """Go on from where a trial has led."""
        self.project, self.now = other.project, other.now
        self.steps, self.locked = other.steps, other.locked
        self.missing |= other.missing

    def tried(self, command: Command, person: str) -> tuple[Blocker, ...] | None:
        """Give a command. None: it was heard; else why not."""
        world = self.world
        c = Cursor(world.method, self.project, world.inputs, self.now + A_MOMENT)
        actor = SYSTEM if person == SYSTEM.person else Actor(person, frozenset({"manager"}))
        try:
            (obey if self.busy else hear)(c, command, actor)
        except errors.Refused as refused:
            return tuple(b for b in refused.blockers if isinstance(b, Blocker))
        except errors.EngineError:
            return NOTHING
        self.project, self.now = c.project, c.now
        self.steps.append(Step(c.now, person, command))
        return None

    def done(self) -> None:
        """A round of work is over: what follows by itself follows."""
        self.busy = False
        c = Cursor(self.world.method, self.project, self.world.inputs, self.now)
        settle(c)
        self.project = c.project

    def did(self, command: Command, people: Iterable[str]) -> bool:
        """Have the first of these people do it who may."""
        return any(self.tried(command, person) is None for person in people)

    def wait(self, until: datetime) -> None:
        """Let time pass, with all that comes of it."""
        if until <= self.now:
            return
        c = Cursor(self.world.method, self.project, self.world.inputs, self.now)
        c.project = replace(c.project, as_of=self.now)
        advance(c, until)
        self.project, self.now = replace(c.project, as_of=until), until
        self.steps.append(Step(until, SYSTEM.person, Tick()))

    def alarms(self) -> tuple[datetime, ...]:
        """The instants ahead at which time alone may change something."""
        c = Cursor(self.world.method, self.project, self.world.inputs, self.now)
        settle(c)
        return tuple(sorted({alarm for alarm in c.alarms if alarm > self.now}))
