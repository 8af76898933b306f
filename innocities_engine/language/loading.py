"""From a file to a method: reads it and what it extends, applies overlays, expands `like`, judges
the shape, compiles, and checks. Decides the order of these steps and how far to go when one
finds faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, cast

from innocities_engine import errors
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.worded import Worded
from innocities_engine.language import likes, operations, overlays
from innocities_engine.language.allowing import ALLOW, Allowance, left
from innocities_engine.language.authored import (
    METHODOLOGY,
    METHODOLOGY_SCHEMA,
    OVERLAY,
    OVERLAY_SCHEMA,
)
from innocities_engine.language.checks import check_method
from innocities_engine.language.compiling import compile_plain
from innocities_engine.language.conform import conform
from innocities_engine.language.faults import Fault, Faults, Mark, TooMany, in_order
from innocities_engine.language.faults import Path as FaultPath
from innocities_engine.language.nodes import Node, locate, node_of, plain
from innocities_engine.language.phrases import VERSION
from innocities_engine.language.reading import read
from innocities_engine.language.texts import check_texts

MOST_LAYERS = 8


class Shelf(Protocol):
    """Where the definition that an overlay extends is found."""

    def path(self, name: str, version: str | None = None) -> Path: ...


@dataclass(frozen=True, slots=True)
class Read:
    """`method` is None where there are errors; `resolved` is there as soon as it can be said.

    `locate` tells where in the text a path of ids stands. `allowed`: what switches off warnings
    that are not among the faults.
    """

    method: Methodology | None
    resolved: dict[str, Any] | None
    faults: tuple[Fault, ...]
    locate: Callable[[FaultPath], Mark]
    allowed: tuple[Allowance, ...] = ()


def read_method(path: Path, shelf: Shelf) -> Read:
    faults = Faults()
    method, resolved = None, None
    layers: list[Node] = []
    try:
        tree = _stacked(path, shelf, faults, layers)
        if tree is not None:
            resolved, method = _expanded(tree, faults)
            if faults.errors and len(layers) > 1:
                faults.found = operations.blamed(faults.found, layers, _told)
    except TooMany:
        top = Mark(str(path), 1, 1)
        faults.found.append(
            Fault(
                top.file, 1, 1, "", "too-many-faults", Worded("There are more faults than these.")
            )
        )
    usable = None if faults.errors else method
    found, allowed = _allowed(path, faults.found)
    return Read(usable, resolved, in_order(found), faults.locate, tuple(allowed))


def _allowed(path: Path, found: list[Fault]) -> tuple[list[Fault], list[Allowance]]:
    """What the files' own comments leave of the faults."""
    names = dict.fromkeys([str(path), *(f.file for f in found if f.severity == "warning")])
    texts = {}
    for name in filter(None, names):
        with suppress(OSError, UnicodeDecodeError):
            text = Path(name).read_text(encoding="utf-8")
            if ALLOW in text:
                texts[name] = text
    return left(found, texts, of=str(path)) if texts else (found, [])


def read_written(path: Path, shelf: Shelf) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    """As written, with every overlay applied and `like` not expanded: what overlays work on."""
    faults = Faults()
    tree = None
    with suppress(TooMany):
        tree = _stacked(path, shelf, faults, [])
    found = in_order(faults.found)
    if tree is None or faults.errors:
        return None, found
    return cast("dict[str, Any]", plain(tree)), found


def read_document(path: Path) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    """One file as it stands."""
    faults = Faults()
    node = _file(path, faults, None)
    sound = node is not None and not faults.errors
    found = in_order(faults.found)
    return (cast("dict[str, Any]", plain(node)) if sound and node else None), found


def read_plain(raw: Mapping[str, Any]) -> Read:
    """The same for plain data that comes from no file; its faults have paths and no positions."""
    faults = Faults()
    resolved, method = None, None
    with suppress(TooMany):
        resolved, method = _judge(node_of(raw), faults)
    usable = None if faults.errors else method
    return Read(usable, resolved, in_order(faults.found), faults.locate)


def _judge(tree: Node, faults: Faults) -> tuple[dict[str, Any], Methodology]:
    faults.locate = lambda where: locate(tree, where)
    resolved = cast("dict[str, Any]", conform(tree, METHODOLOGY, faults))
    if not isinstance(resolved, dict):
        resolved = {}
    method = compile_plain(resolved, faults)
    if not faults.errors:
        check_method(method, resolved, faults)
    check_texts(tree, faults)
    return resolved, method


def _expanded(tree: Node, faults: Faults) -> tuple[dict[str, Any] | None, Methodology | None]:
    whole = likes.expand(tree, faults)
    return (None, None) if whole is None else _judge(whole, faults)


def _told(layers: operations.Layers) -> operations.Told:
    """What is wrong with the method that these layers make."""
    faults = Faults()
    with suppress(TooMany):
        _expanded(_applied(layers, faults), faults)
    return {(fault.code, fault.path) for fault in faults.found}


def _applied(layers: operations.Layers, faults: Faults) -> Node:
    *over, tree = layers
    for overlay in reversed(over):
        tree = overlays.apply(tree, overlay, faults)
    return tree


def _stacked(path: Path, shelf: Shelf, faults: Faults, layers: list[Node]) -> Node | None:
    """The method at the bottom of the stack, with every overlay applied; `layers` gets them all."""
    try:
        return _applied(layers, faults) if _piled(path, shelf, faults, layers) else None
    finally:
        files = {layer.mark.file: layer for layer in layers}
        faults.found[:] = [
            replace(f, path=operations.named(f.path, files[f.file])) if f.file in files else f
            for f in faults.found
        ]


def _piled(path: Path, shelf: Shelf, faults: Faults, layers: list[Node]) -> bool:
    """Whether all that a file rests on is there, down to a method."""
    seen: list[Path] = []
    where: Path | None = path
    told: Mark | None = None
    while where is not None:
        if where.resolve() in seen or len(seen) >= MOST_LAYERS:
            _circle(seen, where, told, faults)
            return False
        seen.append(where.resolve())
        node = _file(where, faults, told)
        if node is None or _is_scenario(node, faults):
            return False
        _named(node, where, faults)
        layers.append(node)
        where, told = _below(node, where, shelf, faults)
        if where is None and told is not None:
            return False
    return True


def _is_scenario(node: Node, faults: Faults) -> bool:
    """Whether it is a story of a project; nothing else is told of it then."""
    if "scenario" not in node.map or "schema" in node.map:
        return False
    message = Worded("This is a scenario, not a method.")
    hint = Worded("Play it with {command}.", command="`innocities methodology scenario FILE`")
    faults.error("a-scenario", message, mark=node.mark, hint=hint)
    return True


def _named(node: Node, path: Path, faults: Faults) -> None:
    """A file that is called by a version is looked for under it, by overlays and by commands."""
    if not re.match(VERSION.regex, path.stem):
        return
    name, version = (node.get(key) or node for key in ("id", "version"))
    wanted = f"{name.text}/{version.text}{path.suffix}"
    is_called = f"{path.resolve().parent.name}/{path.name}"
    if not (name.text and re.match(VERSION.regex, version.text)) or is_called == wanted:
        return
    key, wrong = ("id", name) if path.stem == version.text else ("version", version)
    message = Worded(
        "The file is called {called}, and what stands in it is {id} {version}.",
        called=is_called, id=name.text, version=version.text,
    )  # fmt: skip
    hint = Worded("Call it {wanted}, or write here what its name says.", wanted=wanted)
    faults.warning("file-name", message, (key,), hint=hint, mark=wrong.mark)


def _circle(seen: list[Path], again: Path, told: Mark | None, faults: Faults) -> None:
    names = [f"{p.parent.name} {p.stem}" for p in (*seen, again)]
    circle = " → ".join(names[-6:])
    message = Worded("These extend each other without end: {circle}.", circle=circle)
    faults.error("cyclic-extends", message, ("extends",), mark=told)


def _file(path: Path, faults: Faults, told: Mark | None) -> Node | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = Worded("{path} cannot be read: {why}.", path=path, why=error.strerror or error)
        faults.error("unreadable", message, mark=told or Mark(str(path), 0, 0))
        return None
    node, found = _read(data, str(path))
    faults.found.extend(found)
    if node is not None and not isinstance(node.value, dict):
        faults.error("wrong-type", Worded("A definition is a map."), mark=node.mark)
        return None
    return node


@lru_cache(maxsize=16)
def _read(data: bytes, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """Overlays share what they extend, so the same text is often read again; nodes never change."""
    faults = Faults()
    return read(data, file, faults), tuple(faults.found)


def _below(node: Node, path: Path, shelf: Shelf, faults: Faults) -> tuple[Path | None, Mark | None]:
    """The file that an overlay extends; (None, None) for a methodology, a mark after a fault."""
    schema = node.get("schema")
    name = schema.text if schema else ""
    if name != OVERLAY_SCHEMA:
        if name != METHODOLOGY_SCHEMA and "extends" in node.map:
            message = Worded("An overlay says `schema: {schema}`.", schema=OVERLAY_SCHEMA)
            faults.error("wrong-value", message, ("schema",), mark=node.mark)
            return None, node.mark
        return None, None
    before = len(faults.found)
    faults.locate = lambda where: locate(node, where)
    conform(node, OVERLAY, faults)
    extends = node.get("extends")
    where = {key: inner.text for key, inner in (extends.map if extends else {}).items()}
    mark = extends.mark if extends else node.mark
    if "id" not in where or "version" not in where:
        return None, mark
    try:
        return shelf.path(where["id"], where["version"]), mark
    except errors.NotFound as missing:
        if len(faults.found) == before or where:
            message = Worded("{why}", why=missing.args[0])
            faults.error("not-found", message, ("extends",), mark=mark)
        return None, mark
