"""What a project brings with it that ran before the program was there: values only.

Days are civil days, as minutes and archives tell them. `names` are people in words of their own;
only `by` are ids of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from innocities_engine.domain.project import Content, Proposal


@dataclass(frozen=True, slots=True)
class DecidedOnPaper:
    """A decision at a gate, as its minutes tell it.

    The proposal carries only what the minutes alone know: written conditions that are still open,
    a target that was chosen, the review date of a hold.
    """

    gate: str
    proposal: Proposal
    on: date
    by: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    minutes: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ResumedOnPaper:
    """The hold that was decided at `gate` ended, with no other decision there."""

    gate: str
    on: date


@dataclass(frozen=True, slots=True)
class PaperHandedIn:
    """A version there was. `on` None: as early as a decision on paper needed it, else today."""

    artefact: str
    content: Content
    on: date | None = None
    answers: Mapping[str, bool | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DoneOnPaper:
    """An act was done, or a condition met; the need is named as in the language."""

    need: str
    on: date
