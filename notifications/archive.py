"""Decide how what letters are about is looked up: each organisation and each project once, until it
changes.  It only reads; what is made of it is left to the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from innocities_engine.domain import reminders
from innocities_engine.domain.commands import SYSTEM
from innocities_engine.domain.reminders import Obligation
from innocities_engine.domain.situation import Situation
from innocities_engine.engine import Engine
from innocities_engine.store import people, projects
from innocities_engine.store.outbox import Waiting
from innocities_engine.store.people import Organisation, Person
from innocities_engine.store.projects import Desk
from innocities_engine.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Home:
    """An organisation and its people, as of a number that grows whenever they change."""

    number: int
    organisation: Organisation
    persons: Mapping[str, Person]
    among_others: bool


@dataclass(frozen=True)
class Sight:
    """A project as it is now, and what is owed in it, worked out once however often it is asked."""

    s: Situation

    @cached_property
    def owed(self) -> Mapping[str, Obligation]:
        return {obligation.key: obligation for obligation in reminders.obligations(self.s)}


class Archive:
    """Looks up what letters are about; what has not changed is read once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._homes: dict[str, Home] = {}
        self._seen: tuple[tuple[object, ...], Sight] | None = None

    def home(self, connection: Transaction, organisation: str) -> Home:
        return self._home(connection, projects.desk(connection, organisation, SYSTEM.person, ""))

    def sight(self, connection: Transaction, notice: Waiting, now: datetime) -> Sight:
        """See the project a notice is about as it is now."""
        desk = projects.desk(connection, notice.organisation, SYSTEM.person, notice.project)
        key = (notice.organisation, notice.project, desk.sequence, desk.inputs, now)
        if self._seen is None or self._seen[0] != key:
            method = self.engine.methods.get(connection, notice.organisation, desk.method_digest)
            project = projects.thaw(desk.snapshot)
            inputs = self.engine.inputs(connection, desk, method, project)
            seen = Sight(Situation(method, project, inputs, now))
            self._seen = (key, seen)
        return self._seen[1]

    def _home(self, connection: Transaction, desk: Desk) -> Home:
        known = self._homes.get(desk.organisation)
        if known is None or known.number != desk.inputs:
            known = Home(
                desk.inputs,
                people.organisation(connection, desk.organisation),
                {each.id: each for each in people.persons(connection, desk.organisation)},
                len(people.organisations(connection)) > 1,
            )
            self._homes[desk.organisation] = known
        return known
