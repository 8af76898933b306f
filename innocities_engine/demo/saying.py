"""What the people of a story say: answers to questions, and all that a decision states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from innocities_engine.domain import needs, people, proposals
from innocities_engine.domain.definition import FactType, Gate, Need, NeedKind, Outcome
from innocities_engine.domain.project import Condition, Content, Passage, Proposal
from innocities_engine.domain.situation import Situation

USUAL = {"nullalternativ": True}  # where the plain answer of the type would not do


@dataclass(frozen=True, slots=True)
class Script:
    """What a story says beyond what every project does.

    answers: values of facts · verdicts: of criteria, "met" otherwise · conditions: by need, text
    and days until due · appoint: by role, where it is not who usually holds it.
    """

    answers: Mapping[str, bool | str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    appoint: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    to: str | None = None
    reason: str = ""


def value(s: Situation, fact: str, script: Script) -> bool | str:
    """What the story says, else a plain answer of the right type."""
    told = {**USUAL, **script.answers}
    if fact in told:
        return told[fact]
    definition = s.method.facts[fact]
    match definition.type:
        case FactType.YES_NO:
            return False
        case FactType.DATE:
            return (s.today - timedelta(days=7)).isoformat()
        case FactType.CHOICE | FactType.CHOICES:
            return definition.choices[0]
        case FactType.DURATION:
            return definition.choices[0] if definition.choices else "1 month"
        case FactType.TEXT:
            return "KS 2026/117"
        case FactType.YEARLY_DATE:
            return "10-15"
    return "4"


def proposal(
    s: Situation,
    gate: Gate,
    passage: Passage,
    outcome: Outcome,
    script: Script,
    company: Mapping[str, tuple[str, ...]],
    paper: Callable[[str], Content],
) -> Proposal:
    """All that the outcome wants stated with it."""
    people_of = {**company, **script.appoint}
    asked = proposals.needs_opened(s, passage, gate, outcome)
    written = [n for n in asked if n.kind is NeedKind.WRITTEN]
    now = [n for n in asked if n.due_at_decision]
    return Proposal(
        outcome=outcome.id,
        to=script.to or (outcome.targets[0] if len(outcome.targets) > 1 else None),
        review_on=s.today + timedelta(days=45) if outcome.hold else None,
        written={n.id: conditions(s, n, script) for n in written},
        appoint={n.of: people_of[n.of] for n in now if n.kind is NeedKind.ROLE},
        answers={n.of: value(s, n.of, script) for n in now if n.kind is NeedKind.FACT},
        attach={n.of: paper(n.of) for n in now if n.kind is NeedKind.ARTEFACT},
    )


def conditions(s: Situation, need: Need, script: Script) -> tuple[Condition, ...]:
    """What the story says, else a plain one; owned by whoever leads, or has the idea."""
    told = script.conditions.get(need.id, (("Redovisa utfallet för styrgruppen", 30),))
    leaders = [r for r in (*needs.leaders(s), *s.method.roles) if people.holders(s, r)]
    return tuple(Condition(text, leaders[0], s.today + timedelta(days=days)) for text, days in told)
