"""Decide which roles nobody holds, or too few, since somebody acts no more; and who is told of it:
whoever leads the project, and the administrators as work for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from innocities_engine.domain import needs
from innocities_engine.domain import people as seats
from innocities_engine.domain.handing_over import holdings
from innocities_engine.domain.notices import Notice
from innocities_engine.domain.situation import Situation
from innocities_engine.methods import Methods
from innocities_engine.store import incidents, outbox, people, projects
from innocities_engine.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A role of a project that has fewer active holders than it has to have."""

    project: str
    title: str
    role: str
    leaders: tuple[str, ...]
    sequence: int


def left_by(
    connection: Transaction, organisation: str, person: str, now: datetime
) -> list[Vacancy]:
    """Find the roles that went empty with somebody who acts no more, project by project."""
    methods = Methods()
    found: list[Vacancy] = []
    for name, state in projects.naming(connection, organisation, person):
        if holdings(state, person).roles:
            method = methods.get(connection, organisation, state.digest)
            inputs = people.inputs(connection, organisation, method)
            sequence = projects.kept(connection, organisation, name)["sequence"]
            found += emptied(Situation(method, state, inputs, now), person, sequence)
    return found


def emptied(s: Situation, person: str, sequence: int) -> Iterator[Vacancy]:
    """The roles of a project, as of an entry, that were filled as long as somebody acted."""
    before = replace(s.inputs, inactive=s.inputs.inactive - {person})
    was = Situation(s.method, s.project, before, s.now)
    for role in holdings(s.project, person).roles:
        if seats.is_filled(was, role) and not seats.is_filled(s, role):
            yield Vacancy(s.project.id, s.project.title, role, needs.leaders(s), sequence)


def tell(
    connection: Transaction, organisation: str, vacancies: list[Vacancy], now: datetime
) -> None:
    """Have it told to those who can appoint somebody."""
    for vacancy in vacancies:
        said = f"{vacancy.title}: nobody, or too few, hold {vacancy.role}"
        subject = f"{vacancy.project}/{vacancy.role}"
        incidents.report(connection, organisation, incidents.ROLE_EMPTY, subject, said, now=now)
        outbox.add(
            connection, organisation, vacancy.project, list(notices(vacancy, now)),
            sequence=vacancy.sequence, now=now,
        )  # fmt: skip


def notices(vacancy: Vacancy, now: datetime) -> Iterator[Notice]:
    """What is told to whoever leads the project."""
    data = {"project": vacancy.project, "title": vacancy.title, "vacant": vacancy.role}
    for role in vacancy.leaders:
        key = f"{vacancy.project}|role_empty|{vacancy.role}@{now.isoformat()}|{role}"
        yield Notice("role_empty", key, role=role, immediate=True, data=data)
