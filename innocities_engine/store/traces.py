"""Decide what can be read beside the record to compare it with: the rows of each table as they are
kept, what was to be told and reached nobody, and whether the database itself is sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from innocities_engine.domain.events import ProjectStarted
from innocities_engine.store import tables


def unsound(connection: Connection) -> list[str]:
    """Tell what the database says is wrong with its own pages."""
    said = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    return [str(fault) for fault in said if fault != "ok"]


def astray(connection: Connection) -> list[tuple[str, str]]:
    """Tell of which tables rows point nowhere, and in which they should."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return sorted({(str(row[0]), str(row[2])) for row in broken})


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


def numbers(connection: Connection, organisation: str) -> list[Mapping[str, Any]]:
    """Read by which number each project goes."""
    c = tables.project.c
    query = select(c.id, c.number).where(c.organisation_id == organisation).order_by(c.number)
    return [dict(row) for row in connection.execute(query).mappings()]


def rows(
    connection: Connection, table: str, organisation: str, project: str = ""
) -> list[Mapping[str, Any]]:
    """Read what a table holds of an organisation, or of one of its projects."""
    found = tables.metadata.tables[table]
    where = [found.c.project_id == project] if project else []
    return _rows(connection, table, organisation, *where)


def letters(connection: Connection, organisation: str, project: str) -> list[Mapping[str, Any]]:
    """Read the letters about a project."""
    notice = tables.notice.c
    about = select(notice.id).where(
        notice.organisation_id == organisation, notice.project_id == project
    )
    return _rows(connection, "letter", organisation, tables.letter.c.notice_id.in_(about))


def _rows(
    connection: Connection, table: str, organisation: str, *where: ColumnElement[bool]
) -> list[Mapping[str, Any]]:
    found = tables.metadata.tables[table]
    query = select(found).where(found.c.organisation_id == organisation, *where)
    return [dict(row) for row in connection.execute(query).mappings()]


def begun(connection: Connection, organisation: str) -> list[str]:
    """List the projects that the record tells of, in the order in which they began."""
    c = tables.event.c
    query = select(c.project_id).where(
        c.organisation_id == organisation, c.sequence == 1, c.type == ProjectStarted.__name__
    )
    return list(connection.scalars(query.order_by(c.chain_no)))


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
    return list(connection.scalars(query))
