"""Decide who acts through a link and how long it holds: a signed word that names an organisation,
a person without an account and one project.  It gives no rights of its own: whoever comes by it is
that person, and what they may see and do is left to the engine.  What was done by one is told by
such a word too, so that nobody can make a page say thank you.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from itsdangerous import BadData, URLSafeSerializer

from innocities_engine import errors
from innocities_engine.store import links, rights
from innocities_engine.store.transactions import read

if TYPE_CHECKING:
    from innocities_engine.office import Office
    from innocities_engine.store.transactions import Transaction

LASTS: Final = timedelta(days=60)
THANKED: Final = timedelta(minutes=15)
SALT: Final = "innocities.link.2"
SALT_OF_THANKS: Final = "innocities.done.1"
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
        self._signer = _signer(key, SALT)
        self._thanks = _signer(key, SALT_OF_THANKS)

    def token(self, connection: Transaction, holder: Holder) -> str:
        """The word for a person who takes part in the project without an account; "" for others."""
        holds = _holds(connection, holder)
        if holds is None:
            return ""
        until = int((self.office.clock() + LASTS).timestamp())
        return str(self._signer.dumps([*_named(holder), *holds, until]))

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
            now = self.office.clock()
            self.office.take_links_back(connection, organisation, person, actor, now)

    def holder(self, token: str) -> Holder:
        """Tell whose link it is; one that does not hold, and one that never was, is the same."""
        try:
            *named, number, since, until = self._signer.loads(token[: LONGEST + 1])
        except BadData as fault:
            raise errors.NotFound from fault
        holder = Holder(*named)
        with read(self.office.store) as connection:
            holds = _holds(connection, holder)
        if (number, since) != holds or self._is_over(until):
            raise errors.NotFound
        return holder

    def thanks(self, holder: Holder, act: str) -> str:
        """A word that tells for a while, to whoever did it, what was done."""
        until = int((self.office.clock() + THANKED).timestamp())
        return str(self._thanks.dumps([*_named(holder), act, until]))

    def done(self, holder: Holder, word: str) -> str:
        """What was done, by such a word; "" where it is over, somebody else's or none of ours."""
        try:
            *named, act, until = self._thanks.loads(word[: LONGEST + 1])
        except BadData:
            return ""
        return str(act) if named == _named(holder) and not self._is_over(until) else ""

    def _is_over(self, until: int) -> bool:
        return self.office.clock() > datetime.fromtimestamp(until, UTC)


def _signer(key: bytes, salt: str) -> URLSafeSerializer:
    made = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(key, salt=salt, signer_kwargs=made)


def _named(holder: Holder) -> list[str]:
    return [holder.organisation, holder.person, holder.project]


def _holds(connection: Transaction, holder: Holder) -> tuple[int, int] | None:
    """What a link has to carry: it changes whenever links made before are to hold no more."""
    number = links.number(connection, holder.organisation, holder.person)
    since = links.stay(connection, holder.organisation, holder.project, holder.person)
    return None if number is None or since is None else (number, since)


def address(base_url: str, token: str) -> str:
    """Where a link leads to; "" where there are no pages, or no link."""
    return f"{base_url.rstrip('/')}/{PLACE}/{token}" if base_url and token else ""
