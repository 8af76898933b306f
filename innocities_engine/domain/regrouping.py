"""What each member of a role had to do becomes a matter of the whole role, or the other way round,
when a project moves to a version that says so. What somebody has done themselves stays theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import (
    NeedInstance,
    NeedStatus,
    Passage,
    PassageStatus,
    Project,
)
from innocities_engine.domain.renaming import Names

EACH, ONCE = "each", "once"
ASKED: Final = frozenset({PassageStatus.OPEN, PassageStatus.DECIDED})
ANSWERED: Final = (NeedStatus.DONE, NeedStatus.HANDED_IN)


def toggled(old: Methodology, found: Names) -> dict[str, str]:
    """The needs that were asked of a role once and are of each member now, or the other way."""
    named = ((old.needs_named[name], after) for name, after in found.needs.items())
    return {
        before.ref: EACH if after.each_member else ONCE
        for before, after in named
        if before.each_member is not after.each_member
    }


def regrouped(project: Project, ways: Mapping[str, str]) -> Project:
    """The project with such needs as the new version asks for them, at gates still to be decided.

    Of one asked once everybody gets their own, begun when it was; what one of them has done is
    theirs alone, and what nobody of them has done themselves is asked of each. Of their own ones
    one is left: the first that is done, else what is furthest.
    """
    if not ways:
        return project
    needs: dict[str, NeedInstance] = {}
    own: dict[str, list[NeedInstance]] = {}
    for key, instance in project.needs.items():
        passage = project.passages.get(instance.origin)
        way = ways.get(instance.ref) if passage and passage.status in ASKED else None
        if way is None or instance.decision or (way == EACH) is bool(instance.member):
            needs[key] = instance
        elif passage is not None and way == EACH:
            needs |= {mine.key: mine for mine in _for_each(project, passage, instance)}
        else:
            own.setdefault(_shared(key), []).append(instance)
    needs |= {key: _for_all(project, key, those) for key, those in own.items()}
    return replace(
        project,
        needs=needs,
        raised=_raised(project, needs),
        dates={
            new: day for key, day in project.dates.items() for new in meant(key, needs) or (key,)
        },
    )


def meant(key: str, known: Collection[str]) -> tuple[str, ...]:
    """What a key of something owed stands for among what is known: itself; the one of the whole
    role where it was a member's own; those of the members where it was the whole role's.
    """
    if key in known or ":" in key:
        return (key,) if key in known else ()
    if _shared(key) != key:
        return (_shared(key),) if _shared(key) in known else ()
    return tuple(each for each in known if each.startswith(f"{key}@"))


def _shared(key: str) -> str:
    head, mark, rest = key.partition("#")
    return f"{head}{mark}{rest.partition('@')[0]}"


def _raised(project: Project, needs: Mapping[str, NeedInstance]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for key, at in project.raised.items():
        obligation, bar, rest = key.partition("|")
        for new in meant(obligation, needs) or (obligation,):
            there = f"{new}{bar}{rest}"
            found[there] = max(at, found.get(there, at))
    return found


def _for_each(project: Project, passage: Passage, instance: NeedInstance) -> Iterator[NeedInstance]:
    role = instance.ref.partition("/")[0]
    by_one = instance.status in ANSWERED and instance.done_by
    for member in project.members.get(role, ()):
        mine = replace(instance, key=f"{instance.key}@{member}", member=member)
        if not by_one or member == instance.done_by:
            yield mine
        elif passage.status is PassageStatus.OPEN:
            yield replace(mine, status=NeedStatus.OPEN, done_at=None, done_by="", done_on=None)


def _for_all(project: Project, key: str, those: list[NeedInstance]) -> NeedInstance:
    role = those[0].ref.partition("/")[0]
    theirs = [each for each in those if each.member in project.members.get(role, ())] or those
    chosen = min(theirs, key=_how_far)
    days = [each.due for each in theirs if each.due is not None]
    told = sorted(
        ((fact, answer) for each in theirs for fact, answer in each.answers.items()),
        key=lambda one: one[1].at,
    )
    return replace(
        chosen,
        key=key,
        member="",
        due=max(days, default=None) if chosen.status in UNMET else chosen.due,
        extended=any(each.extended for each in theirs),
        answers=dict(told),
    )


def _how_far(instance: NeedInstance) -> tuple[int, datetime]:
    """What is done comes first, an exemption only where everybody has one."""
    order = (*ANSWERED, NeedStatus.OPEN, NeedStatus.DORMANT, NeedStatus.WAIVED)
    at = order.index(instance.status) if instance.status in order else len(order)
    return at, instance.done_at or instance.opened_at
