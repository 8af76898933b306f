"""Decide what makes the record tamper-evident: each entry's hash covers every column of it and
the hash before it, one chain for each organisation, over the bytes as they are stored.  Free
texts stand beside the chain behind salted seals.  What is recorded is left to `record`.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, func, select, type_coerce, update
from sqlalchemy.types import NullType

from innocities_engine.domain.codec import SEALED
from innocities_engine.store import tables
from innocities_engine.store.transactions import Store, read

TAG: Final = b"innocities chain v1"
ENTRY: Final = tuple(c.name for c in tables.event.columns if c.name != "hash")
BATCH: Final = 2_000
SALT_BYTES: Final = 16
ERASED: Final = "TextsErased"  # the type of the entry that tells which seals were blanked

Texts = Mapping[str, tuple[Any, Any]]  # by seal, the salt and the text as they are stored


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain; kept outside the database it is an anchor."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first entry at which the record is not what was written, and what is wrong with it."""

    entry: int
    problem: str
    project: str = ""
    sequence: int = 0


def hash_of(entry: Mapping[str, Any]) -> str:
    """Hash every column of an entry but its hash."""
    plain = {name: _plain(entry[name]) for name in ENTRY}
    body = _CANONICAL.encode(plain).encode()
    return hashlib.sha256(bytes([len(TAG)]) + TAG + body).hexdigest()


_CANONICAL: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def _plain(value: Any) -> Any:
    # Payloads go in by their hash, so that an entry is checked without what it says.
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def head(connection: Connection, organisation: str) -> Head:
    """Lock and read the end of an organisation's chain."""
    query = (
        select(tables.organisation.c.chain_count, tables.organisation.c.chain_head)
        .where(tables.organisation.c.organisation_id == organisation)
        .with_for_update()
    )
    return Head(*connection.execute(query).one())


def extend(
    connection: Connection, organisation: str, entries: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """Number and link entries at the end of the chain, and move its end."""
    end = head(connection, organisation)
    linked = []
    for entry in entries:
        row = {**entry, "chain_no": end.count + 1, "prev_hash": end.hash}
        row["hash"] = hash_of(row)
        end = Head(row["chain_no"], row["hash"])
        linked.append(row)
    table = tables.organisation
    connection.execute(
        update(table)
        .where(table.c.organisation_id == organisation)
        .values(chain_count=end.count, chain_head=end.hash)
    )
    return linked


# ---------------------------------------------------------------- seals


def seal(salt: bytes, text: str) -> str:
    """Hash a text so that nobody can guess it without its salt."""
    return hashlib.sha256(bytes([len(salt)]) + salt + text.encode()).hexdigest()


@dataclass(slots=True)
class Sealer:
    """Seals texts, and keeps what stands behind each."""

    behind: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        salt = secrets.token_bytes(SALT_BYTES)
        sealed = seal(salt, text)
        self.behind[sealed] = (salt, text)
        return sealed


def seals_in(payload: Any) -> Iterator[str]:
    """Find every seal in what a payload says."""
    if isinstance(payload, dict):
        if payload.keys() == {SEALED}:
            yield payload[SEALED]
        else:
            for value in payload.values():
                yield from seals_in(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from seals_in(value)


# ---------------------------------------------------------------- verification


def checkpoint(store: Store, organisation: str) -> Head:
    """Read the end of the chain, to be kept outside the database."""
    with read(store) as connection:
        return head(connection, organisation)


def verify(store: Store, organisation: str, anchor: Head | None = None) -> Finding | None:
    """Read the whole record of an organisation; name the first bad entry, or None.

    1. What is there is fixed once, since more may be appended while we read.
    2. Each entry is numbered, linked and hashed as it was written.
    3. Each text fits its seal; none is missing, added, or blanked without an entry that says so.
    4. The chain ends where its head says, and passes through the anchor.
    """
    with read(store) as connection:
        end = head(connection, organisation)
        beyond = connection.scalar(
            select(func.max(tables.event.c.chain_no)).where(
                tables.event.c.organisation_id == organisation
            )
        )
    found = judged(entries(store, organisation, end.count), end, anchor)
    more = isinstance(beyond, int) and beyond > end.count
    if more and (found is None or found.entry == end.count):
        found = Finding(end.count + 1, "was added outside the chain")
    return found or _strays(store, organisation)


def judged(
    entries: Iterable[tuple[Mapping[str, Any], Texts]], end: Head, anchor: Head | None
) -> Finding | None:
    """Find the first entry, each with its texts, that is not what was written."""
    walk = _Walk()
    for entry, texts in entries:
        problem = walk.step(entry, texts)
        if problem:
            return Finding(walk.count + 1, problem, entry["project_id"], entry["sequence"])
        if anchor and anchor.count == walk.count and anchor.hash != walk.hash:
            return Finding(walk.count, "is not what the anchor says")
    return walk.finding or _ending(walk, end, anchor)


def entries(
    store: Store, organisation: str, last: int
) -> Iterator[tuple[Mapping[str, Any], Texts]]:
    """Read the entries of a record up to a number, each with the texts behind its seals."""
    for start in range(0, last, BATCH):
        batch, texts = _batch(store, organisation, start, min(start + BATCH, last))
        for entry in batch:
            yield entry, texts.get((entry["project_id"], entry["sequence"]), {})


def _batch(
    store: Store, organisation: str, after: int, last: int
) -> tuple[list[dict[str, Any]], dict[tuple[str, int], dict[str, Any]]]:
    event, text = tables.event.c, tables.sealed.c
    inside = (event.organisation_id == organisation, event.chain_no > after, event.chain_no <= last)
    columns = (text.project_id, text.sequence, text.seal, text.salt, text.content)
    with read(store) as connection:
        entries = connection.execute(
            select(*map(_as_stored, tables.event.columns)).where(*inside).order_by(event.chain_no)
        ).all()
        beside = connection.execute(
            select(*map(_as_stored, columns)).join(tables.event, _belongs()).where(*inside)
        ).all()
        texts: dict[tuple[str, int], dict[str, Any]] = {}
        for project, sequence, sealed, salt, content in beside:
            texts.setdefault((project, sequence), {})[sealed] = (salt, content)
    names = tables.event.columns.keys()
    return [dict(zip(names, entry, strict=True)) for entry in entries], texts


def _as_stored(column: Column[Any]) -> ColumnElement[Any]:
    # Otherwise a value of another kind than the column's would stop the reading, not be found.
    return type_coerce(column, NullType()).label(column.name)


def _belongs() -> Any:
    event, text = tables.event.c, tables.sealed.c
    return (
        (text.organisation_id == event.organisation_id)
        & (text.project_id == event.project_id)
        & (text.sequence == event.sequence)
    )


@dataclass(slots=True)
class _Walk:
    """Where the reading of a chain has come to, and which blanked texts no entry has told yet."""

    count: int = 0
    hash: str = ""
    blanked: dict[str, Finding] = field(default_factory=dict)

    def step(self, entry: Mapping[str, Any], texts: Texts) -> str:
        problem = self._link(entry) or self._texts(entry, texts)
        if not problem:
            self.count, self.hash = entry["chain_no"], entry["hash"]
        return problem

    def _link(self, entry: Mapping[str, Any]) -> str:
        if not isinstance(entry["payload"], bytes):  # its own hash, as text, would hash alike
            return "was changed"
        if entry["chain_no"] != self.count + 1:
            known = entry["chain_no"] in range(1, self.count + 1)
            return "is there twice" if known else "is missing"
        if entry["prev_hash"] != self.hash:
            return "does not follow the entry before it"
        return "" if hash_of(entry) == entry["hash"] else "was changed"

    def _texts(self, entry: Mapping[str, Any], texts: Texts) -> str:
        try:
            payload = json.loads(entry["payload"])
        except ValueError:
            return "was changed"
        wanted = {*seals_in(payload), *filter(None, (entry["reason"],))}
        if wanted != texts.keys():
            return "has lost a text" if wanted - texts.keys() else "has a text added to it"
        for sealed, (salt, content) in texts.items():
            if content is None and salt is None:
                self.blanked[sealed] = Finding(
                    entry["chain_no"],
                    "has a text that was blanked without a word",
                    entry["project_id"],
                    entry["sequence"],
                )
            elif not (isinstance(salt, bytes) and isinstance(content, str)) or (
                seal(salt, content) != sealed
            ):
                return "has a text that was changed"
        if entry["type"] == ERASED:
            for sealed in payload["seals"]:
                self.blanked.pop(sealed, None)
        return ""

    @property
    def finding(self) -> Finding | None:
        return min(self.blanked.values(), key=lambda found: found.entry, default=None)


def _ending(walk: _Walk, end: Head, anchor: Head | None) -> Finding | None:
    if walk.count < end.count:
        return Finding(walk.count + 1, "is missing")
    if walk.hash != end.hash:
        return Finding(walk.count, "is not what the head of the chain says")
    if anchor and anchor.count < 1 and anchor != Head(0, ""):
        return Finding(0, "is not what the anchor says")
    if anchor and anchor.count > end.count:
        return Finding(end.count + 1, "is missing, since the anchor knows of more")
    return None


def _strays(store: Store, organisation: str) -> Finding | None:
    """Find a text that belongs to no entry."""
    text = tables.sealed.c
    with read(store) as connection:
        stray = connection.execute(
            select(text.project_id, text.sequence)
            .outerjoin(tables.event, _belongs())
            .where(text.organisation_id == organisation, tables.event.c.sequence.is_(None))
            .limit(1)
        ).first()
    return Finding(0, "is a text without an entry", *stray) if stray else None
