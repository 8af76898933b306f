"""Decide how texts of projects are found again: titles, names of papers, comments, reasons,
minutes, conditions. What may be seen of them is said by whoever asks; what they mean is left to
others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, String, and_, cast, or_, select

from innocities_engine.store import tables

ESCAPE: Final = "\\"
SUBMITTED: Final = "VersionSubmitted"


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that holds every word, and the entry of the record it stands in."""

    project: str
    number: int
    title: str
    sequence: int
    type: str
    at: datetime
    text: str


def search(
    connection: Connection,
    organisation: str,
    words: Sequence[str],
    *,
    artefacts: Sequence[str] = (),
    person: str = "",
    limit: int = 50,
) -> list[Hit]:
    """Find the newest entries with a text that holds every word, or about one of these artefacts.

    With a person, only in projects where that person holds a role.
    """
    project, event, text = tables.project.c, tables.event.c, tables.sealed.c
    said = and_(text.content.is_not(None), *(_holds(text.content, word) for word in words))
    about = [_about(event.payload, artefact) for artefact in artefacts]
    handed_in = and_(event.type == SUBMITTED, or_(*about)) if about else None
    where = [event.organisation_id == organisation]
    where.append(said if handed_in is None else or_(said, handed_in))
    if person:
        where.append(project.id.in_(_held_by(organisation, person)))
    query = (
        select(
            project.id, project.number, project.title, event.sequence, event.type,
            event.recorded_at, text.content,
        )
        .select_from(tables.event)
        .join(tables.project, and_(project.organisation_id == event.organisation_id,
                                   project.id == event.project_id))
        .outerjoin(tables.sealed, and_(text.organisation_id == event.organisation_id,
                                       text.project_id == event.project_id,
                                       text.sequence == event.sequence))
        .where(*where)
        .order_by(event.chain_no.desc())
        .limit(limit)
    )  # fmt: skip
    return list(_hits(connection.execute(query).mappings()))


def _hits(rows: Any) -> Iterator[Hit]:
    """Each text once of what one command wrote down: the last that says it says most."""
    seen: set[tuple[str, datetime, str]] = set()
    for row in rows:
        hit = _hit(row)
        if (hit.project, hit.at, hit.text) not in seen:
            seen.add((hit.project, hit.at, hit.text))
            yield hit


def _hit(row: Mapping[str, Any]) -> Hit:
    at = datetime.fromisoformat(row["recorded_at"])
    return Hit(
        row["id"], row["number"], row["title"], row["sequence"], row["type"], at,
        row["content"] or "",
    )  # fmt: skip


def _holds(column: Any, word: str) -> ColumnElement[bool]:
    """The word in small letters, in capitals and as it begins a sentence.

    A database folds the case of ASCII letters only.
    """
    spelled = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    return or_(*(column.like(f"%{_literal(one)}%", escape=ESCAPE) for one in spelled))


def _about(payload: Any, artefact: str) -> ColumnElement[bool]:
    return cast(payload, String).like(f'%"artefact":"{_literal(artefact)}"%', escape=ESCAPE)


def _literal(word: str) -> str:
    """A word in which no character stands for others."""
    for sign in (ESCAPE, "%", "_"):
        word = word.replace(sign, ESCAPE + sign)
    return word


def _held_by(organisation: str, person: str) -> Any:
    c = tables.membership.c
    return select(c.project_id).where(c.organisation_id == organisation, c.person_id == person)
