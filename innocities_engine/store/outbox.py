"""Decide the fate of what is to be told: a notice is written with its cause, becomes one letter for
each recipient, is claimed under a numbered lease and settled under that number, so that two workers
never settle the same letter.  To whom, what and by which way is left to the notifications.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from innocities_engine import errors
from innocities_engine.store import incidents, tables
from innocities_engine.store.transactions import Store, read, write

if TYPE_CHECKING:
    from innocities_engine.domain.notices import Notice

LEASE: Final = timedelta(seconds=120)
CLAIMABLE: Final = ("due", "leased", "unknown")
SETTLED: Final = ("sent", "failed", "cancelled")


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
class Addressee:
    """A person as letters need to know them. `zone` and `language` are those that apply."""

    id: str
    name: str
    address: str
    language: str
    zone: str
    hour: int
    optional_mail: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter under lease. `carried`: the letters whose news it tells as well."""

    organisation: str
    id: str
    lease_no: int
    dedupe_key: str
    to: Addressee
    notice: Waiting
    attempts: int
    message_id: str
    rendered: bytes | None
    first_tried_at: datetime | None
    created_at: datetime


Resolve = Callable[[Connection, Waiting], Sequence[Recipient]]
Unwanted = Callable[[Connection, Claimed], str]  # why it is no longer wanted, "" if it is


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
            "dedupe_key": f"{project}/{notice.dedupe_key}",
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


def expand(store: Store, now: datetime, resolve: Resolve, limit: int = 100) -> int:
    """Make one letter for each recipient of each new notice; return how many notices there were.

    A notice without any recipient goes to the organisation's fallback person, and is an incident.
    """
    with write(store) as connection:
        waiting = _new(connection, limit)
        for notice in waiting:
            recipients = resolve(connection, notice) or _fallback(connection, notice, now)
            _address(connection, notice, recipients, now)
    return len(waiting)


def _new(connection: Connection, limit: int) -> list[Waiting]:
    c = tables.notice.c
    query = select(tables.notice).where(c.state == "new").order_by(c.created_at).limit(limit)
    return [_waiting(row) for row in connection.execute(query).mappings()]


def _waiting(row: RowMapping) -> Waiting:
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
        "nobody to tell",
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


# ---------------------------------------------------------------- claiming


def claim(
    store: Store,
    now: datetime,
    worker: str,
    unwanted: Unwanted,
    *,
    limit: int = 20,
    lease: timedelta = LEASE,
    skip: Sequence[str] = (),
) -> list[Claimed]:
    """Take letters that are due, most overdue first; those no longer wanted are cancelled.

    1. A letter is free when its next try has come, be it new, put off, or left by a dead worker.
    2. Whether it is still wanted is asked under the same lock.
    3. The lease number grows, so whoever held it before can no longer settle it.

    `skip` names organisations that have had their share for now.
    """
    with write(store) as connection:
        taken = []
        for letter in _free(connection, now, limit, skip):
            why_not = unwanted(connection, letter)
            if why_not:
                _settle(connection, letter, "cancelled", now, error=why_not)
            else:
                taken.append(letter)
                _lease(connection, letter, worker, now + lease)
    return taken


def _free(connection: Connection, now: datetime, limit: int, skip: Sequence[str]) -> list[Claimed]:
    letter, notice = tables.letter.c, tables.notice.c
    query = (
        _letters()
        .where(
            letter.state.in_(CLAIMABLE),
            letter.next_try <= now,
            letter.carried_by.is_(None),
            letter.organisation_id.not_in(skip),
        )
        .order_by(notice.immediate.desc(), notice.due.is_(None), notice.due, letter.created_at)
        .limit(limit)
    )
    return [_claimed(row) for row in connection.execute(query).mappings()]


def _letters() -> Any:
    letter, notice = tables.letter.c, tables.notice.c
    person, home = tables.person.c, tables.organisation.c
    return (
        select(tables.letter, tables.notice, tables.person, home.zone, home.language)
        .join(
            tables.notice,
            (notice.organisation_id == letter.organisation_id) & (notice.id == letter.notice_id),
        )
        .join(
            tables.person,
            (person.organisation_id == letter.organisation_id) & (person.id == letter.person_id),
        )
        .join(tables.organisation, home.organisation_id == letter.organisation_id)
    )


def _claimed(row: RowMapping) -> Claimed:
    """See a letter as it is once leased: its number and its attempts are one higher."""
    letter, person, home = tables.letter.c, tables.person.c, tables.organisation.c
    return Claimed(
        organisation=row[letter.organisation_id],
        id=row[letter.id],
        lease_no=row[letter.lease_no] + 1,
        dedupe_key=row[letter.dedupe_key],
        to=Addressee(
            id=row[person.id],
            name=row[person.name],
            address=row[person.address],
            language=row[person.language] or row[home.language],
            zone=row[person.zone] or row[home.zone],
            hour=row[person.hour],
            optional_mail=row[person.optional_mail],
            active=row[person.active],
        ),
        notice=_waiting(row),
        attempts=row[letter.attempts] + 1,
        message_id=row[letter.message_id],
        rendered=row[letter.rendered],
        first_tried_at=row[letter.first_tried_at],
        created_at=row[letter.created_at],
    )


def _lease(connection: Connection, letter: Claimed, worker: str, until: datetime) -> None:
    connection.execute(
        update(tables.letter)
        .where(*_this(letter))
        .values(
            state="leased",
            lease_no=letter.lease_no,
            lease_owner=worker,
            next_try=until,
            attempts=letter.attempts,
        )
    )


def _this(letter: Claimed) -> tuple[Any, ...]:
    c = tables.letter.c
    return (c.organisation_id == letter.organisation, c.id == letter.id)


def _held(letter: Claimed) -> tuple[Any, ...]:
    c = tables.letter.c
    return (*_this(letter), c.lease_no == letter.lease_no, c.state == "leased")


def carry(store: Store, leader: Claimed, others: Sequence[Claimed]) -> bool:
    """Let one letter tell the news of others to the same person; its fate is then theirs."""
    with write(store) as connection:
        if not _still_held(connection, leader):
            return False
        for other in others:
            moved = connection.execute(
                update(tables.letter).where(*_held(other)).values(carried_by=leader.id)
            )
            if not moved.rowcount:
                raise errors.Conflict(message=f"letter {other.id} was taken by another worker")
    return True


def _still_held(connection: Connection, letter: Claimed) -> bool:
    return connection.execute(select(tables.letter.c.id).where(*_held(letter))).first() is not None


def carried(store: Store, leader: Claimed) -> list[Waiting]:
    """Tell which other notices a letter carries."""
    letter, notice = tables.letter.c, tables.notice.c
    query = (
        _letters()
        .where(letter.organisation_id == leader.organisation, letter.carried_by == leader.id)
        .order_by(notice.due.is_(None), notice.due, letter.created_at)
    )
    with read(store) as connection:
        return [_waiting(row) for row in connection.execute(query).mappings()]


def save_rendered(
    store: Store, letter: Claimed, rendered: bytes, message_id: str, now: datetime
) -> bool:
    """Keep what will be sent before it is; False when somebody else holds the letter now."""
    with write(store) as connection:
        kept = connection.execute(
            update(tables.letter)
            .where(*_held(letter), tables.letter.c.rendered.is_(None))
            .values(rendered=rendered, message_id=message_id, first_tried_at=now)
        )
        return kept.rowcount == 1


def settle(
    store: Store,
    letter: Claimed,
    state: str,
    now: datetime,
    *,
    error: str = "",
    next_try: datetime | None = None,
) -> bool:
    """Write down what became of a letter, and of those it carries.

    `sent`, `failed` and `cancelled` are final; `due` and `unknown` (the reply was lost) want a
    `next_try`. False when the lease number is old: somebody else holds the letter now.
    """
    with write(store) as connection:
        return _still_held(connection, letter) and _settle(
            connection, letter, state, now, error=error, next_try=next_try
        )


def _settle(
    connection: Connection,
    letter: Claimed,
    state: str,
    now: datetime,
    *,
    error: str,
    next_try: datetime | None = None,
) -> bool:
    final = state in SETTLED
    if final == (next_try is not None):
        raise ValueError(f"a letter that is {state} has {'no' if final else 'a'} next try")
    c = tables.letter.c
    values: dict[str, Any] = {"state": state, "error": error}
    values |= {"settled_at": now} if final else {"next_try": next_try}
    connection.execute(
        update(tables.letter)
        .where(
            c.organisation_id == letter.organisation,
            (c.id == letter.id) | (c.carried_by == letter.id),
        )
        .values(values)
    )
    return True


def retry(store: Store, organisation: str, letter_id: str, now: datetime) -> None:
    """Make a failed letter due again, as it was rendered."""
    c = tables.letter.c
    with write(store) as connection:
        found = connection.execute(
            update(tables.letter)
            .where(c.organisation_id == organisation, c.id == letter_id, c.state == "failed")
            .values(state="due", next_try=now, attempts=0, error="", settled_at=None)
        )
        if not found.rowcount:
            raise errors.NotFound(f"there is no failed letter {letter_id}")


def sent_since(store: Store, since: datetime) -> Mapping[str, int]:
    """Count the letters each organisation has had sent."""
    c = tables.letter.c
    query = (
        select(c.organisation_id, func.count().label("sent"))
        .where(c.state == "sent", c.settled_at > since)
        .group_by(c.organisation_id)
    )
    with read(store) as connection:
        return {row.organisation_id: row.sent for row in connection.execute(query)}
