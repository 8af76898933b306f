"""Decide what is written to whom in one batch: who reads each letter today, which letters become
one mail, and which nobody needs or can be written.  It only reads; what becomes of the letters is
left to `delivery`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeAlias

from innocities_engine.domain import calendar
from innocities_engine.domain.situation import Situation
from innocities_engine.store import letters
from innocities_engine.store.letters import Claimed, Draft
from innocities_engine.store.outbox import Waiting
from innocities_engine.store.people import Person
from innocities_engine.store.transactions import Transaction, read
from notifications import mail, messages, moved, readers
from notifications.archive import Archive, Home
from notifications.mail import Letter, Sender
from notifications.messages import News, Reader
from notifications.news import news_of
from notifications.templating import spoken

log = logging.getLogger(__name__)

# Who is asked for one thing gets a letter about that thing; the rest of a morning is one letter.
ALONE = frozenset(
    {"decide_asked", "advise_asked", "rate_asked", "approve_asked", "accept_asked", "undelivered"}
)
TOGETHER = frozenset(messages.KINDS) - ALONE

# The address at which a person of an organisation acts in a project without an account.
Page: TypeAlias = Callable[[Transaction, str, str, str], str]


@dataclass(slots=True)
class Composed:
    """What a batch has become. `ready` was written before; `drafts` are to be kept first."""

    ready: list[Draft] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    needless: list[tuple[Claimed, str]] = field(default_factory=list)
    failed: list[tuple[Claimed, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One letter, its news and its reader; plans with the same `mail` become one."""

    letter: Claimed
    news: News
    reader: Reader
    address: str
    today: date
    unsubscribe: str
    mail: tuple[str, ...]


class _NeedlessError(Exception):
    """Nobody needs this letter."""


class _UnreachableError(Exception):
    """Nobody can read this letter."""


def nowhere(_connection: Transaction, _organisation: str, _person: str, _project: str) -> str:
    """There are no pages."""
    return ""


def compose(
    archive: Archive,
    batch: Sequence[Claimed],
    sender: Sender,
    base_url: str,
    now: datetime,
    page: Page = nowhere,
) -> Composed:
    """Write what was never written; what was is sent again as it is."""
    found = Composed()
    plans: dict[tuple[str, ...], list[_Plan]] = {}
    with read(archive.engine.store) as connection:
        for letter in batch:
            if letter.rendered is not None:
                found.ready.append(Draft(letter, letter.rendered, letter.message_id))
            elif plan := _try_to_plan(connection, archive, letter, now, page, found):
                plans.setdefault(plan.mail, []).append(plan)
    for plan_group in plans.values():
        _write(plan_group, sender, base_url, now, found)
    return found


# ---------------------------------------------------------------- who reads it


def _try_to_plan(
    connection: Transaction,
    archive: Archive,
    letter: Claimed,
    now: datetime,
    page: Page,
    found: Composed,
) -> _Plan | None:
    try:
        return _plan(connection, archive, letter, now, page)
    except _NeedlessError as why:
        found.needless.append((letter, str(why)))
    except _UnreachableError as why:
        found.failed.append((letter, str(why)))
    except Exception as fault:  # one letter that cannot be written must not stop the others
        log.exception("a letter could not be planned", extra={"action": "letter_not_planned"})
        found.failed.append((letter, _said(fault)))
    return None


def _plan(
    connection: Transaction, archive: Archive, letter: Claimed, now: datetime, page: Page
) -> _Plan:
    """Find who reads it today: from now on that is fixed."""
    notice = letter.notice
    sight = archive.sight(connection, notice, now)
    notice = moved.called_now(sight.s, notice, letter.to.id)
    home = archive.home(connection, letter.organisation)
    person, reader = _reader(connection, sight.s, home, letter)
    language = spoken(reader.language)
    names = {each.id: each.name for each in home.persons.values()}
    zone = person.zone or home.organisation.zone
    optional = messages.is_optional([notice.kind])
    shared = (person.id, reader.absent) if letters.may_share(letter, TOGETHER) else (letter.id,)
    news = news_of(sight, notice, letter.to.id, language, names)
    own = page(connection, letter.organisation, person.id, notice.project)
    return _Plan(
        letter=letter,
        news=replace(news, page=own),
        reader=reader,
        address=person.address,
        today=calendar.local_date(zone, now),
        unsubscribe=person.id if optional else "",
        mail=(letter.organisation, *shared),
    )


def _reader(
    connection: Transaction, s: Situation, home: Home, letter: Claimed
) -> tuple[Person, Reader]:
    notice, persons = letter.notice, home.persons
    chosen = readers.chosen(s, notice, letter.to.id)
    person = persons.get(chosen.person) if chosen else None
    absent = persons.get(chosen.absent) if chosen else None
    if person is not None and absent is not None:
        if letters.is_told(connection, letter, person.id):
            raise _NeedlessError("whoever stands in is told already")
    if chosen is None and any(
        letters.is_told(connection, letter, other) for other in readers.addressed(s, notice)
    ):
        raise _NeedlessError("others who hold the role are told")
    meant = person is not None and letter.to.id in readers.addressed(s, notice)
    if person is None or not person.address:
        person, absent, meant = persons.get(home.organisation.fallback or ""), None, False
    if person is None or not person.address:
        raise _UnreachableError("the reader cannot be reached, nor can anybody instead")
    reader = Reader(
        name=person.name,
        language=person.language or home.organisation.language,
        organisation=home.organisation.name,
        at=home.organisation.id if home.among_others else "",
        absent=absent.name if absent else "",
        until=chosen.until if chosen and absent else None,
        stand_ins=_names(persons, readers.substitutes(s, person.id, notice.role)),
        others=_names(persons, _others(s, notice, letter.to.id, person.id)),
        fallback=not meant or notice.kind == "undelivered",
    )
    return person, reader


def _others(s: Situation, notice: Waiting, *told: str) -> list[str]:
    everybody = (readers.chosen(s, notice, person) for person in readers.addressed(s, notice))
    return [one.person for one in everybody if one and one.person not in told]


def _names(persons: Mapping[str, Person], ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(persons[each].name for each in ids if each in persons))


# ---------------------------------------------------------------- what it says


def _write(
    plans: Sequence[_Plan], sender: Sender, base_url: str, now: datetime, found: Composed
) -> None:
    """Write one mail; where several things together cannot be written, each by itself."""
    try:
        found.drafts.append(_draft(plans, sender, base_url, now))
    except Exception as fault:  # one letter that cannot be written must not stop the others
        if len(plans) == 1:
            log.exception("a letter could not be written", extra={"action": "letter_not_written"})
            found.failed.append((plans[0].letter, _said(fault)))
            return
        for plan in plans:
            _write([plan], sender, base_url, now, found)


def _draft(plans: Sequence[_Plan], sender: Sender, base_url: str, now: datetime) -> Draft:
    """Write the mail under the identity of its first letter."""
    first = plans[0]
    unsubscribe = ""
    if all(plan.unsubscribe for plan in plans):
        unsubscribe = readers.unsubscribe_link(
            base_url, sender.key, first.letter.organisation, first.unsubscribe
        )
    message = messages.write(
        [plan.news for plan in plans], _together(plans), first.today, base_url, unsubscribe
    )
    written = mail.build(
        Letter(
            subject=message.subject,
            text=message.text,
            html=message.html,
            language=message.language,
            name=first.reader.name,
            address=first.address,
            unsubscribe=unsubscribe,
        ),
        sender,
        f"{first.letter.organisation}/{first.letter.dedupe_key}",
        now,
    )
    carried = tuple(plan.letter for plan in plans[1:])
    return Draft(first.letter, written.content, written.message_id, carried)


def _together(plans: Sequence[_Plan]) -> Reader:
    """Of several things, who else was told differs from one to the other, so it is left out."""
    first = plans[0].reader
    if len(plans) == 1:
        return first
    stand_ins = tuple(dict.fromkeys(name for plan in plans for name in plan.reader.stand_ins))
    return replace(first, others=(), stand_ins=stand_ins)


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"
