"""In which order it happened what papers tell: day by day, and on a day so that each thing finds
what it rests on. A paper without a day came when the first decision on paper needed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TypeAlias

from innocities_engine.domain.commands import Import
from innocities_engine.domain.definition import Methodology, Need, NeedKind, Outcome
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.past import (
    DecidedOnPaper,
    DoneOnPaper,
    PaperHandedIn,
    ResumedOnPaper,
)

Told: TypeAlias = PaperHandedIn | ResumedOnPaper | DecidedOnPaper | DoneOnPaper


class Rank(IntEnum):
    """What comes first on one day."""

    PAPER = 0
    RESUMED = 1
    DONE = 2
    DECIDED = 3
    PAPER_AFTER = 4  # asked for by a decision of the same day


@dataclass(frozen=True, slots=True)
class Step:
    day: date
    rank: Rank
    told: Told


def impossible_days(command: Import, today: date) -> Iterator[Blocker]:
    """Days before the start, or still to come."""
    if command.started > today:
        yield Blocker("bad_day", "started", {"on": command.started.isoformat()})
        return
    first = {"from": command.started.isoformat()}
    for subject, on in _days(command):
        if not command.started <= on <= today:
            yield Blocker("bad_day", subject, {"on": on.isoformat(), **first})


def _days(command: Import) -> Iterator[tuple[str, date]]:
    yield from ((each.gate, each.on) for each in command.decided)
    yield from ((each.gate, each.on) for each in command.resumed)
    yield from ((each.artefact, each.on) for each in command.papers if each.on is not None)
    yield from ((each.need, each.on) for each in command.done)


def steps(method: Methodology, command: Import, today: date) -> list[Step]:
    """Everything that happened, in order; papers that a decision carried come with it."""
    found = [Step(each.on, Rank.DECIDED, each) for each in command.decided]
    found += [Step(each.on, Rank.RESUMED, each) for each in command.resumed]
    found += [Step(each.on, Rank.DONE, each) for each in command.done]
    found += [
        _handed_in(method, command, each, today)
        for each in command.papers
        if not any(carries(method, decided, each) for decided in command.decided)
    ]
    return sorted(found, key=lambda step: (step.day, step.rank))


def _handed_in(method: Methodology, command: Import, paper: PaperHandedIn, today: date) -> Step:
    for decided in sorted(command.decided, key=lambda each: each.on):
        if paper.on not in (None, decided.on) or decided.gate not in method.gates:
            continue
        if asks_for(method.gates[decided.gate].needs.values(), paper.artefact):
            return Step(decided.on, Rank.PAPER, paper)
        if asks_for(_outcome_needs(method, decided), paper.artefact):
            return Step(decided.on, Rank.PAPER_AFTER, paper)
    return Step(paper.on or today, Rank.PAPER, paper)


def carries(method: Methodology, decided: DecidedOnPaper, paper: PaperHandedIn) -> bool:
    """Whether the decision brought this paper itself."""
    brought = [need for need in _outcome_needs(method, decided) if need.due_at_decision]
    return paper.on in (None, decided.on) and asks_for(brought, paper.artefact)


def asks_for(needs: Iterable[Need], artefact: str) -> bool:
    return any(need.kind is NeedKind.ARTEFACT and need.of == artefact for need in needs)


def _outcome_needs(method: Methodology, decided: DecidedOnPaper) -> Iterable[Need]:
    gate = method.gates.get(decided.gate)
    outcome: Outcome | None = gate.outcomes.get(decided.proposal.outcome) if gate else None
    return outcome.needs.values() if outcome else ()
