"""Any part of a method in words: nothing of it is left in the author's own notation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from innocities_engine import library, wording
from innocities_engine.authoring.spelled import Spelled, label
from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY
from tests.features.driver import DEFINITIONS as FEATURES

SHIPPED = sorted({name for name, _, _ in library.Library().ids()})
SECTIONS = ("calendar", "roles", "facts", "artefacts", "phases", "gates", "ladders")


def spelled(resolved: dict[str, Any], language: str = "en") -> Spelled:
    return Spelled(library.compile_resolved(resolved), resolved, language)


def known() -> list[dict[str, Any]]:
    features = [library.resolved(path) for path in sorted(FEATURES.glob("F*.yaml"))
                if "1.1.0" not in path.name and is_method(path)]  # fmt: skip
    return [*(library.resolved(name) for name in SHIPPED), *features]


def is_method(path: Any) -> bool:
    return "methodology/1" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_whatever_a_method_says_is_told_and_nothing_in_its_own_notation(language: str) -> None:
    methods = known()
    told = [
        line
        for resolved in methods
        for section in SECTIONS
        for line in spelled(resolved, language).told((section,), resolved.get(section, {})).lines()
    ]
    assert len(methods) > 40
    assert len(told) > 5_000
    assert not [line for line in told if re.search(r"[{}\[\]]|\b[A-Z][a-z]+\(|\bNone\b", line)]


def test_what_a_part_says_is_told_part_by_part_or_in_one_line() -> None:
    told = spelled(library.resolved("smartby-prosjekt")).told(
        ("gates", "G1", "needs", "new"),
        {"title": {"en": "Plan"}, "status": "approved", "due": "2 working days before meeting",
         "by": {"role": "styringsgruppe", "quorum": "majority"}, "blocks": ["next", "end"],
         "required": {"fact": "nullalternativ", "is": True}},
    )  # fmt: skip
    assert list(told.lines())[1:3] == ["Status: approved", "Due: 2 working days before the meeting"]
    assert "Holds shut: the next gate, the end of the project" in told.line()
    assert "(a majority)" in told.line()
    assert "Required: “" in told.line()


def test_a_facet_is_called_by_what_it_is_where_it_stands() -> None:
    assert label("en", ("ladders", "x", "y", "to")) == "Reminds"
    assert label("en", ("gates", "G1", "outcomes", "go", "to")) == "Leads to"


def words(shape: sh.Shape, seen: frozenset[str]) -> Iterator[str]:
    """Every word of the language that a value can be."""
    match shape:
        case sh.Ref() if shape.name not in seen:
            yield from words(DEFINITIONS[shape.name], seen | {shape.name})
        case sh.Word():
            yield from shape.words
        case sh.Name():
            yield from shape.words
        case sh.Record():
            for inner, _ in shape.facets.values():
                yield from words(inner, seen)
        case sh.MapOf():
            yield from words(shape.item, seen)
        case sh.ListOf():
            yield from words(shape.item, seen)
        case sh.OneOf():
            for inner in (*shape.scalars, *([shape.items] if shape.items else [])):
                yield from words(inner, seen)
            for marker, inner in shape.maps:
                if marker in ("", "choose"):
                    yield from words(inner, seen)


def test_every_word_of_the_language_has_one_in_each_language_of_readers() -> None:
    found = set(words(METHODOLOGY, frozenset({"who", "predicate", "moment"})))
    found -= {"innocities/methodology/1"}
    assert len(found) > 30
    assert {word for word in found if not wording.knows(f"term.{word}")} == set()
