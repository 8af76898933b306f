"""The state of one project, and nothing but the state: what `evolve` builds and `decide` reads.

Instants are aware datetimes in UTC, days are civil dates in the organisation's zone. Keys: a
passage is "G1#2" (gate, instance), an entry is "pilot#1", a need instance is "G1/report#2" with
".3" for the third occurrence, "@astrid" for one member's own, "~2" for the second written one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from innocities_engine.domain.crossing import Adopted, Adoption, Shared
from innocities_engine.domain.migration import FixedDay, Migration


class TrackStatus(StrEnum):
    RUNNING = "running"
    HELD = "held"
    MOVING = "moving"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Hold:
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """An opened track. `moving`: the passage whose effect waits. `end`: completed or stopped."""

    status: TrackStatus
    phase: str
    entry: int
    entered_at: datetime
    moving: str | None = None
    review_on: date | None = None
    end: str | None = None
    holds: tuple[Hold, ...] = ()
    held_by: str | None = None  # the passage whose decision holds it


class PassageStatus(StrEnum):
    OPEN = "open"
    DECIDED = "decided"  # not yet in force
    SETTLED = "settled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Presentation:
    at: datetime
    by: str
    digest: str
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """One instance of a gate. `asking` counts from 1 and grows with each `again`.

    `asked_at`: when this asking began. `slot`: the scheduled moment it answers, "" if none.
    `round`: the round in which it is taken together with those of other projects; `missed`: when
    one was opened without it.
    `void`: made dormant by a turn; it counts no more, but its date remains an anchor.
    `heir`: who took over from whoever raised it.
    """

    gate: str
    n: int
    status: PassageStatus
    opened_at: datetime
    asked_at: datetime
    asking: int = 1
    slot: str = ""
    raised_by: str | None = None
    presented: Presentation | None = None
    outcome: str | None = None
    decided_at: datetime | None = None
    settled_at: datetime | None = None
    void: bool = False
    heir: str = ""
    round: str = ""
    missed: datetime | None = None

    @property
    def key(self) -> str:
        return f"{self.gate}#{self.n}"

    @property
    def asking_key(self) -> str:
        """Names one asking of the gate: what is decided once."""
        return f"{self.key}/{self.asking}"

    @property
    def raiser(self) -> str | None:
        """Who may do now what whoever raised it might."""
        return self.heir or self.raised_by


class NeedStatus(StrEnum):
    DORMANT = "dormant"
    OPEN = "open"
    HANDED_IN = "handed in"
    DONE = "done"
    WAIVED = "waived"
    CARRIED = "carried"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Answer:
    value: bool | str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class NeedInstance:
    """One instance of a need.

    `origin`: the passage or entry it belongs to. `decision`: the passage key when a decision
    opened it. `since`: only versions younger than this count; None: any that stands.
    `due`: a day set by hand (written conditions, extensions), which wins over the method's.
    `slot`: for recurring needs, the day of this occurrence.
    """

    key: str
    ref: str
    origin: str
    status: NeedStatus
    opened_at: datetime
    track: str
    since: datetime | None = None
    decision: str | None = None
    outcome: str = ""
    occurrence: int = 0
    slot: date | None = None
    member: str = ""
    text: str = ""
    owner: str = ""
    due: date | None = None
    extended: bool = False
    done_at: datetime | None = None
    done_by: str = ""
    done_on: date | None = None  # the day the act happened, as stated
    reason: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


class VersionStatus(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SIGNED = "signed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


STANDING = frozenset({VersionStatus.SUBMITTED, VersionStatus.APPROVED, VersionStatus.SIGNED})


@dataclass(frozen=True, slots=True)
class Content:
    """What was handed in: a file or a form by its SHA-256, or a link by the hash of its address."""

    sha256: str
    name: str = ""
    kind: str = "file"  # file | link | form
    size: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a version came from: the project it was handed in to, and its number there.

    Of another organisation it is the name, and of its project the id by which it was shared.
    """

    organisation: str
    project: str
    n: int


@dataclass(frozen=True, slots=True)
class Version:
    artefact: str
    n: int
    content: Content
    at: datetime
    by: str
    status: VersionStatus = VersionStatus.SUBMITTED
    answers: Mapping[str, bool | str] = field(default_factory=dict)
    rests_on: Mapping[str, int] = field(default_factory=dict)  # the versions it was built on
    signed_by: str | None = None  # the passage that signed it
    source: Source | None = None  # None: handed in here


class VoiceKind(StrEnum):
    APPROVAL = "approval"
    VERDICT = "verdict"
    ADVICE = "advice"
    DECISION = "decision"
    ACCEPTANCE = "acceptance"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a body gave, written down by somebody else: both names stand in the record.

    `body`: the role whose minutes these are; "" where only one of those asked is a body. `papers`:
    the versions that the body had before it, by the word of the recorder; None: nothing was said.
    """

    by: str
    present: tuple[str, ...] = ()
    minutes: str = ""
    on: date | None = None
    votes: Mapping[str, int] = field(default_factory=dict)
    body: str = ""
    papers: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """A value given by a member of a role on a subject. `person` "" with `recorded`: the body.

    `stands_in_for`: the member whose voice a substitute gave.
    """

    kind: VoiceKind
    subject: str
    role: str
    person: str
    value: str
    at: datetime
    stands_in_for: str = ""
    recorded: Recorded | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject}:{self.role}:{self.stands_in_for or self.person}"

    def is_of_speaker(self, other: Voice) -> bool:
        """Whether the same person spoke in the same role on the same subject."""
        mine = (self.kind, self.subject, self.role, self.person)
        return bool(self.person) and mine == (other.kind, other.subject, other.role, other.person)


@dataclass(frozen=True, slots=True)
class Condition:
    """A need written by the decider while deciding."""

    text: str
    owner: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The outcome and all it carries: what a vote is on."""

    outcome: str
    to: str | None = None
    review_on: date | None = None
    written: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    appoint: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, bool | str] = field(default_factory=dict)
    attach: Mapping[str, Content] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen at one asking of a gate, by whom, why, on which versions.

    `recorded`: the minutes with which it was complete; `beside`: those of other bodies that decided
    with that one. `round`: the round in which it was taken together with others.
    """

    passage: str
    asking: int
    proposal: Proposal
    at: datetime
    by: tuple[str, ...]
    roles: tuple[str, ...]
    reason: str = ""
    recorded: Recorded | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    review_digest: str = ""
    panel: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    target: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)  # of projects, as they then stood
    state: str = "taken"  # taken | pending | in force | cancelled
    on_paper: bool = False  # recorded after the fact, when the project was taken in
    round: str = ""
    beside: tuple[Recorded, ...] = ()

    @property
    def minutes(self) -> tuple[Recorded, ...]:
        """Everything that was written down for a body that decided, the last one last."""
        return (*self.beside, *([self.recorded] if self.recorded else []))


@dataclass(frozen=True, slots=True)
class Origin:
    """The project that started this one."""

    organisation: str
    project: str
    title: str


@dataclass(frozen=True, slots=True)
class Child:
    """A project that this one started. `place`: the phase, or the gate and outcome, offering it."""

    project: str
    method: str
    title: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailPause:
    """Why no reminders go out, and from which day up to which."""

    since: date
    until: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision that was recorded by mistake and annulled."""

    passage: str
    outcome: str
    decided_at: datetime
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Project:
    id: str = ""
    organisation: str = ""
    title: str = ""
    method: str = ""
    version: str = ""
    digest: str = ""
    started_at: datetime | None = None
    taken_in_at: datetime | None = None  # if it ran before the program was there
    as_of: datetime | None = None  # up to when time-driven consequences are worked out
    tracks: Mapping[str, Track] = field(default_factory=dict)
    entries: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    passages: Mapping[str, Passage] = field(default_factory=dict)
    needs: Mapping[str, NeedInstance] = field(default_factory=dict)
    versions: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    facts: Mapping[str, Answer] = field(default_factory=dict)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    voices: Mapping[str, Voice] = field(default_factory=dict)
    conflicts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by passage
    decisions: tuple[Decision, ...] = ()
    truths: Mapping[str, bool] = field(default_factory=dict)  # last seen value of opening rules
    raised: Mapping[str, datetime] = field(default_factory=dict)  # reminder key -> when
    overrides: tuple[str, ...] = ()
    origin: Origin | None = None
    children: tuple[Child, ...] = ()
    shared: Shared | None = None
    adoptions: tuple[Adoption, ...] = ()
    adopted: Adopted | None = None
    mail_pause: MailPause | None = None
    corrections: tuple[Correction, ...] = ()
    dates: Mapping[str, FixedDay] = field(default_factory=dict)  # set by a move, by what is owed
    migrations: tuple[Migration, ...] = ()

    def passages_of(self, gate: str) -> Iterator[Passage]:
        """All instances of a gate, oldest first."""
        n = 1
        while (passage := self.passages.get(f"{gate}#{n}")) is not None:
            yield passage
            n += 1

    def open_passage(self, gate: str) -> Passage | None:
        return next((p for p in self.passages_of(gate) if p.status is PassageStatus.OPEN), None)

    def decision_of(self, passage: str) -> Decision | None:
        """The latest decision on a passage."""
        return next((d for d in reversed(self.decisions) if d.passage == passage), None)
