"""Plays one project under a small method, command by command, and asks what became of it. It
decides nothing: every step goes through `decide`, and the state is what `evolve` makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from innocities_engine import errors, library
from innocities_engine.domain import commands as k
from innocities_engine.domain import gates, judgements, needs, notices, people, reminders
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.project import (
    Condition,
    Content,
    NeedInstance,
    Passage,
    PassageStatus,
    Project,
    Proposal,
    Recorded,
)
from innocities_engine.domain.situation import Situation

DEFINITIONS = Path(__file__).parent / "definitions"
SHELF = library.Library((Path(__file__).parent / "stack",))  # what F26 is built on
ZONES = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm"}
BEGINNING = date(2026, 9, 1)  # a Tuesday
A_MOMENT = timedelta(seconds=1)
MINUTES = Recorded("", ("bjorn",), minutes="7/26")


@cache
def method(name: str) -> Methodology:
    return library.load(DEFINITIONS / f"{name}.yaml", library=SHELF)


class Play:
    """One project. Dates are civil days; a command falls on noon of the day that `on` has set."""

    def __init__(
        self,
        name: str | Methodology,
        *,
        today: date = BEGINNING,
        meetings: Mapping[str, tuple[date, ...]] | None = None,
        answers: Mapping[str, bool | str] | None = None,
        substitutions: tuple[k.Substitution, ...] = (),
        **members: str,
    ) -> None:
        self.method = method(name) if isinstance(name, str) else name
        self.zone = ZONES[self.method.country]
        quiet = tuple(YearlyPeriod.parse(period) for period in self.method.quiet)
        calendar = Calendar(self.method.country, self.zone, quiet=quiet, meetings=meetings or {})
        self.inputs = k.Inputs(calendar, substitutions=substitutions)
        self.project = Project()
        self.told: tuple[notices.Notice, ...] = ()
        self.now = self._noon(today)
        held = {role: tuple(people.split()) for role, people in members.items()}
        self.do("astrid", k.Start("p1", "halden", "Sykkelbyen", held, answers or {}))

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12), ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def situation(self) -> Situation:
        return Situation(self.method, self.project, self.inputs, self.now)

    # ------------------------------------------------------------ what happens

    def on(self, day: date) -> Play:
        """Time passes until noon of that day."""
        self.now = self._noon(day)
        self.do("system", k.Tick())
        return self

    def do(self, person: str, command: k.Command) -> tuple[Event, ...]:
        """Give a command, a moment after the last one."""
        self.now += A_MOMENT
        before = self.project
        actor = k.SYSTEM if person == "system" else k.Actor(person)
        happened = decide(self.method, self.project, command, actor, self.now, self.inputs)
        for event in happened:
            self.project = evolve(self.project, event)
        self.told = notices.notices(self.method, before, self.project, happened, self.inputs)
        return happened

    def moves(self, to: Methodology, policy: str = "keep", **how: object) -> tuple[Event, ...]:
        """The project moves to another version, and is played under it from then on."""
        return self.moves_back(to, k.Migrate(to.id, to.version, policy, **how))  # type: ignore[arg-type]

    def moves_back(self, to: Methodology, command: k.Command) -> tuple[Event, ...]:
        before = self.inputs
        self.inputs = replace(before, arrival=k.Arrival(to, before))
        try:
            happened = self.do("astrid", command)
        finally:
            self.inputs = before
        self.method = to
        return happened

    def refused(self, person: str, command: k.Command) -> set[str]:
        """Why the command is refused; that it is accepted is a failure."""
        before = self.project
        try:
            self.do(person, command)
        except errors.Refused as refusal:
            found = refusal.blockers
        except errors.AlreadyDecided as late:
            found = late.changed
        else:
            raise AssertionError(f"{command} was accepted")
        assert self.project is before
        return {_short(blocker) for blocker in found}

    def submit(self, person: str, artefact: str, **answers: bool | str) -> None:
        self.do(person, k.Submit(artefact, paper(artefact), answers))

    def decides(self, person: str, gate: str, outcome: str, **carried: object) -> None:
        self.do(person, decision(gate, outcome, **carried))

    # ------------------------------------------------------------ what is so

    def phase(self, track: str = "") -> str:
        return self.project.tracks[track or self.method.main_root].phase

    def track(self, track: str = "") -> str:
        """How a track stands: unopened, running, held, moving, completed or stopped."""
        found = self.project.tracks.get(track or self.method.main_root)
        return "unopened" if found is None else found.end or found.status.value

    def passage(self, gate: str) -> Passage:
        """The open instance, else the latest."""
        return self.project.open_passage(gate) or list(self.project.passages_of(gate))[-1]

    def instances(self, gate: str) -> list[str]:
        return [passage.status.value for passage in self.project.passages_of(gate)]

    def is_open(self, gate: str) -> bool:
        return self.project.open_passage(gate) is not None

    def shut_by(self, gate: str, outcome: str = "") -> set[str]:
        """What holds the open gate shut, perhaps for one outcome; nothing: it is ready."""
        passage = self.passage(gate)
        assert passage.status is PassageStatus.OPEN
        wanted = self.method.gates[gate].outcomes[outcome] if outcome else None
        return {_short(b) for b in gates.review(self.situation, passage, wanted).blockers}

    def warned(self, gate: str) -> set[str]:
        return {_short(b) for b in gates.review(self.situation, self.passage(gate)).warnings}

    def offered(self, gate: str) -> set[str]:
        """The outcomes whose own condition holds."""
        passage = self.passage(gate)
        outcomes = self.method.gates[gate].outcomes.values()
        return {o.id for o in outcomes if not gates.offered(self.situation, passage, o)}

    def deciders(self, gate: str) -> tuple[str, ...]:
        passage = self.passage(gate)
        by = self.method.gates[gate].decides.by
        scope = judgements.passage_scope(self.situation, passage)
        return people.roles_asked(self.situation, by, scope)

    def need(self, name: str) -> NeedInstance:
        """The newest instance of a need, by its reference or its key."""
        found = [n for n in self.project.needs.values() if name in (n.ref, n.ref.split("/")[1])]
        return found[-1]

    def needed(self, name: str) -> list[str]:
        """How every instance of a need stands, oldest first."""
        found = [n for n in self.project.needs.values() if name in (n.ref, n.ref.split("/")[1])]
        return [n.status.value for n in found]

    def due(self, name: str) -> date | None:
        return needs.due_day(self.situation, self.need(name))

    def version(self, artefact: str, n: int = 0) -> str:
        """The status of a version; of the newest one, if no number is given."""
        return self.project.versions[artefact][n - 1].status.value

    def reminded(self, key: str) -> list[tuple[str, date, tuple[str, ...]]]:
        """The reminders still to come for an obligation: rung, day, whom."""
        return [(line.rung, line.day, line.to) for line in self._lines() if key in line.key]

    def _lines(self) -> Iterator[reminders.Line]:
        yield from reminders.reminders(self.method, self.project, self.inputs, self.now)


def paper(name: str) -> Content:
    return Content("0" * 64, name, "link", address=f"https://example.org/{name}")


def decision(gate: str, outcome: str, **carried: object) -> k.Decide:
    """The command; `reason`, `recorded` and `override` are its own, the rest is the proposal."""
    own = {key: carried.pop(key) for key in ("reason", "recorded", "override") if key in carried}
    return k.Decide(gate, Proposal(outcome, **carried), **own)  # type: ignore[arg-type]


def condition(text: str, owner: str, due: date | None = None) -> Condition:
    return Condition(text, owner, due)


def _short(blocker: gates.Blocker) -> str:
    """A blocker as `code subject`; of a need, its key in the method."""
    subject = blocker.params.get("need", blocker.subject)
    return f"{blocker.code} {subject}"
