"""Decide when a date is told to whoever follows a project that was played: when something begins to
be asked, when its date becomes known, and whenever it is another one than was told last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from innocities_engine.cli import standing
from innocities_engine.domain import calendar, mentions, moments, needs
from innocities_engine.domain import events as e
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.grammar import PassedTest
from innocities_engine.domain.project import NeedStatus
from innocities_engine.domain.situation import need_of, need_scope
from innocities_engine.domain.whens import civil_day

if TYPE_CHECKING:
    from innocities_engine.authoring.stage import Happened, Stage, Stretch
    from innocities_engine.cli.teller import Teller
    from innocities_engine.domain.project import NeedInstance, Project

Plain = dict[str, Any]

OPENING = (e.NeedOpened, e.NeedWoken)
A_DAY, A_YEAR = timedelta(days=1), timedelta(days=365)


@dataclass
class Dates:
    """What has been told so far, by the key of what is asked."""

    told: dict[str, date] = field(default_factory=dict)

    def new(self, t: Teller, events: Iterable[e.Event]) -> Iterator[Plain]:
        """By when what has just begun is due, or until when it waits; and what is due otherwise."""
        for event in events:
            if isinstance(event, OPENING):
                key = event.need.key if isinstance(event, e.NeedOpened) else event.need
                yield from self._begun(t, t.project.needs[key])
        yield from self.moved(t)

    def _begun(self, t: Teller, instance: NeedInstance) -> Iterator[Plain]:
        due = needs.due(t.s, instance)
        day = civil_day(t.s, due)
        if day is not None:
            self.told[instance.key] = day
            yield _date(t, "due", instance, day, standing.why_then(t, due))
        for wait, why in _waits(t, instance):
            yield _date(t, "until", instance, wait, why)

    def moved(self, t: Teller) -> Iterator[Plain]:
        """What is due on another day than was told, or on a day that was not known before. A date
        that is another one tomorrow waits until it stands.
        """
        for instance, _ in needs.unmet(t.s):
            if instance.status is not NeedStatus.OPEN:
                continue
            due = needs.due(t.s, instance)
            day = civil_day(t.s, due)
            known = self.told.get(instance.key)
            stands = day is not None and day != known and not moments.moves_on(due)
            if day is None or not stands or not needs.finding(t.s, instance).is_open:
                continue
            self.told[instance.key] = day
            kind = "due" if known is None else "moved"
            yield _date(t, kind, instance, day, standing.why_then(t, due))


def _waits(t: Teller, instance: NeedInstance) -> Iterator[tuple[date, str]]:
    """The days that a wait lasts, in full."""
    need = need_of(t.method, instance)
    for test in mentions.tests(t.method, need.done) if need.done is not None else ():
        if isinstance(test, PassedTest):
            when = moments.resolve(t.s, test.moment, need_scope(t.s, instance))
            day = civil_day(t.s, when)
            if day is not None:
                yield day, standing.why_then(t, when)


def _date(t: Teller, kind: str, instance: NeedInstance, day: date, why: str) -> Plain:
    title = t.need(instance)
    text = f"simulate.{kind}" if not why else f"simulate.{kind}_why"
    told = t.say(text, title=title, day=t.day(day), why=why)
    return {"kind": kind, "title": title, "day": day.isoformat(), "why": why, "text": told}


# ---------------------------------------------------------------- while nothing happens


def quiet_moments(stage: Stage) -> Iterator[tuple[datetime, Project, Stretch]]:
    """When dates may have moved although nobody did anything: the morning after a session that
    passed, or could not be reached any more, with the project as it was then.
    """
    passed = {(done.at, id(done.before)): done for done in stage.log}
    for stretch in stage.past:
        done = passed.get((stretch.end, id(stretch.project))) if stretch.end else None
        for at in _mornings(stage, stretch):
            yield at, then(stretch.project, done, at), stretch


def _mornings(stage: Stage, stretch: Stretch) -> list[datetime]:
    cal = stretch.inputs.calendar
    ends = stretch.end or stretch.begin
    plain = calendar.without_quiet(cal)
    days = set()
    for body in stage.method.roles.values():
        for session in cal.meetings.get(body.meets or "", ()):
            if stretch.begin.date() - A_DAY <= session <= ends.date() + A_YEAR:
                days.add(session)
                days |= {calendar.before(plain, session, body.notice).day} if body.notice else set()
    found = {calendar.start_of_day(cal, day + A_DAY) for day in days}
    return sorted(at for at in found if stretch.begin < at < ends)


def then(project: Project, done: Happened | None, at: datetime) -> Project:
    """The project with what time had brought about until then."""
    events = [event for event in done.events if event.at <= at] if done else []
    return fold(project, events)
