"""Writes a resolved definition as YAML that reads back as the same definition. Decides only how it
looks: block style, quotes where a text needs them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_./-]| (?=[A-Za-z0-9]))*")
_WORDS: Final = ("true", "false", "null")


def dump(resolved: Mapping[str, Any]) -> str:
    return "\n".join(_map(resolved, "")) + "\n"


def _map(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        yield from _entry(f"{indent}{key}:", inner, indent + "  ")


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    match value:
        case dict() if value:
            yield head
            yield from _map(value, indent)
        case list() if any(isinstance(item, dict | list) for item in value):
            yield head
            for item in value:
                yield from _entry(f"{indent}-", item, indent + "  ")
        case list():
            yield f"{head} [{', '.join(_scalar(item) for item in value)}]"
        case _:
            yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{}"
        case str() if _PLAIN.fullmatch(value) and value not in _WORDS:
            return value
        case str():
            return json.dumps(value, ensure_ascii=False)
    return str(value)
