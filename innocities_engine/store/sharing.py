"""Decide how what is shared is kept where other organisations find it: under an id nobody can
guess, and no more than was said for others. It is read off the project's state alone; what is one's
own, was taken back or never was is the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from innocities_engine import errors
from innocities_engine.domain import codec
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.project import Project, Version
from innocities_engine.store import tables

ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is shared: which version, and what it is called by the method it was made by."""

    artefact: str
    n: int
    kind: str
    title: Mapping[str, str]
    size: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a project for others."""

    title: str
    about: str
    theme: str
    lessons: tuple[str, ...]
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What another organisation shares. `organisation`: its name."""

    id: str
    organisation: str
    at: datetime
    told: Told


# ---------------------------------------------------------------- kept


def row(method: Methodology, project: Project) -> dict[str, Any] | None:
    """What is to be kept of a project for others; None if it is not shared."""
    shared = project.shared
    if shared is None:
        return None
    papers = tuple(
        _paper(method, project.versions[artefact][n - 1]) for artefact, n in shared.versions.items()
    )
    told = Told(shared.title, shared.about, shared.theme, shared.lessons, papers)
    return {
        "id": shared.id,
        "content": codec.dump(told),
        "words": _words(told),
        "shared_at": shared.at,
    }


def _paper(method: Methodology, version: Version) -> Paper:
    content, known = version.content, method.artefacts.get(version.artefact)
    title = dict(known.title) if known else {}
    return Paper(version.artefact, version.n, content.kind, title, content.size, content.address)


def _words(told: Told) -> str:
    """Where words are looked for: a database folds the case of ASCII letters only."""
    titles = (title for paper in told.papers for title in (paper.artefact, *paper.title.values()))
    return "\n".join((told.title, told.about, told.theme, *told.lessons, *titles)).casefold()


def keep(connection: Connection, method: Methodology, project: Project) -> None:
    """Keep what a project shares as its state has it, and nothing that it shares no more."""
    c = tables.shared.c
    here = (c.organisation_id == project.organisation, c.project_id == project.id)
    values = row(method, project)
    if values is None:
        connection.execute(delete(tables.shared).where(*here))
    elif not connection.execute(update(tables.shared).where(*here).values(values)).rowcount:
        place = {"organisation_id": project.organisation, "project_id": project.id}
        connection.execute(insert(tables.shared).values(place | values))


# ---------------------------------------------------------------- found by others


def offers(
    connection: Connection, reader: str, words: Sequence[str] = (), limit: int = 50
) -> list[Offer]:
    """List what others than the reader's organisation share, the newest first; where every word
    stands, if any are given.
    """
    c, home = tables.shared.c, tables.organisation.c
    query = (
        select(c.id, home.name, c.shared_at, c.content)
        .join(tables.organisation, home.organisation_id == c.organisation_id)
        .where(c.organisation_id != reader)
        .where(*(_holds(word) for word in words))
        .order_by(c.shared_at.desc(), c.id)
        .limit(limit)
    )
    return [
        Offer(found.id, found.name, found.shared_at, codec.load(Told, bytes(found.content)))
        for found in connection.execute(query)
    ]


def _holds(word: str) -> Any:
    """Whether a word stands in what is told, or in the name of who tells it."""
    told, name = tables.shared.c.words, tables.organisation.c.name
    return or_(
        told.like(f"%{_literal(word.casefold())}%", escape=ESCAPE),
        name.like(f"%{_literal(word)}%", escape=ESCAPE),
    )


def _literal(word: str) -> str:
    """A word in which no character stands for others."""
    for sign in (ESCAPE, "%", "_"):
        word = word.replace(sign, ESCAPE + sign)
    return word


def place(connection: Connection, reader: str, shared: str) -> tuple[str, str]:
    """Find the organisation and the project behind an id, for the engine alone."""
    c = tables.shared.c
    query = select(c.organisation_id, c.project_id).where(
        c.id == shared, c.organisation_id != reader
    )
    found = connection.execute(query).first()
    if found is None:
        said = f"nobody else shares anything under {shared}"
        raise errors.NotFound(said).named("not_shared", given=shared)
    return found.organisation_id, found.project_id
