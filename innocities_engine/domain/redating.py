"""What becomes of running deadlines when a project moves to another version of its method.

A day that stays as it was is no news. A day that the move changes or sets leaves at least five
working days; what a law sets, and what somebody has set by hand, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from innocities_engine.domain import calendar, handing_in, needs, reminders
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.durations import Duration, DurationKind, Unit
from innocities_engine.domain.migrated import DatesFixed
from innocities_engine.domain.migration import Policy
from innocities_engine.domain.needs import UNMET
from innocities_engine.domain.project import PassageStatus, Project
from innocities_engine.domain.situation import Situation
from innocities_engine.domain.whens import civil_day

NOTICE: Final = Duration(5, Unit.DAYS, DurationKind.WORKING)


@dataclass(frozen=True, slots=True)
class Due:
    """Something owed and its day. `stands`: a law, or somebody, has set it, or it comes again by
    itself; `kept`: whatever the policy, since a decision has asked for it.
    """

    key: str
    day: date | None
    stands: bool = False
    kept: bool = False


def dues(s: Situation) -> Iterator[Due]:
    """Everything that is owed with a day, whether or not anybody is reminded of it."""
    for instance, _ in needs.unmet(s):
        if instance.status not in UNMET:
            continue
        by_law = handing_in.is_due_by_law(s, instance)
        day = needs.due_day(s, instance)
        stands = by_law or instance.due is not None or instance.occurrence > 0
        yield Due(instance.key, day, stands, kept=instance.decision is not None)
    for passage in s.project.passages.values():
        if passage.status is PassageStatus.OPEN:
            for key, voice in reminders.asked_at(s, passage):
                when = reminders.voice_due(s, passage, voice, key)
                day = civil_day(s, when) if when else None
                by_law = voice.due is not None and handing_in.is_statutory(voice.due)
                yield Due(key, day, by_law)


def fix(c: Cursor, before: Mapping[str, Due], policy: Policy) -> None:
    """Fix the days that are to be others than the new version would have them."""
    s = c.situation
    floor = calendar.after(s.inputs.calendar, s.today, NOTICE).day
    wanted = _wanted(s, policy)
    owed = list(dues(s))
    fixed = {}
    for due in owed:
        earlier = before.get(due.key)
        was = earlier.day if earlier else None
        stood = earlier is not None and earlier.stands
        if due.stands and not stood:
            continue
        keeps = stood or due.kept or policy is Policy.KEEP
        day = (was or due.day) if keeps else wanted.get(due.key)
        if day is not None and day != was:
            day = max(day, floor)
        if day is not None and day != due.day:
            fixed[due.key] = day
    _tell(c, fixed, before, {due.key: fixed.get(due.key, due.day) for due in owed})


def _tell(
    c: Cursor, fixed: Mapping[str, date], before: Mapping[str, Due], now: Mapping[str, date | None]
) -> None:
    """Keep the days that are fixed, and write down each that is another than it was."""
    was = {key: before[key].day if key in before else None for key in now}
    moved = {key: day for key, day in now.items() if day is not None and day != was[key]}
    were = {key: day for key, day in was.items() if day is not None and day != now[key]}
    if fixed or moved or were:
        c.emit(DatesFixed(at=c.now, days=fixed, moved=moved, were=were))


def _wanted(s: Situation, policy: Policy) -> dict[str, date | None]:
    """The days as the new version would have them, whatever an earlier move has fixed."""
    if policy is Policy.KEEP:
        return {}
    project = replace(s.project, dates={})
    if policy is Policy.RESTART:
        project = _restarted(project, s.now)
    return {due.key: due.day for due in dues(replace(s, project=project))}


def _restarted(project: Project, now: datetime) -> Project:
    """The project as if it had entered its phases, and its gates had opened, just now."""
    entries = dict(project.entries)
    for track in project.tracks.values():
        if track.end is None:
            entries[track.phase] = (*entries[track.phase][:-1], now)
    return replace(
        project,
        entries=entries,
        passages={
            key: replace(p, opened_at=now, asked_at=now) if p.status is PassageStatus.OPEN else p
            for key, p in project.passages.items()
        },
        needs={
            key: replace(need, opened_at=now) if need.status in UNMET else need
            for key, need in project.needs.items()
        },
    )
