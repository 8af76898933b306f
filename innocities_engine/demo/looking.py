"""What people read off a project before they act: whose turn it is, what can be done by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from innocities_engine.domain import judgements, mentions, needs, people
from innocities_engine.domain.definition import Gate, Methodology, Need, NeedKind
from innocities_engine.domain.gates import Blocker, Review
from innocities_engine.domain.grammar import RoleTest, Who
from innocities_engine.domain.project import NeedInstance, NeedStatus, Passage
from innocities_engine.domain.situation import Situation, need_of
from innocities_engine.domain.whens import civil_day
from innocities_engine.office import Office

AHEAD = timedelta(days=7)


def version(office: Office, organisation: str, method: str) -> str:
    """The version of a method that is published there."""
    return next(m.version for m in office.published(organisation) if m.id == method)


def asks_who_decides(blocker: Blocker) -> bool:
    """What must be known and done for any decision at all, passing or not."""
    own = blocker.code == "need_open" and "@" in blocker.subject
    return own or blocker.code in ("answer_first", "role_empty")


def same_raters(gate: Gate, blocker: Blocker, review: Review) -> list[str]:
    """The criteria still to be judged by those who judge this one."""
    by = judgements.raters_of(gate, gate.criteria[blocker.subject])
    asked = [b.subject for b in review.blockers if b.code.startswith("criterion_")]
    return [c for c in asked if judgements.raters_of(gate, gate.criteria[c]) == by]


def passing(gate: Gate) -> str:
    return next(o.id for o in gate.outcomes.values() if o.passing)


def by_hand(s: Situation, instance: NeedInstance) -> bool:
    """Whether it is open and somebody can do it without waiting for anything."""
    if instance.status not in (NeedStatus.OPEN, NeedStatus.HANDED_IN):
        return False
    need = need_of(s.method, instance)
    plain = need.kind in needs.BY_HAND or (need.kind is NeedKind.ARTEFACT and not need.done)
    return plain and needs.finding(s, instance).is_open


def is_duty(s: Situation, instance: NeedInstance) -> bool:
    """What comes again, or what a decision asks for, and is due soon.

    Written conditions are no duties: each is the story of its project.
    """
    need = need_of(s.method, instance)
    if need.kind is NeedKind.WRITTEN or not (instance.occurrence or instance.decision):
        return False
    due = civil_day(s, needs.due(s, instance))
    return due is not None and due <= s.today + AHEAD and by_hand(s, instance)


def approvers(s: Situation, artefact: str) -> Who:
    """As the artefact says, else the decider of the gate that needs it."""
    if (named := s.method.artefacts[artefact].approves) is not None:
        return named
    gate = next(
        g
        for g in s.method.gates.values()
        if any(n.of == artefact for n in g.needs.values()) and s.project.open_passage(g.id)
    )
    return gate.decides.by


def roles_counted(method: Methodology, need: Need) -> Iterator[str]:
    """The roles that a rule wants filled."""
    for test in mentions.tests(method, need.done):
        if isinstance(test, RoleTest):
            yield test.role


def free(s: Situation, role: str, passage: Passage) -> tuple[str, ...]:
    """The members who owe no declaration of their own any more."""
    owing = {
        n.member
        for n in s.project.needs.values()
        if n.origin == passage.key and n.member and needs.finding(s, n).is_open
    }
    return tuple(m for m in people.holders(s, role) if m not in owing)
