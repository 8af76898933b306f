"""Which texts a method does not say in one of its languages, or in another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def untranslated(resolved: Mapping[str, Any], language: str) -> list[str]:
    """The paths of the texts that a resolved method does not say in a language."""
    known = frozenset(resolved["languages"])

    def missing(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            return
        if value and known.issuperset(value) and all(isinstance(v, str) for v in value.values()):
            if language not in value:
                yield path
            return
        for key, inner in value.items():
            yield from missing(inner, f"{path}/{key}" if path else key)

    return list(missing(resolved, ""))
