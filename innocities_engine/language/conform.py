"""Judges nodes by shapes and gives plain, typed data: counts as numbers, flags as booleans, all
else as text. Decides whether something is written as the language wants it; what does not fit is
told and left out, so that the rest can still be judged for its meaning.

`none` in place of an optional facet means that it is not there: that is how `like` takes one away.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS
from innocities_engine.language.faults import Faults, Path, listed
from innocities_engine.language.nodes import Node, Plain
from innocities_engine.language.reading import QUOTE_IT
from innocities_engine.language.shapes import Shape


class _Missing(Enum):
    MISSING = 0


MISSING: Final = _Missing.MISSING
Fit: TypeAlias = "Plain | _Missing"


def conform(node: Node, shape: Shape, faults: Faults) -> Fit:
    return _Judge(faults).judge(node, shape, ())


@lru_cache(maxsize=256)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


def fits(regex: str, text: str) -> bool:
    return _compiled(regex).fullmatch(text) is not None


class _Judge:
    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def judge(self, node: Node, shape: Shape, path: Path) -> Fit:
        match shape:
            case sh.Ref():
                return self.judge(node, DEFINITIONS[shape.name], path)
            case sh.Record():
                return self._record(node, shape, path)
            case sh.MapOf():
                return self._map(node, shape, path)
            case sh.ListOf():
                return self._list(node, shape, path)
            case sh.OneOf():
                return self._one_of(node, shape, path)
            case sh.Anything():
                return MISSING
        return self._scalar(node, shape, path)

    # ------------------------------------------------------------ maps and lists

    def _record(self, node: Node, shape: sh.Record, path: Path) -> Fit:
        if not isinstance(node.value, dict):
            return self._wrong(node, f"a map of facets ({shape.what})", path)
        out: dict[str, Plain] = {}
        for key, child in node.map.items():
            if key not in shape.facets:
                self._unknown(key, shape, (*path, key), child)
            elif not (_is_none(child) and self._takes_away(key, shape)):
                value = self.judge(child, shape.facets[key][0], (*path, key))
                if not isinstance(value, _Missing):
                    out[key] = value
        self._complete(node, shape, path)
        return out

    def _takes_away(self, key: str, shape: sh.Record) -> bool:
        if key in shape.required or key in shape.one_of or key in shape.some_of:
            return False
        return not says_none(shape.facets[key][0])

    def _unknown(self, key: str, shape: sh.Record, path: Path, child: Node) -> None:
        known = ", ".join(shape.facets)
        hint = self.faults.near(key, shape.facets, f"Known here: {known}.")
        if "?" in key or " " in key:
            hint = QUOTE_IT
        message = f"`{key}` is not a facet of {_a(shape.what)}."
        self.faults.error("unknown-key", message, path, hint=hint, mark=child.key)

    def _complete(self, node: Node, shape: sh.Record, path: Path) -> None:
        for key in shape.required:
            if key not in node.map:
                message = f"`{key}` is missing: {_doc(shape, key)}"
                self.faults.error("missing-key", message, path, hint=f"Add `{key}`.")
        for keys, ok in ((shape.one_of, (1,)), (shape.some_of, range(1, 99))):
            given = [key for key in keys if key in node.map]
            if keys and len(given) not in ok:
                told = f"has {' and '.join(given)}" if given else "has none of them"
                count = "exactly one" if keys is shape.one_of else "at least one"
                wanted = f"{_a(shape.what).capitalize()} has {count} of {', '.join(keys)}"
                message = f"{wanted}; this one {told}."
                self.faults.error("missing-key", message, path)

    def _map(self, node: Node, shape: sh.MapOf, path: Path) -> Fit:
        if not isinstance(node.value, dict):
            return self._wrong(node, f"a map from id to {shape.what}", path)
        if len(node.map) > shape.most:
            message = f"{len(node.map)} are too many here; at most {shape.most} fit."
            self.faults.error("too-many", message, path)
            return MISSING
        out: dict[str, Plain] = {}
        for key, child in node.map.items():
            if key in shape.special:
                value = self.judge(child, shape.special[key], (*path, key))
            elif not fits(shape.keys, key):
                self._bad_key(key, shape, (*path, key), child)
                continue
            elif _is_none(child) and not says_none(shape.item):
                continue
            else:
                value = self.judge(child, shape.item, (*path, key))
            if not isinstance(value, _Missing):
                out[key] = value
        return out

    def _bad_key(self, key: str, shape: sh.MapOf, path: Path, child: Node) -> None:
        if shape.keys == sh.LANGUAGE:
            message = f"`{key}` is not a language."
            hint = (
                QUOTE_IT
                if "?" in key or " " in key
                else "Write two small letters, such as nb, sv or en."
            )
        else:
            message = f"`{key}` cannot be an id."
            hint = "An id begins with a letter A to Z; letters, digits, _ and - follow, at most 63."
        self.faults.error("bad-id", message, path, hint=hint, mark=child.key)

    def _list(self, node: Node, shape: sh.ListOf, path: Path) -> Fit:
        if not isinstance(node.value, tuple):
            return self._wrong(node, "a list", path)
        self._length(node, shape, path)
        if len(node.items) > shape.most:
            return MISSING
        judged = (
            self.judge(item, shape.item, (*path, str(index)))
            for index, item in enumerate(node.items)
        )
        return [value for value in judged if not isinstance(value, _Missing)]

    def _length(self, node: Node, shape: sh.ListOf, path: Path) -> None:
        count = len(node.items)
        if not shape.least <= count <= shape.most:
            message = f"The list has {count} entries; from {shape.least} to {shape.most} fit."
            self.faults.error("wrong-length", message, path)
        elif isinstance(shape.item, sh.SCALARS):
            seen: set[object] = set()
            for index, item in enumerate(node.items):
                if isinstance(item.value, str | bool) and item.value in seen:
                    message = f"“{_short(str(item.value))}” stands in the list twice."
                    self.faults.error("duplicate-entry", message, (*path, str(index)))
                if isinstance(item.value, str | bool):
                    seen.add(item.value)

    def _one_of(self, node: Node, shape: sh.OneOf, path: Path) -> Fit:
        match node.value:
            case dict() if shape.maps:
                return self._variant(node, shape, path)
            case tuple() if shape.items:
                return self._list(node, shape.items, path)
            case str() | bool():
                for scalar in shape.scalars:
                    if _fits_scalar(node.value, scalar):
                        return self._scalar(node, scalar, path)
                if shape.scalars and isinstance(node.value, str):
                    texts = tuple(s for s in shape.scalars if not isinstance(s, sh.Flag))
                    return self._scalar(node, (texts or shape.scalars)[-1], path)
        return self._wrong(node, _one_of_words(shape), path)

    def _variant(self, node: Node, shape: sh.OneOf, path: Path) -> Fit:
        for marker, variant in shape.maps:
            if marker in node.map or not marker:
                return _whole(self.judge(node, variant, path), variant)
        markers = [marker for marker, _ in shape.maps]
        written = next(iter(node.map), "")
        hint = self.faults.near(written, markers, "")
        told = listed(node.map) or "nothing"
        wanted = f"{_a(shape.what).capitalize()} says one of {', '.join(markers)}"
        message = f"{wanted}; this one says {told}."
        self.faults.error("unknown-key", message, path, hint=hint)
        return MISSING

    # ------------------------------------------------------------ scalars

    def _scalar(self, node: Node, shape: Shape, path: Path) -> Fit:
        value = node.value
        if isinstance(value, bool) and isinstance(shape, sh.Flag | sh.Scalar):
            return value
        if not isinstance(value, str):
            return self._wrong(node, _words(shape), path)
        match shape:
            case sh.Scalar():
                return value
            case sh.Text():
                return self._text(value, shape, path)
            case sh.Count() if _fits_scalar(value, shape):
                return int(value)
            case sh.Word() | sh.Pattern() | sh.Name() if _fits_scalar(value, shape):
                return value
        return self._not_that(value, shape, path)

    def _text(self, value: str, shape: sh.Text, path: Path) -> Fit:
        if len(value) > shape.longest:
            message = f"The text has {len(value)} characters; at most {shape.longest} fit."
            self.faults.error("too-long", message, path)
            return MISSING
        return value

    def _not_that(self, value: str, shape: Shape, path: Path) -> Fit:
        hint = ""
        match shape:
            case sh.Word():
                hint = self.faults.near(value, shape.words)
            case sh.Pattern():
                hint = f"Write it like this: {shape.example}."
            case sh.Flag():
                hint = (
                    "Write true or false."
                    if value.lower() not in ("true", "false")
                    else "Without quotes, in small letters."
                )
        message = f"“{_short(value)}” is not {_words(shape)}."
        self.faults.error("wrong-value", message, path, hint=hint)
        return MISSING

    def _wrong(self, node: Node, wanted: str, path: Path) -> Fit:
        match node.value:
            case dict():
                told = "a map"
            case tuple():
                told = "a list"
            case None:
                told = "nothing"
            case bool() as flag:
                told = str(flag).lower()
            case text:
                told = f"“{_short(str(text))}”"
        hint = ""
        if node.value is None:
            hint = "Write {} where nothing needs to be said."
        elif isinstance(node.value, bool):
            hint = f'If the word is meant, quote it: "{told}".'
        self.faults.error("wrong-type", f"Here stands {told}; wanted is {wanted}.", path, hint=hint)
        return MISSING


def _whole(value: Fit, variant: Shape) -> Fit:
    """A value of a grammar that lacks what it needs is left out: nobody stumbles over it later."""
    needed = variant.required if isinstance(variant, sh.Record) else ()
    return value if isinstance(value, dict) and all(key in value for key in needed) else MISSING


def says_none(shape: Shape) -> bool:
    """Whether `none` is a word of this shape, and not the absence of a facet."""
    match shape:
        case sh.Ref():
            return says_none(DEFINITIONS[shape.name])
        case sh.Word() | sh.Name():
            return "none" in shape.words
        case sh.OneOf():
            return any(says_none(scalar) for scalar in shape.scalars)
        case sh.Text() | sh.Scalar() | sh.Anything():
            return True
    return False


def _is_none(node: Node) -> bool:
    return node.value == "none"


def _fits_scalar(value: str | bool, shape: Shape) -> bool:
    if isinstance(value, bool):
        return isinstance(shape, sh.Flag | sh.Scalar)
    match shape:
        case sh.Scalar() | sh.Text():
            return True
        case sh.Word():
            return value in shape.words
        case sh.Pattern():
            return fits(shape.regex, value)
        case sh.Name():
            return value in shape.words or fits(shape.regex, value)
        case sh.Count():
            return fits("[0-9]{1,9}", value) and shape.low <= int(value) <= shape.high
    return False


def _words(shape: Shape) -> str:
    match shape:
        case sh.Word():
            return (
                "one of " + ", ".join(shape.words)
                if len(shape.words) > 1
                else f"“{shape.words[0]}”"
            )
        case sh.Pattern():
            return shape.what
        case sh.Name():
            return ", ".join((shape.what, *shape.words))
        case sh.Flag():
            return "true or false"
        case sh.Count():
            return f"a whole number from {shape.low} to {shape.high}"
    return "a text"


def _one_of_words(shape: sh.OneOf) -> str:
    return (
        shape.what if not shape.scalars or shape.maps or shape.items else _words(shape.scalars[0])
    )


def _doc(shape: sh.Record, key: str) -> str:
    doc = shape.facets[key][1]
    return doc[0].lower() + doc[1:]


def _a(what: str) -> str:
    if what.split(" ", maxsplit=1)[0] in (
        "what",
        "true,",
        "a",
        "an",
        "all,",
        "opens",
        "who",
        "starts",
        "seats",
        "choose",
    ):
        return what
    return ("an " if what[0] in "aeiou" else "a ") + what


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
