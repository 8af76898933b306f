"""Turns differences into an overlay: applied to the older method, it makes the newer one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from innocities_engine.authoring.diff.comparing import Change, Kind, compare
from innocities_engine.language.authored import OVERLAY_SCHEMA
from innocities_engine.language.faults import Path

Plain: TypeAlias = Any
IN_HEAD: Final = ("languages",)  # an overlay says it itself
_ORDER: Final = (Kind.RENAMED, Kind.ORDERED, Kind.REMOVED, Kind.CHANGED, Kind.ADDED)


def overlay(
    old: Mapping[str, Plain], new: Mapping[str, Plain], *, change: str, reason: Mapping[str, str]
) -> dict[str, Plain]:
    """An overlay on `old` that makes `new`: one change with all operations, to be split and given
    its reasons by the author. Both as written after overlays, before `like` is expanded.
    """
    found = operations(compare(old, new), new)
    changes = [{"id": change, "reason": dict(reason), "operations": found}] if found else []
    return {
        "schema": OVERLAY_SCHEMA,
        "id": new["id"],
        "version": new["version"],
        "languages": new["languages"],
        "extends": {"id": old["id"], "version": old["version"]},
        "changes": changes,
    }


def operations(changes: Sequence[Change], new: Mapping[str, Plain]) -> list[dict[str, Plain]]:
    """One operation for each difference. A map in another order is put there anew as a whole, since
    no operation changes an order.
    """
    anew = [c.path for c in changes if c.kind is Kind.ORDERED]
    kept = [c for c in changes if c.kind is Kind.RENAMED or not _is_within(c, anew)]
    return [_operation(c, new) for c in sorted(kept, key=lambda c: _ORDER.index(c.kind))]


def _is_within(change: Change, anew: Sequence[Path]) -> bool:
    """Whether an operation on something further out says it already."""
    path, own = change.path, change.kind is Kind.ORDERED
    return path[0] in IN_HEAD or any(
        path[: len(each)] == each and not (own and path == each) for each in anew
    )


def _operation(change: Change, new: Mapping[str, Plain]) -> dict[str, Plain]:
    path = "/".join(change.path)
    match change.kind:
        case Kind.RENAMED:
            return {"rename": "/".join((*change.path[:-1], change.before)), "to": change.after}
        case Kind.REMOVED:
            return {"remove": path}
        case Kind.ADDED:
            return {"add": path, "value": change.after}
    return {"replace": path, "value": _at(new, change.path)}


def _at(value: Plain, path: Path) -> Plain:
    for step in path:
        value = value[step]
    return value
