"""Decide how many more mails an organisation may have within this minute, so that after an outage
no mail server is flooded and no organisation has to wait for another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from innocities_engine.store import tables

MINUTE: Final = timedelta(minutes=1)


class Shares:
    """What is left of each organisation's share, counted down as mails are taken."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._left = self._shares(self._busy(now))
        self._mails: set[tuple[str, str]] = set()

    def _busy(self, now: datetime) -> Counter[str]:
        """Count the mails that were sent within the last minute, or are being sent."""
        c = tables.letter.c
        sending = c.settled_at.is_(None) & (c.state == "leased") & (c.next_try > now)
        sent = (c.state == "sent") & (c.settled_at > now - MINUTE)
        busy: Counter[str] = Counter()
        for which in (sending, sent):
            query = select(c.organisation_id).where(which, c.carried_by.is_(None))
            busy.update(self._connection.scalars(query))
        return busy

    def _shares(self, busy: Mapping[str, int]) -> dict[str, int]:
        c = tables.organisation.c
        query = select(c.organisation_id, c.letters_a_minute).where(c.organisation_id.in_(busy))
        rows = self._connection.execute(query)
        return {name: share - busy[name] for name, share in rows}

    def full(self) -> list[str]:
        """Name the organisations for which there is no room."""
        return [name for name, left in self._left.items() if left <= 0]

    def allow(self, organisation: str, mail: str) -> bool:
        """Count one more mail, unless it is counted already or there is no room."""
        if (organisation, mail) in self._mails:
            return True
        if organisation not in self._left:
            self._left |= self._shares({organisation: 0})
        if self._left[organisation] <= 0:
            return False
        self._left[organisation] -= 1
        self._mails.add((organisation, mail))
        return True
