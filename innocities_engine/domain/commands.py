"""What may be asked of a project: frozen, typed, the same for command line, page and API.

Ids are those of the method. A need is named as in the language ("G3/finansieringsbevis", or the
key alone where only one has it); an exact instance by its key ("G1/vilkar#1~2").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from innocities_engine.domain.calendar import Calendar
from innocities_engine.domain.crossing import Adopted, Adoption
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.grammar import ProjectsTest
from innocities_engine.domain.past import (
    DecidedOnPaper,
    DoneOnPaper,
    PaperHandedIn,
    ResumedOnPaper,
)
from innocities_engine.domain.project import Content, Origin, Project, Proposal, Recorded, Version


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever issues a command. `rights` are those in the organisation, not roles of the method."""

    person: str
    rights: frozenset[str] = frozenset()


SYSTEM = Actor("system", frozenset({"system"}))


@dataclass(frozen=True, slots=True)
class Substitution:
    """`substitute` stands in for `person` from `first` to `last`, in one role or in all."""

    person: str
    substitute: str
    first: date
    last: date
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """One project of a programme's portfolio, and the method it follows."""

    method: Methodology
    project: Project


@dataclass(frozen=True, slots=True)
class Inputs:
    """What comes from outside the project: calendars, who is active, who stands in, and for a
    programme the projects it started. `assumed`: counts that are taken to be reached; `arrival`:
    the method that a project is about to move to, with what its rules read.
    """

    calendar: Calendar
    inactive: frozenset[str] = frozenset()
    substitutions: tuple[Substitution, ...] = ()
    portfolio: tuple[Holding, ...] = ()
    assumed: frozenset[ProjectsTest] = frozenset()
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A method that a project moves to, and what its rules read beside the project.

    `counted`: what the programme that started the project still counts its projects for.
    """

    method: Methodology
    inputs: Inputs
    counted: tuple[ProjectsTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    project: str
    organisation: str
    title: str
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, bool | str] = field(default_factory=dict)
    origin: Origin | None = None
    inherited: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class StartFrom:
    """Start a project from this one, on a method that the phase or a decision offers."""

    project: str
    method: str
    version: str
    title: str
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, bool | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """Take in a project that runs already, as it was recorded on paper.

    `members` are those of today. `phase` is where it should stand then; "" leaves it to the rules.
    """

    project: str
    organisation: str
    title: str
    started: date
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, bool | str] = field(default_factory=dict)
    decided: tuple[DecidedOnPaper, ...] = ()
    resumed: tuple[ResumedOnPaper, ...] = ()
    papers: tuple[PaperHandedIn, ...] = ()
    done: tuple[DoneOnPaper, ...] = ()
    phase: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Let other organisations read this of a project, and take it over. `papers`: artefacts.

    `id` is the one it gets if it is not shared yet; "" leaves it to the engine.
    """

    title: str
    papers: tuple[str, ...] = ()
    about: str = ""
    theme: str = ""
    lessons: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Unshare:
    """Let nobody else take it over; who has, keeps it."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """Begin a project with what another organisation has shared under the id `shared`.

    `adopted` and `inherited` are looked up by the engine, never given.
    """

    project: str
    organisation: str
    shared: str
    title: str = ""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, bool | str] = field(default_factory=dict)
    adopted: Adopted | None = None
    inherited: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteAdoption:
    """Write down that another organisation has taken it over; issued by what does so."""

    adoption: Adoption


@dataclass(frozen=True, slots=True)
class Assign:
    role: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reassign:
    """Hand over everything of `person`; `roles`: those that go to somebody else than `to`."""

    person: str
    to: str
    roles: Mapping[str, str] = field(default_factory=dict)

    def heir(self, role: str = "") -> str:
        """Who takes over a role; what belongs to no role goes to `to`."""
        return self.roles.get(role, self.to)


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """`need`: the instance whose own fact it is, if a need asks it. `value` None takes it back."""

    fact: str
    value: bool | str | None
    need: str = ""


@dataclass(frozen=True, slots=True)
class Submit:
    artefact: str
    content: Content
    answers: Mapping[str, bool | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Approve:
    """`version` None: the newest standing one."""

    artefact: str
    version: int | None = None
    recorded: Recorded | None = None


@dataclass(frozen=True, slots=True)
class Return:
    artefact: str
    reason: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    artefact: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class TickOff:
    """`on`: the day the act was done (today if None); `member`: whose own need it is."""

    need: str
    on: date | None = None
    member: str = ""


@dataclass(frozen=True, slots=True)
class Accept:
    need: str


@dataclass(frozen=True, slots=True)
class Waive:
    need: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rate:
    gate: str
    verdicts: Mapping[str, str]
    recorded: Recorded | None = None


@dataclass(frozen=True, slots=True)
class Advise:
    gate: str
    advice: str
    value: str
    reason: str = ""
    recorded: Recorded | None = None
    papers: Mapping[str, int] | None = None  # as in Decide


@dataclass(frozen=True, slots=True)
class DeclareConflict:
    """`person` "" means oneself; a recorder declares for a member without an account."""

    gate: str
    reason: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    gate: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    gate: str


@dataclass(frozen=True, slots=True)
class Decide:
    """`review` is the digest of the Review the decision was taken on; "" skips the comparison.

    `asking_key`: the asking of the gate that was read, likewise. `papers`: the versions that a body
    had before it; None: whichever are there. `override`: the reason for passing a shut gate, which
    is a right of its own.
    """

    gate: str
    proposal: Proposal
    reason: str = ""
    recorded: Recorded | None = None
    review: str = ""
    override: str = ""
    asking_key: str = ""
    papers: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class JoinRound:
    """Have the open passage of a gate taken in a round; issued by whatever opens the round."""

    gate: str
    round: str


@dataclass(frozen=True, slots=True)
class MissRound:
    """A round opens without the open passage of a gate; issued by whatever opens the round."""

    gate: str
    round: str


@dataclass(frozen=True, slots=True)
class DecideInRound:
    """A decision that is part of a round's; issued by whatever takes the round.

    `plan`: the digest of what is decided in the whole round, since a vote is on all of it;
    `concludes`: the quorum is there in every project, so that this one may be decided.
    """

    decide: Decide
    round: str
    plan: str
    concludes: bool = False


@dataclass(frozen=True, slots=True)
class Raise:
    gate: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """`track` "" means the main track."""

    track: str = ""


@dataclass(frozen=True, slots=True)
class Extend:
    need: str
    due: date
    reason: str


@dataclass(frozen=True, slots=True)
class PauseMail:
    """No reminders until the end of a day."""

    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeMail:
    """Let reminders come again, before the day that was named."""


@dataclass(frozen=True, slots=True)
class Since:
    """A command that was issued after the decision in question."""

    command: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Annulled:
    """What the record says of a decision: its command, what stood before, what rests on it."""

    command: str
    sequence: int
    before: Project
    rests: tuple[Since, ...] = ()


@dataclass(frozen=True, slots=True)
class Correct:
    """Annul the last decision at a gate. `annulled` is looked up by the engine, never given."""

    gate: str
    reason: str
    annulled: Annulled | None = None


@dataclass(frozen=True, slots=True)
class Migrate:
    """Follow another version. `choices`: what cannot be known without people, as "kind/name" to
    what is chosen; `retroactive`: the gates at which what was passed is asked again.
    """

    method: str
    version: str
    policy: str
    reason: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    retroactive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoMigration:
    """Take the last move back. `annulled` is looked up by the engine, never given."""

    reason: str
    annulled: Annulled | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: work out what follows by itself, and raise the reminders that are due."""


Command: TypeAlias = (
    Start | StartFrom | Import | Share | Unshare | Adopt | NoteAdoption | Assign | Reassign
    | AnswerFact | Submit | Approve | Return
    | Withdraw | TickOff | Accept | Waive | Rate | Advise | DeclareConflict | Present | TakeBack
    | Decide | JoinRound | MissRound | DecideInRound | Raise | Resume | Extend | PauseMail
    | ResumeMail | Correct | Migrate | UndoMigration | Comment | Tick
)  # fmt: skip
