"""Decide who is told and when: the people who hold a role, whoever stands in for them on the day,
and the hour at which what can wait is told.  Whether it is still worth telling is left to `wanted`,
and what it says to `news`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import quote

from innocities_engine.domain import calendar, judgements, people
from innocities_engine.domain.calendar import Calendar
from innocities_engine.domain.commands import Substitution
from innocities_engine.domain.situation import Situation
from innocities_engine.store.outbox import Waiting

TOKEN_DIGITS: Final = 32
# Where a declared conflict takes the voice, the question goes to whoever may speak instead.
VOICES: Final = frozenset({"decide_asked", "advise_asked", "rate_asked"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who reads a letter today. `absent`: whom they stand in for, up to and including `until`."""

    person: str
    absent: str = ""
    until: date | None = None


def addressed(s: Situation, notice: Waiting) -> tuple[str, ...]:
    """Name the people a notice is for: those named, those who hold the role, or who record it."""
    if notice.person:
        return (notice.person,)
    role = s.method.roles.get(notice.role)
    members = s.project.members.get(notice.role, ())
    recorders = people.people_of(s, role.records, judgements.project_scope(s)) if role else ()
    everybody = tuple(dict.fromkeys((*members, *recorders)))
    return tuple(person for person in everybody if chosen(s, notice, person))


def chosen(s: Situation, notice: Waiting, person: str) -> Chosen | None:
    """Find who reads it today: the person, or whoever stands in; None if there is nobody."""
    conflicted = _conflicted(s, notice)
    for period in _periods(s, person, notice.role):
        if period.substitute not in conflicted:
            return Chosen(period.substitute, person, period.last)
    barred = person in s.inputs.inactive or person in conflicted
    return None if barred else Chosen(person)


def substitutes(s: Situation, person: str, role: str) -> list[str]:
    """Name who stands in for a person today."""
    return [each.substitute for each in _periods(s, person, role)]


def _periods(s: Situation, person: str, role: str) -> list[Substitution]:
    return [
        each
        for each in s.inputs.substitutions
        if each.person == person
        and each.first <= s.today <= each.last
        and each.role in (None, role)
        and each.substitute not in s.inputs.inactive
    ]


def _conflicted(s: Situation, notice: Waiting) -> tuple[str, ...]:
    passage = s.project.open_passage(notice.data.get("gate", ""))
    if passage is None or notice.kind not in VOICES:
        return ()
    return s.project.conflicts.get(passage.key, ())


def sending_time(
    days: Calendar, zone: str, hour: int, now: datetime, *, immediate: bool, due: date | None
) -> datetime:
    """Find when to tell somebody: at once, or at their hour of the next day on which they work.

    What falls due before that day comes is told at their next hour, and if it falls due before
    even that, at once: a quiet July must not hide a date that passes in it.
    """
    if immediate:
        return now
    today = calendar.local_date(zone, now)
    first = today if calendar.at_local(zone, today, hour) >= now else today + timedelta(1)
    busy = _first_busy_day(days, first)
    if due is None or due < today or busy <= due:
        return calendar.at_local(zone, busy, hour)
    return calendar.at_local(zone, first, hour) if first <= due else now


def _first_busy_day(days: Calendar, day: date) -> date:
    while True:
        busy = calendar.next_working_day(days, calendar.out_of_quiet(days, day))
        if busy == day:
            return day
        day = busy


def unsubscribe_token(key: bytes, organisation: str, person: str) -> str:
    """Make the sign by which a link to opt out is known to be ours."""
    said = f"unsubscribe\n{organisation}\n{person}".encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:TOKEN_DIGITS]


def unsubscribe_link(base_url: str, key: bytes, organisation: str, person: str) -> str:
    """Give the address at which a person opts out; "" where there are no pages."""
    if not base_url:
        return ""
    token = unsubscribe_token(key, organisation, person)
    place = "/".join(quote(part, safe="") for part in (organisation, person, token))
    return f"{base_url.rstrip('/')}/unsubscribe/{place}"
