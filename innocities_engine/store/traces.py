"""Decide what can be read beside the record to compare it with: which notices, members, letters and
troubles there are, and whether the database itself is sound.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from innocities_engine.store import tables


def unsound(connection: Connection) -> list[str]:
    """Tell what the database says is wrong with its own pages and keys."""
    said = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    pages = [str(fault) for fault in said if fault != "ok"]
    return [*pages, *(f"a row of {row[0]} points nowhere in {row[2]}" for row in broken)]


def notices(connection: Connection, organisation: str, project: str) -> set[str]:
    """List the keys of what was to be told of a project."""
    c = tables.notice.c
    here = (c.organisation_id == organisation, c.project_id == project)
    return set(connection.scalars(select(c.dedupe_key).where(*here)))


def pushed_ahead(connection: Connection, organisation: str, project: str) -> bool:
    """Tell whether a project waits for somebody to see why it cannot be ticked."""
    c = tables.incident.c
    query = select(c.id).where(
        c.organisation_id == organisation,
        c.subject == project,
        c.kind == "tick failed",
        c.solved_at.is_(None),
    )
    return connection.execute(query).first() is not None


def members(connection: Connection, organisation: str, project: str) -> set[tuple[str, str]]:
    """List who is kept as holding which role."""
    c = tables.membership.c
    query = select(c.role, c.person_id).where(
        c.organisation_id == organisation, c.project_id == project
    )
    return {(row.role, row.person_id) for row in connection.execute(query)}


def untold(connection: Connection, organisation: str) -> list[str]:
    """Find notices that were turned into no letter, without an incident that says why."""
    notice, letter, incident = tables.notice.c, tables.letter.c, tables.incident.c
    explained = select(incident.subject).where(incident.organisation_id == organisation)
    query = (
        select(notice.dedupe_key)
        .outerjoin(
            tables.letter,
            (letter.organisation_id == notice.organisation_id) & (letter.notice_id == notice.id),
        )
        .where(
            notice.organisation_id == organisation,
            notice.state == "expanded",
            letter.id.is_(None),
            notice.project_id.not_in(explained),
        )
    )
    lost = connection.scalars(query)
    return [f"{key} was to be told, and nobody has a letter" for key in lost]
