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

from innocities_engine.domain.worded import Worded
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS
from innocities_engine.language.broken import QUOTE_IT
from innocities_engine.language.faults import SILENT, Faults, Path, all_of, listed
from innocities_engine.language.misplaced import things_put_right, words_put_right
from innocities_engine.language.nodes import Node, Plain
from innocities_engine.language.phrases import IDENTIFIER
from innocities_engine.language.shapes import Shape
from innocities_engine.language.wanted import any_of, beginning, meaning, scalar, with_article
from innocities_engine.language.wording import in_number, wrong_length

AN_ID: Final = Worded(
    "An id begins with a letter A to Z; letters, digits, _ and - follow, at most 63."
)


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
            return self._wrong(
                node, Worded("a map with the words of {what}", what=with_article(shape.what)), path
            )
        node = words_put_right(node, shape, self.faults, path)
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
        known = Worded("Known here: {known}.", known=", ".join(shape.facets))
        hint = self.faults.near(key, shape.facets, known)
        if "?" in key or " " in key:
            hint = QUOTE_IT
        message = Worded("`{key}` is not a word of {what}.", key=key, what=with_article(shape.what))
        self.faults.error("unknown-key", message, path, hint=hint, mark=child.key)

    def _complete(self, node: Node, shape: sh.Record, path: Path) -> None:
        meant = self._meant(node, shape)
        for key in shape.required:
            if key not in node.map and key not in meant:
                message = Worded("`{key}` is missing: {doc}", key=key, doc=meaning(shape, key))
                hint = Worded("Add `{key}`.", key=key)
                self.faults.error("missing-key", message, path, hint=hint)
        for keys, ok in ((shape.one_of, (1,)), (shape.some_of, range(1, 99))):
            given = [key for key in keys if key in node.map or key in meant]
            if keys and len(given) not in ok:
                self._miscounted(shape, keys, given, path)

    def _meant(self, node: Node, shape: sh.Record) -> set[object]:
        """What is misspelt is not missing, too."""
        unknown = (key for key in node.map if key not in shape.facets)
        return {self.faults.near(key, shape.facets).values.get("name") for key in unknown}

    def _miscounted(
        self, shape: sh.Record, keys: tuple[str, ...], given: list[str], path: Path
    ) -> None:
        what, listing = beginning(with_article(shape.what)), ", ".join(keys)
        told = Worded("has {given}", given=all_of(given)) if given else Worded("has none of them")
        message = Worded(
            "{What} has at least one of {keys}; this one {told}.",
            What=what,
            keys=listing,
            told=told,
        )
        if keys is shape.one_of:
            message = Worded(
                "{What} has exactly one of {keys}; this one {told}.",
                What=what,
                keys=listing,
                told=told,
            )
        self.faults.error("missing-key", message, path)

    def _map(self, node: Node, shape: sh.MapOf, path: Path) -> Fit:
        if not isinstance(node.value, dict):
            wanted = Worded("a map from id to {what}", what=Worded(shape.what))
            if shape.keys == sh.LANGUAGE:
                wanted = Worded("a text for each language, {en: …}")
            return self._wrong(node, wanted, path)
        if len(node.map) > shape.most:
            message = Worded(
                "{n} are too many here; at most {most} fit.", n=len(node.map), most=shape.most
            )
            self.faults.error("too-many", message, path)
            return MISSING
        node = things_put_right(node, shape, self.faults, path)
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
            message = Worded("`{key}` is not a language.", key=key)
            hint = (
                QUOTE_IT
                if "?" in key or " " in key
                else Worded("Write two small letters, such as nb, sv or en.")
            )
        else:
            message = Worded("`{key}` cannot be an id.", key=key)
            hint = AN_ID
        self.faults.error("bad-id", message, path, hint=hint, mark=child.key)

    def _list(self, node: Node, shape: sh.ListOf, path: Path) -> Fit:
        if not isinstance(node.value, tuple):
            return self._wrong(node, Worded("a list"), path)
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
            message = Worded(
                "The list has {count} entries; from {least} to {most} fit.",
                count=count,
                least=shape.least,
                most=shape.most,
            )
            self.faults.error("wrong-length", message, path)
        elif isinstance(shape.item, sh.SCALARS):
            seen: set[object] = set()
            for index, item in enumerate(node.items):
                if isinstance(item.value, str | bool) and item.value in seen:
                    twice = _short(str(item.value))
                    message = Worded("“{text}” stands in the list twice.", text=twice)
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
        quoted = str(node.value).lower() if isinstance(node.value, bool) else ""
        could_be = any(_fits_scalar(quoted, scalar) for scalar in shape.scalars)
        return self._wrong(node, any_of(shape), path, quoted=could_be)

    def _variant(self, node: Node, shape: sh.OneOf, path: Path) -> Fit:
        for marker, variant in shape.maps:
            if marker in node.map or not marker:
                return _whole(self.judge(node, variant, path), variant)
        markers = [marker for marker, _ in shape.maps]
        written = next(iter(node.map), "")
        hint = self.faults.near(written, markers)
        message = Worded(
            "{What} says one of {keys}; this one says {told}.",
            What=beginning(with_article(shape.what)),
            keys=", ".join(markers),
            told=listed(node.map) or Worded("nothing"),
        )
        self.faults.error("unknown-key", message, path, hint=hint)
        return MISSING

    # ------------------------------------------------------------ scalars

    def _scalar(self, node: Node, shape: Shape, path: Path) -> Fit:
        value = node.value
        if isinstance(value, bool) and isinstance(shape, sh.Flag | sh.Scalar):
            return value
        if not isinstance(value, str):
            return self._wrong(node, scalar(shape), path)
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
            message = Worded(
                "The text has {n} characters; at most {most} fit.", n=len(value), most=shape.longest
            )
            self.faults.error("too-long", message, path)
            return MISSING
        return value

    def _not_that(self, value: str, shape: Shape, path: Path) -> Fit:
        hint = SILENT
        match shape:
            case sh.Word():
                hint = self.faults.near(value, shape.words)
            case sh.Pattern() if fits(shape.regex, in_number(value)):
                meant = in_number(value)
                hint = Worded("One is written as one, several as several: {meant}.", meant=meant)
            case sh.Name() if not fits(shape.regex, value):
                hint = AN_ID
            case sh.Pattern() if shape == IDENTIFIER:
                hint = AN_ID
            case sh.Pattern():
                hint = Worded("Write it like this: {example}.", example=shape.example)
                if why := wrong_length(shape.regex, value):
                    hint = Worded("{why} {hint}", why=why, hint=hint)
            case sh.Flag() if value.lower() in ("true", "false"):
                hint = Worded("Without quotes, in small letters.")
            case sh.Flag():
                hint = Worded("Write true or false.")
        message = Worded("“{text}” is not {wanted}.", text=_short(value), wanted=scalar(shape))
        self.faults.error("wrong-value", message, path, hint=hint)
        return MISSING

    def _wrong(self, node: Node, wanted: Worded, path: Path, *, quoted: bool = True) -> Fit:
        """`quoted`: as a text it would do."""
        told, hint = _stands(node), SILENT
        if node.value is None:
            hint = Worded("Write {} where nothing needs to be said.")
        elif isinstance(node.value, bool) and quoted:
            hint = Worded('If the word is meant, quote it: "{word}".', word=told)
        message = Worded("Here stands {told}; wanted is {wanted}.", told=told, wanted=wanted)
        self.faults.error("wrong-type", message, path, hint=hint)
        return MISSING


def _stands(node: Node) -> str:
    """What is written where something else is wanted."""
    match node.value:
        case dict():
            return Worded("a map")
        case tuple():
            return Worded("a list")
        case None:
            return Worded("nothing")
        case bool() as flag:
            return str(flag).lower()
    return Worded("“{text}”", text=_short(node.text))


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


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
