"""Reminders of a project rest up to a named day: what falls due in between is told the morning
after, and of each obligation only the latest. What a law sets goes on.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from innocities_engine.domain import commands as k
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Actor
from innocities_engine.domain.cursor import Cursor
from innocities_engine.domain.refusing import refuse
from innocities_engine.domain.situation import Situation

LONGEST: Final = timedelta(days=90)


def pause(c: Cursor, command: k.PauseMail, actor: Actor) -> None:
    """Let no reminders go out until a day is over; a pause that runs goes on to another day."""
    _started(c)
    today = c.situation.today
    if not today <= command.until <= today + LONGEST:
        refuse("bad_value", "mail_pause", at_most=(today + LONGEST).isoformat())
    if not command.reason.strip():
        refuse("bad_value", "mail_pause", expected="reason")
    running = c.project.mail_pause if resting_until(c.situation) else None
    c.emit(
        e.MailPaused(
            at=c.now,
            since=running.since if running else today,
            until=command.until,
            by=actor.person,
            reason=command.reason,
        )
    )


def resume(c: Cursor, command: k.ResumeMail, actor: Actor) -> None:
    """Let reminders go out again at once."""
    _started(c)
    if resting_until(c.situation) is None:
        refuse("wrong_state", "mail_pause", state="not paused")
    c.emit(e.MailResumed(at=c.now, by=actor.person))


def _started(c: Cursor) -> None:
    if c.project.started_at is None:
        refuse("wrong_state", c.project.id, state="not started")


def resting_until(s: Situation) -> date | None:
    """The last day of a pause that is not over."""
    paused = s.project.mail_pause
    return paused.until if paused is not None and s.today <= paused.until else None


def told_on(s: Situation, day: date, *, statutory: bool) -> date:
    """The day on which a rung of that day is told."""
    paused = s.project.mail_pause
    if paused is None or statutory or not paused.since <= day <= paused.until:
        return day
    return paused.until + timedelta(1)
