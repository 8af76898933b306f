"""Decide who acts through a link and how long it holds: a signed word that names an organisation,
a person without an account and one project.  It gives no rights of its own: whoever comes by it is
that person, and what they may see and do is left to the engine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, URLSafeSerializer

from innocities_engine import errors
from innocities_engine.store import links, projects, rights
from innocities_engine.store.transactions import read

if TYPE_CHECKING:
    from innocities_engine.office import Office
    from innocities_engine.store.transactions import Transaction

LASTS: Final = timedelta(days=60)
SALT: Final = "innocities.link.1"
PLACE: Final = "l"  # the first part of the address of every link
LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever acts through a link, and where."""

    organisation: str
    person: str
    project: str


@dataclass(frozen=True, slots=True)
class Given:
    """A link that was made to be handed over."""

    token: str
    until: datetime


class Links:
    """Makes links, takes them back, and tells whose one is."""

    def __init__(self, office: Office, key: bytes) -> None:
        self.office = office
        self._signer = URLSafeSerializer(
            key,
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def token(self, connection: Transaction, holder: Holder) -> str:
        """The word for a person who takes part in the project without an account; "" for others."""
        number = links.number(connection, holder.organisation, holder.person)
        desk = projects.desk(connection, holder.organisation, holder.person, holder.project)
        members = projects.thaw(desk.snapshot).members.values() if desk.sequence else ()
        if number is None or not any(holder.person in held for held in members):
            return ""
        until = int((self.office.clock() + LASTS).timestamp())
        named = [holder.organisation, holder.person, holder.project]
        return str(self._signer.dumps([*named, number, until]))

    def give(self, holder: Holder, actor: str) -> Given:
        """Make a link for somebody to hand over; who made it for whom stands in the record."""
        with self.office.acting(holder.organisation, actor, rights.STEERING) as connection:
            token, now = self.token(connection, holder), self.office.clock()
            if not token:
                said = f"{holder.person} acts through no link in {holder.project}"
                raise errors.Refused(message=said).named("no_link", person=holder.person)
            details = {"person": holder.person, "project": holder.project}
            self.office.note(connection, holder.organisation, actor, "LinkMade", details, now=now)
        return Given(token, now + LASTS)

    def take_back(self, organisation: str, person: str, actor: str) -> None:
        """Let none of the links hold any more that a person was sent or given."""
        with self.office.acting(organisation, actor, rights.STEERING) as connection:
            links.take_back(connection, organisation, person)
            details, now = {"person": person}, self.office.clock()
            self.office.note(connection, organisation, actor, "LinksTakenBack", details, now=now)

    def holder(self, token: str) -> Holder:
        """Tell whose link it is; one that does not hold, and one that never was, is the same."""
        try:
            *named, number, until = self._signer.loads(token if len(token) <= LONGEST else "")
        except BadData as fault:
            raise errors.NotFound from fault
        holder = Holder(*named)
        with read(self.office.store) as connection:
            holds = links.number(connection, holder.organisation, holder.person)
        if number != holds or self.office.clock() > datetime.fromtimestamp(until, UTC):
            raise errors.NotFound
        return holder


def address(base_url: str, token: str) -> str:
    """Where a link leads to; "" where there are no pages, or no link."""
    return f"{base_url.rstrip('/')}/{PLACE}/{token}" if base_url and token else ""
