"""Decide how organisations, their people, rights, substitutes and days are kept, and see to it
that projects are looked at again when something changes that their rules read.  Who may change it
is left to the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, delete, insert, select, update

from innocities_engine import errors
from innocities_engine.domain.calendar import Calendar, YearlyPeriod
from innocities_engine.domain.commands import Inputs, Substitution
from innocities_engine.domain.definition import Methodology
from innocities_engine.store import checks, tables


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    name: str
    country: str
    zone: str
    language: str
    quiet: tuple[str, ...] = ()
    fallback: str | None = None
    letters_a_minute: int = 60


@dataclass(frozen=True, slots=True)
class Person:
    """`language` and `zone` "": those of the organisation. `hour`: when mail comes, locally."""

    id: str
    name: str
    address: str = ""
    language: str = ""
    zone: str = ""
    hour: int = 8
    optional_mail: bool = True
    active: bool = True
    rights: frozenset[str] = frozenset()


def add_organisation(connection: Connection, organisation: Organisation, now: datetime) -> None:
    """Take a new organisation in."""
    values = _checked_organisation(organisation)
    if _organisation(connection, organisation.id):
        said = f"there is an organisation {organisation.id} already"
        raise errors.Conflict(message=said).named("organisation_exists", given=organisation.id)
    connection.execute(
        insert(tables.organisation).values(
            organisation_id=organisation.id,
            created_at=now,
            inputs=0,
            projects=0,
            chain_count=0,
            chain_head="",
            **values,
        )
    )


def change_organisation(connection: Connection, organisation: Organisation, now: datetime) -> None:
    """Put an organisation's details as they are given here."""
    c = tables.organisation.c
    changed = connection.execute(
        update(tables.organisation)
        .where(c.organisation_id == organisation.id)
        .values(_checked_organisation(organisation))
    )
    if not changed.rowcount:
        raise errors.NoOrganisation(organisation.id)
    touch(connection, organisation.id, now)


def check(organisation: Organisation, first: Person) -> None:
    """Refuse what could not be taken in, before anything is made for it."""
    _checked_organisation(organisation)
    _checked_person(first)


def _checked_organisation(organisation: Organisation) -> dict[str, Any]:
    checks.identity("organisation", organisation.id)
    for period in organisation.quiet:
        try:
            YearlyPeriod.parse(period)
        except ValueError as fault:
            raise checks.Invalid(str(fault)).named("period", given=period) from fault
    return {
        "name": checks.name("name", organisation.name),
        "country": checks.country(organisation.country),
        "zone": checks.zone(organisation.zone),
        "language": checks.language(organisation.language),
        "quiet": "\n".join(organisation.quiet),
        "fallback_id": organisation.fallback,
        "letters_a_minute": organisation.letters_a_minute,
    }


def organisation(connection: Connection, name: str) -> Organisation:
    """Look up an organisation."""
    found = _organisation(connection, name)
    if found is None:
        raise errors.NoOrganisation(name)
    return found


def organisations(connection: Connection) -> list[Organisation]:
    """List all organisations of the installation."""
    query = select(tables.organisation).order_by(tables.organisation.c.organisation_id)
    return [_as_organisation(row) for row in connection.execute(query)]


def _organisation(connection: Connection, name: str) -> Organisation | None:
    query = select(tables.organisation).where(tables.organisation.c.organisation_id == name)
    row = connection.execute(query).first()
    return _as_organisation(row) if row else None


def _as_organisation(row: Any) -> Organisation:
    return Organisation(
        id=row.organisation_id,
        name=row.name,
        country=row.country,
        zone=row.zone,
        language=row.language,
        quiet=tuple(row.quiet.splitlines()),
        fallback=row.fallback_id,
        letters_a_minute=row.letters_a_minute,
    )


# ---------------------------------------------------------------- persons and rights


def put_person(connection: Connection, organisation: str, person: Person, now: datetime) -> None:
    """Add a person, or put everything about one as it is given here."""
    values = _checked_person(person)
    c = tables.person.c
    changed = connection.execute(
        update(tables.person)
        .where(c.organisation_id == organisation, c.id == person.id)
        .values(values)
    )
    if not changed.rowcount:
        connection.execute(
            insert(tables.person).values(
                organisation_id=organisation, id=person.id, created_at=now, **values
            )
        )
    _put_rights(connection, organisation, person)
    touch(connection, organisation, now, person.id)


def _checked_person(person: Person) -> dict[str, Any]:
    checks.identity("person", person.id)
    unknown = person.rights - set(tables.RIGHTS)
    if unknown:
        values = {"given": ", ".join(sorted(unknown)), "known": ", ".join(tables.RIGHTS)}
        said = "there is no right {given}; use {known}".format_map(values)
        raise checks.Invalid(said).named("right", **values)
    if not 0 <= person.hour <= 23:  # the hours of a day
        said = f"{person.hour} is not an hour of the day"
        raise checks.Invalid(said).named("hour", given=person.hour)
    return {
        "name": checks.name("name", person.name),
        "address": checks.address(person.address),
        "language": person.language and checks.language(person.language),
        "zone": person.zone and checks.zone(person.zone),
        "hour": person.hour,
        "optional_mail": person.optional_mail,
        "active": person.active,
    }


def _put_rights(connection: Connection, organisation: str, person: Person) -> None:
    c = tables.right.c
    connection.execute(
        delete(tables.right).where(c.organisation_id == organisation, c.person_id == person.id)
    )
    if person.rights:
        connection.execute(
            insert(tables.right),
            [
                {"organisation_id": organisation, "person_id": person.id, "name": name}
                for name in sorted(person.rights)
            ],
        )


def person(connection: Connection, organisation: str, name: str) -> Person:
    """Look up a person of an organisation."""
    found = _persons(connection, organisation, name)
    if not found:
        raise unknown_person(name)
    return found[0]


def persons(connection: Connection, organisation: str) -> list[Person]:
    """List the people of an organisation by name."""
    return _persons(connection, organisation)


def _persons(connection: Connection, organisation: str, name: str = "") -> list[Person]:
    c = tables.person.c
    query = select(tables.person).where(c.organisation_id == organisation)
    query = query.where(c.id == name) if name else query
    held = _rights(connection, organisation)
    return [
        Person(
            id=row.id,
            name=row.name,
            address=row.address,
            language=row.language,
            zone=row.zone,
            hour=row.hour,
            optional_mail=row.optional_mail,
            active=row.active,
            rights=frozenset(held.get(row.id, ())),
        )
        for row in connection.execute(query.order_by(c.name, c.id))
    ]


def _rights(connection: Connection, organisation: str) -> dict[str, list[str]]:
    c = tables.right.c
    held: dict[str, list[str]] = {}
    query = select(c.person_id, c.name).where(c.organisation_id == organisation)
    for person_id, name in connection.execute(query):
        held.setdefault(person_id, []).append(name)
    return held


def unknown_person(*ids: str) -> errors.NotFound:
    given = ", ".join(ids)
    return errors.NotFound(f"there is no person {given} here").named("no_person", given=given)


def unknown(connection: Connection, organisation: str, ids: Iterable[str]) -> set[str]:
    """Tell which of these are no persons of the organisation."""
    c = tables.person.c
    wanted = set(ids)
    query = select(c.id).where(c.organisation_id == organisation, c.id.in_(wanted))
    return wanted - set(connection.scalars(query)) if wanted else set()


# ---------------------------------------------------------------- substitutes


def add_substitute(
    connection: Connection, organisation: str, substitution: Substitution, now: datetime
) -> str:
    """Let somebody stand in for a period; return the id by which that can be ended."""
    strangers = unknown(connection, organisation, (substitution.person, substitution.substitute))
    if strangers:
        raise unknown_person(*sorted(strangers))
    if substitution.last < substitution.first:
        said = f"the period ends on {substitution.last}, before its first day"
        raise checks.Invalid(said).named("backwards", last=substitution.last)
    added = uuid4().hex
    connection.execute(
        insert(tables.substitute).values(
            organisation_id=organisation,
            id=added,
            person_id=substitution.person,
            substitute_id=substitution.substitute,
            first=substitution.first,
            last=substitution.last,
            role=substitution.role,
        )
    )
    touch(connection, organisation, now, substitution.person)
    return added


def remove_substitute(
    connection: Connection, organisation: str, substitution: str, now: datetime
) -> None:
    """Let a substitution be over at once."""
    c = tables.substitute.c
    here = (c.organisation_id == organisation, c.id == substitution)
    person_id = connection.scalar(select(c.person_id).where(*here))
    if person_id is None:
        said = f"there is no substitution {substitution}"
        raise errors.NotFound(said).named("no_substitution", given=substitution)
    connection.execute(delete(tables.substitute).where(*here))
    touch(connection, organisation, now, person_id)


def substitutes(connection: Connection, organisation: str) -> list[tuple[str, Substitution]]:
    """List who stands in for whom, with the id of each."""
    c = tables.substitute.c
    query = select(c.id, c.person_id, c.substitute_id, c.first, c.last, c.role).where(
        c.organisation_id == organisation
    )
    rows = connection.execute(query.order_by(c.first, c.id))
    return [(name, Substitution(*rest)) for name, *rest in rows]


# ---------------------------------------------------------------- days


def put_meetings(
    connection: Connection, organisation: str, calendar: str, days: Sequence[date], now: datetime
) -> None:
    """Fix the meetings of a calendar: these, and no others."""
    rows = [
        {"organisation_id": organisation, "calendar": calendar, "day": day}
        for day in sorted(set(days))
    ]
    c = tables.meeting.c
    _replace(
        connection,
        tables.meeting,
        (c.organisation_id == organisation, c.calendar == calendar),
        rows,
    )
    touch(connection, organisation, now)


def put_closures(
    connection: Connection, organisation: str, days: Sequence[date], now: datetime
) -> None:
    """Fix the days on which the organisation is closed: these, and no others."""
    rows = [{"organisation_id": organisation, "day": day} for day in sorted(set(days))]
    here = (tables.closure.c.organisation_id == organisation,)
    _replace(connection, tables.closure, here, rows)
    touch(connection, organisation, now)


def _replace(
    connection: Connection, table: Table, where: Sequence[Any], rows: Sequence[dict[str, Any]]
) -> None:
    connection.execute(delete(table).where(*where))
    if rows:
        connection.execute(insert(table), list(rows))


def meetings(connection: Connection, organisation: str) -> dict[str, tuple[date, ...]]:
    """List the meetings of each calendar in order."""
    c = tables.meeting.c
    query = select(c.calendar, c.day).where(c.organisation_id == organisation)
    found: dict[str, tuple[date, ...]] = {}
    for calendar, day in connection.execute(query.order_by(c.calendar, c.day)):
        found[calendar] = (*found.get(calendar, ()), day)
    return found


def closures(connection: Connection, organisation: str) -> list[date]:
    """List the days on which the organisation is closed."""
    c = tables.closure.c
    query = select(c.day).where(c.organisation_id == organisation).order_by(c.day)
    return list(connection.scalars(query))


def inputs(connection: Connection, name: str, method: Methodology | None) -> Inputs:
    """Gather everything that rules read beside the project.

    The quiet periods of a method hold where the organisation has set none of its own.
    """
    home = organisation(connection, name)
    quiet = home.quiet or (method.quiet if method else ())
    c = tables.person.c
    inactive = select(c.id).where(c.organisation_id == name, c.active.is_(False))
    return Inputs(
        calendar=Calendar(
            country=home.country,
            zone=home.zone,
            closures=frozenset(closures(connection, name)),
            quiet=tuple(map(YearlyPeriod.parse, quiet)),
            meetings=meetings(connection, name),
        ),
        inactive=frozenset(connection.scalars(inactive)),
        substitutions=tuple(found for _, found in substitutes(connection, name)),
    )


def touch(connection: Connection, organisation: str, now: datetime, person: str = "") -> None:
    """Have the projects of an organisation looked at again, or those where a person holds a role,
    ended ones too: they may owe something. Inputs are remembered under the number that grows here.
    """
    home, row, member = tables.organisation.c, tables.project.c, tables.membership.c
    connection.execute(
        update(tables.organisation)
        .where(home.organisation_id == organisation)
        .values(inputs=home.inputs + 1)
    )
    where = [row.organisation_id == organisation]
    if person:
        held = select(member.project_id).where(
            member.organisation_id == organisation, member.person_id == person
        )
        where.append(row.id.in_(held))
    connection.execute(update(tables.project).where(*where).values(wake_at=now))
