"""What papers tell of a project that ran here: its way through the method, as a command that takes it
in. What was done, judged and handed in on the way is left aside, as papers leave it aside.
"""

from __future__ import annotations

from innocities_engine.domain import needs
from innocities_engine.domain.commands import Import
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.past import (
    DecidedOnPaper,
    DoneOnPaper,
    PaperHandedIn,
)
from innocities_engine.domain.project import (
    Condition,
    Decision,
    NeedStatus,
    Project,
    Proposal,
)
from innocities_engine.domain.situation import Situation, need_of
from tests.builders import Walk


def told(walk: Walk) -> Import:
    """The row of a project as it stands."""
    s, project = walk.situation, walk.project
    assert project.started_at is not None
    return Import(
        project=project.id,
        organisation=project.organisation,
        title=project.title,
        started=s.day_of(project.started_at),
        members=project.members,
        answers=_answers(project, walk.method),
        decided=tuple(_decided(s, decision) for decision in project.decisions),
        papers=tuple(_papers(s)),
        done=tuple(_done(s)),
        phase=project.tracks[walk.method.main_root].phase,
    )


def _answers(project: Project, method: Methodology) -> dict[str, bool | str]:
    """What is known; what a form asks came with its paper."""
    asked = {
        fact: answer.value
        for need in project.needs.values()
        for fact, answer in need.answers.items()
    }
    plain = {fact: answer.value for fact, answer in project.facts.items()}
    return {f: value for f, value in (plain | asked).items() if f not in method.form_of}


def _decided(s: Situation, decision: Decision) -> DecidedOnPaper:
    gate = decision.passage.partition("#")[0]
    proposal = Proposal(
        outcome=decision.proposal.outcome,
        to=decision.proposal.to,
        review_on=decision.proposal.review_on,
        written=_still_open(s, decision),
    )
    return DecidedOnPaper(gate, proposal, s.day_of(decision.at), by=decision.by, minutes="7/25")


def _still_open(s: Situation, decision: Decision) -> dict[str, tuple[Condition, ...]]:
    found: dict[str, tuple[Condition, ...]] = {}
    for instance in s.project.needs.values():
        if instance.text and instance.decision == decision.passage:
            if instance.opened_at == decision.at and instance.status in needs.UNMET:
                key = instance.ref.partition("/")[2]
                condition = Condition(instance.text, instance.owner, instance.due)
                found[key] = (*found.get(key, ()), condition)
    return found


def _papers(s: Situation) -> list[PaperHandedIn]:
    return [
        PaperHandedIn(version.artefact, version.content, None, version.answers)
        for versions in s.project.versions.values()
        for version in versions
    ]


def _done(s: Situation) -> list[DoneOnPaper]:
    """Acts that were done and that no decision since has settled."""
    found = []
    for instance in s.project.needs.values():
        by_hand = need_of(s.method, instance).kind in needs.BY_HAND and not instance.text
        if by_hand and instance.status is NeedStatus.DONE and not instance.member:
            assert instance.done_at is not None
            found.append(DoneOnPaper(instance.ref, instance.done_on or s.day_of(instance.done_at)))
    return found
