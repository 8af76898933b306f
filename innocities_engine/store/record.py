"""Decide how what happened is written down and read again: one entry for each event, in the
envelope of who did it, in what capacity, why and when; free texts apart, so that they can be
blanked.  How entries are linked is left to `chain`; what they mean, to the domain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from innocities_engine import errors
from innocities_engine.domain import codec
from innocities_engine.domain.events import Event
from innocities_engine.domain.evolve import evolve
from innocities_engine.domain.happening import Happening
from innocities_engine.domain.project import Project
from innocities_engine.settings import VERSION
from innocities_engine.store import chain, tables

BLANK: Final = "[erased]"
OF_THE_ORGANISATION: Final = ""  # entries of no project stand under this id


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around the events of one command."""

    organisation: str
    project: str
    actor: str
    capacity: str
    command: str
    command_id: str
    reason: str
    method_digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record as people read it. `event` is None where no project was changed."""

    chain_no: int
    project: str
    sequence: int
    type: str
    event: Event | None
    details: Mapping[str, Any]
    actor: str
    capacity: str
    command: str
    command_id: str
    reason: str
    method_digest: str
    program: str
    at: datetime
    hash: str


def append(
    connection: Connection, envelope: Envelope, events: Sequence[Happening], after: int
) -> int:
    """Write events behind number `after` of their project; return the last number."""
    drafts = []
    for event in events:
        sealer = chain.Sealer()
        drafts.append((type(event).__name__, codec.dump(event, sealer), sealer))
    return _append(connection, envelope, drafts, after)


def note(connection: Connection, envelope: Envelope, kind: str, details: Mapping[str, Any]) -> None:
    """Write down what changes no project's state: a publication, a right, an erasure."""
    payload = json.dumps(details, ensure_ascii=False, separators=(",", ":")).encode()
    after = last_number(connection, envelope.organisation, envelope.project)
    _append(connection, envelope, [(kind, payload, chain.Sealer())], after)


def last_number(connection: Connection, organisation: str, project: str) -> int:
    """Tell the number of the newest entry under a project."""
    c = tables.event.c
    query = select(func.max(c.sequence)).where(
        c.organisation_id == organisation, c.project_id == project
    )
    return connection.scalar(query) or 0


def _append(
    connection: Connection,
    envelope: Envelope,
    drafts: Iterable[tuple[str, bytes, chain.Sealer]],
    after: int,
) -> int:
    entries: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for sequence, (kind, payload, sealer) in enumerate(drafts, start=after + 1):
        # The first entry of a command gives the reason for all of them.
        reason = sealer(envelope.reason) if envelope.reason and not entries else ""
        place = {
            "organisation_id": envelope.organisation,
            "project_id": envelope.project,
            "sequence": sequence,
        }
        entries.append({**place, **_around(envelope), "type": kind, "payload": payload,
                        "reason": reason})  # fmt: skip
        texts += [
            {**place, "seal": sealed, "salt": salt, "content": text}
            for sealed, (salt, text) in sealer.behind.items()
        ]
    if entries:
        connection.execute(
            insert(tables.event), chain.extend(connection, envelope.organisation, entries)
        )
    if texts:
        connection.execute(insert(tables.sealed), texts)
    return after + len(entries)


def _around(envelope: Envelope) -> dict[str, str]:
    return {
        "actor": envelope.actor,
        "capacity": envelope.capacity,
        "command": envelope.command,
        "command_id": envelope.command_id,
        "method_digest": envelope.method_digest,
        "program": VERSION,
        "recorded_at": codec.instant(envelope.at),
    }


# ---------------------------------------------------------------- reading


def entries(
    connection: Connection,
    organisation: str,
    project: str,
    *,
    after: int = 0,
    command_id: str = "",
    until: datetime | None = None,
) -> list[Entry]:
    """Read the entries of a project in order; those of one command, or up to an instant."""
    c = tables.event.c
    query = select(tables.event).where(
        c.organisation_id == organisation, c.project_id == project, c.sequence > after
    )
    if command_id:
        query = query.where(c.command_id == command_id)
    if until:
        query = query.where(c.recorded_at <= codec.instant(until))
    rows = connection.execute(query.order_by(c.sequence)).mappings().all()
    texts = _texts(connection, organisation, project)
    return [_entry(row, texts) for row in rows]


def stream(connection: Connection, organisation: str, name: str) -> list[Happening]:
    """Read what happened to something that is no project, such as a round; oldest first."""
    c = tables.event.c
    query = select(c.type, c.payload).where(c.organisation_id == organisation, c.project_id == name)
    texts = _texts(connection, organisation, name)

    def reveal(sealed: str) -> str:
        return texts.get(sealed, BLANK)

    rows = connection.execute(query.order_by(c.sequence)).all()
    known = [row for row in rows if row.type in codec.BESIDE]
    return [codec.load(codec.BESIDE[row.type], row.payload, reveal) for row in known]


def streams(connection: Connection, organisation: str, prefix: str) -> list[str]:
    """List the names of streams that begin so, oldest first."""
    c = tables.event.c
    query = select(c.project_id).where(
        c.organisation_id == organisation,
        c.project_id >= prefix,
        c.project_id < prefix[:-1] + chr(ord(prefix[-1]) + 1),
        c.sequence == 1,
    )
    return list(connection.scalars(query.order_by(c.chain_no)))


def _texts(connection: Connection, organisation: str, project: str) -> dict[str, str]:
    c = tables.sealed.c
    query = select(c.seal, c.content).where(
        c.organisation_id == organisation, c.project_id == project, c.content.is_not(None)
    )
    return {row.seal: row.content for row in connection.execute(query)}


def _entry(row: Mapping[Any, Any], texts: Mapping[str, str]) -> Entry:
    def reveal(sealed: str) -> str:
        return texts.get(sealed, BLANK)

    kind = codec.EVENTS.get(row["type"])
    event: Event | None = codec.load(kind, row["payload"], reveal) if kind else None
    return Entry(
        chain_no=row["chain_no"],
        project=row["project_id"],
        sequence=row["sequence"],
        type=row["type"],
        event=event,
        details={} if event else json.loads(row["payload"]),
        actor=row["actor"],
        capacity=row["capacity"],
        command=row["command"],
        command_id=row["command_id"],
        reason=reveal(row["reason"]) if row["reason"] else "",
        method_digest=row["method_digest"],
        program=row["program"],
        at=datetime.fromisoformat(row["recorded_at"]),
        hash=row["hash"],
    )


def replay(entries: Iterable[Entry]) -> Project:
    """Fold the events of a project into its state."""
    project = Project()
    for event in _events(entries):
        project = evolve(project, event)
    return project


def _events(entries: Iterable[Entry]) -> Iterator[Event]:
    return (entry.event for entry in entries if entry.event is not None)


# ---------------------------------------------------------------- blanking


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it stands in the record, and the seal by which it can be blanked."""

    project: str
    sequence: int
    seal: str
    text: str


def texts(connection: Connection, organisation: str) -> list[Written]:
    """List all that people wrote in their own words, project by project."""
    c = tables.sealed.c
    query = (
        select(c.project_id, c.sequence, c.seal, c.content)
        .where(c.organisation_id == organisation, c.content.is_not(None))
        .order_by(c.project_id, c.sequence)
    )
    return [Written(*row) for row in connection.execute(query)]


def erase(connection: Connection, envelope: Envelope, seals: Sequence[str]) -> list[str]:
    """Blank the texts behind these seals, and say so in the record; return what they said."""
    c = tables.sealed.c
    these = (
        c.organisation_id == envelope.organisation,
        c.project_id == envelope.project,
        c.seal.in_(seals),
        c.content.is_not(None),
    )
    said = list(connection.scalars(select(c.content).where(*these)))
    if len(said) != len(set(seals)):
        raise errors.NotFound("One of these texts is not there, or was erased before.")
    connection.execute(update(tables.sealed).where(*these).values(content=None, salt=None))
    note(connection, envelope, chain.ERASED, {"seals": list(seals)})
    return said
