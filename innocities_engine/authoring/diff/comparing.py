"""Finds what differs between two resolved definitions, along the shapes of the language: whatever
has an id is compared by it, a sentence of the language is one value. What a difference means is
left to `weighing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias, cast

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY
from innocities_engine.language.faults import Path
from innocities_engine.language.nodes import node_of, plain
from innocities_engine.language.phrases import BASIS, TEXTS, WAS
from innocities_engine.language.references import renamed
from innocities_engine.language.shapes import Shape

Plain: TypeAlias = Any
HEAD: Final = ("schema", "id", "version")  # what two versions differ in anyway
CHOOSE: Final = "choose"


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `path`: the ids and facets that lead to it, as they are called afterwards.

    `before` and `after` are plain values; of a renamed thing its two ids, of a map in another order
    its keys.
    """

    kind: Kind
    path: Path
    before: Plain = None
    after: Plain = None


def compare(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> list[Change]:
    """Every difference, outermost first: what was renamed, then all else in the author's order.

    Both are plain forms as `library.resolved` gives them, or as written after overlays.
    """
    new = cast("dict[str, Plain]", plain(node_of(new)))  # numbers as they are written
    before, renames = with_new_names(old, new)
    found = [Change(Kind.RENAMED, path, was, path[-1]) for path, was in renames]
    head = {key: value for key, value in before.items() if key not in HEAD}
    rest = {key: value for key, value in new.items() if key not in HEAD}
    return [*found, *_differences(head, rest, METHODOLOGY, ())]


# ---------------------------------------------------------------- renames


def with_new_names(
    old: Mapping[str, Plain], new: Mapping[str, Plain]
) -> tuple[dict[str, Plain], list[tuple[Path, str]]]:
    """The older method with everything called as in the newer, which says what it `was`."""
    tree, found = node_of(old), []
    for path, ids in _with_earlier_ids(new, METHODOLOGY, ()):
        beside = _at(plain(tree), path[:-1])
        was = next((each for each in ids if isinstance(beside, dict) and each in beside), None)
        if was is None or path[-1] in cast("dict[str, Plain]", beside):
            continue
        after = renamed(tree, (*path[:-1], was), path[-1])
        if after is not None:
            tree = after
            found.append((path, was))
    return cast("dict[str, Plain]", plain(tree)), found


def _with_earlier_ids(value: Plain, shape: Shape, path: Path) -> Iterator[tuple[Path, list[str]]]:
    for step, child, inner in _children(value, shape):
        where = (*path, step)
        was = child.get("was") if isinstance(child, dict) else None
        if was is not None:
            yield where, _ids(was)
        yield from _with_earlier_ids(child, inner, where)


def _ids(was: Plain) -> list[str]:
    return list(was) if isinstance(was, list) else [was]


def _at(value: Plain, path: Path) -> Plain:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


# ---------------------------------------------------------------- differences


def _differences(old: Plain, new: Plain, shape: Shape, path: Path) -> Iterator[Change]:
    inner = _shape_of(old, shape)
    if inner is None or inner is not _shape_of(new, shape):
        if old != new and not (path[-1] == "was" and _ids(old) == _ids(new)):
            yield Change(Kind.CHANGED, path, old, new)
        return
    if _is_ordered(inner) and (_in_place(old, new) != list(new)):
        yield Change(Kind.ORDERED, path, list(old), list(new))
    for step in dict.fromkeys((*old, *new)):
        where = (*path, step)
        if step not in new:
            yield Change(Kind.REMOVED, where, before=old[step])
        elif step not in old:
            yield Change(Kind.ADDED, where, after=new[step])
        elif (below := _below(inner, step)) is not None:
            yield from _differences(old[step], new[step], below, where)


def _in_place(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> list[str]:
    """The order that comes of taking away what is gone and adding what is new at the end."""
    return [*(k for k in old if k in new), *(k for k in new if k not in old)]


def _is_ordered(shape: Shape) -> bool:
    """Whether people read the entries in the order they stand; facets have none."""
    return isinstance(shape, sh.MapOf)


def _children(value: Plain, shape: Shape) -> Iterator[tuple[str, Plain, Shape]]:
    inner = _shape_of(value, shape)
    for step, child in value.items() if inner is not None else ():
        below = _below(inner, step)
        if below is not None:
            yield step, child, below


def _shape_of(value: Plain, shape: Shape) -> sh.Record | sh.MapOf | None:
    """By what a value is compared part by part; None where it is compared as a whole."""
    if shape in (TEXTS, BASIS, WAS) or not isinstance(value, dict):
        return None
    match shape:
        case sh.Ref():
            return _shape_of(value, DEFINITIONS[shape.name])
        case sh.Record() | sh.MapOf():
            return shape
        case sh.OneOf() if CHOOSE in value:
            known = dict(shape.maps).get(CHOOSE)
            return _shape_of(value, known) if known is not None else None
    return None


def _below(shape: sh.Record | sh.MapOf | None, step: str) -> Shape | None:
    match shape:
        case sh.Record():
            return shape.facets[step][0] if step in shape.facets else None
        case sh.MapOf():
            return shape.special.get(step, shape.item)
    return None
