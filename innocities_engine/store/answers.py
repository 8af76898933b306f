"""Decide what a repeated command gets, and how attempts in vain are remembered: the first answer
for the same key and content, and a few of many refusals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select

from innocities_engine import errors
from innocities_engine.store import tables

REFUSALS_A_MINUTE: Final = 20


class KeyReused(errors.Conflict):
    """The idempotency key came with other content before."""

    code = "key-reused"


def recall(
    connection: Connection, organisation: str, key: str, content_hash: str
) -> Mapping[str, Any] | None:
    """Find the answer that a key was given."""
    c = tables.idempotency.c
    row = connection.execute(
        select(c.content_hash, c.answer).where(c.organisation_id == organisation, c.key == key)
    ).first()
    if row is None:
        return None
    if row.content_hash != content_hash:
        raise KeyReused
    answer: Mapping[str, Any] = json.loads(row.answer)
    return answer


def remember(
    connection: Connection,
    organisation: str,
    key: str,
    content_hash: str,
    *,
    answer: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep an answer under its key."""
    connection.execute(
        insert(tables.idempotency).values(
            organisation_id=organisation,
            key=key,
            content_hash=content_hash,
            answer=json.dumps(answer),
            at=now,
        )
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tried something, and was refused."""

    project: str
    actor: str
    command: str
    code: str
    details: str
    at: datetime


def add_attempt(connection: Connection, organisation: str, attempt: Attempt) -> bool:
    """Remember an attempt; False when its actor has had too many of late."""
    c = tables.refusal.c
    lately = connection.scalar(
        select(func.count()).where(
            c.organisation_id == organisation,
            c.actor == attempt.actor,
            c.at > attempt.at - timedelta(minutes=1),
        )
    )
    if (lately or 0) >= REFUSALS_A_MINUTE:
        return False
    connection.execute(
        insert(tables.refusal).values(
            organisation_id=organisation,
            id=uuid4().hex,
            project_id=attempt.project,
            actor=attempt.actor,
            command=attempt.command,
            code=attempt.code,
            details=attempt.details,
            at=attempt.at,
        )
    )
    return True


def attempts(connection: Connection, organisation: str, limit: int = 100) -> Sequence[Attempt]:
    """List the newest refused attempts."""
    c = tables.refusal.c
    query = (
        select(c.project_id, c.actor, c.command, c.code, c.details, c.at)
        .where(c.organisation_id == organisation)
        .order_by(c.at.desc())
        .limit(limit)
    )
    return [Attempt(*row) for row in connection.execute(query)]


def forget_attempts(connection: Connection, organisation: str, project: str) -> None:
    """Forget what was tried in vain on a project."""
    c = tables.refusal.c
    connection.execute(
        delete(tables.refusal).where(c.organisation_id == organisation, c.project_id == project)
    )
