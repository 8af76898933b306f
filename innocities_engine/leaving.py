"""Somebody leaves: decide what has to go to whom, hand it over project by project, and only when
nothing is left deactivate them. What becomes of each thing in a project is left to the domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from innocities_engine import errors
from innocities_engine.casework import Receipt
from innocities_engine.domain import calendar
from innocities_engine.domain.commands import Reassign
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.handing_over import Holdings, holdings
from innocities_engine.domain.project import Project
from innocities_engine.engine import Engine
from innocities_engine.office import Office, require_administrator, standing_in
from innocities_engine.store import people, projects, rights, succession
from innocities_engine.store.succession import Succession
from innocities_engine.store.transactions import Transaction, read


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds in one project."""

    project: str
    state: Project
    holdings: Holdings


@dataclass(frozen=True, slots=True)
class Estate:
    """All that is to be handed over. `fallback`: what cannot be delivered goes to the person."""

    projects: tuple[Held, ...]
    substitutions: tuple[Succession, ...]
    fallback: bool

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for held in self.projects for role in held.holdings.roles)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What came of one project: done, or why not."""

    held: Held
    receipt: Receipt | None = None
    refusal: errors.EngineError | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """One person's leave from one organisation, asked for by somebody who may."""

    engine: Engine
    office: Office
    organisation: str
    handing: Reassign
    actor: str
    reason: str = ""

    @property
    def person(self) -> str:
        return self.handing.person

    def estate(self) -> Estate:
        """Look at all there is to hand over."""
        with read(self.engine.store) as connection:
            self.office.require(connection, self.organisation, self.actor, rights.RULING)
            people.person(connection, self.organisation, self.person)
            # Told first, otherwise everything would be handed over before it is found in vain.
            if succession.administrators(connection, self.organisation) == {self.person}:
                raise errors.Refused((Blocker("last_administrator", self.person),))
            return self._estate(connection)

    def _estate(self, connection: Transaction) -> Estate:
        home = people.organisation(connection, self.organisation)
        named = projects.naming(connection, self.organisation, self.person)
        held = (Held(name, state, holdings(state, self.person)) for name, state in named)
        today = calendar.local_date(home.zone, self.engine.clock())
        return Estate(
            tuple(each for each in held if each.holdings),
            tuple(succession.substitutions(connection, self.organisation, self.handing, today)),
            home.fallback == self.person,
        )

    def hand_over(
        self,
        estate: Estate,
        watch: Callable[[Sequence[Held]], Sequence[Held]] = tuple,
        *,
        dry_run: bool,
    ) -> list[HandedOver]:
        """Hand over in each project, wholly or not at all; one that refuses stops no other."""
        return [self._in(held, dry_run=dry_run) for held in watch(estate.projects)]

    def _in(self, held: Held, *, dry_run: bool) -> HandedOver:
        theirs = {r: to for r, to in self.handing.roles.items() if r in held.holdings.roles}
        command = replace(self.handing, roles=theirs)
        try:
            receipt = self.engine.execute(
                self.organisation, held.project, command, self.actor,
                reason=self.reason, dry_run=dry_run,
            )  # fmt: skip
        except (errors.Refused, errors.NotFound, errors.Conflict) as refusal:
            return HandedOver(held, refusal=refusal)
        return HandedOver(held, receipt)

    def close(self) -> None:
        """Hand over what stands around the projects, and deactivate; in one transaction.

        Refused while any project still asks something of the person: what came meanwhile too.
        """
        home, now = self.organisation, self.engine.clock()
        with self.office.acting(home, self.actor, rights.RULING) as connection:
            estate = self._estate(connection)
            if estate.projects:
                left = tuple(Blocker("still_held", held.project) for held in estate.projects)
                raise errors.Refused(left)
            leaver = people.person(connection, home, self.person)
            gone = replace(leaver, active=False, rights=frozenset())
            self.office.keep_person(connection, home, gone, self.actor, now)
            require_administrator(connection, home, self.person)
            details: Mapping[str, object] = {
                "person": self.person,
                "to": self.handing.to,
                "roles": dict(self.handing.roles),
                "substitutions": self._settle(connection, estate, now),
                "fallback": estate.fallback,
            }
            self.office.note(
                connection, home, self.actor, "PersonLeft", details, now=now, reason=self.reason
            )

    def _settle(
        self, connection: Transaction, estate: Estate, now: datetime
    ) -> list[dict[str, object]]:
        """Settle what stands around the projects; tell what became of each substitution."""
        home = self.organisation
        organisation = people.organisation(connection, home)
        today = calendar.local_date(organisation.zone, now)
        changed = [self._succeed(connection, each, today, now) for each in estate.substitutions]
        if estate.fallback:
            people.change_organisation(
                connection, replace(organisation, fallback=self.handing.to), now
            )
        for project in succession.projects_with_mail(connection, home, self.person):
            succession.hand_over_letters(connection, (home, project), self.handing, now)
        return changed

    def _succeed(
        self, connection: Transaction, change: Succession, today: date, now: datetime
    ) -> dict[str, object]:
        ended, added = succession.succeed(connection, self.organisation, change, today, now)
        told: dict[str, object] = {"id": change.id, "last": ended.isoformat() if ended else ""}
        if change.becomes:
            told["becomes"] = {"id": added, **standing_in(change.becomes)}
        return told
