"""Decide what becomes of what stands around the projects when somebody leaves: mail that has not
reached them, who they stand in for, and who stands in for them. What goes to whom is decided by the
engine; what was sent or is over stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from innocities_engine.domain.commands import Reassign, Substitution
from innocities_engine.store import people, tables


def hand_over_letters(
    connection: Connection, place: tuple[str, str], handing: Reassign, now: datetime
) -> int:
    """Let the heirs be told what the person has not been told; return how many letters that is.

    1. Notices to the person by name that nobody has been told of are for the heir.
    2. A letter that has not been sent is cancelled, since what it says is to somebody else.
    3. The heir gets one of their own about the same, unless they have one already.
    """
    organisation, project = place
    notice, letter = tables.notice.c, tables.letter.c
    theirs = (notice.organisation_id == organisation, notice.project_id == project)
    connection.execute(
        update(tables.notice)
        .where(*theirs, notice.state == "new", notice.person_id == handing.person)
        .values(person_id=handing.to)
    )
    unsent = (
        select(letter.id, letter.notice_id, letter.next_try, notice.role, notice.dedupe_key)
        .join(
            tables.notice,
            (notice.organisation_id == letter.organisation_id) & (notice.id == letter.notice_id),
        )
        .where(*theirs, letter.person_id == handing.person, letter.settled_at.is_(None))
    )
    found = connection.execute(unsent).all()
    for row in found:
        heir = handing.heir(row.role)
        _cancel(connection, organisation, row.id, heir, now)
        _address(connection, organisation, row, heir, now)
    return len(found)


def _cancel(
    connection: Connection, organisation: str, letter: str, heir: str, now: datetime
) -> None:
    c = tables.letter.c
    connection.execute(
        update(tables.letter)
        .where(c.organisation_id == organisation, c.id == letter)
        .values(state="cancelled", settled_at=now, error=f"handed over to {heir}")
    )


def _address(
    connection: Connection, organisation: str, unsent: Any, heir: str, now: datetime
) -> None:
    c = tables.letter.c
    key = f"{unsent.dedupe_key}/{heir}"
    told = select(c.id).where(c.organisation_id == organisation, c.dedupe_key == key)
    if connection.execute(told).first():
        return
    connection.execute(
        insert(tables.letter).values(
            organisation_id=organisation,
            id=uuid4().hex,
            dedupe_key=key,
            notice_id=unsent.notice_id,
            person_id=heir,
            state="due",
            next_try=max(unsent.next_try, now),
            created_at=now,
        )
    )


def projects_with_mail(connection: Connection, organisation: str, person: str) -> Sequence[str]:
    """List the projects of which a person has still to be told something."""
    notice, letter = tables.notice.c, tables.letter.c
    unsent = (
        select(notice.project_id)
        .join(
            tables.letter,
            (letter.organisation_id == notice.organisation_id) & (letter.notice_id == notice.id),
        )
        .where(
            letter.organisation_id == organisation,
            letter.person_id == person,
            letter.settled_at.is_(None),
        )
    )
    untold = select(notice.project_id).where(
        notice.organisation_id == organisation,
        notice.person_id == person,
        notice.state == "new",
    )
    return sorted({*connection.scalars(unsent), *connection.scalars(untold)})


# ---------------------------------------------------------------- substitutes


@dataclass(frozen=True, slots=True)
class Succession:
    """What a substitution becomes: over (None), or somebody else's from today on."""

    id: str
    was: Substitution
    becomes: Substitution | None


def substitutions(
    connection: Connection, organisation: str, handing: Reassign, today: date
) -> list[Succession]:
    """Work out what becomes of the substitutions of today and later that name a person.

    Nobody stands in any more for whoever leaves. Those for whom they stood in get the heir, unless
    that is themselves, or somebody who stands in for them in that period anyway.
    """
    known = people.substitutes(connection, organisation)
    running = [(name, found) for name, found in known if found.last >= today]
    return [
        Succession(name, found, _succeeding(found, handing, today, [f for _, f in running]))
        for name, found in running
        if handing.person in (found.person, found.substitute)
    ]


def _succeeding(
    found: Substitution, handing: Reassign, today: date, others: Sequence[Substitution]
) -> Substitution | None:
    heir = handing.heir(found.role or "")
    if found.person in (handing.person, heir):
        return None
    wanted = replace(found, substitute=heir, first=max(found.first, today))
    return None if any(_covers(other, wanted) for other in others) else wanted


def _covers(other: Substitution, wanted: Substitution) -> bool:
    same = (other.person, other.substitute) == (wanted.person, wanted.substitute)
    whole = other.first <= wanted.first and wanted.last <= other.last
    return same and whole and other.role in (None, wanted.role)


def succeed(
    connection: Connection, organisation: str, change: Succession, today: date, now: datetime
) -> tuple[date | None, str]:
    """Let a substitution end yesterday, and the heir's begin; one to come has never been.

    Tell its last day, if it has been, and the id of the heir's, if there is one.
    """
    c = tables.substitute.c
    this = (c.organisation_id == organisation, c.id == change.id)
    ended = today - timedelta(1) if change.was.first < today else None
    if ended:
        connection.execute(update(tables.substitute).where(*this).values(last=ended))
    else:
        connection.execute(delete(tables.substitute).where(*this))
    added = ""
    if change.becomes is not None:
        added = people.add_substitute(connection, organisation, change.becomes, now)
    people.touch(connection, organisation, now, change.was.person)
    return ended, added


# ---------------------------------------------------------------- who is left


def acting(connection: Connection, organisation: str, name: str) -> bool:
    """Whether there is such a person, and they have not been deactivated."""
    c = tables.person.c
    query = select(c.active).where(c.organisation_id == organisation, c.id == name)
    return bool(connection.scalar(query))


def administrators(connection: Connection, organisation: str) -> set[str]:
    """Name those who are active and may administer the organisation."""
    person, right = tables.person.c, tables.right.c
    query = (
        select(person.id)
        .join(
            tables.right,
            (right.organisation_id == person.organisation_id) & (right.person_id == person.id),
        )
        .where(
            person.organisation_id == organisation,
            person.active.is_(True),
            right.name == "administrator",
        )
    )
    return set(connection.scalars(query))
