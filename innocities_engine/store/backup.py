"""Decide what a copy of an installation holds and how it is taken and put back: the database as of
one instant, the files that it or its record tells of, its settings, and the ends of its chains.
Secrets stay behind unless they are asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from innocities_engine import disk, errors
from innocities_engine.domain.codec import instant
from innocities_engine.settings import KEY, LINK_KEY, SETTINGS, VERSION, new_key, occupied
from innocities_engine.store import chain, files, people
from innocities_engine.store.transactions import (
    ARTEFACTS,
    DATABASE,
    PRIVATE,
    PRIVATE_FOLDER,
    Store,
    Transaction,
    open_store,
    patiently,
    read,
    spoken_for,
)

MANIFEST: Final = "manifest.json"
HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is complete. `anchors`: the end of each organisation's chain.

    `unlisted`: files that the record tells of and the list of files does not, as OWNER/HASH.
    `broken`: what is wrong with the record of an organisation, as it was when it was copied.
    """

    folder: Path
    files: int
    anchors: dict[str, chain.Head]
    unlisted: tuple[str, ...] = ()
    broken: Mapping[str, chain.Finding] = field(default_factory=dict)


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
        with _opened(partial) as copy:
            manifest, unlisted = _manifest(store, copy, now)
        _copy_settings(store.folder, partial, secrets=secrets)
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        (partial / MANIFEST).chmod(PRIVATE)
        _flush_all(partial)
        partial.rename(target)
    disk.flush(target.parent)
    return replace(_described(target, manifest), unlisted=unlisted)


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    store = open_store(folder)
    try:
        yield store
    finally:
        store.close()


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
    """Put a copy in place where there is no installation yet, once it has proved to be whole.

    1. Every file is what the manifest says, and nobody else may read it.
    2. Every chain ends where the manifest says.
    3. What is wrong with a record all the same was so before it was copied: it is told.
    """
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
        _make_private(partial, manifest)
        with _opened(partial) as copy:
            broken = _held_against(copy, _described(source, manifest))
        _flush_all(partial)
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    disk.flush(folder.parent)
    return replace(_described(folder, manifest), broken=broken)


def _make_private(folder: Path, manifest: dict[str, Any]) -> None:
    """What holds names and texts is its owner's alone, whatever the copy and the shell let."""
    for name in (*manifest["files"], KEY):
        (folder / name).chmod(PRIVATE)
    for each in (folder, *filter(Path.is_dir, (folder / ARTEFACTS).rglob("*")), folder / ARTEFACTS):
        if each.exists():
            each.chmod(PRIVATE_FOLDER)


def _held_against(copy: Store, told: Copy) -> dict[str, chain.Finding]:
    """Refuse a record that ends elsewhere than the manifest says; tell what else is wrong."""
    with read(copy) as connection:
        ends = _ends(connection)
    if ends != told.anchors:
        said = f"the record in {told.folder} does not end where {MANIFEST} says"
        raise errors.Integrity(said).named("other_end", source=told.folder, file=MANIFEST)
    found = {home: chain.verify(copy, home, anchor) for home, anchor in told.anchors.items()}
    return {home: finding for home, finding in found.items() if finding}


def _ends(connection: Transaction) -> dict[str, chain.Head]:
    return {each.id: chain.head(connection, each.id) for each in people.organisations(connection)}


def _copy_database(store: Store, target: Path) -> None:
    with spoken_for(store.database):
        source = sqlite3.connect(store.database, timeout=0, isolation_level=None)
        try:
            patiently(lambda: source.execute("VACUUM INTO ?", (str(target),)))
        finally:
            source.close()
    target.chmod(PRIVATE)


def _manifest(store: Store, copy: Store, now: datetime) -> tuple[dict[str, Any], tuple[str, ...]]:
    with read(copy) as connection:
        listed = {(organisation, sha256) for organisation, _, sha256, _ in files.listed(connection)}
        recorded, anchors = files.recorded(connection), _ends(connection)
    hashes = {DATABASE: ""}
    for organisation, sha256 in sorted(listed | recorded):
        target = _copy_file(store, copy, organisation, sha256)
        hashes[str(target.relative_to(copy.folder))] = sha256
    copy.close()
    hashes[DATABASE] = _hash(copy.database)
    manifest = {
        "made_at": instant(now),
        "program": VERSION,
        "anchors": {home: [head.count, head.hash] for home, head in anchors.items()},
        "files": hashes,
    }
    return manifest, tuple(f"{home}/{sha256}" for home, sha256 in sorted(recorded - listed))


def _copy_file(store: Store, copy: Store, organisation: str, sha256: str) -> Path:
    """Copy a file that is told of; it must be there, and be what its hash says."""
    target = files.path(copy, organisation, sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(files.path(store, organisation, sha256), target)
    except FileNotFoundError as fault:
        said = f"the file {sha256} is not on the disk"
        raise errors.Integrity(said).named("lost_file", given=sha256) from fault
    if _hash(target) != sha256:
        said = f"the file {sha256} is damaged on the disk"
        raise errors.Integrity(said).named("damaged_file", given=sha256)
    return target


def _copy_settings(source: Path, target: Path, *, secrets: bool) -> None:
    for name in (SETTINGS, KEY, LINK_KEY) if secrets else (SETTINGS,):
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
