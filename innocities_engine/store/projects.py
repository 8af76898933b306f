"""Decide how the current state of a project is kept beside its record, and what lists and the clock
find without reading it.  What the state is, and what it leads to, is left to the domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, insert, select, update

from innocities_engine import errors
from innocities_engine.domain import codec
from innocities_engine.domain.project import Project
from innocities_engine.store import tables

LONGEST_NUMBER: Final = 9  # more digits are no project's, and may be more than can be counted


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command finds: whoever issues it, and the project as it stands."""

    organisation: str
    inputs: int
    known: bool
    rights: frozenset[str]
    sequence: int = 0
    method_digest: str = ""
    snapshot: bytes = b""
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """What lists show of a project."""

    organisation: str
    id: str
    number: int
    title: str
    method: str
    version: str
    status: str
    phase: str
    next_due: date | None
    next_what: str
    overridden: bool
    started_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read off a project's state for lists and for the clock."""

    status: str
    live: bool
    phase: str
    next_due: date | None
    next_what: str
    wake_at: datetime | None


def desk(connection: Connection, organisation: str, person: str, project: str) -> Desk:
    """Fetch all that a command needs to begin with, in one query."""
    row = connection.execute(_DESK, {"o": organisation, "p": person, "q": project}).first()
    if row is None:
        raise errors.NoOrganisation(organisation)
    return Desk(
        organisation=organisation,
        inputs=row.inputs,
        known=bool(row.active),
        rights=frozenset(row.rights.split(",")) if row.rights else frozenset(),
        sequence=row.sequence or 0,
        method_digest=row.method_digest or "",
        snapshot=bytes(row.snapshot or b""),
        wake_at=row.wake_at,
    )


def _desk_query() -> Any:
    home, person = tables.organisation.c, tables.person.c
    right, project = tables.right.c, tables.project.c
    rights = (
        select(func.aggregate_strings(right.name, ","))
        .where(right.organisation_id == home.organisation_id, right.person_id == bindparam("p"))
        .scalar_subquery()
        .label("rights")
    )
    return (
        select(
            home.inputs,
            person.active,
            rights,
            project.sequence,
            project.method_digest,
            project.snapshot,
            project.wake_at,
        )
        .select_from(tables.organisation)
        .outerjoin(
            tables.person,
            and_(person.organisation_id == home.organisation_id, person.id == bindparam("p")),
        )
        .outerjoin(
            tables.project,
            and_(project.organisation_id == home.organisation_id, project.id == bindparam("q")),
        )
        .where(home.organisation_id == bindparam("o"))
    )


_DESK = _desk_query()


@lru_cache(maxsize=512)
def thaw(snapshot: bytes) -> Project:
    """Read a state; the same bytes are the same state."""
    return codec.load(Project, snapshot)


def insert_project(
    connection: Connection, project: Project, sequence: int, columns: Columns, now: datetime
) -> int:
    """Keep a new project; return its running number."""
    number = _next_number(connection, project.organisation)
    connection.execute(
        insert(tables.project).values(
            organisation_id=project.organisation,
            id=project.id,
            number=number,
            started_at=project.started_at or now,
            **_state(project, sequence, columns, now),
        )
    )
    save_members(connection, Project(), project)
    return number


def _next_number(connection: Connection, organisation: str) -> int:
    c = tables.organisation.c
    here = c.organisation_id == organisation
    connection.execute(update(tables.organisation).where(here).values(projects=c.projects + 1))
    number: int = connection.execute(select(c.projects).where(here)).scalar_one()
    return number


_REPLACE = update(tables.project).where(
    tables.project.c.organisation_id == bindparam("home"),
    tables.project.c.id == bindparam("which"),
    tables.project.c.sequence == bindparam("seen"),
)


def update_project(
    connection: Connection,
    before: Project,
    after: Project,
    *,
    seen: int,
    sequence: int,
    columns: Columns,
    now: datetime,
) -> None:
    """Replace the state that was seen; if it is not the one kept any more, that is a conflict."""
    place = {"home": after.organisation, "which": after.id, "seen": seen}
    changed = connection.execute(_REPLACE, {**place, **_state(after, sequence, columns, now)})
    if changed.rowcount != 1:
        raise errors.Conflict(message=f"“{after.title}” was changed by somebody else meanwhile")
    save_members(connection, before, after)


def _state(project: Project, sequence: int, columns: Columns, now: datetime) -> dict[str, Any]:
    return {
        "title": project.title,
        "method_id": project.method,
        "method_version": project.version,
        "method_digest": project.digest,
        "sequence": sequence,
        "snapshot": codec.dump(project),
        "wake_at": columns.wake_at,
        "status": columns.status,
        "live": columns.live,
        "phase": columns.phase,
        "next_due": columns.next_due,
        "next_what": columns.next_what,
        "overridden": bool(project.overrides),
        "changed_at": now,
    }


def save_members(connection: Connection, before: Project, after: Project) -> None:
    """Keep who holds which role where people can be asked about."""
    if before.members == after.members:
        return
    c = tables.membership.c
    connection.execute(
        delete(tables.membership).where(
            c.organisation_id == after.organisation, c.project_id == after.id
        )
    )
    rows = [
        {
            "organisation_id": after.organisation,
            "project_id": after.id,
            "role": role,
            "person_id": member,
        }
        for role, members in after.members.items()
        for member in dict.fromkeys(members)
    ]
    if rows:
        connection.execute(insert(tables.membership), rows)


def set_wake(
    connection: Connection, organisation: str, project: str, wake_at: datetime | None
) -> None:
    """Say when to look at a project again."""
    c = tables.project.c
    connection.execute(
        update(tables.project)
        .where(c.organisation_id == organisation, c.id == project)
        .values(wake_at=wake_at)
    )


def look_again(connection: Connection, organisation: str, project: str, columns: Columns) -> None:
    """Keep what time alone has made of a project."""
    c = tables.project.c
    read = {
        "wake_at": columns.wake_at,
        "next_due": columns.next_due,
        "next_what": columns.next_what,
    }
    connection.execute(
        update(tables.project)
        .where(c.organisation_id == organisation, c.id == project)
        .values(read)
    )


def wake(connection: Connection, organisation: str, project: str, now: datetime) -> None:
    """Have a project looked at again, as long as anything may still come of it."""
    c = tables.project.c
    connection.execute(
        update(tables.project)
        .where(c.organisation_id == organisation, c.id == project, c.live.is_(True))
        .values(wake_at=now)
    )


def states(
    connection: Connection, organisation: str, ids: Sequence[str]
) -> list[tuple[str, Project]]:
    """Read how some projects stand, each with the digest of its method, in the order given."""
    c = tables.project.c
    query = select(c.id, c.method_digest, c.snapshot).where(
        c.organisation_id == organisation, c.id.in_(ids)
    )
    found = {row.id: (row.method_digest, thaw(bytes(row.snapshot))) for row in
             connection.execute(query)}  # fmt: skip
    return [found[each] for each in ids if each in found]


def due(connection: Connection, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Find projects that have something due, by organisation and id, longest overdue first."""
    c = tables.project.c
    query = select(c.organisation_id, c.id).where(c.wake_at <= now).order_by(c.wake_at)
    return [(row.organisation_id, row.id) for row in connection.execute(query.limit(limit))]


# ---------------------------------------------------------------- lists

_c = tables.project.c
_GLANCES = select(
    _c.organisation_id.label("organisation"),
    _c.id,
    _c.number,
    _c.title,
    _c.method_id.label("method"),
    _c.method_version.label("version"),
    _c.status,
    _c.phase,
    _c.next_due,
    _c.next_what,
    _c.overridden,
    _c.started_at,
    _c.changed_at,
)


def _glances(connection: Connection, query: Select[Any]) -> list[Glance]:
    return [Glance(**row) for row in connection.execute(query).mappings()]


def glance(connection: Connection, organisation: str, project: str) -> Glance:
    """Look up one project by its id, or by its running number."""
    c = tables.project.c
    is_number = project.isdecimal() and len(project) <= LONGEST_NUMBER
    by_number = c.number == int(project) if is_number else c.id == project
    found = _glances(connection, _GLANCES.where(c.organisation_id == organisation, by_number))
    if not found:
        raise errors.NotFound(f"there is no project {project}")
    return found[0]


def page(
    connection: Connection,
    organisation: str,
    *,
    person: str = "",
    status: str = "",
    phase: str = "",
    before_number: int | None = None,
    limit: int = 50,
) -> list[Glance]:
    """List projects, newest first; those where a person holds a role, or in a status or phase."""
    c = tables.project.c
    where = [c.organisation_id == organisation]
    where += [c.status == status] if status else []
    where += [c.phase == phase] if phase else []
    where += [c.number < before_number] if before_number is not None else []
    where += [c.id.in_(_held_by(organisation, person))] if person else []
    return _glances(connection, _GLANCES.where(*where).order_by(c.number.desc()).limit(limit))


def _held_by(organisation: str, person: str) -> Any:
    c = tables.membership.c
    return select(c.project_id).where(c.organisation_id == organisation, c.person_id == person)


def soonest(
    connection: Connection, organisation: str, *, person: str = "", limit: int = 50
) -> list[Glance]:
    """List the projects with the earliest due dates; those where a person holds a role."""
    c = tables.project.c
    where = [c.organisation_id == organisation, c.next_due.is_not(None)]
    where += [c.id.in_(_held_by(organisation, person))] if person else []
    return _glances(connection, _GLANCES.where(*where).order_by(c.next_due).limit(limit))


def ids(connection: Connection, organisation: str) -> Sequence[str]:
    """List the ids of all projects, oldest first."""
    c = tables.project.c
    query = select(c.id).where(c.organisation_id == organisation).order_by(c.number)
    return list(connection.scalars(query))


def naming(connection: Connection, organisation: str, person: str) -> list[tuple[str, Project]]:
    """Find the projects in whose state a person is named, oldest first."""
    c = tables.project.c
    query = select(c.id, c.snapshot).where(c.organisation_id == organisation).order_by(c.number)
    name = f'"{person}"'.encode()
    return [
        (row.id, thaw(bytes(row.snapshot)))
        for row in connection.execute(query)
        if name in row.snapshot
    ]


def following(connection: Connection, organisation: str, method: str = "") -> Sequence[str]:
    """List the live projects that follow a method, in any version, or any method, by id."""
    c = tables.project.c
    where = [c.organisation_id == organisation, c.live.is_(True)]
    where += [c.method_id == method] if method else []
    return list(connection.scalars(select(c.id).where(*where).order_by(c.id)))


def kept(connection: Connection, organisation: str, project: str) -> Mapping[str, Any]:
    """Read the whole row of a project, for checks."""
    c = tables.project.c
    query = select(tables.project).where(c.organisation_id == organisation, c.id == project)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise errors.NotFound(f"there is no project {project}")
    return {str(name): value for name, value in row.items()}
