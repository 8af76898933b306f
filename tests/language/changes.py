"""Ways to change one thing anywhere in a document."""

from __future__ import annotations

import copy
from typing import Any


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [p for key, inner in value.items() for p in places(inner, (*path, key))]
    if isinstance(value, list):
        return found + [p for i, inner in enumerate(value) for p in places(inner, (*path, i))]
    return found


def mutated(whole: Any, path: tuple[Any, ...], how: str, key: str, value: Any) -> Any:
    """The document with one thing in it put otherwise."""
    out = copy.deepcopy(whole)
    above = out
    for step in path[:-1]:
        above = above[step]
    inner = above[path[-1]]
    if how == "replace" or not isinstance(inner, dict):
        above[path[-1]] = value
    elif how == "add":
        inner[key] = value
    else:
        inner.pop(next(iter(inner), ""), None)
    return out
