"""The operations of overlays by the names that authors know them by, SE-04/2: decides what they are
called, and which of them brings a fault about that stands in what they change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import Fault, Mark, Path
from innocities_engine.language.nodes import Node

MOST_TRIED: Final = 12  # each is left out once, and the whole method judged without it
WORDS: Final = ("add", "remove", "replace", "rename", "move")

Layers: TypeAlias = Sequence[Node]  # the overlay that is judged first, what all rests on last
Told: TypeAlias = set[tuple[str, str]]  # faults by code and path


@dataclass(frozen=True, slots=True)
class Operation:
    """`layer`, `change` and `n` count from 0; `path` is what it changes."""

    layer: int
    change: int
    n: int
    name: str
    path: Path
    mark: Mark


def named(path: str, overlay: Node) -> str:
    """The path of a fault in an overlay, with its change and its operation by their names."""
    section, *steps = path.split(".")
    changes = overlay.get("changes")
    if section != "changes" or changes is None or not steps or not steps[0].isdigit():
        return path
    at = int(steps[0])
    own = changes.items[at].get("id") if at < len(changes.items) else None
    if own is None or not own.text:
        return path
    head, rest = own.text, steps[1:]
    if len(rest) > 1 and rest[0] == "operations" and rest[1].isdigit():
        head, rest = f"{head}/{int(rest[1]) + 1}", rest[2:]
    return ".".join((head, *rest))


def blamed(found: Iterable[Fault], layers: Layers, told: Callable[[Layers], Told]) -> list[Fault]:
    """The faults, with those that an operation brings about in what it changes told where that
    stands. `told`: what is wrong with the method that other layers make.
    """
    known: dict[Operation, Told] = {}

    def without(operation: Operation) -> Told:
        if operation not in known:
            known[operation] = told(_left(layers, operation))
        return known[operation]

    files = [layer.mark.file for layer in layers]
    every = list(_operations(layers))
    return [
        _judged(fault, files.index(fault.file), every, without)
        if fault.severity == "error" and fault.file in files and not _is_told(fault)
        else fault
        for fault in found
    ]


def _is_told(fault: Fault) -> bool:
    """Who took a name away is told with the name."""
    return "file" in fault.hint.values


def _judged(
    fault: Fault, layer: int, every: list[Operation], without: Callable[[Operation], Told]
) -> Fault:
    above = [operation for operation in every if operation.layer < layer]
    where = tuple(fault.path.split("."))
    nearest = sorted(above, key=lambda each: -_together(each.path, where))
    for operation in nearest[:MOST_TRIED]:
        if (fault.code, fault.path) not in without(operation):
            return _brought(fault, operation)
    return fault


def _brought(fault: Fault, by: Operation) -> Fault:
    hint = Worded(
        "`{operation}` brings this about, by changing {path}.",
        operation=by.name,
        path="/".join(by.path),
    )
    if fault.hint:
        hint = Worded("{hint} {more}", hint=fault.hint, more=hint)
    at = by.mark
    return replace(fault, file=at.file, line=at.line, column=at.column, hint=hint)


def _together(one: Path, other: Path) -> int:
    """So many steps two paths have in common."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _operations(layers: Layers) -> Iterator[Operation]:
    for layer, overlay in enumerate(layers[:-1]):
        changes = overlay.get("changes")
        for i, change in enumerate(changes.items if changes else ()):
            operations = change.get("operations")
            for n, operation in enumerate(operations.items if operations else ()):
                said = next((operation.map[w] for w in WORDS if w in operation.map), None)
                if said is not None:
                    name = named(f"changes.{i}.operations.{n}", overlay)
                    path = tuple(said.text.split("/"))
                    yield Operation(layer, i, n, name, path, said.mark)


def _left(layers: Layers, gone: Operation) -> list[Node]:
    """The layers without one operation."""
    overlay = layers[gone.layer]
    changes = overlay.map["changes"]
    change = changes.items[gone.change]
    kept = change.map["operations"]
    kept = replace(kept, value=kept.items[: gone.n] + kept.items[gone.n + 1 :])
    items = list(changes.items)
    items[gone.change] = change.put("operations", kept)
    left = list(layers)
    left[gone.layer] = overlay.put("changes", replace(changes, value=tuple(items)))
    return left
