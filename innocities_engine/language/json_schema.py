"""Tells the shapes to editors as JSON Schema, so that they complete, explain and check while one
types. Decides nothing: everything comes from the shapes the parser itself uses.

A file says which schema it follows in its first line: `# yaml-language-server:
$schema=../schema/methodology.schema.json`.
"""

from __future__ import annotations

import json
from typing import Any, Final

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, OVERLAY
from innocities_engine.language.conform import says_none
from innocities_engine.language.shapes import Shape

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# An editor's parser may see a number or a date where ours sees the text as it was written.
_TEXT: Final = {"type": ["string", "number"]}
_NONE: Final = {"const": "none"}


def documents() -> dict[str, str]:
    """The schema files that ship, by name."""
    told = {
        "methodology.schema.json": document("A methodology", METHODOLOGY),
        "overlay.schema.json": document("An overlay", OVERLAY),
    }
    return {name: json.dumps(schema, indent=2) + "\n" for name, schema in told.items()}


def document(title: str, shape: Shape) -> dict[str, Any]:
    used = _used(shape, set())
    return {
        "$schema": DIALECT,
        "title": title,
        **_told(shape),
        "$defs": {name: _told(DEFINITIONS[name]) for name in sorted(used)},
    }


def _used(shape: Shape, seen: set[str]) -> set[str]:
    """The names of all shapes that this one refers to."""
    match shape:
        case sh.Ref(name) if name not in seen:
            seen.add(name)
            _used(DEFINITIONS[name], seen)
        case sh.Record():
            for facet, _ in shape.facets.values():
                _used(facet, seen)
        case sh.MapOf():
            for inner in (shape.item, *shape.special.values()):
                _used(inner, seen)
        case sh.ListOf():
            _used(shape.item, seen)
        case sh.OneOf():
            for inner in (*shape.scalars, *(s for _, s in shape.maps)):
                _used(inner, seen)
            if shape.items:
                _used(shape.items, seen)
    return seen


def _told(shape: Shape) -> dict[str, Any]:
    match shape:
        case sh.Ref():
            return {"$ref": f"#/$defs/{shape.name}"}
        case sh.Record():
            return _record(shape)
        case sh.MapOf():
            return _map(shape)
        case sh.ListOf():
            return _list(shape)
        case sh.OneOf():
            return _one_of(shape)
    return _scalar(shape)


def _record(shape: sh.Record) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "object", "additionalProperties": False}
    told["properties"] = {
        key: {**_facet(key, facet, shape), "description": doc}
        for key, (facet, doc) in shape.facets.items()
    }
    required = list(shape.required)
    if "like" in shape.facets and required:
        told["anyOf"] = [{"required": ["like"]}, {"required": required}]
    elif required:
        told["required"] = required
    if shape.one_of:
        told["oneOf"] = [{"required": [key]} for key in shape.one_of]
    if shape.some_of:
        told["anyOf"] = [{"required": [key]} for key in shape.some_of]
    return told


def _facet(key: str, facet: Shape, shape: sh.Record) -> dict[str, Any]:
    """A facet that may be absent may also be `none`."""
    needed = key in (*shape.required, *shape.one_of, *shape.some_of)
    if needed or says_none(facet):
        return _told(facet)
    return {"anyOf": [_told(facet), _NONE]}


def _map(shape: sh.MapOf) -> dict[str, Any]:
    item = _told(shape.item)
    if not says_none(shape.item):
        item = {"anyOf": [item, _NONE]}
    special = {key: _told(inner) for key, inner in shape.special.items()}
    return {
        "type": "object",
        **({"properties": special} if special else {}),
        "patternProperties": {_but(shape.keys, tuple(special)): item},
        "additionalProperties": False,
        "maxProperties": shape.most,
    }


def _list(shape: sh.ListOf) -> dict[str, Any]:
    return {
        "type": "array",
        "items": _told(shape.item),
        "maxItems": shape.most,
        **({"minItems": shape.least} if shape.least else {}),
        **({"uniqueItems": True} if isinstance(shape.item, sh.SCALARS) else {}),
    }


def _but(keys: str, special: tuple[str, ...]) -> str:
    """The keys of a map, without the words that are no ids there."""
    return f"^(?!({'|'.join(special)})$){keys}$" if special else f"^{keys}$"


def _one_of(shape: sh.OneOf) -> dict[str, Any]:
    ways = [_told(scalar) for scalar in shape.scalars]
    if shape.items:
        ways.append(_told(shape.items))
    taken: list[str] = []
    for marker, variant in shape.maps:
        ways.append(_variant(marker, variant, taken))
        taken.append(marker)
    return ways[0] if len(ways) == 1 else {"anyOf": ways}


def _variant(marker: str, variant: Shape, taken: list[str]) -> dict[str, Any]:
    """A map goes to the first variant whose marker it has; the last takes the rest."""
    told = _told(variant)
    if marker or not taken:
        return told
    return {"allOf": [told, *({"not": {"required": [word]}} for word in taken)]}


def _scalar(shape: Shape) -> dict[str, Any]:
    match shape:
        case sh.Word():
            return {"enum": list(shape.words)}
        case sh.Pattern():
            return {"type": "string", "pattern": shape.regex, "examples": [shape.example]}
        case sh.Name():
            return {"type": "string", "pattern": shape.regex}
        case sh.Flag():
            return {"type": "boolean"}
        case sh.Count():
            digits = {"type": "string", "pattern": "^[0-9]{1,9}$"}
            return {
                "anyOf": [{"type": "integer", "minimum": shape.low, "maximum": shape.high}, digits]
            }
        case sh.Scalar():
            return {"type": ["string", "number", "boolean"]}
        case sh.Text():
            return {**_TEXT, "maxLength": shape.longest}
    return {}
