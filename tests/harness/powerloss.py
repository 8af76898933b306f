"""Rebuilds the directories a power cut could leave behind, from a recording. Decides what a disk
owes to a program that flushed this and not that; whether a left directory is good enough is for
the tests to say.

Bytes not flushed since may be there or not, sector by sector, one sector torn in the middle; sizes
too. About names there are two models. ``posix``: a name is safe once its own folder was flushed,
and until then each change is kept or lost by itself. ``ext4``: changes of names are kept in the
order they were made, and flushing a file or folder keeps those that touched it and all before.
Not seen: writes through a shared mapping, which SQLite uses for its ``-shm`` index and rebuilds.
"""

from __future__ import annotations

import os
import random
import stat
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tests.harness.recording import Entry, Names, Recording, Resize, Step, Sync, Write

Model = Literal["posix", "ext4"]
MODELS: Final[tuple[Model, ...]] = ("posix", "ext4")

_SECTORS: Final = (512, 4096)
_SHARES: Final = (0.0, 0.5, 0.9, 1.0)
_Change = Write | Resize
_Folders = dict[int, dict[str, int]]
_Numbered = tuple[tuple[int, int], Names]


@dataclass(frozen=True)
class Remains:
    """What is certain after a cut, and what is open: by file for bytes, in order for names."""

    contents: dict[int, bytes]
    folders: _Folders
    open_changes: dict[int, list[_Change]]
    open_names: tuple[Names, ...]


def states(
    recording: Recording, crash_point: int, seed: int, n: int, model: Model
) -> Iterator[Path]:
    """Yield ``n`` directories the cut after ``crash_point`` steps could leave, each until the next.

    The first has nothing that was not flushed, the second has everything, as after kill -9; the
    others are drawn from the seed.
    """
    certain = remains(recording, crash_point, model)
    for number in range(n):
        chance = random.Random(f"{seed}/{crash_point}/{number}/{model}")
        share = (0.0, 1.0)[number] if number < 2 else None
        with tempfile.TemporaryDirectory(prefix=f"{model}-{crash_point}-{number}-") as place:
            contents = _surviving_bytes(certain, chance, share)
            folders = _surviving_names(certain, chance, share, model)
            _lay_out(recording, folders, contents, Path(place))
            yield Path(place)


def remains(recording: Recording, crash_point: int, model: Model) -> Remains:
    """Sort what was done by the crash point into certain and open."""
    steps = recording.steps[:crash_point]
    names = _names(steps, model)
    flushed = _flushed(steps)
    kept = _kept_by_folder if model == "posix" else _kept_in_order
    certain_names = kept(names, flushed, steps)
    folders = {i: dict(node.names) for i, node in recording.nodes.items()}
    _rename(folders, (change for at, change in names if at in certain_names))
    safe, unsafe = _bytes(steps, flushed)
    return Remains(
        {i: _changed(node.data, safe[i]) for i, node in recording.nodes.items()},
        folders,
        unsafe,
        tuple(change for at, change in names if at not in certain_names),
    )


def _bytes(
    steps: Sequence[Step], flushed: dict[int, int]
) -> tuple[dict[int, list[_Change]], dict[int, list[_Change]]]:
    """Give the changes of bytes by file: those flushed since, and those not."""
    safe: dict[int, list[_Change]] = defaultdict(list)
    unsafe: dict[int, list[_Change]] = defaultdict(list)
    for at, step in enumerate(steps):
        if isinstance(step.effect, Write | Resize):
            file = step.effect.file
            (safe if at < flushed.get(file, 0) else unsafe)[file].append(step.effect)
    return safe, unsafe


def _flushed(steps: Sequence[Step]) -> dict[int, int]:
    """Tell up to which step each file or folder was flushed."""
    flushed: dict[int, int] = {}
    for step in steps:
        if isinstance(step.effect, Sync):
            flushed[step.effect.file] = max(flushed.get(step.effect.file, 0), step.effect.covers)
    return flushed


def _names(steps: Sequence[Step], model: Model) -> list[_Numbered]:
    """List the changes of names, numbered; across folders posix promises only each half."""
    found: list[_Numbered] = []
    for at, step in enumerate(steps):
        if isinstance(step.effect, Names):
            parts = _by_folder(step.effect) if model == "posix" else [step.effect]
            found.extend(((at, part), change) for part, change in enumerate(parts))
    return found


def _by_folder(names: Names) -> list[Names]:
    parts: dict[int, list[Entry]] = defaultdict(list)
    for entry in names.entries:
        parts[entry.folder].append(entry)
    return [Names(tuple(entries)) for entries in parts.values()]


def _kept_by_folder(
    names: Sequence[_Numbered], flushed: dict[int, int], _: Sequence[Step]
) -> set[tuple[int, int]]:
    return {at for at, change in names if at[0] < flushed.get(change.entries[0].folder, 0)}


def _kept_in_order(
    names: Sequence[_Numbered], _: dict[int, int], steps: Sequence[Step]
) -> set[tuple[int, int]]:
    committed = -1
    for step in steps:
        if isinstance(step.effect, Sync):
            touching = (
                at[0]
                for at, change in names
                if at[0] < step.effect.covers and _touches(change, step.effect.file)
            )
            committed = max(committed, *touching, -1)
    return {at for at, _change in names if at[0] <= committed}


def _touches(change: Names, file: int) -> bool:
    return any(file in (entry.folder, entry.file) for entry in change.entries)


def _rename(folders: _Folders, changes: Iterable[Names]) -> None:
    for change in changes:
        for entry in change.entries:
            if entry.file is None:
                folders[entry.folder].pop(entry.name, None)
            else:
                folders[entry.folder][entry.name] = entry.file


def _changed(data: bytes, changes: Iterable[_Change]) -> bytes:
    content = bytearray(data)
    for change in changes:
        if isinstance(change, Resize):
            size = change.size
        else:
            size = max(len(content), change.offset + len(change.data))
        content.extend(bytes(max(0, size - len(content))))
        del content[size:]
        if isinstance(change, Write):
            content[change.offset : change.offset + len(change.data)] = change.data
    return bytes(content)


def _surviving_bytes(
    certain: Remains, chance: random.Random, share: float | None
) -> dict[int, bytes]:
    sector = chance.choice(_SECTORS)
    part = chance.choice(_SHARES) if share is None else share
    contents = dict(certain.contents)
    for file, changes in certain.open_changes.items():
        pieces = [piece for change in changes for piece in _pieces(change, sector)]
        kept = [piece for piece in pieces if chance.random() < part]
        if kept and part < 1:
            kept[-1] = _torn(kept[-1], chance)
        contents[file] = _changed(contents[file], kept)
    return contents


def _pieces(change: _Change, sector: int) -> Iterator[_Change]:
    if isinstance(change, Resize):
        yield change
        return
    start, end = change.offset, change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // sector + 1) * sector)
        yield Write(change.file, start, change.data[start - change.offset : stop - change.offset])
        start = stop


def _torn(piece: _Change, chance: random.Random) -> _Change:
    if isinstance(piece, Resize):
        return piece
    return Write(piece.file, piece.offset, piece.data[: chance.randint(0, len(piece.data))])


def _surviving_names(
    certain: Remains, chance: random.Random, share: float | None, model: Model
) -> _Folders:
    part = chance.choice(_SHARES) if share is None else share
    if model == "posix":
        kept = [change for change in certain.open_names if chance.random() < part]
    else:
        kept = list(certain.open_names[: round(part * len(certain.open_names))])
    folders = {folder: dict(names) for folder, names in certain.folders.items()}
    _rename(folders, kept)
    return folders


def _lay_out(
    recording: Recording, folders: _Folders, contents: dict[int, bytes], root: Path
) -> None:
    todo = [(0, root)]
    while todo:
        folder, place = todo.pop()
        for name, file in folders[folder].items():
            mode, path = recording.nodes[file].mode, place / name
            if stat.S_ISDIR(mode):
                path.mkdir()
                todo.append((file, path))
            elif stat.S_ISLNK(mode):
                path.symlink_to(os.fsdecode(contents[file]))
            elif stat.S_ISREG(mode):
                path.write_bytes(contents[file])
                path.chmod(stat.S_IMODE(mode))
