"""Decide that a published method stays as it is: one content for each id and version, found by its
digest and checked against it at every reading.  What the content means is left to the library.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from innocities_engine import errors
from innocities_engine.store import tables


@dataclass(frozen=True, slots=True)
class Published:
    """A method in an organisation, without its content."""

    organisation: str
    id: str
    version: str
    digest: str
    rules_digest: str
    by: str
    at: datetime
    reason: str = ""


def publish(connection: Connection, published: Published, content: bytes) -> bool:
    """Keep a method for good; False if it is there already, as it is."""
    if hashlib.sha256(content).hexdigest() != published.digest:
        raise errors.Integrity(f"{published.id} {published.version} is not what its digest says")
    there = find(connection, published.organisation, published.id, published.version)
    if there and there.digest != published.digest:
        raise errors.Conflict(
            message=f"{published.id} {published.version} was published with other content by "
            f"{there.by}; give the changed method a new version"
        ).named("method_exists", id=published.id, version=published.version, person=there.by)
    if there:
        return False
    connection.execute(
        insert(tables.definition).values(
            organisation_id=published.organisation,
            id=published.id,
            version=published.version,
            digest=published.digest,
            rules_digest=published.rules_digest,
            content=content,
            published_by=published.by,
            published_at=published.at,
            reason=published.reason,
        )
    )
    return True


def find(connection: Connection, organisation: str, method: str, version: str) -> Published | None:
    """Look up one version of a method."""
    return next(
        (p for p in published(connection, organisation, method) if p.version == version), None
    )


def published(connection: Connection, organisation: str, method: str = "") -> list[Published]:
    """List what an organisation has published, in the order of publication."""
    c = tables.definition.c
    query = select(
        c.organisation_id,
        c.id,
        c.version,
        c.digest,
        c.rules_digest,
        c.published_by,
        c.published_at,
        c.reason,
    ).where(c.organisation_id == organisation)
    if method:
        query = query.where(c.id == method)
    return [Published(*row) for row in connection.execute(query.order_by(c.published_at, c.id))]


def content(connection: Connection, organisation: str, digest: str) -> bytes:
    """Read the resolved form of a method, and make sure that it is the one published."""
    c = tables.definition.c
    found = connection.scalar(
        select(c.content).where(c.organisation_id == organisation, c.digest == digest)
    )
    if found is None:
        raise errors.NotFound(f"no method with the digest {digest} is published here")
    if hashlib.sha256(found).hexdigest() != digest:
        raise errors.Integrity(f"the method {digest} was changed after it was published")
    return bytes(found)
