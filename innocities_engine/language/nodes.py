"""Definitions as trees of nodes that know where they were written. Decides how a tree is read and
changed by path; it knows nothing of what the words mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from innocities_engine.language.faults import NOWHERE, Mark, Path

Plain: TypeAlias = "str | bool | int | list[Plain] | dict[str, Plain] | None"
Value: TypeAlias = "str | bool | dict[str, Node] | tuple[Node, ...] | None"


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar (text, true or false, nothing), a map, or a list; `key` is where its key stands."""

    value: Value
    mark: Mark = NOWHERE
    key: Mark | None = None

    @property
    def map(self) -> Mapping[str, Node]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    def get(self, key: str) -> Node | None:
        return self.map.get(key)

    def put(self, key: str, child: Node) -> Node:
        """The map with `key` set; a new key comes last."""
        return replace(self, value={**self.map, key: child})

    def without(self, key: str) -> Node:
        return replace(self, value={k: v for k, v in self.map.items() if k != key})


def find(node: Node, path: Path) -> Node | None:
    """What stands at a path of keys; lists have no keys, so nothing in them is found."""
    for step in path:
        inner = node.get(step)
        if inner is None:
            return None
        node = inner
    return node


def locate(node: Node, path: Path) -> Mark:
    """Where the path stands: a value, or the key of a map or list; else the nearest thing above."""
    mark = node.mark
    for step in path:
        inner = _child(node, step)
        if inner is None:
            break
        node = inner
        scalar = not isinstance(node.value, dict | tuple)
        mark = node.mark if scalar else node.key or node.mark
    return mark


def _child(node: Node, step: str) -> Node | None:
    if step.isdigit() and int(step) < len(node.items):
        return node.items[int(step)]
    return node.get(step)


def graft(node: Node, path: Path, change: Node | None) -> Node:
    """The tree with what stands at `path` set to `change`, or taken away by None."""
    step, *rest = path
    if rest:
        return node.put(step, graft(node.map[step], tuple(rest), change))
    return node.without(step) if change is None else node.put(step, change)


def plain(node: Node) -> Plain:
    match node.value:
        case dict() as children:
            return {key: plain(child) for key, child in children.items()}
        case tuple() as items:
            return [plain(item) for item in items]
        case scalar:
            return cast("Plain", scalar)


def node_of(value: object) -> Node:
    """A tree without positions, from plain data."""
    match value:
        case Mapping():
            return Node({str(key): node_of(child) for key, child in value.items()})
        case list() | tuple():
            return Node(tuple(node_of(item) for item in value))
        case bool() | str() | None:
            return Node(value)
    return Node(str(value))
