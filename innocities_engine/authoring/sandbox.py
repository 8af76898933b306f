"""Who plays in a sandbox: for each role of a method as many made-up people as it has seats and as
its voice takes, and meetings for each body, so that a draft can be tried with nothing but the
draft at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from innocities_engine.domain.calendar import Calendar, is_working_day, next_working_day
from innocities_engine.domain.definition import Methodology, NeedKind, Role
from innocities_engine.domain.grammar import QuorumKind
from innocities_engine.language.people import quorums, roles_in

MONTHS_AHEAD = 24
MEETING_WEEK, MEETING_WEEKDAY = 1, 2  # the second Wednesday of each month
ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody made up, who goes by the name of a role."""

    id: str
    name: str
    role: str


def players(method: Methodology, resolved: Mapping[str, Any], language: str) -> tuple[Player, ...]:
    """Fill every seat that the method asks for, and those that a quorum asks for beyond them."""
    asked: dict[str, int] = {}
    for _, role, quorum in quorums(resolved):
        if quorum.kind is QuorumKind.COUNT:
            asked[role] = max(quorum.n, asked.get(role, 0))
    return tuple(
        Player(f"{role.id}{n or ''}", f"{_title(role, language)} {n or ''}".strip(), role.id)
        for role in method.roles.values()
        for n in _numbers(role, asked.get(role.id, 0))
    )


def _numbers(role: Role, asked: int) -> range:
    """Nobody is numbered who is alone."""
    seats = max(1, role.seats_at_least, min(asked, role.seats_at_most or asked))
    return range(1, seats + 1) if seats > 1 else range(1)


def _title(role: Role, language: str) -> str:
    return role.title.get(language) or next(iter(role.title.values()), role.id)


def cast(method: Methodology, found: tuple[Player, ...]) -> dict[str, tuple[str, ...]]:
    """Who holds which role from the start on: all but those whom a gate appoints or asks for."""
    later = {need.of for need in method.all_needs if need.kind is NeedKind.ROLE}
    first = method.phases[method.main_root].needs.values()
    owners = {who.role for need in first for who in roles_in(need.by)}
    return {
        role: tuple(p.id for p in found if p.role == role)
        for role in method.roles
        if role not in later or role in owners
    }


def meetings(
    method: Methodology, calendar: Calendar, first: date, months: int = MONTHS_AHEAD
) -> dict[str, tuple[date, ...]]:
    """Let each body meet on the second Wednesday of a month, or on the next working day."""
    calendars = {r.meets for r in method.roles.values() if r.meets not in (None, ON_REQUEST)}
    days = tuple(d for d in _second_wednesdays(first, months) if d >= first)
    moved = tuple(d if is_working_day(calendar, d) else next_working_day(calendar, d) for d in days)
    return dict.fromkeys(sorted(filter(None, calendars)), moved)


def _second_wednesdays(first: date, months: int) -> list[date]:
    found = []
    for n in range(months + 1):
        year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
        start = date(year, month + 1, 1)
        ahead = (MEETING_WEEKDAY - start.weekday()) % 7 + 7 * MEETING_WEEK
        found.append(start + timedelta(days=ahead))
    return found
