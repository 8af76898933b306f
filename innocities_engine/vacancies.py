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
        held = holdings(state, person).roles
        if held:
            method = methods.get(connection, organisation, state.digest)
            inputs = people.inputs(connection, organisation, method)
            before = replace(inputs, inactive=inputs.inactive - {person})
            sequence = projects.kept(connection, organisation, name)["sequence"]
            was, today = (Situation(method, state, each, now) for each in (before, inputs))
            found += [
                Vacancy(name, state.title, role, needs.leaders(today), sequence)
                for role in held
                if seats.is_filled(was, role) and not seats.is_filled(today, role)
            ]
    return found


def tell(
    connection: Transaction, organisation: str, vacancies: list[Vacancy], now: datetime
) -> None:
    """Have it told to those who can appoint somebody."""
    for vacancy in vacancies:
        said = f"{vacancy.title}: nobody, or too few, hold {vacancy.role}"
        subject = f"{vacancy.project}/{vacancy.role}"
        incidents.report(connection, organisation, incidents.ROLE_EMPTY, subject, said, now=now)
        outbox.add(
            connection, organisation, vacancy.project, list(_notices(vacancy, now)),
            sequence=vacancy.sequence, now=now,
        )  # fmt: skip


def _notices(vacancy: Vacancy, now: datetime) -> Iterator[Notice]:
    data = {"project": vacancy.project, "title": vacancy.title, "vacant": vacancy.role}
    for role in vacancy.leaders:
        key = f"{vacancy.project}|role_empty|{vacancy.role}@{now.isoformat()}|{role}"
        yield Notice("role_empty", key, role=role, immediate=True, data=data)
