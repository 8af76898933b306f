"""Decide how what is to be told waits: a notice is written with its cause and becomes one letter
for each recipient.  To whom is left to the notifications; what becomes of letters, to `letters`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from innocities_engine.store import incidents, tables
from innocities_engine.store.transactions import Store, read, write

if TYPE_CHECKING:
    from innocities_engine.domain.notices import Notice


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice nobody has been told of yet."""

    organisation: str
    id: str
    project: str
    sequence: int
    kind: str
    dedupe_key: str
    role: str
    person: str
    due: date | None
    immediate: bool
    data: Mapping[str, str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a notice is for, and not before when."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """A letter as lists show it. `at`: when it was settled, else when it is tried next.

    `subject`: what it is called, "" until it is written.
    """

    id: str
    person: str
    project: str
    kind: str
    due: date | None
    state: str
    at: datetime
    attempts: int
    message_id: str
    error: str
    subject: str = ""


# What is still true, or is asked anew, when something the project did is taken back.
STANDING: Final = ("reminder", "escalation", "commented", "corrected", "role_empty", "adopted")

Resolve = Callable[[Connection, Waiting], Sequence[Recipient]]


def add(
    connection: Connection,
    organisation: str,
    project: str,
    notices: Sequence[Notice],
    *,
    sequence: int,
    now: datetime,
) -> None:
    """Put notices in the transaction of their cause."""
    rows = [
        {
            "organisation_id": organisation,
            "id": uuid4().hex,
            "dedupe_key": dedupe_key(project, notice, sequence),
            "project_id": project,
            "sequence": sequence,
            "kind": notice.kind,
            "role": notice.role,
            "person_id": notice.person,
            "due": notice.due,
            "immediate": notice.immediate,
            "data": json.dumps(dict(notice.data), ensure_ascii=False),
            "state": "new",
            "created_at": now,
        }
        for notice in notices
    ]
    if rows:
        connection.execute(insert(tables.notice), rows)


def dedupe_key(project: str, notice: Notice, sequence: int) -> str:
    """A reminder is told once and for all; whatever else is told again was done again."""
    turn = "" if notice.kind in ("reminder", "escalation") else f"{sequence}/"
    return f"{project}/{turn}{notice.dedupe_key}"


def take_back(
    connection: Connection, place: tuple[str, str], after: int, now: datetime
) -> Sequence[str]:
    """Take back what has not been told since an entry of a project's record; name who was told.

    Reminders are asked whether they are still wanted anyway; a comment stays said, and what other
    organisations took over stays taken over.
    """
    organisation, project = place
    notice, letter = tables.notice.c, tables.letter.c
    since = (
        notice.organisation_id == organisation,
        notice.project_id == project,
        notice.sequence > after,
        notice.kind.not_in(STANDING),
    )
    ids = select(notice.id).where(*since)
    theirs = (letter.organisation_id == organisation, letter.notice_id.in_(ids))
    told = select(letter.person_id).where(*theirs, letter.state.in_(("sent", "unknown", "leased")))
    persons = sorted(set(connection.scalars(told)))
    connection.execute(
        update(tables.notice).where(*since, notice.state == "new").values(state="cancelled")
    )
    connection.execute(
        update(tables.letter)
        .where(*theirs, letter.settled_at.is_(None))
        .values(state="cancelled", settled_at=now, error="what it tells of was taken back")
    )
    return persons


def expand(store: Store, now: datetime, resolve: Resolve, limit: int = 100) -> int:
    """Make one letter for each recipient of each new notice; return how many notices there were.

    A notice without any recipient goes to the organisation's fallback person, and is an incident.
    """
    with write(store) as connection:
        found = _new(connection, limit)
        for notice in found:
            recipients = resolve(connection, notice) or _fallback(connection, notice, now)
            _address(connection, notice, recipients, now)
    return len(found)


def _new(connection: Connection, limit: int) -> list[Waiting]:
    c = tables.notice.c
    query = (
        select(tables.notice).where(c.state == text("'new'")).order_by(c.created_at).limit(limit)
    )
    return [waiting(row) for row in connection.execute(query).mappings()]


def waiting(row: RowMapping) -> Waiting:
    """Read a notice from a row that holds one."""
    c = tables.notice.c
    return Waiting(
        organisation=row[c.organisation_id],
        id=row[c.id],
        project=row[c.project_id],
        sequence=row[c.sequence],
        kind=row[c.kind],
        dedupe_key=row[c.dedupe_key],
        role=row[c.role],
        person=row[c.person_id],
        due=row[c.due],
        immediate=row[c.immediate],
        data=json.loads(row[c.data]),
        created_at=row[c.created_at],
    )


def _fallback(connection: Connection, notice: Waiting, now: datetime) -> Sequence[Recipient]:
    incidents.report(
        connection,
        notice.organisation,
        incidents.NOBODY_TO_TELL,
        notice.project,
        f"nobody holds {notice.role or notice.person} to be told of {notice.dedupe_key}",
        now=now,
    )
    c = tables.organisation.c
    fallback = connection.scalar(
        select(c.fallback_id).where(c.organisation_id == notice.organisation)
    )
    return (Recipient(fallback, now),) if fallback else ()


def _address(
    connection: Connection, notice: Waiting, recipients: Sequence[Recipient], now: datetime
) -> None:
    for recipient in {each.person: each for each in recipients}.values():
        connection.execute(
            insert(tables.letter).values(
                organisation_id=notice.organisation,
                id=uuid4().hex,
                dedupe_key=f"{notice.dedupe_key}/{recipient.person}",
                notice_id=notice.id,
                person_id=recipient.person,
                state="due",
                next_try=recipient.at,
                created_at=now,
            )
        )
    c = tables.notice.c
    connection.execute(
        update(tables.notice)
        .where(c.organisation_id == notice.organisation, c.id == notice.id)
        .values(state="expanded")
    )


def letters(
    store: Store, organisation: str, *, state: str = "", limit: int = 50
) -> Sequence[Sight]:
    """List letters of an organisation, newest first."""
    letter, notice = tables.letter.c, tables.notice.c
    query = (
        select(
            letter.id,
            letter.person_id,
            notice.project_id,
            notice.kind,
            notice.due,
            letter.state,
            func.coalesce(letter.settled_at, letter.next_try),
            letter.attempts,
            letter.message_id,
            letter.error,
            letter.rendered,
        )
        .join(
            tables.notice,
            (notice.organisation_id == letter.organisation_id) & (notice.id == letter.notice_id),
        )
        .where(letter.organisation_id == organisation)
        .order_by(letter.created_at.desc(), letter.id)
        .limit(limit)
    )
    if state:
        query = query.where(letter.state == state)
    with read(store) as connection:
        rows: Sequence[Any] = connection.execute(query).all()
        return [_sight(*row) for row in rows]


def _sight(*values: Any) -> Sight:
    *shown, rendered = values
    return replace(Sight(*shown), subject=_subject(rendered))


def _subject(rendered: bytes | None) -> str:
    if rendered is None:
        return ""
    # Imported on first use, otherwise whatever writes to the outbox would pay for it.
    from email.parser import BytesHeaderParser
    from email.policy import default

    return str(BytesHeaderParser(policy=default).parsebytes(rendered)["Subject"])
