"""Decide what lists and the clock need to know of a project, read off its state: where it stands,
what is due next, and when to look again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from innocities_engine.domain import moments, needs
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.handing_in import is_due_by_law
from innocities_engine.domain.project import NeedInstance, NeedStatus, Project, TrackStatus
from innocities_engine.domain.reminders import is_stopped, next_wake, obligations
from innocities_engine.domain.situation import Situation
from innocities_engine.domain.whens import civil_day
from innocities_engine.store.projects import Columns

OWED: Final = frozenset({NeedStatus.OPEN, NeedStatus.HANDED_IN})


def columns(method: Methodology, project: Project, inputs: Inputs, now: datetime) -> Columns:
    """Read off a state what is kept beside it."""
    main = project.tracks.get(method.main_root)
    s = Situation(method, project, inputs, now)
    day, what = _next_due(s)
    # A day that is counted from the next session becomes another one by the clock alone.
    alarms = (*s.alarms, next_wake(method, project, inputs, now))
    return Columns(
        status=(main.end or main.status.value) if main else "",
        live=any(track.status is not TrackStatus.ENDED for track in project.tracks.values()),
        phase=main.phase if main else "",
        next_due=day,
        next_what=what,
        wake_at=min((alarm for alarm in alarms if alarm is not None), default=None),
    )


def _next_due(s: Situation) -> tuple[date | None, str]:
    """What is owed first, be it a need, a voice or the review of a hold; not what a hold stops, nor
    what is due on another day each day.
    """
    found = {owed.key: owed.due for owed in obligations(s)
             if not is_stopped(s, owed.scope.track, owed.statutory)}  # fmt: skip
    found |= {instance.key: needs.due(s, instance) for instance in _open_needs(s)}
    days = {key: civil_day(s, due) for key, due in found.items() if not moments.moves_on(due)}
    dated = [(day, key) for key, day in days.items() if day is not None]
    return min(dated, default=(None, ""))


def _open_needs(s: Situation) -> Iterator[NeedInstance]:
    """Needs that are owed even if nobody is reminded of them."""
    for instance, _ in needs.unmet(s):
        stopped = is_stopped(s, instance.track, is_due_by_law(s, instance))
        if instance.status in OWED and not stopped and needs.finding(s, instance).is_open:
            yield instance
