"""Decide what an attempt leaves behind beside the record: the answer that its key gets again, the
memory of a refusal, and the certainty that what a failing disk took was kept.  Whether a command
is allowed is left to the case work, when a transaction begins and ends to the engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from innocities_engine import errors
from innocities_engine.casework import Receipt, Request
from innocities_engine.store import answers, checks, record
from innocities_engine.store.transactions import Store, Transaction, flush, read, write

Hearing: TypeAlias = Callable[[Transaction], object]
Work: TypeAlias = Callable[[Transaction], tuple[Receipt, ...]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody asks for in one go: under which key, and what makes it the same again."""

    organisation: str
    actor: str
    command: str
    content_hash: Callable[[], str]
    project: str = ""  # of whom a refusal is told that names no project itself
    key: str = ""
    hears: Hearing = lambda _connection: None  # refuses whoever may not hear the answer again


def of(
    requests: Sequence[Request], key: str, typed: Sequence[str] = (), hears: Hearing | None = None
) -> Attempt:
    """What is asked of one or several projects; `typed`: the words that make it the same again,
    where the commands are worked out from them anew with each try.  Who says them is no part of
    them, so `hears` refuses whoever may not hear the answer.
    """
    first = requests[0]
    return Attempt(
        first.organisation,
        first.actor,
        first.name,
        lambda: _words_hash(typed) if typed else _content_hash(requests),
        first.project,
        key,
        **({"hears": hears} if typed and hears else {}),
    )


def before(
    store: Store, organisation: str, key: str, typed: Sequence[str], hears: Hearing
) -> tuple[Receipt, ...]:
    """What was answered to these words under this key; nothing, if it is new."""
    asked = Attempt(organisation, "", "", lambda: _words_hash(typed), key=key, hears=hears)
    with read(store) as connection:
        return _recalled(connection, asked) or ()


def _words_hash(typed: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(typed).encode()).hexdigest()


def _content_hash(requests: Sequence[Request]) -> str:
    if len(requests) == 1:
        return requests[0].content_hash
    return hashlib.sha256("".join(each.content_hash for each in requests).encode()).hexdigest()


def carry_out(
    store: Store, attempt: Attempt, work: Work, clock: Callable[[], datetime],
    *, writes: bool, remembered: bool,
) -> tuple[Receipt, ...]:  # fmt: skip
    """1. What was asked under the same key before gets the same answer.
    2. All that a decision rests on is read, it is taken and written; one after the other.
    3. A refusal takes everything back, and is remembered.
    """
    receipts: tuple[Receipt, ...] = ()
    try:
        with (write if writes else read)(store) as connection:
            if attempt.key and (before := _recalled(connection, attempt)):
                return before
            receipts = work(connection)
            if attempt.key and writes:
                _remember(connection, attempt, receipts, clock())
            return receipts
    except (errors.Refused, errors.NotPermitted, errors.Conflict) as refusal:
        refusal.project = refusal.project or attempt.project
        if remembered:
            _note_refusal(store, attempt, refusal, clock())
        raise
    except errors.Uncertain:
        if _are_kept(store, attempt.organisation, receipts):
            return receipts
        raise
    except UnicodeEncodeError as fault:
        raise checks.Invalid("A text holds half a character, which cannot be kept.") from fault


@contextmanager
def asked_of(request: Request) -> Iterator[None]:
    """Have a refusal say whose it is."""
    try:
        yield
    except errors.EngineError as refusal:
        refusal.project = request.project
        raise


def _recalled(connection: Transaction, attempt: Attempt) -> tuple[Receipt, ...] | None:
    """Find what was answered when the same was asked under the same key."""
    home = attempt.organisation
    try:
        kept = answers.recall(connection, home, attempt.key, attempt.content_hash())
    except answers.KeyReused:
        attempt.hears(connection)
        raise
    if kept is None:
        return None
    attempt.hears(connection)
    # What one project was asked is kept as the first release kept it, without a list.
    return tuple(_repeated(connection, home, **each) for each in kept.get("receipts", [kept]))


def _repeated(
    connection: Transaction, organisation: str, *, project: str, sequence: int, command_id: str
) -> Receipt:
    entries = record.entries(connection, organisation, project, command_id=command_id)
    events = tuple(entry.event for entry in entries if entry.event is not None)
    return Receipt(project, sequence, events, command_id, repeated=True)


def _remember(
    connection: Transaction, attempt: Attempt, receipts: Sequence[Receipt], now: datetime
) -> None:
    """Keep the answer under its key."""
    told = [
        {"project": each.project, "sequence": each.sequence, "command_id": each.command_id}
        for each in receipts
    ]
    answers.remember(
        connection,
        attempt.organisation,
        attempt.key,
        attempt.content_hash(),
        answer=told[0] if len(told) == 1 else {"receipts": told},
        now=now,
    )


def _note_refusal(
    store: Store, attempt: Attempt, refusal: errors.EngineError, now: datetime
) -> None:
    """Remember who tried what in vain, in a transaction of its own: the first was rolled back."""
    blockers = getattr(refusal, "blockers", ()) or getattr(refusal, "changed", ())
    in_vain = answers.Attempt(
        refusal.project,
        attempt.actor,
        attempt.command,
        refusal.code,
        "\n".join(map(str, blockers)) or str(refusal),
        now,
    )
    # Whoever was refused is to hear why, not that it could not be written down.
    with suppress(errors.Unavailable), write(store) as connection:
        answers.add_attempt(connection, attempt.organisation, in_vain)


def _are_kept(store: Store, organisation: str, receipts: Sequence[Receipt]) -> bool:
    """Find out whether a commit that failed was kept all the same, now for good.

    errors.Unavailable if it was not, errors.Uncertain if the disk does not let us know.
    """
    wanted = [receipt for receipt in receipts if receipt.events]
    try:
        with read(store) as connection:
            found = [_is_written(connection, organisation, each) for each in wanted]
    except errors.Unavailable as fault:
        raise errors.Uncertain(str(fault)).named(fault.text, **fault.values) from fault
    if not all(found):
        raise errors.Unavailable
    flush(store)
    return bool(found)


def _is_written(connection: Transaction, organisation: str, receipt: Receipt) -> bool:
    found = record.entries(connection, organisation, receipt.project, command_id=receipt.command_id)
    return len(found) >= len(receipt.events)
