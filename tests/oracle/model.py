"""The state of one project as the oracle keeps it, and the world in which it is judged.

Plain mutable records, no rule in them: what they mean is said by the modules that read them.
`World` also collects the instants at which one of its comparisons with the clock would come out
differently, so that the oracle can walk from one such instant to the next and miss none.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .calendar import Days

if TYPE_CHECKING:
    from .reading import Method

Spec = dict[str, Any]
Blocker = tuple[str, str]  # code, subject
Blockers = set[Blocker]
Truth = bool | None  # unknown is None


class Refused(Exception):
    """The command is refused; the codes say why."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = frozenset(codes)


@dataclass(eq=False)
class Values:
    """What was said on one subject: by persons themselves, and by bodies through a record.

    `seats`: of each person, by role, the member for whose seat the value was given; `there`: of each
    body, who was present, if that was written down; `sessions`: when it met, if that was.
    """

    by_person: dict[str, str] = field(default_factory=dict)
    seats: dict[str, dict[str, str]] = field(default_factory=dict)
    by_body: dict[str, str] = field(default_factory=dict)
    there: dict[str, frozenset[str]] = field(default_factory=dict)
    sessions: dict[str, date | None] = field(default_factory=dict)

    @property
    def given(self) -> bool:
        return bool(self.by_person or self.by_body)

    def clear(self) -> None:
        self.by_person.clear()
        self.seats.clear()
        self.by_body.clear()
        self.there.clear()
        self.sessions.clear()


@dataclass(eq=False)
class Version:
    artefact: str
    n: int
    by: str
    at: datetime
    seq: int
    form: dict[str, Any]
    sources: dict[str, Version]  # what it rested on when it was handed in
    status: str = "submitted"
    approvals: Values = field(default_factory=Values)


@dataclass(eq=False)
class Entry:
    """One stay in a phase."""

    phase: str
    n: int
    track: str
    at: datetime
    left: bool = False


@dataclass(eq=False)
class Hold:
    first: date
    gate: str
    by: str
    review: date
    last: date | None = None  # the day it was resumed


@dataclass(eq=False)
class Track:
    id: str
    status: str = "unopened"  # unopened, running, completed, stopped
    entries: list[Entry] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    pending: list[Decision] = field(default_factory=list)

    @property
    def phase(self) -> str | None:
        return self.entries[-1].phase if self.status == "running" else None

    @property
    def held(self) -> Hold | None:
        if self.status == "running" and self.holds and self.holds[-1].last is None:
            return self.holds[-1]
        return None


@dataclass(eq=False)
class Passage:
    """One instance of a gate."""

    gate: str
    n: int
    track: str
    opened: datetime
    asked: datetime  # when it was last asked; later than it was opened after an `again`
    occasion: str
    raised_by: str | None = None
    status: str = "open"  # open, decided, settled, lapsed, dormant
    outcome: str | None = None
    decided: datetime | None = None
    presented: tuple[datetime, dict[str, int]] | None = None  # when, and which versions
    conflicts: set[str] = field(default_factory=set)
    ratings: dict[str, Values] = field(default_factory=dict)
    advice: dict[str, Values] = field(default_factory=dict)
    votes: Values = field(default_factory=Values)

    @property
    def active(self) -> bool:
        return self.status in ("open", "decided")


@dataclass(eq=False)
class Decision:
    gate: str
    n: int
    outcome: str
    at: datetime
    seq: int
    by: str
    command: Spec
    target: str | None
    held: date  # the day of the last session it was taken in, else of the last vote
    in_force: bool = False
    roles: list[str] = field(default_factory=list)  # who decided


@dataclass(eq=False)
class Need:
    """One instance of a need. `home` is the gate or the phase it is named through."""

    key: str
    kind: str
    spec: Spec
    home: str
    place: str  # gate, role, outcome, phase
    track: str
    created: datetime
    passage: Passage | None = None
    entry: Entry | None = None
    decision: Decision | None = None
    occurrence: int = 1
    role: str | None = None  # whose need it is, where a role brought it
    member: str | None = None
    written: Spec | None = None
    origin: Need | None = None  # the gate's need that a decision carried over
    opened: datetime | None = None
    ticked: tuple[datetime, str] | None = None
    accepted: datetime | None = None
    waived: datetime | None = None
    done_at: datetime | None = None
    fixed: str | None = None  # done, carried, lapsed: no longer judged
    extended: date | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    acceptances: Values = field(default_factory=Values)
    waivers: Values = field(default_factory=Values)

    @property
    def ref(self) -> str:
        return f"{self.home}/{self.key}"

    @property
    def names(self) -> set[str]:
        """Every way to refer to it: through its gate or phase, through its role, or by its key."""
        return {self.ref, self.key, f"{self.role}/{self.key}"}


@dataclass(frozen=True, eq=False)
class Context:
    """The thing a value stands on: its gate, decision, need or stay in a phase."""

    track: str | None = None
    passage: Passage | None = None
    decision: Decision | None = None
    need: Need | None = None
    entry: Entry | None = None
    due: date | None = None
    since: date | None = None  # the day it began to exist; a yearly date is the first one from it

    def with_due(self, due: date | None) -> Context:
        return replace(self, due=due)


@dataclass(frozen=True)
class Choice:
    """The alternative of a `choose` that holds, or what is missing to know it."""

    known: bool
    use: Any
    asks: Blockers


@dataclass(frozen=True)
class Raised:
    """When a rung was raised, to which roles, and whether a later one overtook it."""

    at: datetime
    roles: tuple[str, ...]
    overtaken: bool


@dataclass(eq=False)
class State:
    started: datetime | None = None
    seq: int = 0
    tracks: dict[str, Track] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    was_true: dict[tuple[str, str], bool] = field(default_factory=dict)
    raised: dict[tuple[str, str, date], Raised] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        opened = [track for track in self.tracks.values() if track.status != "unopened"]
        return bool(opened) and all(track.status != "running" for track in opened)


@dataclass(frozen=True)
class Substitute:
    person: str
    stands_in: str
    first: date
    last: date


@dataclass(eq=False)
class World:
    """Everything a rule may look at: the method, the calendar, the project, and the instant."""

    method: Method
    days: Days
    substitutes: tuple[Substitute, ...]
    state: State
    now: datetime
    wakes: set[datetime] = field(default_factory=set)
    sweeps: bool = True  # reminders are raised as soon as they are due
    portfolio: tuple[World, ...] = ()  # the projects it has started, as they are by now

    def copy(self) -> World:
        """A world with a state of its own."""
        raised = dict(self.state.raised)  # its keys and values never change
        # Pickled it is copied many times as fast as by `copy.deepcopy`.
        state = pickle.loads(pickle.dumps(replace(self.state, raised={})))
        return replace(self, state=replace(state, raised=raised), wakes=set(self.wakes))

    @property
    def today(self) -> date:
        return self.days.of(self.now)

    def reached(self, instant: datetime) -> bool:
        if instant > self.now:
            self.wakes.add(instant)
        return instant <= self.now

    def begun(self, day: date) -> bool:
        """Whether `day` has begun, as a date that opens something asks."""
        return self.reached(self.days.start(day))

    def over(self, day: date) -> bool:
        """Whether `day` has passed, as waits and due dates ask."""
        return self.begun(day + timedelta(days=1))

    def next_seq(self) -> int:
        self.state.seq += 1
        return self.state.seq

    def passage(self, gate: str) -> Passage | None:
        """The instance of the gate that is open or decided and not yet in force."""
        return next((p for p in self.passages(gate) if p.active), None)

    def passages(self, gate: str) -> list[Passage]:
        return [p for p in self.state.passages if p.gate == gate]
