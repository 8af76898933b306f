"""Decide which questions are asked now: those that an open gate or an open need waits for, and that
nobody has answered.  What an answer leads to is left to the rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine.domain import gates, needs, predicates
from innocities_engine.domain.definition import Fact, Need, NeedKind
from innocities_engine.domain.judgements import project_scope
from innocities_engine.domain.project import NeedInstance, NeedStatus, PassageStatus
from innocities_engine.domain.situation import Situation


def asked_now(s: Situation) -> frozenset[str]:
    """The facts that are asked now."""
    found = {*_by_needs(s), *_by_gates(s)}
    scope = project_scope(s)
    return frozenset(
        fact.id
        for fact in s.method.facts.values()
        if fact.id in found
        and is_answered_by_people(fact)
        and predicates.fact_value(s, fact.id, scope) is None
    )


def is_answered_by_people(fact: Fact) -> bool:
    """What the method sets or works out is nobody's to answer."""
    return fact.value is None and fact.rule is None and fact.chosen is None


def _by_needs(s: Situation) -> Iterator[str]:
    for instance, need in needs.unmet(s):
        if instance.status is not NeedStatus.DORMANT:
            yield from _by_need(s, instance, need)


def _by_need(s: Situation, instance: NeedInstance, need: Need) -> Iterator[str]:
    found = needs.finding(s, instance)
    if not found.is_open:
        return
    if need.kind is NeedKind.FACT:
        yield need.of
    yield from need.asks
    yield from found.waits | found.exists.unknown | found.required.unknown
    yield from needs.due(s, instance).waits


def _by_gates(s: Situation) -> Iterator[str]:
    for passage in s.project.passages.values():
        if passage.status is PassageStatus.OPEN:
            for blocker in gates.review(s, passage).blockers:
                if blocker.code == "answer_first":
                    yield blocker.subject
