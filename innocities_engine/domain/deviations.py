"""Where a project went another way than the method: exemptions, overrides, conditions met late,
days that were moved, decisions against an advice, decisions that were annulled, and what was
recorded from paper.

Read off what happened and how things stand; how it is told is left to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from innocities_engine.domain import events as e
from innocities_engine.domain import judgements, needs
from innocities_engine.domain.definition import Methodology, NeedKind
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.project import Decision, NeedStatus, Project
from innocities_engine.domain.situation import Situation, need_of

KINDS = (
    "waived", "overridden", "late", "overdue", "extended", "against_advice", "annulled", "on_paper",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deviation:
    """`subject` is the key of a need or of a passage; `day`: the one that was due, was set, or on
    which an annulled decision was taken, with its `outcome` and the `phase` that stands again.
    """

    kind: str
    at: datetime
    subject: str
    by: tuple[str, ...] = ()
    reason: str = ""
    day: date | None = None
    outcome: str = ""
    phase: str = ""


def deviations(
    s: Situation, happened: Iterable[e.Event], left: Mapping[str, Methodology] | None = None
) -> list[Deviation]:
    """Find every deviation of a project, the oldest first. `left`: the methods that it followed
    before, by digest.
    """
    found = [*_told(s, happened, left or {}), *_late(s)]
    return sorted(found, key=lambda each: (each.at, each.kind, each.subject))


def _told(
    s: Situation, happened: Iterable[e.Event], left: Mapping[str, Methodology]
) -> Iterator[Deviation]:
    project = Project()
    for event in happened:
        match event:
            case e.NeedWaived():
                yield Deviation("waived", event.at, event.need, (event.by,), event.reason)
            case e.GateOverridden():
                yield Deviation("overridden", event.at, event.passage, (event.by,), event.reason)
            case e.NeedExtended():
                yield Deviation(
                    "extended", event.at, event.need, (event.by,), event.reason, event.due
                )
            case e.GateDecided(decision=decision):
                then = replace(s, method=left.get(project.digest, s.method))
                yield from _decided(then, project, decision)
            case e.DecisionCorrected():
                yield _annulled(replace(s, method=left.get(project.digest, s.method)), event)
        project = evolve(project, event)


def _decided(s: Situation, before: Project, decision: Decision) -> Iterator[Deviation]:
    names = decision.by
    if decision.on_paper:
        told = decision.recorded.present if decision.recorded else ()
        yield Deviation("on_paper", decision.at, decision.passage, (*names, *told), decision.reason)
        return
    gate = s.method.gates[decision.passage.partition("#")[0]]
    # Whoever spoke then was active then: that some have left since changes nothing of the past.
    inputs = replace(s.inputs, inactive=frozenset())
    then = Situation(s.method, before, inputs, decision.at)
    for advice in gate.advises.values():
        given = judgements.advice_given(then, gate.id, advice.id)
        if given in gate.outcomes and given != decision.proposal.outcome:
            yield Deviation("against_advice", decision.at, decision.passage, names, decision.reason)


def _annulled(s: Situation, event: e.DecisionCorrected) -> Deviation:
    gate = s.method.gates[event.passage.partition("#")[0]]
    return Deviation(
        "annulled",
        event.at,
        event.passage,
        (event.by,),
        event.reason,
        s.day_of(event.decided_at),
        event.outcome,
        event.before.tracks[gate.track].phase,
    )


def _late(s: Situation) -> Iterator[Deviation]:
    """Conditions that were met after their day, or that are not met although it has passed."""
    for instance in s.project.needs.values():
        if need_of(s.method, instance).kind is not NeedKind.WRITTEN:
            continue
        due, owner = needs.due_day(s, instance), (instance.owner,)
        if due is None:
            continue
        if instance.status is NeedStatus.DONE and instance.done_at is not None:
            done = instance.done_on or s.day_of(instance.done_at)
            if done > due:
                yield Deviation("late", instance.done_at, instance.key, owner, day=due)
        elif instance.status in needs.UNMET and needs.is_overdue(s, instance):
            yield Deviation("overdue", s.now, instance.key, owner, day=due)
