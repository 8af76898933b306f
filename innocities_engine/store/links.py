"""Decide how it is kept which links of a person still hold: those that carry the number of times
that they were taken back, and the place in the record where the person last came into the project.
Who may take them back is left to the links.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection, select, update

from innocities_engine.domain.events import DecisionCorrected, RoleFilled
from innocities_engine.store import people, tables

PARTNER: Final = frozenset({"external"})
# What changes who holds a role.
SEATING: Final = (RoleFilled.__name__, DecisionCorrected.__name__)


def number(connection: Connection, organisation: str, person: str) -> int | None:
    """The number that a link has to carry; None for whoever acts by no link."""
    held, given = tables.person.c, tables.right.c
    links = connection.scalar(
        select(held.links).where(
            held.organisation_id == organisation, held.id == person, held.active.is_(True)
        )
    )
    rights = connection.scalars(
        select(given.name).where(given.organisation_id == organisation, given.person_id == person)
    )
    return links if set(rights) == PARTNER else None


def stay(connection: Connection, organisation: str, project: str, person: str) -> int | None:
    """The entry of the record since which a person has held a role of a project without a break;
    None for whoever holds none.
    """
    c = tables.event.c
    query = select(c.sequence, c.payload).where(
        c.organisation_id == organisation, c.project_id == project, c.type.in_(SEATING)
    )
    held: dict[str, list[str]] = {}
    since = None
    for sequence, payload in connection.execute(query.order_by(c.sequence)):
        held = _held(held, json.loads(payload))
        takes_part = any(person in members for members in held.values())
        since = (sequence if since is None else since) if takes_part else None
    return since


def _held(held: dict[str, list[str]], told: dict[str, Any]) -> dict[str, list[str]]:
    """Who holds which role after an entry: after a correction, those who did before."""
    if "before" in told:
        return dict(told["before"].get("members", {}))
    return {**held, told["role"]: told["members"]}


def take_back(connection: Connection, organisation: str, person: str) -> None:
    """Let no link that was made for a person before hold any more."""
    c = tables.person.c
    changed = connection.execute(
        update(tables.person)
        .where(c.organisation_id == organisation, c.id == person)
        .values(links=c.links + 1)
    )
    if not changed.rowcount:
        raise people.unknown_person(person)
