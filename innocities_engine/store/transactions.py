"""Decide how the database is opened and how a transaction begins, waits and ends, so that what was
acknowledged survives a power cut, rules are judged on what is written, and nobody starves.  What is
read and written inside is left to the callers.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from innocities_engine import disk, errors

T = TypeVar("T")
Transaction: TypeAlias = Connection  # by this name others hold one, and hand it to the store

DATABASE: Final = "innocities.db"
PRIVATE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
ARTEFACTS: Final = "artefacts"

PATIENCE_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = (0.0003, 0.02)
BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
PASSING: Final = BUSY | {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
}
SYNCHRONOUS: Final = ("OFF", "NORMAL", "FULL", "EXTRA")  # as the database numbers them
DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
UNSAFE_FILE_SYSTEMS: Final = frozenset(
    {"afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"}
)
# From these versions on, the race that may corrupt a write-ahead log is mended.
WAL_IS_SAFE_FROM: Final = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@dataclass(frozen=True, slots=True)
class Store:
    """An open database and the folder in which its files stand.

    `rehearsing`: what is written is taken back at the end of its transaction.
    """

    engine: Engine
    folder: Path
    rehearsing: bool = False

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    @property
    def artefacts(self) -> Path:
        return self.folder / ARTEFACTS

    def close(self) -> None:
        self.engine.dispose()


def open_store(folder: Path) -> Store:
    """Open the database in a folder, which must be on a disk of this machine."""
    _refuse_network(folder)
    _begin_private(folder / DATABASE)
    engine = create_engine(f"sqlite:///{folder / DATABASE}", connect_args={"timeout": 0})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", _commit)
    return Store(engine, folder)


def _begin_private(database: Path) -> None:
    """Make the file first: it holds names and what people wrote, and is its owner's alone."""
    if database.parent.is_dir():
        with suppress(FileExistsError):
            os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))


@contextmanager
def write(store: Store) -> Iterator[Connection]:
    """Hold the only right to write from the first read on; commit at the end, or nothing."""
    known = spoken_for(store.database)
    with known, store.engine.connect() as connection, connection.begin() as transaction:
        yield connection
        if store.rehearsing:
            transaction.rollback()


def flush(store: Store) -> None:
    """Flush what has been committed; errors.Uncertain if the disk still fails."""
    try:
        for path in sorted(store.folder.glob(f"{DATABASE}*")):
            disk.flush(path)
        disk.flush(store.folder)
    except OSError as fault:
        raise errors.Uncertain(f"the disk fails: {fault}").named("disk") from fault


def rehearsed(store: Store) -> Store:
    """See the same database, and leave it as it is."""
    return replace(store, rehearsing=True)


@contextmanager
def read(store: Store) -> Iterator[Connection]:
    """See one state of the database throughout; keep it short, since it delays commits."""
    reading = store.engine.execution_options(innocities_read=True)
    with spoken_for(store.database), reading.connect() as connection, connection.begin():
        yield connection


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> tuple[str, str]:
    """Tell the journal and the synchronous mode that lose nothing with this library."""
    newest = WAL_IS_SAFE_FROM[0]
    safe = version >= newest or any(
        version[:2] == mended[:2] and version >= mended for mended in WAL_IS_SAFE_FROM[1:]
    )
    return ("WAL", "FULL") if safe else ("TRUNCATE", "EXTRA")


@dataclass(frozen=True, slots=True)
class Durability:
    """How the database keeps what is committed, as it says itself."""

    library: str
    journal: str
    synchronous: str


def durability(store: Store) -> Durability:
    """Ask the database how it keeps what is committed."""
    with read(store) as connection:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    return Durability(sqlite3.sqlite_version, str(journal).upper(), SYNCHRONOUS[synchronous])


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # otherwise a SELECT would open no transaction
    journal, synchronous = journal_mode()
    for pragma in (
        f"journal_mode={journal}",
        f"synchronous={synchronous}",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # otherwise REPLACE would delete what is never deleted
        "trusted_schema=OFF",
        "mmap_size=0",
        "cache_spill=OFF",  # otherwise a large transaction would need the lock of its commit early
        "secure_delete=ON",
    ):
        patiently(lambda pragma=pragma: connection.execute(f"PRAGMA {pragma}").fetchall())  # type: ignore[misc]  # bound at once


def _begin(connection: Connection) -> None:
    raw = _raw(connection)
    if connection.get_execution_options().get("innocities_read"):
        patiently(lambda: _begin_reading(raw))
    else:
        patiently(lambda: raw.execute("BEGIN IMMEDIATE"))


def _begin_reading(raw: sqlite3.Connection) -> None:
    raw.execute("BEGIN")
    try:
        # The lock comes with the first read, so it is waited for here and nowhere else.
        raw.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.OperationalError:
        if raw.in_transaction:  # otherwise the database has rolled back by itself
            raw.execute("ROLLBACK")
        raise


def _commit(connection: Connection) -> None:
    """What fails here may be kept all the same: the last flush comes after it is done."""
    raw = _raw(connection)
    try:
        patiently(lambda: raw.execute("COMMIT"))
    except sqlite3.OperationalError as fault:
        if fault.sqlite_errorcode & 0xFF in BUSY:
            raise
        said = f"the disk failed while this was being kept: {fault}"
        raise errors.Uncertain(said).named("disk") from fault


def _raw(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)  # the engine is for SQLite
    return found


def patiently(act: Callable[[], T]) -> T:
    """Try again at short, uneven intervals: equal ones would let the same process win for ever.

    They grow with the wait: a hundred who ask all the time would leave no time to whoever works.
    """
    begun, (shortest, longest) = time.monotonic(), PAUSE_SECONDS
    while True:
        try:
            return act()
        except sqlite3.OperationalError as fault:
            waited = time.monotonic() - begun
            if fault.sqlite_errorcode & 0xFF not in BUSY or waited > PATIENCE_SECONDS:
                raise
        pause = min(longest, max(shortest, waited / 10))
        time.sleep(random.uniform(0.5, 1.5) * pause)  # noqa: S311  # not a secret


@contextmanager
def spoken_for(database: Path) -> Iterator[None]:
    """Turn what the database says of locks, disks, rights and damage into our own words."""
    try:
        yield
    except DBAPIError as fault:
        _translate(fault.orig, fault, database)
        raise
    except sqlite3.Error as fault:
        _translate(fault, fault, database)
        raise


def _translate(said: BaseException | None, fault: Exception, database: Path) -> None:
    code = getattr(said, "sqlite_errorcode", 0) & 0xFF
    if code in DAMAGED:
        raise errors.Integrity(f"the database is damaged: {said}") from fault
    if code not in PASSING:
        return
    if code in BUSY:
        text = "database_busy"
    elif denied := disk.no_access(database):
        raise denied from fault
    else:
        text = "disk_full" if code == sqlite3.SQLITE_FULL else "disk"
    raise errors.Unavailable(f"the database cannot be used now: {said}").named(text) from fault


def _refuse_network(folder: Path) -> None:
    kind = file_system(folder)
    if kind in UNSAFE_FILE_SYSTEMS:
        raise errors.Unavailable(
            f"{folder} is on a network file system ({kind}), where locks cannot be relied on; "
            "use a disk of this machine"
        ).named("network", folder=folder, kind=kind)


def file_system(folder: Path) -> str:
    """Name the kind of file system a folder is on; "" where the system does not tell."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    rows = [line.split() for line in mounts.read_text(errors="replace").splitlines()]
    here = folder.resolve()
    holding = [(row[1], row[2]) for row in rows if here.is_relative_to(_unescaped(row[1]))]
    return max(holding, key=lambda mount: len(mount[0]), default=("", ""))[1]


def _unescaped(mount: str) -> str:
    return mount.encode().decode("unicode_escape")
