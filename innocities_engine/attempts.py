"""Decide what an attempt leaves behind beside the record: the answer that its key gets again, the
memory of a refusal, and the certainty that what a failing disk took was kept.  Whether a command
is allowed is left to the case work, when a transaction begins and ends to the engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from innocities_engine import errors
from innocities_engine.casework import Receipt, Request
from innocities_engine.store import answers, record
from innocities_engine.store.transactions import Store, Transaction, flush, read, write


def recalled(
    connection: Transaction, requests: Sequence[Request], key: str
) -> tuple[Receipt, ...] | None:
    """Find what was answered when the same was asked under the same key."""
    home = requests[0].organisation
    kept = answers.recall(connection, home, key, _content_hash(requests))
    if kept is None:
        return None
    # What one project was asked is kept as the first release kept it, without a list.
    return tuple(_repeated(connection, home, **each) for each in kept.get("receipts", [kept]))


def _repeated(
    connection: Transaction, organisation: str, *, project: str, sequence: int, command_id: str
) -> Receipt:
    entries = record.entries(connection, organisation, project, command_id=command_id)
    events = tuple(entry.event for entry in entries if entry.event is not None)
    return Receipt(project, sequence, events, command_id, repeated=True)


def remember(
    connection: Transaction,
    requests: Sequence[Request],
    key: str,
    receipts: Sequence[Receipt],
    now: datetime,
) -> None:
    """Keep the answer under its key."""
    told = [
        {"project": each.project, "sequence": each.sequence, "command_id": each.command_id}
        for each in receipts
    ]
    answers.remember(
        connection,
        requests[0].organisation,
        key,
        _content_hash(requests),
        answer=told[0] if len(told) == 1 else {"receipts": told},
        now=now,
    )


def _content_hash(requests: Sequence[Request]) -> str:
    if len(requests) == 1:
        return requests[0].content_hash
    return hashlib.sha256("".join(each.content_hash for each in requests).encode()).hexdigest()


def note_refusal(
    store: Store, request: Request, refusal: errors.EngineError, now: datetime
) -> None:
    """Remember who tried what in vain, in a transaction of its own: the first was rolled back."""
    blockers = getattr(refusal, "blockers", ()) or getattr(refusal, "changed", ())
    attempt = answers.Attempt(
        request.project,
        request.actor,
        request.name,
        refusal.code,
        "\n".join(map(str, blockers)) or str(refusal),
        now,
    )
    # Whoever was refused is to hear why, not that it could not be written down.
    with suppress(errors.Unavailable), write(store) as connection:
        answers.add_attempt(connection, request.organisation, attempt)


def are_kept(store: Store, organisation: str, receipts: Sequence[Receipt]) -> bool:
    """Find out whether a commit that failed was kept all the same, now for good.

    errors.Unavailable if it was not, errors.Uncertain if the disk does not let us know.
    """
    wanted = [receipt for receipt in receipts if receipt.events]
    try:
        with read(store) as connection:
            found = [_is_written(connection, organisation, each) for each in wanted]
    except errors.Unavailable as fault:
        raise errors.Uncertain(str(fault)) from fault
    if not all(found):
        raise errors.Unavailable
    flush(store)
    return bool(found)


def _is_written(connection: Transaction, organisation: str, receipt: Receipt) -> bool:
    found = record.entries(connection, organisation, receipt.project, command_id=receipt.command_id)
    return len(found) >= len(receipt.events)
