"""Decide how what was handed in is kept: by its hash, in a folder for each organisation, on the
disk before any row tells of it, and checked against its hash whenever it is read.  Names people
gave are kept elsewhere; no path is ever made of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Final

from sqlalchemy import Connection, func, insert, select

from innocities_engine import disk, errors
from innocities_engine.domain.commands import (
    Adopt,
    Command,
    Decide,
    DecideInRound,
    Import,
    Start,
    Submit,
)
from innocities_engine.domain.events import Event, VersionSubmitted
from innocities_engine.domain.project import Content
from innocities_engine.store import checks, tables
from innocities_engine.store.transactions import Store, read, write

CHUNK: Final = 1 << 20
MIB: Final = 1 << 20
LARGEST_FILE: Final = 25 * MIB
LARGEST_PROJECT: Final = 1024 * MIB
LARGEST_ORGANISATION: Final = 20 * 1024 * MIB
ORPHANED_AFTER: Final = 24 * 3600.0  # seconds
HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is on the disk for good."""

    sha256: str
    size: int


def keep(store: Store, organisation: str, source: BinaryIO) -> Kept:
    """Take a file in, so that it survives a power cut before anybody is told of it.

    1. It is written under another name in the same tree while it is hashed, and flushed.
    2. It is renamed to its hash.
    3. Each folder on the way to it is flushed.
    """
    home = store.artefacts / checks.identity("organisation", organisation)
    waiting = home / "tmp"
    waiting.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=waiting)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            kept = _copy(source, target)
            target.flush()
            os.fsync(target.fileno())
        place = _place(store, organisation, kept.sha256)
        disk.make(place.parent, store.folder)
        partial.rename(place)
        disk.flush(place.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
    return kept


def _copy(source: BinaryIO, target: BinaryIO) -> Kept:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > LARGEST_FILE:
            most = LARGEST_FILE // MIB
            raise errors.Refused(message=f"a file has at most {most} MiB").named("file", n=most)
        digest.update(chunk)
        target.write(chunk)
    return Kept(digest.hexdigest(), size)


def _place(store: Store, organisation: str, sha256: str) -> Path:
    if not HASH.fullmatch(sha256):
        raise errors.NotFound(f"there is no file {sha256}")
    home = store.artefacts / checks.identity("organisation", organisation)
    return home / sha256[:2] / sha256[2:4] / sha256


def copy(store: Store, giver: str, taker: str, content: Content) -> None:
    """Keep for one organisation what another one keeps, each to do with as it likes."""
    if _is_there(store, taker, content):
        with suppress(FileNotFoundError):
            os.utime(_place(store, taker, content.sha256))  # as new: it is about to be told of
            return
    with opened(store, giver, content.sha256) as source:
        keep(store, taker, source)


# ---------------------------------------------------------------- rows


def handed_in(command: Command) -> tuple[Content, ...]:
    """Tell which files a command brings."""
    match command:
        case Submit(content=content):
            contents: tuple[Content, ...] = (content,)
        case Decide(proposal=proposal) | DecideInRound(decide=Decide(proposal=proposal)):
            contents = tuple(proposal.attach.values())
        case Import(papers=papers):
            contents = tuple(paper.content for paper in papers)
        case Start(inherited=versions) | Adopt(inherited=versions):
            contents = tuple(version.content for version in versions)
        case _:
            contents = ()
    return tuple(each for each in contents if each.kind == "file")


def told_of(events: Iterable[Event]) -> Iterator[Content]:
    """Tell which files stand in the record from now on: the vote of one among many brings none."""
    versions = (event.version for event in events if isinstance(event, VersionSubmitted))
    return (version.content for version in versions if version.content.kind == "file")


def require(store: Store, organisation: str, content: Content) -> None:
    """Refuse what names a file that is not on the disk."""
    if not _is_there(store, organisation, content):
        raise errors.NotFound(f"the file {content.sha256} was not taken in")


def _is_there(store: Store, organisation: str, content: Content) -> bool:
    place = _place(store, organisation, content.sha256)
    return place.exists() and place.stat().st_size == content.size


def enter(
    connection: Connection,
    organisation: str,
    project: str,
    content: Content,
    *,
    person: str,
    now: datetime,
) -> None:
    """Tell of a file in the transaction of the command that brings it, within the quotas."""
    c = tables.artefact_file.c
    here = (c.organisation_id == organisation, c.project_id == project)
    if connection.execute(select(c.size).where(*here, c.sha256 == content.sha256)).first():
        return
    taken = select(func.coalesce(func.sum(c.size), 0))
    _within(connection.scalar(taken.where(*here)), content, LARGEST_PROJECT, "this project")
    whole = connection.scalar(taken.where(here[0]))
    _within(whole, content, LARGEST_ORGANISATION, "this organisation")
    connection.execute(
        insert(tables.artefact_file).values(
            organisation_id=organisation,
            project_id=project,
            sha256=content.sha256,
            size=content.size,
            added_by=person,
            added_at=now,
        )
    )


def _within(taken: int | None, content: Content, limit: int, whose: str) -> None:
    if (taken or 0) + content.size > limit:
        said = f"the files of {whose} may have {limit // MIB} MiB in all"
        raise errors.Refused(message=said).named("files", n=limit // MIB)


# ---------------------------------------------------------------- reading


@contextmanager
def opened(store: Store, organisation: str, sha256: str) -> Iterator[BinaryIO]:
    """Open a file, once it has been found to be what its hash says."""
    place = _place(store, organisation, sha256)
    try:
        file = place.open("rb")
    except FileNotFoundError as fault:
        raise errors.NotFound(f"there is no file {sha256}") from fault
    with file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise errors.Integrity(f"the file {sha256} is damaged on the disk")
        file.seek(0)
        yield file


def damaged(store: Store, organisation: str, sha256: str) -> bool:
    """Tell whether a file is missing or not what its hash says."""
    try:
        with opened(store, organisation, sha256):
            return False
    except errors.EngineError:
        return True


def listed(connection: Connection) -> list[tuple[str, str, str, int]]:
    """List all files told of: organisation, project, hash and size."""
    c = tables.artefact_file.c
    query = select(c.organisation_id, c.project_id, c.sha256, c.size)
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def recorded(connection: Connection) -> set[tuple[str, str]]:
    """Name all files that the record tells of: organisation and hash."""
    c = tables.event.c
    query = select(c.organisation_id, c.payload).where(c.type == VersionSubmitted.__name__)
    found = ((home, _file_in(payload)) for home, payload in connection.execute(query))
    return {(home, sha256) for home, sha256 in found if sha256}


def _file_in(payload: bytes) -> str:
    """The hash of the file that an entry brings; "" where it brings none, or cannot be read."""
    with suppress(ValueError, LookupError, TypeError):
        content = json.loads(payload)["version"]["content"]
        if content.get("kind", "file") == "file" and HASH.fullmatch(content["sha256"]):
            return str(content["sha256"])
    return ""


def path(store: Store, organisation: str, sha256: str) -> Path:
    """Tell where a file stands, for whoever copies it."""
    return _place(store, organisation, sha256)


# ---------------------------------------------------------------- removing


def orphans(store: Store) -> list[Path]:
    """Find files that nothing has told of for a day, while others go on writing."""
    ours = store.artefacts.glob("*/*/**/*")  # beside these, whatever the operator has put there
    old = [each for each in sorted(ours) if _is_old(each)]
    with read(store) as connection:
        found = _untold(store, old, {(row[0], row[2]) for row in listed(connection)})
        return _untold(store, found, recorded(connection)) if found else []


def remove(store: Store, found: Iterable[Path]) -> int:
    """Remove of the orphans found those that still are; count them.

    1. Others may not write meanwhile, so that no row begins to tell of one of them.
    2. Each is put aside first: if it was taken in anew at this moment, it goes back.
    """
    with write(store) as connection:
        told = {(row[0], row[2]) for row in listed(connection)}
        return sum(_is_removed(store, each) for each in _untold(store, found, told))


def _untold(store: Store, found: Iterable[Path], told: set[tuple[str, str]]) -> list[Path]:
    return [each for each in found if (_owner(store, each), each.name) not in told]


def _owner(store: Store, file: Path) -> str:
    return file.relative_to(store.artefacts).parts[0]


def _is_old(file: Path) -> bool:
    """By the clock of the disk, which in a simulation is not that of the projects."""
    with suppress(FileNotFoundError):
        known = file.stat()
        return S_ISREG(known.st_mode) and known.st_mtime < time.time() - ORPHANED_AFTER
    return False


def _is_removed(store: Store, orphan: Path) -> bool:
    aside = store.artefacts / _owner(store, orphan) / "tmp" / "aside"
    aside.parent.mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        orphan.rename(aside)
        if _is_old(aside):
            aside.unlink()
            return True
        aside.rename(orphan)
        disk.flush(orphan.parent)
    return False
