"""Everything that the language can say stands in the handbook: whatever of a method is said
otherwise, or no more, changes the page.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from innocities_engine import errors, library
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, SECTIONS
from innocities_engine.language.references import inner, resolved, shape_at
from tests.authoring.test_handbook import page
from tests.features.driver import DEFINITIONS as FEATURES

Plain = Any
Site = tuple[Any, ...]
# What names a method or one of its versions, or says how it was written down; `choose` cannot be
# said otherwise, only what is in it.
NOT_READ = frozenset({"schema", "id", "version", "languages", "was", "like", "choose"})
# What is said by its parts alone, or in one way only.
ONE_WAY = {
    ("round", "ties"), ("need", "written"), ("need", "done"), ("phase", "main"), ("gate", "decides"),
    ("alternative", "when"), ("opens", "when"), ("methodology", "calendar"),
    ("test of projects", "having"), ("test of score", "score"),
}  # fmt: skip
# What no rule reads, so that a method means the same without it.
READ_BY_PEOPLE = {("alternative", "basis"), ("role", "sector")}
SITES_OF_EACH = 2


@cache
def methods() -> tuple[dict[str, Plain], ...]:
    features = [
        library.resolved(path)
        for path in sorted(FEATURES.glob("*.yaml"))
        if "methodology/1" in path.read_text(encoding="utf-8")
    ]
    rich = library.resolved(Path(__file__).parent / "rich.yaml")
    return (rich, *features, library.resolved("smartby-program"))


def facets(
    value: Plain, shape: sh.Shape | None, path: Site
) -> Iterator[tuple[str, str, Site, sh.Shape]]:
    """Every facet that is said somewhere: of what kind of thing, which, and where."""
    known = settled(shape, value)
    if isinstance(known, sh.ListOf) and isinstance(value, list):
        for n, child in enumerate(value):
            yield from facets(child, known.item, (*path, n))
    if known is None or not isinstance(value, dict):
        return
    for step, child in value.items():
        if isinstance(known, sh.Record) and step in known.facets:
            yield known.what, step, (*path, step), known.facets[step][0]
        yield from facets(child, inner(known, step), (*path, step))


def settled(shape: sh.Shape | None, value: Plain) -> sh.Shape | None:
    """The shape that this very value has."""
    known = resolved(shape) if shape else None
    if not isinstance(known, sh.OneOf):
        return known
    if isinstance(value, dict):
        ways = (way for marker, way in known.maps if marker in value or not marker)
        return settled(next(ways, None), value)
    return known.items if isinstance(value, list) else None


def language() -> set[tuple[str, str]]:
    """Every facet that can be said."""
    found: set[tuple[str, str]] = set()

    def walk(shape: sh.Shape, seen: frozenset[str]) -> None:
        match shape:
            case sh.Ref() if shape.name not in seen:
                walk(DEFINITIONS[shape.name], seen | {shape.name})
            case sh.Record():
                for name, (child, _) in shape.facets.items():
                    found.add((shape.what, name))
                    walk(child, seen)
            case sh.MapOf() | sh.ListOf():
                walk(shape.item, seen)
            case sh.OneOf():
                for _, child in shape.maps:
                    walk(child, seen)

    walk(METHODOLOGY, frozenset())
    sections = {("methodology", section) for section in SECTIONS}
    return {(kind, name) for kind, name in found - sections - ONE_WAY if name not in NOT_READ}


def variants(method: dict[str, Plain], site: Site, shape: sh.Shape) -> Iterator[dict[str, Plain]]:
    """The method with what stands there said otherwise, or left out where it may be."""
    value: Plain = method
    for step in site:
        value = value[step]
    for change in (*otherwise(method, value, shape), *([None] if is_free(site) else [])):
        varied = copy.deepcopy(method)
        above: Plain = varied
        for step in site[:-1]:
            above = above[step]
        if change is None:
            del above[site[-1]]
        else:
            above[site[-1]] = change
        yield varied


def is_free(site: Site) -> bool:
    """Whether it can be left out."""
    above = shape_at(tuple(str(step) for step in site[:-1]))
    return isinstance(above, sh.Record) and site[-1] not in (
        *above.required,
        *above.one_of,
        *above.some_of,
    )


def otherwise(method: dict[str, Plain], value: Plain, shape: sh.Shape) -> Iterator[Plain]:
    """Other values of the shape."""
    known = resolved(shape)
    match known:
        case sh.OneOf():
            for scalar in known.scalars:
                yield from otherwise(method, value, scalar)
            if known.items and isinstance(value, list):
                yield from otherwise(method, value, known.items)
        case sh.Flag():
            yield not value
        case sh.Count():
            more = int(value) + 1 if str(value).isdecimal() else known.low + 1
            yield from (more, str(more))
        case sh.Word():
            yield from known.words
        case sh.Name():
            yield from (*known.words, *VALUES, *names(method))
        case sh.Pattern():
            yield from (one for one in EXAMPLES if re.fullmatch(known.regex, one))
        case sh.Text():
            yield f"{value} +"
        case sh.Scalar():
            yield from (not value,) if isinstance(value, bool) else ANSWERS
        case sh.ListOf():
            yield value[:-1]
            yield from ([name] for name in names(method))
        case sh.MapOf() if isinstance(value, dict):
            yield {key: f"{text} +" for key, text in value.items() if isinstance(text, str)}


EXAMPLES = (
    "private",
    "7 days after start",
    "3 days after entry",
    "7 days",
    "SEK",
    "public",
    "templates/other.md",
    "2",
    "60 percent",
)
VALUES = ("met", "partly", "not_met", "rated", "yes_please", "no_thanks")
ANSWERS = ("new", "old", "quay", "road", "7", "2027-01-01", "3 days")


def names(method: dict[str, Plain]) -> Iterator[str]:
    """A few things of each kind, and of what is in them."""
    for section in SECTIONS:
        things = method.get(section, {})
        yield from list(things)[:3]
        for thing in things.values():
            for inner_map in ("outcomes", "criteria", "advises", "needs"):
                yield from list(thing.get(inner_map, {}))[:3]


def meant(method: dict[str, Plain]) -> str:
    """What the method means; "" where it cannot be used."""
    try:
        known = library.compile_resolved(method)
    except (errors.DefinitionInvalid, LookupError, ValueError):
        return ""
    return repr(replace(known, digest="", rules_digest=""))


@cache
def sites() -> dict[tuple[str, str], list[tuple[int, Site, sh.Shape]]]:
    found: dict[tuple[str, str], list[tuple[int, Site, sh.Shape]]] = {}
    for n, method in enumerate(methods()):
        for kind, name, site, shape in facets(method, METHODOLOGY, ()):
            found.setdefault((kind, name), []).append((n, site, shape))
    return found


@pytest.mark.parametrize(("kind", "name"), sorted(language()))
def test_whatever_is_said_otherwise_is_read_otherwise(kind: str, name: str) -> None:
    tried = 0
    for n, site, shape in sites().get((kind, name), ()):
        method = methods()[n]
        same = (
            "" if kind == "alternative" else meant(method)
        )  # its source is no part of the meaning
        usable = (v for v in variants(method, site, shape) if meant(v) not in ("", same))
        varied = next(usable, None)
        if varied is None:
            continue
        tried += 1
        first = method["languages"][0]
        assert page(varied, first) != page(method, first), site
        if tried == SITES_OF_EACH:
            break
    assert tried, f"{kind}: {name} is said nowhere"
