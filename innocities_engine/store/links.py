"""Decide how it is kept which links of a person still hold: those that carry the number of times
that they were taken back.  Who may take them back is left to the links.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from innocities_engine.store import people, tables

PARTNER = frozenset({"external"})


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
