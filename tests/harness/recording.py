"""Records what a command really did to the files under a directory: every write with its bytes,
every change of size and of names, every flush, and what it had said by then. Decides nothing about
what would survive; that is left to ``powerloss``.

Files are told apart by identity, not by name, so renames, links and unlinked files come out right.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Unpack

from tests.harness import calls, proc, syscalls
from tests.harness.tracer import Act, Call, Go, Look, TracingError, Watcher, trace

_RENAME_EXCHANGE: Final = 2
_KEEPS_SIZE: Final = 1


@dataclass(frozen=True)
class Write:
    """Bytes put into a file at an offset."""

    file: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Resize:
    """A file cut or stretched."""

    file: int
    size: int


@dataclass(frozen=True)
class Entry:
    """A name in a folder and what it stands for from now on; None: nothing."""

    folder: int
    name: str
    file: int | None


@dataclass(frozen=True)
class Names:
    """Entries that change together: one for a file made or removed, two for a rename."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Sync:
    """A file or folder flushed: whatever had ended when the flush began (that many steps)."""

    file: int
    covers: int


Effect = Write | Resize | Names | Sync


@dataclass(frozen=True)
class Step:
    """One effect and the call that had it."""

    point: syscalls.Point
    effect: Effect


@dataclass(frozen=True)
class Said:
    """What went to standard output, or a socket, after so many steps."""

    after: int
    data: bytes


@dataclass(frozen=True)
class Node:
    """A file (its bytes), a link (its target as bytes), or a folder (its names)."""

    mode: int
    data: bytes = b""
    names: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Recording:
    """A whole run: the tree before it, every step in order, everything said, the ending.

    ``nodes`` has every file and folder that ever was, by identity, as it was when first met; one
    made during the run starts empty. The root folder is identity 0.
    """

    nodes: dict[int, Node]
    steps: tuple[Step, ...]
    said: tuple[Said, ...]
    outcome: syscalls.Outcome

    def said_by(self, step: int) -> bytes:
        """Give everything said before the step after the ``step``-th could begin."""
        return b"".join(said.data for said in self.said if said.after <= step)


def record(argv: Sequence[str], under: Path, **how: Unpack[syscalls.How]) -> Recording:
    """Run the command and record what it does under ``under``; what is there already is durable."""
    asked = syscalls.command(argv, under, how)
    made: list[_Recorder] = []

    def recorder(stdout: IO[bytes]) -> Watcher:
        made.append(_Recorder(str(asked.under), asked.sockets, _key(os.fstat(stdout.fileno()))))
        return made[0]

    ending = trace(asked, recorder)
    done = made[0]
    return Recording(done.nodes, tuple(done.steps), tuple(done.said), syscalls.outcome(ending))


_Key = tuple[int, int]


def _key(found: os.stat_result) -> _Key:
    return found.st_dev, found.st_ino


@dataclass(frozen=True)
class _Pending:
    """What had to be seen at the entry of a call because its end no longer shows it."""

    point: syscalls.Point
    covers: int
    source: int | None = None
    replaced: int | None = None
    fresh: bool = False


@dataclass
class _Recorder:
    under: str
    sockets: bool
    stdout: _Key
    nodes: dict[int, Node] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    points: int = 0
    identities: dict[_Key, int] = field(default_factory=dict)
    pending: dict[int, _Pending] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._snapshot(self.under)

    def _known(self, path: str) -> int:
        found = os.lstat(path)
        if _key(found) in self.identities:  # another name of a file met already
            return self.identities[_key(found)]
        return self._snapshot(path)

    def _snapshot(self, path: str) -> int:
        found = os.lstat(path)
        identity = self._met(found)
        if stat.S_ISDIR(found.st_mode):
            names = tuple((e.name, self._known(e.path)) for e in os.scandir(path))
            self.nodes[identity] = Node(found.st_mode, names=names)
        elif stat.S_ISLNK(found.st_mode):
            self.nodes[identity] = Node(found.st_mode, os.fsencode(os.readlink(path)))
        elif stat.S_ISREG(found.st_mode):
            self.nodes[identity] = Node(found.st_mode, Path(path).read_bytes())
        return identity

    def enter(self, call: Call) -> Act:
        if call.shape.kind == "write" and self._to_stdout(call):
            return Look()
        if not syscalls.concerns(call, self.under, sockets=self.sockets):
            return Go()
        self.points += 1
        paths = syscalls.relative(call, self.under)
        point = syscalls.Point(self.points, call.shape.name, paths)
        self.pending[call.task] = self._seen_at_entry(call, point)
        return Look()

    def leave(self, call: Call, result: int) -> Act:
        pending = self.pending.pop(call.task, None)
        if result < 0:
            return Go()
        if pending is None:
            data = _written(call, result).data
            self.said.append(Said(len(self.steps), data))
        elif call.shape.kind == "send":
            self.said.append(Said(len(self.steps), _sent(call, result)))
        else:
            effects = self._effects(call, result, pending)
            self.steps.extend(Step(pending.point, effect) for effect in effects)
        return Go()

    def _to_stdout(self, call: Call) -> bool:
        return _key(os.stat(proc.descriptor(call.task, call.descriptor))) == self.stdout

    def _seen_at_entry(self, call: Call, point: syscalls.Point) -> _Pending:
        covers = len(self.steps)
        if call.shape.kind == "open":
            return _Pending(point, covers, fresh=syscalls.makes(call))
        if call.shape.kind == "name" and len(call.paths) == 2:
            source, replaced = map(self._identity_at, call.paths)
            return _Pending(point, covers, source, replaced)
        return _Pending(point, covers)

    def _identity_at(self, path: str) -> int | None:
        try:
            return self.identities.get(_key(os.lstat(path)))
        except FileNotFoundError:
            return None

    def _met(self, found: os.stat_result) -> int:
        # An inode number may be used again, so a made file always gets an identity of its own.
        identity = self.identities[_key(found)] = len(self.nodes)
        self.nodes[identity] = Node(found.st_mode)
        return identity

    def _effects(self, call: Call, result: int, pending: _Pending) -> Iterator[Effect]:
        match call.shape.kind:
            case "write":
                written = _written(call, result)
                yield Write(self._open_file(call), written.offset, written.data)
            case "resize":
                yield self._resized(call)
            case "sync":
                yield Sync(self._open_file(call), pending.covers)
            case "open":
                yield from self._opened(call, result, pending)
            case "name":
                yield from self._renamed(call, pending)

    def _open_file(self, call: Call) -> int:
        return self.identities[_key(os.stat(proc.descriptor(call.task, call.descriptor)))]

    def _resized(self, call: Call) -> Resize:
        if call.flags & ~_KEEPS_SIZE:
            raise TracingError(f"{call.paths[0]}: fallocate that moves or drops bytes")
        if call.shape.descriptor is None:
            found = os.stat(call.paths[0])
        else:
            found = os.stat(proc.descriptor(call.task, call.descriptor))
        return Resize(self.identities[_key(found)], found.st_size)

    def _opened(self, call: Call, result: int, pending: _Pending) -> Iterator[Effect]:
        found = os.stat(proc.descriptor(call.task, result))
        if not pending.fresh:
            yield Resize(self.identities[_key(found)], 0)
            return
        made = self._met(found)
        if not call.flags & calls.O_TMPFILE:
            yield Names((self._entry(os.path.realpath(call.paths[0]), made),))

    def _renamed(self, call: Call, pending: _Pending) -> Iterator[Effect]:
        name, paths = call.shape.name, call.paths
        if name.startswith("rename"):
            yield from self._moved(call, pending)
        elif name.startswith(("mkdir", "symlink")):
            yield Names((self._entry(paths[-1], self._snapshot(paths[-1])),))
        elif name.startswith("link"):
            if pending.source is None:
                yield from self._unflushed(paths[1])
            yield Names((self._entry(paths[1], self._at(paths[1])),))
        else:
            yield Names((self._entry(paths[0], None),))

    def _moved(self, call: Call, pending: _Pending) -> Iterator[Effect]:
        old, new = call.paths
        exchanged = call.flags & _RENAME_EXCHANGE
        left_behind = pending.replaced if exchanged else None
        if not self._inside(new):
            yield Names((self._entry(old, left_behind),))
            return
        if pending.source is None:
            yield from self._unflushed(new)
        arrived = self._entry(new, self._at(new))
        departed = (self._entry(old, left_behind),) if self._inside(old) else ()
        yield Names((arrived, *departed))

    def _at(self, path: str) -> int:
        return self.identities[_key(os.lstat(path))]

    def _unflushed(self, path: str) -> Iterator[Effect]:
        """Take a file moved in from elsewhere as written just now: nobody saw it flushed."""
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode):
            raise TracingError(f"{path}: moved in from outside, and not a plain file")
        yield Write(self._met(found), 0, Path(path).read_bytes())

    def _inside(self, path: str) -> bool:
        return path.startswith(f"{self.under}/")

    def _entry(self, path: str, file: int | None) -> Entry:
        folder, name = os.path.split(path)
        return Entry(self.identities[_key(os.stat(folder))], name, file)


@dataclass(frozen=True)
class _Written:
    offset: int
    data: bytes


def _written(call: Call, size: int) -> _Written:
    """Read back what a write put there; the task stands still, so nothing else has changed it."""
    task, number = call.task, call.descriptor
    if call.shape.offset is None:
        offset = proc.position(task, number) - size
    else:
        offset = call.arguments[call.shape.offset]
    return _Written(offset, proc.contents(task, number, offset, size))


def _sent(call: Call, size: int) -> bytes:
    address = call.arguments[1]
    if call.shape.name == "sendto":
        return proc.memory(call.task, address, size)
    start, count = struct.unpack("QQ", proc.memory(call.task, address + 16, 16))
    pieces = struct.iter_unpack("QQ", proc.memory(call.task, start, 16 * count))
    return b"".join(proc.memory(call.task, at, length) for at, length in pieces)[:size]
