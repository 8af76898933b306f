"""What has happened to a project: past tense, immutable, each carrying every consequence.

An event names the instant `at` from which it holds; who did it, why and when it was written down
stand in the envelope beside it. A type's shape is never changed: the store upcasts on reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from innocities_engine.domain.crossing import Adopted, Adoption, Shared
from innocities_engine.domain.happening import Happening
from innocities_engine.domain.migrated import DatesFixed, MigrationUndone, ProjectMigrated
from innocities_engine.domain.project import (
    Child,
    Decision,
    NeedInstance,
    Origin,
    Passage,
    Presentation,
    Project,
    Version,
    Voice,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStarted(Happening):
    project: str
    organisation: str
    title: str
    method: str
    version: str
    digest: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSpawned(Happening):
    """A project was started from this one. `inherits`: the versions it begins with."""

    child: Child
    inherits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectShared(Happening):
    """From now on other organisations may take this over; it replaces what was shared before."""

    shared: Shared


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectUnshared(Happening):
    """Nobody else may take it over any more."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAdopted(Happening):
    """Another organisation has taken it over."""

    adoption: Adoption


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionAdopted(Happening):
    """The project begins with what another organisation had shared."""

    adopted: Adopted


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTakenIn(Happening):
    """All that came before was recorded from paper, in one go; the rules hold from here on.

    `reference`: what the project is called where its papers are kept.
    """

    by: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFilled(Happening):
    """These people hold the role from now on; whoever held it before does not."""

    role: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesHandedOver(Happening):
    """What `person` owed without a role goes to `to`: conditions, and gates they had raised."""

    person: str
    to: str
    needs: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactAnswered(Happening):
    """`value` None takes an answer back. `need`: the instance that asked, if it is its own fact."""

    fact: str
    value: bool | str | None
    by: str
    need: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEntered(Happening):
    track: str
    phase: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackMoving(Happening):
    track: str
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCancelled(Happening):
    track: str
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackHeld(Happening):
    track: str
    passage: str
    review_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackResumed(Happening):
    track: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEnded(Happening):
    track: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOpened(Happening):
    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAskedAgain(Happening):
    """The same instance opens anew; what was voided with it is told by other events."""

    passage: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersPresented(Happening):
    passage: str
    presentation: Presentation


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersTakenBack(Happening):
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundJoined(Happening):
    """The passage is taken together with those of other projects."""

    passage: str
    round: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMissed(Happening):
    """A round was opened without the passage, which was presented in time but not ready."""

    passage: str
    round: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecided(Happening):
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTookEffect(Happening):
    """The effect of the decision followed. The instance stays open after `again` and `hold`."""

    passage: str
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLapsed(Happening):
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateMadeDormant(Happening):
    """A turn leads back before this settled instance: it counts no more."""

    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedOpened(Happening):
    need: NeedInstance


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWoken(Happening):
    need: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedHandedIn(Happening):
    """The act is done according to its owner, and waits for whoever confirms it."""

    need: str
    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDone(Happening):
    """`counts`: the projects that were counted, where a number of them was needed."""

    need: str
    by: str = ""
    on: date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedReopened(Happening):
    """`since` replaces the instant from which versions count, where something is asked anew."""

    need: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWaived(Happening):
    need: str
    by: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCarried(Happening):
    need: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLapsed(Happening):
    need: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedExtended(Happening):
    need: str
    due: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSubmitted(Happening):
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionApproved(Happening):
    artefact: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalVoided(Happening):
    artefact: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionReturned(Happening):
    artefact: str
    n: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionWithdrawn(Happening):
    artefact: str
    n: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSigned(Happening):
    artefact: str
    n: int
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSuperseded(Happening):
    artefact: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceGiven(Happening):
    voice: Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicesVoided(Happening):
    voices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictDeclared(Happening):
    passage: str
    person: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOverridden(Happening):
    passage: str
    by: str
    reason: str
    blockers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCorrected(Happening):
    """A decision was recorded by mistake: `before`, what stood before it, stands again.

    `command`: the one that is annulled.
    """

    passage: str
    outcome: str
    decided_at: datetime
    by: str
    reason: str
    command: str
    before: Project


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPaused(Happening):
    """No reminders go out from one day up to another, but those of what a law sets."""

    since: date
    until: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailResumed(Happening):
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Happening):
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTurned(Happening):
    """A rule that opens something changed its value; kept, so that only a turn to true opens."""

    rule: str
    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRaised(Happening):
    """A rung came due for these roles. `overtaken`: a later rung was due too, nobody is told."""

    key: str
    obligation: str
    rung: str
    due: date
    to: tuple[str, ...]
    escalation: bool = False
    overtaken: bool = False
    about: Mapping[str, str] = field(default_factory=dict)


Event: TypeAlias = (
    ProjectStarted | ProjectSpawned | ProjectShared | ProjectUnshared | ProjectAdopted
    | SolutionAdopted | ProjectTakenIn | RoleFilled | DutiesHandedOver
    | FactAnswered | PhaseEntered | TrackMoving
    | MoveCancelled | TrackHeld | TrackResumed | TrackEnded | GateOpened | GateAskedAgain
    | PapersPresented | PapersTakenBack | RoundJoined | RoundMissed | GateDecided
    | DecisionTookEffect | GateLapsed | GateMadeDormant
    | NeedOpened | NeedWoken | NeedHandedIn | NeedDone
    | NeedReopened | NeedWaived | NeedCarried | NeedLapsed | NeedExtended | VersionSubmitted
    | VersionApproved | ApprovalVoided | VersionReturned | VersionWithdrawn | VersionSigned
    | VersionSuperseded | VoiceGiven | VoicesVoided | ConflictDeclared | GateOverridden
    | DecisionCorrected | ProjectMigrated | DatesFixed | MigrationUndone
    | MailPaused | MailResumed | Commented | RuleTurned | ReminderRaised
)  # fmt: skip
