"""Decide what becomes work for an administrator: each trouble once, until it is solved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from innocities_engine import errors
from innocities_engine.store import tables
from innocities_engine.store.transactions import Store, read, write

TICK_FAILED: Final = "tick failed"
NOBODY_TO_TELL: Final = "nobody to tell"
NOT_ADDRESSED: Final = "notice without a reader"
NOT_DELIVERED: Final = "mail not delivered"
MAIL_STOPPED: Final = "mail stopped"
ROLE_EMPTY: Final = "role empty"
KINDS: Final = (TICK_FAILED, NOBODY_TO_TELL, NOT_ADDRESSED, NOT_DELIVERED, MAIL_STOPPED, ROLE_EMPTY)
SYSTEM: Final = "system"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something an administrator has to look at."""

    organisation: str
    id: str
    kind: str
    subject: str
    message: str
    at: datetime


def make(
    store: Store, organisation: str, kind: str, subject: str, message: str, *, now: datetime
) -> None:
    """Make work for an administrator."""
    with write(store) as connection:
        report(connection, organisation, kind, subject, message, now=now)


def report(
    connection: Connection,
    organisation: str,
    kind: str,
    subject: str,
    message: str,
    *,
    now: datetime,
) -> None:
    """Make work for an administrator, unless the same still waits for one."""
    c = tables.incident.c
    same = select(c.id).where(
        c.organisation_id == organisation,
        c.solved_at.is_(None),
        c.kind == kind,
        c.subject == subject,
    )
    if connection.execute(same).first() is None:
        connection.execute(
            insert(tables.incident).values(
                organisation_id=organisation,
                id=uuid4().hex,
                kind=kind,
                subject=subject,
                message=message,
                at=now,
            )
        )


def is_over(
    connection: Connection, organisation: str, kind: str, subject: str, person: str, now: datetime
) -> None:
    """Close an incident since what it was about is in order again."""
    c = tables.incident.c
    connection.execute(
        update(tables.incident)
        .where(
            c.organisation_id == organisation,
            c.solved_at.is_(None),
            c.kind == kind,
            c.subject == subject,
        )
        .values(solved_at=now, solved_by=person)
    )


def waiting(store: Store, organisation: str) -> list[Trouble]:
    """List what waits for an administrator, oldest first."""
    c = tables.incident.c
    query = (
        select(c.organisation_id, c.id, c.kind, c.subject, c.message, c.at)
        .where(c.organisation_id == organisation, c.solved_at.is_(None))
        .order_by(c.at)
    )
    with read(store) as connection:
        return [Trouble(*row) for row in connection.execute(query)]


def solve(
    connection: Connection, organisation: str, incident_id: str, person: str, now: datetime
) -> None:
    """Close an incident."""
    c = tables.incident.c
    found = connection.execute(
        update(tables.incident)
        .where(c.organisation_id == organisation, c.id == incident_id, c.solved_at.is_(None))
        .values(solved_at=now, solved_by=person)
    )
    if not found.rowcount:
        said = f"there is no open incident {incident_id}"
        raise errors.NotFound(said).named("no_incident", given=incident_id)


def mended(
    connection: Connection, organisation: str, kind: str, subjects: Collection[str], now: datetime
) -> None:
    """Close what was open about these, since it has come right by itself."""
    c = tables.incident.c
    connection.execute(
        update(tables.incident)
        .where(c.organisation_id == organisation, c.solved_at.is_(None))
        .where(c.kind == kind, c.subject.in_(subjects))
        .values(solved_at=now, solved_by=SYSTEM)
    )
