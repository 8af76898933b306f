"""A project in a scenario: the state, what was just brought about or refused, the projects it has
started, and the time that has passed, kept so that one can ask afterwards of what somebody was
reminded in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from innocities_engine import errors
from innocities_engine.domain import calendar, reminders
from innocities_engine.domain.commands import (
    SYSTEM,
    Actor,
    Assign,
    Command,
    Holding,
    Inputs,
    Tick,
)
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Project
from innocities_engine.domain.reminders import Line
from innocities_engine.domain.situation import Situation, need_of

NOON = 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was refused, by every name that stands for a reason, and where things stood."""

    message: str
    names: frozenset[str]
    blockers: tuple[Blocker, ...]
    s: Situation
    person: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which nobody did anything."""

    project: Project
    inputs: Inputs
    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """What one command brought about, or the passing of time, with the state before and after."""

    at: datetime
    person: str
    before: Project
    after: Project
    inputs: Inputs
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """`before` and `events`: the state before the last command, and what it brought about.

    `log`: all that has happened since the beginning. `courses`: of each project it has started,
    every stage from its beginning to its end.
    """

    method: Methodology
    inputs: Inputs
    now: datetime
    project: Project = field(default_factory=Project)
    before: Project = field(default_factory=Project)
    events: tuple[Event, ...] = ()
    past: tuple[Stretch, ...] = ()
    refused: Refusal | None = None
    courses: tuple[tuple[Stage, ...], ...] = ()
    log: tuple[Happened, ...] = ()

    @property
    def s(self) -> Situation:
        return Situation(self.method, self.project, self.inputs, self.now)

    @property
    def today(self) -> date:
        return self.s.today

    def noon(self, day: date) -> datetime:
        return calendar.at_local(self.inputs.calendar, day, NOON)

    def commanded(self, command: Command, person: str) -> Stage:
        """The stage after a command; a refusal changes nothing else."""
        actor = SYSTEM if person == SYSTEM.person else Actor(person, frozenset({"manager"}))
        try:
            events = decide(self.method, self.project, command, actor, self.now, self.inputs)
        except (errors.Refused, errors.Conflict, errors.NotPermitted) as why:
            return replace(self, refused=self._refusal(why, person))
        after = fold(self.project, events)
        done = Happened(self.now, person, self.project, after, self.inputs, tuple(events))
        return replace(
            self,
            before=self.project,
            project=after,
            events=done.events,
            log=(*self.log, done) if events else self.log,
        )

    def _refusal(self, why: errors.EngineError, person: str) -> Refusal:
        found = getattr(why, "blockers", ()) or getattr(why, "changed", ())
        blockers = tuple(b for b in found if isinstance(b, Blocker))
        named = frozenset(name for b in blockers for name in names_of(self.s, b))
        told = ", ".join(f"{b.code} {b.subject}" for b in blockers) or str(why)
        return Refusal(told, named, blockers, self.s, person)

    def until(self, then: datetime) -> Stage:
        """Let time pass; what happens to the projects it has started is seen when it happens."""
        if then <= self.now:
            return self
        stage = self
        for instant in sorted({s.now for course in self.courses for s in course} | {then}):
            if self.now < instant <= then:
                stage = stage._ticked(instant)
        return stage

    def _ticked(self, then: datetime) -> Stage:
        passed = Stretch(self.project, self.inputs, self.now, then)
        later = replace(self, now=then, past=(*self.past, passed)).looking_around()
        return later.commanded(Tick(), SYSTEM.person)

    def accompanied(self, course: tuple[Stage, ...]) -> Stage:
        """One more project was started, which goes on as told."""
        return replace(self, courses=(*self.courses, course)).looking_around()

    def looking_around(self) -> Stage:
        """See the started projects as they are by now."""
        now = ([s for s in course if s.now <= self.now][-1] for course in self.courses)
        portfolio = tuple(Holding(s.method, s.project) for s in now)
        return replace(self, inputs=replace(self.inputs, portfolio=portfolio))

    def reminders(self) -> Iterator[Line]:
        """All reminders, from the beginning and on, if nobody does anything more."""
        for s in (*self.past, Stretch(self.project, self.inputs, self.now)):
            yield from reminders.reminders(self.method, s.project, s.inputs, s.begin, s.end)

    def joined(self, people: Mapping[str, tuple[str, ...]]) -> Stage:
        """More people hold roles."""
        stage = self
        for role, members in people.items():
            stage = stage.commanded(Assign(role, members), "the author of the scenario")
        return stage


def names_of(s: Situation, blocker: Blocker) -> Iterator[str]:
    """Every name a scenario may use for a reason: a need, criterion, fact, role, advice."""
    yield blocker.subject
    yield from blocker.subject.split(", ")
    yield blocker.subject.rpartition("/")[2]
    instance = s.project.needs.get(blocker.subject)
    if instance is not None:
        need = need_of(s.method, instance)
        yield from (need.id, need.ref, instance.ref)
        yield f"{instance.origin.partition('#')[0]}/{need.id}"
