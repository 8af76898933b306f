"""Builders for tests of the pure core: given–when–then on events, and a `Walk`, one project on its
way through a method. Both are values; time, people and calendars come in as arguments. What a walk
has to do to get through a gate is left to whoever walks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from innocities_engine import errors
from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain import gates
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.commands import Actor, Command, Inputs
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology, Role
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.gates import Blocker, Review
from innocities_engine.domain.project import Passage, Project, Track
from innocities_engine.domain.situation import Situation

NOON: Final = time(12)
A_MOMENT: Final = timedelta(seconds=1)
ZONES: Final = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm"}
SEATS_OF_A_BODY: Final = 5  # a majority is three, neither two nor all
START: Final = date(2025, 3, 3)


# ---------------------------------------------------------------- given, when, then


def given(*happened: e.Event, under: Methodology, inputs: Inputs | None = None) -> Given:
    """A project to which these events have happened."""
    return Given(under, fold(Project(), happened), inputs or inputs_of(under))


@dataclass(frozen=True)
class Given:
    method: Methodology
    project: Project
    inputs: Inputs

    def when(self, command: Command, *, by: str = "astrid", at: datetime | None = None) -> Then:
        """Give the command; without `at` a moment after the last event."""
        now = at or (self.project.as_of or noon(self.inputs, START)) + A_MOMENT
        try:
            return Then(decide(self.method, self.project, command, Actor(by), now, self.inputs), ())
        except errors.Refused as refused:
            return Then((), blockers_of(refused))


@dataclass(frozen=True)
class Then:
    events: tuple[e.Event, ...]
    blockers: tuple[Blocker, ...]

    def then(self, *expected: e.Event) -> None:
        assert (self.blockers, self.events) == ((), expected)

    def then_kinds(self, *expected: type[e.Event]) -> None:
        assert (self.blockers, tuple(map(type, self.events))) == ((), expected)

    def then_refused(self, *codes: str) -> None:
        assert tuple(b.code for b in self.blockers) == codes, self.events


def blockers_of(refused: errors.Refused) -> tuple[Blocker, ...]:
    return tuple(b for b in refused.blockers if isinstance(b, Blocker))


# ---------------------------------------------------------------- people and calendars


def people_in(role: Role) -> tuple[str, ...]:
    """Somebody for each seat: persons of their own, so that nobody has two roles."""
    if role.kind == "body":
        return tuple(f"{role.id}_{n}" for n in range(1, SEATS_OF_A_BODY + 1))
    seats = max(1, role.seats_at_least)
    if role.kind == "party" and seats > 1:
        seats += 1  # so that one of them may leave
    return tuple(f"{role.id}_{n}" for n in range(1, seats + 1))


def everybody(method: Methodology, vacant: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """People in every role but those left vacant."""
    empty = frozenset(vacant)
    return {role.id: people_in(role) for role in method.roles.values() if role.id not in empty}


def calendar_of(
    method: Methodology, meetings: Mapping[str, Iterable[date]] | None = None
) -> Calendar:
    """The calendar of an organisation that follows the method, with these meetings."""
    return Calendar(
        method.country,
        ZONES[method.country],
        quiet=tuple(YearlyPeriod.parse(text) for text in method.quiet),
        meetings={name: tuple(days) for name, days in (meetings or {}).items()},
    )


def inputs_of(method: Methodology, meetings: Mapping[str, Iterable[date]] | None = None) -> Inputs:
    return Inputs(calendar_of(method, meetings))


def noon(inputs: Inputs, day: date) -> datetime:
    return datetime.combine(day, NOON, ZoneInfo(inputs.calendar.zone)).astimezone(UTC)


# ---------------------------------------------------------------- a walk


@dataclass(frozen=True)
class Walk:
    """One project on its way. Every command takes a moment, so that no two happen at once."""

    method: Methodology
    inputs: Inputs
    now: datetime
    project: Project = field(default_factory=Project)
    happened: tuple[e.Event, ...] = ()  # by the last command

    def do(self, command: Command, by: str) -> Walk:
        """Give a command; `errors.Refused` if the method does not allow it."""
        now = self.now + A_MOMENT
        happened = decide(self.method, self.project, command, Actor(by), now, self.inputs)
        return replace(self, now=now, project=fold(self.project, happened), happened=happened)

    def refusal(self, command: Command, by: str) -> tuple[Blocker, ...]:
        """Why the command would be refused; empty if it would not."""
        try:
            self.do(command, by)
        except errors.Refused as refused:
            return blockers_of(refused)
        return ()

    def on(self, day: date) -> Walk:
        """Time passes until noon of that day, and nothing else happens."""
        assert day >= self.today, f"{day} is over"
        later = replace(self, now=max(self.now, noon(self.inputs, day)))
        return later.do(k.Comment("time has passed"), "nobody")

    def meeting(self, meetings: Mapping[str, Iterable[date]]) -> Walk:
        """The organisation fixes these meetings, and no others."""
        calendar = calendar_of(self.method, meetings)
        return replace(self, inputs=replace(self.inputs, calendar=calendar))

    @property
    def situation(self) -> Situation:
        return Situation(self.method, self.project, self.inputs, self.now)

    @property
    def today(self) -> date:
        return self.situation.today

    def track(self, root: str = "") -> Track | None:
        return self.project.tracks.get(root or self.method.main_root)

    def phase(self, root: str = "") -> str | None:
        track = self.track(root)
        return track.phase if track else None

    def passage(self, gate: str) -> Passage:
        """The open instance of a gate."""
        passage = self.project.open_passage(gate)
        assert passage is not None, f"{gate} is not open"
        return passage

    def review(self, gate: str, outcome: str = "") -> Review:
        chosen = self.method.gates[gate].outcomes[outcome] if outcome else None
        return gates.review(self.situation, self.passage(gate), chosen)

    def members(self, role: str) -> tuple[str, ...]:
        return self.project.members.get(role, ())


def a_walk(
    method: Methodology,
    *,
    start: date = START,
    vacant: Iterable[str] = (),
    answers: Mapping[str, bool | str] | None = None,
    meetings: Mapping[str, Iterable[date]] | None = None,
) -> Walk:
    """A project that has just begun, with people in every role but those left vacant."""
    inputs = inputs_of(method, meetings)
    command = k.Start("p1", "org", "Skolevei", everybody(method, vacant), answers or {})
    return Walk(method, inputs, noon(inputs, start)).do(command, "starter")
