"""What is found where the projects of the past are looked at under a draft: values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Decision, Passage, Project
from innocities_engine.domain.situation import Situation

Week = tuple[int, int]  # of the ISO calendar: its year and its number


class Side(StrEnum):
    """The method that a project followed, or the draft."""

    FOLLOWED = "followed"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision that was taken, and that the draft would have refused.

    `s`: how the project would have stood, where `passage` is the instance of the gate. `deciders`:
    who would have had to agree, where those who decided were not enough.
    """

    decision: Decision
    gate: str
    s: Situation
    passage: Passage | None
    blockers: tuple[Blocker, ...]
    deciders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """Something owed whose day would have been another, by its key under the draft."""

    key: str
    was: date | None
    day: date | None

    @property
    def days(self) -> int | None:
        """How much later; None where one of the two has no day for it."""
        return (self.day - self.was).days if self.day and self.was else None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """From then on, until `until`, nobody can say how the project would have stood."""

    at: datetime
    until: datetime
    s: Situation  # under the method that was followed
    why: tuple[Blocker, ...]


@dataclass(slots=True)
class Looked:
    """What was found of one project. `mail`: the reminders that somebody would have been told of,
    by week.
    """

    project: Project
    method: Methodology
    began: datetime
    ended: datetime
    commands: int = 0
    decisions: Counter[str] = field(default_factory=Counter)  # by gate of the draft
    refusals: list[Refusal] = field(default_factory=list)
    moved: dict[str, Moved] = field(default_factory=dict)
    mail: Mapping[Side, Counter[Week]] = field(
        default_factory=lambda: {side: Counter() for side in Side}
    )
    unplaced: list[Unplaced] = field(default_factory=list)
