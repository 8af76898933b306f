"""Decides, operation by operation, what an overlay says on a later version of its base: the same by
the new names, nothing any more where the base does it itself, or what the author chooses where base
and overlay changed the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from innocities_engine.authoring.diff import Change, Kind, compare
from innocities_engine.language import overlays
from innocities_engine.language.authored import OVERLAY_SCHEMA
from innocities_engine.language.faults import Fault, Faults, Path
from innocities_engine.language.nodes import Node, find, node_of, plain
from innocities_engine.language.references import following

Plain: TypeAlias = Any
WORDS: Final = ("add", "remove", "replace", "rename", "move")


class Choice(StrEnum):
    """What the author chooses where both changed the same: what the overlay says, or the base."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a change. `n` counts within the change, from 1."""

    change: str
    n: int
    word: str
    path: Path
    value: Plain = None
    to: str = ""

    @property
    def name(self) -> str:
        """By which an author chooses: SE-04/2."""
        return f"{self.change}/{self.n}"

    def plain(self) -> dict[str, Plain]:
        said: dict[str, Plain] = {self.word: "/".join(self.path)}
        if self.word in ("add", "replace"):
            said["value"] = self.value
        if self.word in ("rename", "move"):
            said["to"] = self.to
        return said


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both changed the same thing, and nobody has chosen. `offered`: what can be chosen.

    kinds: both_added, both_changed, gone (what the operation is about), taken (the name it gives).
    `theirs`: what the base says now; `ours`: what the overlay says; `before`: what the base said.
    """

    kind: str
    operation: Operation
    offered: tuple[Choice, ...]
    before: Plain = None
    theirs: Plain = None
    ours: Plain = None


@dataclass(frozen=True, slots=True)
class Note:
    """What became of an operation that is not what it was.

    kinds: follows (a new name), needless (the base says it itself), gone_too (what it took away),
    chosen_ours, chosen_theirs, beside (it changes something that the base changed elsewhere in).
    """

    kind: str
    operation: Operation
    became: Operation | None = None


@dataclass(frozen=True, slots=True)
class Rebased:
    """`operations`: what the overlay says now, None where it says nothing any more; each under the
    name it had. With conflicts it is not to be used yet.
    """

    operations: Mapping[str, Operation | None]
    conflicts: tuple[Conflict, ...]
    notes: tuple[Note, ...]
    upstream: tuple[Change, ...]
    faults: tuple[Fault, ...] = ()


def rebase(
    overlay: Mapping[str, Plain],
    old: Mapping[str, Plain],
    new: Mapping[str, Plain],
    chosen: Mapping[str, Choice] | None = None,
) -> Rebased:
    """The overlay on `new` in place of `old`, both as written after overlays.

    `chosen`: by the names of operations.
    """
    merging = _Merging(old, new, chosen or {})
    for operation in operations_of(overlay):
        merging.take(operation)
    return merging.result()


def operations_of(overlay: Mapping[str, Plain]) -> Iterator[Operation]:
    """Every operation in order."""
    for change in overlay.get("changes") or ():
        for n, said in enumerate(change.get("operations") or (), 1):
            word = next(word for word in WORDS if word in said)
            yield Operation(
                change["id"], n, word, tuple(said[word].split("/")),
                said.get("value"), said.get("to", ""),
            )  # fmt: skip


@dataclass
class _Merging:
    old: Mapping[str, Plain]
    new: Mapping[str, Plain]
    chosen: Mapping[str, Choice]
    operations: dict[str, Operation | None] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.upstream = compare(self.old, self.new)
        self.before = node_of(self.old)  # with what the overlay did so far, by the older names
        self.tree = node_of(self.new)  # the same on the newer base

    def result(self) -> Rebased:
        return Rebased(
            self.operations, tuple(self.conflicts), tuple(self.notes), tuple(self.upstream),
            tuple(self.faults),
        )  # fmt: skip

    def take(self, said: Operation) -> None:
        operation = self._by_new_names(said)
        kept = self._judged(said, operation)
        self.operations[said.name] = kept
        self.before = _applied(self.before, said, [])
        if kept is not None:
            self.tree = _applied(self.tree, kept, self.faults)
            if kept == operation and operation != said:
                self.notes.append(Note("follows", said, kept))

    # ------------------------------------------------------------ new names

    def _by_new_names(self, said: Operation) -> Operation:
        """The operation with what the base renamed called as it is now."""
        path, to = said.path, said.to
        value = node_of(said.value) if said.value is not None else None
        for change in self.upstream:
            if change.kind is not Kind.RENAMED:
                continue
            was = (*change.path[:-1], str(change.before))
            follow = following(self.before, was, str(change.after), path, value)
            if said.word == "move":
                target = following(self.before, was, str(change.after), tuple(to.split("/")))
                to = "/".join(target.path)
            path, value = follow.path, follow.value
        after = plain(value) if value is not None else None
        return Operation(said.change, said.n, said.word, path, after, to)

    # ------------------------------------------------------------ what both changed

    def _judged(self, said: Operation, now: Operation) -> Operation | None:
        """What the operation becomes; None where it says nothing any more, or nobody chose yet."""
        match now.word:
            case "add":
                return self._add(said, now)
            case "replace":
                return self._replace(said, now)
            case "remove":
                return self._remove(said, now)
        return self._rename_or_move(said, now)

    def _add(self, said: Operation, now: Operation) -> Operation | None:
        there = find(self.tree, now.path)
        if there is not None:
            if plain(there) == now.value:
                return self._note("needless", said)
            return self._choose(
                "both_added", said, Operation(*_head(now), "replace", now.path, now.value),
                theirs=plain(there),
            )  # fmt: skip
        above = now.path[:-1]
        if find(self.tree, above) is None and find(self.tree, above[:-1]) is None:
            return self._choose("gone", said, None)
        return now

    def _replace(self, said: Operation, now: Operation) -> Operation | None:
        there = find(self.tree, now.path)
        if there is None:
            again = Operation(*_head(now), "add", now.path, now.value)
            able = find(self.tree, now.path[:-1]) is not None
            return self._choose("gone", said, again if able else None)
        if plain(there) == now.value:
            return self._note("needless", said)
        if self._differs(said, there):
            return self._choose("both_changed", said, now, theirs=plain(there))
        return now

    def _remove(self, said: Operation, now: Operation) -> Operation | None:
        there = find(self.tree, now.path)
        if there is None:
            return self._note("gone_too", said)
        if self._differs(said, there):
            self._note("beside", said, now)
        return now

    def _rename_or_move(self, said: Operation, now: Operation) -> Operation | None:
        if find(self.tree, now.path) is None:
            return self._choose("gone", said, None)
        target = (*now.path[:-1], now.to) if now.word == "rename" else tuple(now.to.split("/"))
        if target == now.path:
            return self._note("needless", said)
        if find(self.tree, target) is not None:
            return self._choose("taken", said, None)
        return now

    def _differs(self, said: Operation, there: Node) -> bool:
        """Whether the base changed what the operation is about: with all that the overlay has done
        to it, it stood there otherwise before, names aside.
        """
        before = find(self.before, said.path)
        if before is None:
            return True
        as_now = self._by_new_names(replace(said, value=plain(before))).value
        return bool(_without_names(as_now) != _without_names(plain(there)))

    def _choose(
        self, kind: str, said: Operation, ours: Operation | None, *, theirs: Plain = None
    ) -> Operation | None:
        """Do what was chosen; else it is a conflict. Without `ours` only the base can be right.

        Meanwhile the overlay is taken to be right, so that nothing that builds on it is a conflict
        of its own.
        """
        choice = self.chosen.get(said.name)
        if choice is Choice.THEIRS:
            return self._note("chosen_theirs", said)
        if choice is Choice.OURS and ours is not None:
            return self._note("chosen_ours", said, ours)
        offered = (Choice.OURS, Choice.THEIRS) if ours is not None else (Choice.THEIRS,)
        old = find(self.before, said.path)
        before = plain(old) if old is not None else None
        self.conflicts.append(Conflict(kind, said, offered, before, theirs, said.value))
        return ours

    def _note(
        self, kind: str, said: Operation, became: Operation | None = None
    ) -> Operation | None:
        self.notes.append(Note(kind, said, became))
        return became


def _without_names(value: Plain) -> Plain:
    """The value without what it says it was called."""
    if not isinstance(value, dict):
        return value
    return {key: _without_names(inner) for key, inner in value.items() if key != "was"}


def _head(operation: Operation) -> tuple[str, int]:
    return operation.change, operation.n


def _applied(tree: Node, operation: Operation, faults: list[Fault]) -> Node:
    """The tree after one operation, as the language itself takes it."""
    found = Faults()
    after = overlays.apply(tree, node_of(_alone(operation)), found)
    faults.extend(found.found)
    return after if not found.found else tree


def _alone(operation: Operation) -> dict[str, Plain]:
    change = {"id": operation.change, "operations": [operation.plain()]}
    return {"schema": OVERLAY_SCHEMA, "changes": [change]}
