"""The words an author may write, found in the shapes that the loader reads by."""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, OVERLAY
from innocities_engine.language.shapes import Shape


def language_words() -> set[str]:
    """Every key and every closed word of methods and overlays."""
    return {*words_of(METHODOLOGY), *words_of(OVERLAY)}


def words_of(shape: Shape, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every key and every closed word that an author may write."""
    match shape:
        case sh.Ref():
            if shape.name not in seen:
                yield from words_of(DEFINITIONS[shape.name], seen | {shape.name})
        case sh.Record():
            for key, (inner, _) in shape.facets.items():
                yield key
                yield from words_of(inner, seen)
        case sh.MapOf():
            for key, inner in shape.special.items():
                yield key
                yield from words_of(inner, seen)
            yield from words_of(shape.item, seen)
        case sh.OneOf():
            for inner in (*shape.scalars, *([shape.items] if shape.items else [])):
                yield from words_of(inner, seen)
            for _, inner in shape.maps:
                yield from words_of(inner, seen)
        case sh.ListOf():
            yield from words_of(shape.item, seen)
        case sh.Word():
            yield from shape.words
        case sh.Name():
            yield from shape.words
