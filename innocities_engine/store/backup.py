"""Decide what a copy of an installation holds and how it is taken and put back: the database as of
one instant, the files it tells of, its settings, and the ends of its chains.  Secrets stay behind
unless they are asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from innocities_engine import disk, errors
from innocities_engine.domain.codec import instant
from innocities_engine.settings import KEY, SETTINGS, VERSION, new_key, occupied
from innocities_engine.store import chain, files, people
from innocities_engine.store.transactions import (
    ARTEFACTS,
    DATABASE,
    PRIVATE,
    Store,
    open_store,
    patiently,
    read,
    spoken_for,
)

MANIFEST: Final = "manifest.json"
HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is complete. `anchors`: the end of each organisation's chain."""

    folder: Path
    files: int
    anchors: dict[str, chain.Head]


def backup(store: Store, target: Path, now: datetime, *, secrets: bool = False) -> Copy:
    """Copy an installation while it is at work.

    1. The database is copied as of one instant.
    2. The files that this copy tells of are there: none is told of before it is kept.
    3. Everything is flushed before the folder gets the name that was asked for.
    """
    if target.exists():
        raise errors.Conflict(message=f"{target} exists already").named("exists", given=target)
    with _growing(target) as partial:
        _copy_database(store, partial / DATABASE)
        copy = open_store(partial)
        try:
            manifest = _manifest(store, copy, now)
        finally:
            copy.close()
        _copy_settings(store.folder, partial, secrets=secrets)
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        (partial / MANIFEST).chmod(PRIVATE)
        _flush_all(partial)
        partial.rename(target)
    disk.flush(target.parent)
    return _described(target, manifest)


@contextmanager
def _growing(target: Path) -> Iterator[Path]:
    """A folder of our own beside the one that is to be, which is gone if it comes to nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def examine(source: Path) -> Copy:
    """Make sure that a copy is whole."""
    manifest = _read_manifest(source)
    for name, digest in manifest["files"].items():
        _require_whole(source, name, digest)
    return _described(source, manifest)


def _require_whole(source: Path, name: str, digest: str) -> None:
    """A file of the copy itself, and no link to somewhere else."""
    path = source / name
    if path.is_symlink() or not path.is_file() or _hash(path) != digest:
        raise _damaged(name, source)


def _damaged(name: str, source: Path) -> errors.Integrity:
    said = f"{name} in {source} is damaged"
    return errors.Integrity(said).named("damaged_copy", given=name, source=source)


def restore(source: Path, folder: Path) -> Copy:
    """Put a copy in place where there is no installation yet, once it has proved to be whole."""
    folder = folder.resolve()
    if (folder / DATABASE).exists():
        raise occupied(folder)
    manifest = _read_manifest(source)
    with _growing(folder) as partial:
        if folder.exists():
            shutil.copytree(folder, partial, dirs_exist_ok=True)
        for name, digest in manifest["files"].items():
            _require_whole(source, name, digest)
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, partial / name)
            if _hash(partial / name) != digest:
                raise _damaged(name, source)
        _copy_settings(source, partial, secrets=True)
        if not (partial / KEY).exists():
            new_key(partial)
        _flush_all(partial)
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    disk.flush(folder.parent)
    return _described(folder, manifest)


def _copy_database(store: Store, target: Path) -> None:
    with spoken_for():
        source = sqlite3.connect(store.database, timeout=0, isolation_level=None)
        try:
            patiently(lambda: source.execute("VACUUM INTO ?", (str(target),)))
        finally:
            source.close()
    target.chmod(PRIVATE)


def _manifest(store: Store, copy: Store, now: datetime) -> dict[str, Any]:
    with read(copy) as connection:
        told = files.listed(connection)
        anchors = {
            each.id: chain.head(connection, each.id) for each in people.organisations(connection)
        }
    hashes = {DATABASE: ""}
    for organisation, _, sha256, _ in told:
        source = files.path(store, organisation, sha256)
        target = files.path(copy, organisation, sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        if _hash(target) != sha256:
            raise errors.Integrity(f"the file {sha256} is damaged on the disk")
        hashes[str(target.relative_to(copy.folder))] = sha256
    copy.close()
    hashes[DATABASE] = _hash(copy.database)
    return {
        "made_at": instant(now),
        "program": VERSION,
        "anchors": {home: [head.count, head.hash] for home, head in anchors.items()},
        "files": hashes,
    }


def _copy_settings(source: Path, target: Path, *, secrets: bool) -> None:
    for name in (SETTINGS, KEY) if secrets else (SETTINGS,):
        if (source / name).exists():
            shutil.copy2(source / name, target / name)


def _read_manifest(source: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        _require_shape(found)
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError) as fault:
        said = f"{source} is not a whole copy: it has no {MANIFEST}"
        raise errors.Integrity(said).named("no_copy", given=source, file=MANIFEST) from fault
    return found


def _require_shape(manifest: Any) -> None:
    """Refuse what we would not have written: above all names that lead out of the folder."""
    try:
        names, anchors = manifest["files"], manifest["anchors"]
        sound = DATABASE in names and all(_is_ours(name) for name in names)
        for count, digest in anchors.values():
            sound = sound and isinstance(count, int) and isinstance(digest, str)
    except (TypeError, KeyError, AttributeError) as fault:
        raise ValueError from fault
    if not sound:
        raise ValueError


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    content = parts[0] == ARTEFACTS and HASH.fullmatch(parts[-1]) and ".." not in parts
    return name == DATABASE or bool(content)


def _described(folder: Path, manifest: dict[str, Any]) -> Copy:
    anchors = {home: chain.Head(*head) for home, head in manifest["anchors"].items()}
    return Copy(folder, len(manifest["files"]) - 1, anchors)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_all(folder: Path) -> None:
    for each in [*folder.rglob("*"), folder]:
        disk.flush(each)
