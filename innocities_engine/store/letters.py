"""Decide the fate of a letter: claimed under a numbered lease, fixed before it is sent, and settled
under that number, so that two workers never settle the same letter.  What it says and by which way
it goes is left to the notifications.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, func, select, tuple_, update

from innocities_engine import errors
from innocities_engine.store import incidents, tables
from innocities_engine.store.outbox import Waiting, waiting
from innocities_engine.store.shares import Shares
from innocities_engine.store.transactions import Store, read, write

LEASE: Final = timedelta(seconds=120)
CLAIMABLE: Final = ("due", "leased", "unknown")
SETTLED: Final = ("sent", "failed", "cancelled")
DEALT_WITH: Final = ("sent", "cancelled")


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
    """A letter under lease."""

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


@dataclass(frozen=True, slots=True)
class Draft:
    """What a letter says, for itself and for those it carries."""

    letter: Claimed
    rendered: bytes
    message_id: str
    carried: tuple[Claimed, ...] = ()


Unwanted = Callable[[Connection, Claimed], str]  # why it is no longer wanted, "" if it is


def claim(
    store: Store,
    now: datetime,
    worker: str,
    unwanted: Unwanted,
    *,
    together: Collection[str] = (),
    limit: int = 20,
    lease: timedelta = LEASE,
) -> list[Claimed]:
    """Take letters that are due, most overdue first; those no longer wanted are cancelled.

    1. A letter is free when its next try has come, be it new, put off, or left by a dead worker.
    2. With a letter of a kind that may share a mail (`together`) come all others of such kinds
       for the same person, so that they are one mail.
    3. Whether it is still wanted is asked under the same lock.
    4. No organisation gets more mails than its share of a minute.
    5. The lease number grows, so whoever held it before can no longer settle it.
    """
    with write(store) as connection:
        shares = Shares(connection, now)
        taken = []
        for letter in _free(connection, now, limit, together, shares.full()):
            why_not = unwanted(connection, letter)
            if why_not:
                _settle(connection, letter, "cancelled", now, error=why_not)
            elif shares.allow(letter.organisation, _mail(letter, together)):
                _lease(connection, letter, worker, now + lease)
                taken.append(letter)
    return taken


def may_share(letter: Claimed, together: Collection[str]) -> bool:
    """Whether a letter may share a mail: of such a kind, and not written before."""
    return letter.rendered is None and letter.notice.kind in together


def _mail(letter: Claimed, together: Collection[str]) -> str:
    """Name the mail a letter will go with: one of its own, or the one its reader gets anyway."""
    return letter.to.id if may_share(letter, together) else letter.id


def _free(
    connection: Connection,
    now: datetime,
    limit: int,
    together: Collection[str],
    full: Sequence[str],
) -> list[Claimed]:
    letter, notice = tables.letter.c, tables.notice.c
    free = (
        _letters()
        .where(letter.settled_at.is_(None), letter.next_try <= now, letter.carried_by.is_(None))
        .order_by(notice.immediate.desc(), notice.due.is_(None), notice.due, letter.created_at)
    )
    first = free.where(letter.organisation_id.not_in(full)).limit(limit)
    found = [_claimed(row) for row in connection.execute(first).mappings()]
    readers = {(each.organisation, each.to.id) for each in found if may_share(each, together)}
    if readers:
        place = tuple_(letter.organisation_id, letter.person_id)
        beside = free.where(
            place.in_(sorted(readers)), notice.kind.in_(together), letter.rendered.is_(None)
        )
        known = {each.id for each in found}
        more = [_claimed(row) for row in connection.execute(beside).mappings()]
        found += [each for each in more if each.id not in known]
    return found


@cache
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
        notice=waiting(row),
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


def _still_held(connection: Connection, letter: Claimed) -> bool:
    return connection.execute(select(tables.letter.c.id).where(*_held(letter))).first() is not None


def carried(connection: Connection, leader: Claimed) -> list[Waiting]:
    """Tell which other notices a letter carries."""
    letter, notice = tables.letter.c, tables.notice.c
    query = (
        _letters()
        .where(letter.organisation_id == leader.organisation, letter.carried_by == leader.id)
        .order_by(notice.due.is_(None), notice.due, letter.created_at)
    )
    return [waiting(row) for row in connection.execute(query).mappings()]


def beside(connection: Connection, this: Claimed) -> list[Waiting]:
    """Tell of which other notices, as late or later, the same person is told of that project."""
    about = {
        "organisation": this.organisation,
        "person": this.to.id,
        "this": this.id,
        "project": this.notice.project,
        "since": this.notice.created_at,
    }
    return [waiting(row) for row in connection.execute(_beside(), about).mappings()]


@cache
def _beside() -> Any:
    letter, notice = tables.letter.c, tables.notice.c
    return (
        select(tables.notice)
        .join(
            tables.letter,
            (notice.organisation_id == letter.organisation_id) & (notice.id == letter.notice_id),
        )
        .where(
            letter.organisation_id == bindparam("organisation"),
            letter.person_id == bindparam("person"),
            letter.id != bindparam("this"),
            letter.state.not_in(("failed", "cancelled")),
            notice.project_id == bindparam("project"),
            notice.created_at >= bindparam("since"),
        )
    )


def is_told(connection: Connection, letter: Claimed, person: str) -> bool:
    """Tell whether a person has a letter of their own about the same notice."""
    c = tables.letter.c
    query = select(c.id).where(
        c.organisation_id == letter.organisation,
        c.notice_id == letter.notice.id,
        c.person_id == person,
        c.id != letter.id,
        c.state.not_in(("failed", "cancelled")),
    )
    return connection.execute(query).first() is not None


def save_rendered(store: Store, drafts: Sequence[Draft], now: datetime) -> list[Draft]:
    """Keep what will be sent before it is; return the drafts whose letters are still held.

    A draft and all it carries are fixed together: from then on they are one mail with one fate.
    """
    with write(store) as connection:
        return [draft for draft in drafts if _save(connection, draft, now)]


def _save(connection: Connection, draft: Draft, now: datetime) -> bool:
    if not all(_still_held(connection, each) for each in (draft.letter, *draft.carried)):
        return False
    connection.execute(
        update(tables.letter)
        .where(*_held(draft.letter))
        .values(rendered=draft.rendered, message_id=draft.message_id, first_tried_at=now)
    )
    for other in draft.carried:
        connection.execute(
            update(tables.letter).where(*_held(other)).values(carried_by=draft.letter.id)
        )
    return True


def release(store: Store, letters: Sequence[Claimed], at: datetime) -> None:
    """Give letters back untried, to be claimed again from `at` on."""
    with write(store) as connection:
        for letter in letters:
            connection.execute(
                update(tables.letter)
                .where(*_held(letter))
                .values(state="due", next_try=at, attempts=letter.attempts - 1)
            )


def settle(
    store: Store,
    letter: Claimed,
    state: str,
    now: datetime,
    *,
    error: str = "",
    next_try: datetime | None = None,
    also: Callable[[Connection], None] | None = None,
) -> bool:
    """Write down what became of a letter, and of those it carries; `also` what follows from it.

    `sent`, `failed` and `cancelled` are final; `due` and `unknown` (the reply was lost) want a
    `next_try`. False when the lease number is old: somebody else holds the letter now.
    """
    with write(store) as connection:
        if not _still_held(connection, letter):
            return False
        if also:
            also(connection)
        return _settle(connection, letter, state, now, error=error, next_try=next_try)


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
    # Looked up first: of an “or” between the two no index is made use of.
    home = c.organisation_id == letter.organisation
    carried = connection.scalars(select(c.id).where(home, c.carried_by == letter.id))
    told = [letter.id, *carried]
    connection.execute(update(tables.letter).where(home, c.id.in_(told)).values(values))
    if state in DEALT_WITH:
        kind = incidents.NOT_DELIVERED
        incidents.mended(connection, letter.organisation, kind, told, now)
    return True


def resend(
    connection: Connection, organisation: str, now: datetime, letter_id: str = ""
) -> list[str]:
    """Make failed letters due again, or one and those it carries; tell which.

    They are written anew: the address, or what could not be written, may have been mended.
    """
    c = tables.letter.c
    failed = [c.organisation_id == organisation, c.state == "failed"]
    if letter_id:
        failed.append((c.id == letter_id) | (c.carried_by == letter_id))
    found = list(connection.scalars(select(c.id).where(*failed).order_by(c.id)))
    if letter_id and not found:
        said = f"there is no failed letter {letter_id}"
        raise errors.NotFound(said).named("no_letter", given=letter_id)
    connection.execute(
        update(tables.letter)
        .where(*failed)
        .values(
            state="due",
            next_try=now,
            attempts=0,
            error="",
            settled_at=None,
            rendered=None,
            carried_by=None,
        )
    )
    return found


def tally(store: Store) -> Mapping[str, int]:
    """Count the letters of this installation by what became of them."""
    t = tables.letter.c
    with read(store) as connection:
        rows = connection.execute(
            select(t.state, func.count()).where(t.carried_by.is_(None)).group_by(t.state)
        )
        return {str(state): int(count) for state, count in rows}
