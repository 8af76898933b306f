"""Decide who may change what stands around the projects: the organisation, its people and their
rights, substitutes, meetings, closures and published methods; and see to it that each change is
written into the record in the transaction that makes it.  How things are kept is left to the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from innocities_engine import errors
from innocities_engine.domain.commands import SYSTEM, Substitution
from innocities_engine.domain.gates import Blocker
from innocities_engine.store import (
    answers,
    chain,
    definitions,
    extract,
    incidents,
    letters,
    links,
    people,
    projects,
    record,
    rights,
    succession,
)
from innocities_engine.store.incidents import Trouble
from innocities_engine.store.people import Organisation, Person
from innocities_engine.store.transactions import Store, Transaction, read, write

if TYPE_CHECKING:
    from innocities_engine.vacancies import Vacancy


@dataclass(frozen=True, slots=True)
class Office:
    """Keeps what stands around the projects of one store."""

    store: Store
    clock: Callable[[], datetime]

    # ------------------------------------------------------------ organisation

    def found(self, organisation: Organisation, first: Person) -> None:
        """Take a new organisation in, with the person who will administer it."""
        with write(self.store) as connection:
            now = self.clock()
            people.add_organisation(connection, organisation, now)
            people.put_person(connection, organisation.id, first, now)
            kept = people.organisation(connection, organisation.id)
            details = {**_details(kept), "first": first.id, "rights": sorted(first.rights)}
            self.note(
                connection, organisation.id, SYSTEM.person, "OrganisationFounded", details, now=now
            )

    def change_organisation(self, organisation: Organisation, actor: str) -> None:
        """Put the details of an organisation as they are given here."""
        with self.acting(organisation.id, actor, rights.RULING) as connection:
            now = self.clock()
            people.change_organisation(connection, organisation, now)
            details = _details(people.organisation(connection, organisation.id))
            self.note(connection, organisation.id, actor, "OrganisationChanged", details, now=now)

    def organisation(self, organisation: str) -> Organisation:
        with read(self.store) as connection:
            return people.organisation(connection, organisation)

    def home(self, organisation: str, person: str) -> Organisation:
        """Show an organisation to one of its people; others learn not even that it is there."""
        with read(self.store) as connection:
            if not projects.desk(connection, organisation, person, "").known:
                raise errors.NoOrganisation(organisation)
            return people.organisation(connection, organisation)

    def organisations(self) -> list[Organisation]:
        """List all organisations; for whoever runs the installation."""
        with read(self.store) as connection:
            return people.organisations(connection)

    def has(self, organisation: str) -> bool:
        """Tell whether there is such an organisation; for whoever runs the installation."""
        return any(each.id == organisation for each in self.organisations())

    def belonging(self, person: str) -> list[Organisation]:
        """List the organisations in which somebody acts."""
        with read(self.store) as connection:
            return [
                each
                for each in people.organisations(connection)
                if projects.desk(connection, each.id, person, "").known
            ]

    # ------------------------------------------------------------ people

    def put_person(
        self, organisation: str, person: Person, actor: str, reason: str = ""
    ) -> list[Vacancy]:
        """Add a person, or put everything about one, rights included, as it is given here.

        Of somebody who acts no more, the roles are named that go empty with them.
        """
        # Imported on first use, otherwise every command would pay for the rules of projects.
        from innocities_engine import vacancies

        with self.acting(organisation, actor, rights.RULING) as connection:
            now = self.clock()
            acted = succession.acting(connection, organisation, person.id)
            self.keep_person(connection, organisation, person, actor, now)
            require_administrator(connection, organisation, person.id)
            left = acted and not person.active
            empty = vacancies.left_by(connection, organisation, person.id, now) if left else []
            vacancies.tell(connection, organisation, empty, now)
            details = {
                "person": person.id,
                "rights": sorted(person.rights),
                "active": person.active,
            }
            self.note(connection, organisation, actor, "PersonPut", details, now=now, reason=reason)
            return empty

    def keep_person(
        self, connection: Transaction, organisation: str, person: Person, actor: str, now: datetime
    ) -> None:
        """Put a person; links that end with their rights end for good, whatever they get later."""
        had_links = links.number(connection, organisation, person.id) is not None
        people.put_person(connection, organisation, person, now)
        if had_links and links.number(connection, organisation, person.id) is None:
            self.take_links_back(connection, organisation, person.id, actor, now)

    def take_links_back(
        self, connection: Transaction, organisation: str, person: str, actor: str, now: datetime
    ) -> None:
        """Let no link that was made for a person before hold any more, whatever changes later."""
        links.take_back(connection, organisation, person)
        self.note(connection, organisation, actor, "LinksTakenBack", {"person": person}, now=now)

    def person(self, organisation: str, person: str) -> Person:
        with read(self.store) as connection:
            return people.person(connection, organisation, person)

    def persons(self, organisation: str, actor: str) -> list[Person]:
        with read(self.store) as connection:
            self.require(connection, organisation, actor, rights.SEEING_ALL)
            return people.persons(connection, organisation)

    def substitute(self, organisation: str, substitution: Substitution, actor: str) -> str:
        """Let somebody stand in: for oneself, or by whoever manages; return its id. What another
        one says already changes nothing, and its id is returned.
        """
        wanted = rights.PARTNERS if substitution.person == actor else rights.STEERING
        with self.acting(organisation, actor, wanted) as connection:
            known = covering(people.substitutes(connection, organisation), substitution)
            if known is not None:
                return known[0]
            now = self.clock()
            added = people.add_substitute(connection, organisation, substitution, now)
            details = {"id": added, **standing_in(substitution)}
            self.note(connection, organisation, actor, "SubstituteAdded", details, now=now)
            return added

    def end_substitution(self, organisation: str, substitution: str, actor: str) -> None:
        """Let a substitution be over: one's own, or by whoever manages."""
        own = any(
            substitution == each and found.person == actor
            for each, found in self.substitutes(organisation)
        )
        wanted = rights.PARTNERS if own else rights.STEERING
        with self.acting(organisation, actor, wanted) as connection:
            now = self.clock()
            people.remove_substitute(connection, organisation, substitution, now)
            details = {"id": substitution}
            self.note(connection, organisation, actor, "SubstituteEnded", details, now=now)

    def substitutes(self, organisation: str) -> list[tuple[str, Substitution]]:
        with read(self.store) as connection:
            return people.substitutes(connection, organisation)

    # ------------------------------------------------------------ days

    def fix_meetings(
        self, organisation: str, calendar: str, days: Sequence[date], actor: str
    ) -> None:
        """Fix the meetings of a calendar: these, and no others."""
        with self.acting(organisation, actor, rights.STEERING) as connection:
            now = self.clock()
            people.put_meetings(connection, organisation, calendar, days, now)
            details = {"calendar": calendar, "days": sorted({d.isoformat() for d in days})}
            self.note(connection, organisation, actor, "MeetingsFixed", details, now=now)

    def fix_closures(self, organisation: str, days: Sequence[date], actor: str) -> None:
        """Fix the days on which the organisation is closed: these, and no others."""
        with self.acting(organisation, actor, rights.STEERING) as connection:
            now = self.clock()
            people.put_closures(connection, organisation, days, now)
            details = {"days": sorted({d.isoformat() for d in days})}
            self.note(connection, organisation, actor, "ClosuresFixed", details, now=now)

    def meetings(self, organisation: str) -> Mapping[str, tuple[date, ...]]:
        with read(self.store) as connection:
            return people.meetings(connection, organisation)

    def closures(self, organisation: str) -> list[date]:
        with read(self.store) as connection:
            return people.closures(connection, organisation)

    # ------------------------------------------------------------ methods

    def publish(
        self,
        organisation: str,
        resolved: dict[str, Any],
        actor: str,
        reason: str = "",
        passed_over: Sequence[str] = (),
        extends: Sequence[str] = (),
    ) -> definitions.Published:
        """Publish a method in its resolved form; the same twice is no fault.

        `passed_over`: what stood against it, which `reason` answers. `extends`: the methods on
        which it was laid as an overlay, the nearest first; its resolved form does not tell.
        """
        # Imported on first use, otherwise commands that publish nothing would pay for it.
        from innocities_engine import library

        method = library.compile_resolved(resolved)
        published = definitions.Published(
            organisation,
            method.id,
            method.version,
            library.digest(resolved),
            library.rules_digest(resolved),
            actor,
            self.clock(),
            reason,
        )
        with self.acting(organisation, actor, rights.PUBLISHING) as connection:
            if definitions.publish(connection, published, library.canonical(resolved)):
                details = {"id": method.id, "version": method.version, "digest": published.digest}
                if passed_over:
                    details["passed_over"] = ", ".join(passed_over)
                if extends:
                    details["extends"] = ", ".join(extends)
                self.note(
                    connection, organisation, actor, "MethodPublished", details,
                    now=published.at, reason=reason,
                )  # fmt: skip
        return published

    def published(self, organisation: str) -> list[definitions.Published]:
        """List the methods on which projects can be started."""
        with read(self.store) as connection:
            return definitions.published(connection, organisation)

    # ------------------------------------------------------------ what administrators look after

    def attempts(self, organisation: str, actor: str) -> Sequence[answers.Attempt]:
        """List refused attempts, newest first."""
        with read(self.store) as connection:
            self.require(connection, organisation, actor, rights.AUDITING)
            return answers.attempts(connection, organisation)

    def incidents(self, organisation: str) -> list[Trouble]:
        """List what waits for an administrator; for whoever runs the installation."""
        return incidents.waiting(self.store, organisation)

    def troubles(self, organisation: str, actor: str) -> list[Trouble]:
        """List what waits for an administrator, for those who may see every project it is about."""
        with read(self.store) as connection:
            self.require(connection, organisation, actor, rights.SEEING_ALL)
        return incidents.waiting(self.store, organisation)

    def solve(self, organisation: str, incident: str, actor: str, reason: str = "") -> None:
        """Close an incident that somebody has dealt with."""
        with self.acting(organisation, actor, rights.STEERING) as connection:
            now = self.clock()
            incidents.solve(connection, organisation, incident, actor, now)
            details = {"incident": incident}
            self.note(
                connection, organisation, actor, "IncidentSolved", details, now=now, reason=reason
            )

    def resend(self, organisation: str, actor: str, letter: str = "") -> list[str]:
        """Let failed letters go out again, or one of them; tell which."""
        with self.acting(organisation, actor, rights.STEERING) as connection:
            now = self.clock()
            found = letters.resend(connection, organisation, now, letter)
            if found:
                details = {"letters": found}
                self.note(connection, organisation, actor, "LettersResent", details, now=now)
            return found

    def record(self, organisation: str, actor: str) -> Sequence[record.Entry]:
        """Tell what was changed around the projects, oldest first."""
        with read(self.store) as connection:
            self.require(connection, organisation, actor, rights.AUDITING)
            return record.entries(connection, organisation, record.OF_THE_ORGANISATION)

    def verify(self, organisation: str, anchor: chain.Head | None = None) -> chain.Finding | None:
        """Find the first entry of the record that is not what was written."""
        return chain.verify(self.store, organisation, anchor)

    def export(self, organisation: str, actor: str) -> Iterator[str]:
        """Write the record as JSON lines that can be verified without this database."""
        with read(self.store) as connection:
            self.require(connection, organisation, actor, rights.AUDITING)
        return extract.lines(self.store, organisation)

    def checkpoint(self, organisation: str) -> chain.Head:
        """Read the end of the record, to be kept elsewhere."""
        return chain.checkpoint(self.store, organisation)

    # ------------------------------------------------------------ within

    @contextmanager
    def acting(
        self, organisation: str, actor: str, wanted: frozenset[str]
    ) -> Iterator[Transaction]:
        """Change something, if one holds any of the rights wanted."""
        with write(self.store) as connection:
            self.require(connection, organisation, actor, wanted)
            yield connection

    def require(
        self, connection: Transaction, organisation: str, actor: str, wanted: frozenset[str]
    ) -> None:
        """Refuse whoever holds none of the rights wanted."""
        desk = projects.desk(connection, organisation, actor, "")
        if actor == SYSTEM.person:
            return
        if not desk.known:
            raise errors.NoOrganisation(organisation)
        rights.require(desk.rights, wanted, "This")

    def note(
        self,
        connection: Transaction,
        organisation: str,
        actor: str,
        kind: str,
        details: Mapping[str, Any],
        *,
        now: datetime,
        reason: str = "",
    ) -> None:
        """Write a change into the record of the organisation, as of the instant it was made."""
        envelope = record.Envelope(
            organisation=organisation,
            project=record.OF_THE_ORGANISATION,
            actor=actor,
            capacity="",
            command=kind,
            command_id=uuid4().hex,
            reason=reason,
            method_digest="",
            at=now,
        )
        record.note(connection, envelope, kind, details)


def _details(organisation: Organisation) -> dict[str, Any]:
    """What an organisation is set to, as the record tells it."""
    return {
        "name": organisation.name,
        "country": organisation.country,
        "zone": organisation.zone,
        "language": organisation.language,
        "quiet": list(organisation.quiet),
        "fallback": organisation.fallback,
        "letters_a_minute": organisation.letters_a_minute,
    }


def covering(
    known: Iterable[tuple[str, Substitution]], wanted: Substitution
) -> tuple[str, Substitution] | None:
    """The substitution beside which another one would say nothing more."""
    whom = (wanted.person, wanted.substitute)
    for which, made in known:
        wide = made.first <= wanted.first and wanted.last <= made.last
        if wide and (made.person, made.substitute) == whom and made.role in (None, wanted.role):
            return which, made
    return None


def standing_in(substitution: Substitution) -> dict[str, str]:
    """Who stands in for whom, as the record tells it."""
    return {
        "person": substitution.person,
        "substitute": substitution.substitute,
        "first": substitution.first.isoformat(),
        "last": substitution.last.isoformat(),
        "role": substitution.role or "",
    }


def require_administrator(connection: Transaction, organisation: str, person: str) -> None:
    """Refuse a change after which nobody could administer the organisation any more."""
    if not succession.administrators(connection, organisation):
        raise errors.Refused((Blocker("last_administrator", person),))
