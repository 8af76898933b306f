"""Decide what lists and the clock need to know of a project, read off its state: where it stands,
what is due next, and when to look again.
"""

from __future__ import annotations

from datetime import date, datetime

from innocities_engine.domain import needs
from innocities_engine.domain.commands import Inputs
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.project import Project, TrackStatus
from innocities_engine.domain.reminders import next_wake
from innocities_engine.domain.situation import Situation
from innocities_engine.store.projects import Columns


def columns(method: Methodology, project: Project, inputs: Inputs, now: datetime) -> Columns:
    """Read off a state what is kept beside it."""
    main = project.tracks.get(method.main_root)
    day, what = _next_due(Situation(method, project, inputs, now))
    return Columns(
        status=(main.end or main.status.value) if main else "",
        live=any(track.status is not TrackStatus.ENDED for track in project.tracks.values()),
        phase=main.phase if main else "",
        next_due=day,
        next_what=what,
        wake_at=next_wake(method, project, inputs, now),
    )


def _next_due(s: Situation) -> tuple[date | None, str]:
    dated = [
        (day, instance.key)
        for instance, _ in needs.unmet(s)
        if (day := needs.due_day(s, instance)) is not None
    ]
    return min(dated, default=(None, ""))
