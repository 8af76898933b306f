"""The canonical form of a resolved definition and its digests. Decides what makes two definitions
the same: every word and the order in which people read it; for the rules, neither the order of
maps nor the texts that only people read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY
from innocities_engine.language.phrases import BASIS, TEXTS, WAS
from innocities_engine.language.shapes import Shape

_HEAD: Final = ("schema", "id", "version", "languages")


def canonical(resolved: Mapping[str, Any]) -> bytes:
    """The bytes that are stored and hashed; the author's order is kept."""
    return json.dumps(resolved, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def digest(resolved: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(resolved)).hexdigest()


def rules_digest(resolved: Mapping[str, Any]) -> str:
    """Two definitions with the same one behave the same."""
    stripped = json.dumps(rules(resolved), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(stripped.encode("utf-8")).hexdigest()


def rules(resolved: Mapping[str, Any]) -> dict[str, Any]:
    """What of a definition decides anything."""
    found = {key: value for key, value in resolved.items() if key not in _HEAD}
    told: dict[str, Any] = _rules(found, METHODOLOGY)
    return told


def _rules(value: Any, shape: Shape) -> Any:
    """The value without what only people read; an act keeps that it is one."""
    match shape:
        case sh.Ref():
            return _rules(value, DEFINITIONS[shape.name])
        case sh.Record() if isinstance(value, Mapping):
            return {
                key: {} if key == "do" else _rules(child, shape.facets[key][0])
                for key, child in value.items()
                if key == "do" or not _read_only(shape.facets[key][0])
            }
        case sh.MapOf() if isinstance(value, Mapping):
            return {
                key: _rules(child, shape.special.get(key, shape.item))
                for key, child in value.items()
                if key not in shape.special or not _read_only(shape.special[key])
            }
    return value


def _read_only(shape: Shape) -> bool:
    return shape in (TEXTS, BASIS, WAS)
