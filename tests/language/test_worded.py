"""What is wrong with a definition is told in every language: each sentence that can arise has its
translations, wherever in the program it stands.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import innocities_engine
from innocities_engine.domain.worded import Worded
from innocities_engine.language import shapes as sh
from innocities_engine.language import wanted
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, OVERLAY, SECTIONS
from innocities_engine.language.conform import conform
from innocities_engine.language.faults import Faults
from innocities_engine.language.nodes import node_of
from innocities_engine.language.shapes import Shape
from innocities_engine.wording.faults import DOMAIN, sentence, told
from tests.catalogues import TRANSLATED, names, pairs, source
from tests.language.support import check_bytes

ROOT = Path(innocities_engine.__file__).parent


HOSTILE = Path(__file__).parent / "hostile"


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Every place of the program where such a text is made."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Worded":
                yield path, node


# The templates that are written down, each with the names of what is put in.
WRITTEN = {
    str(call.args[0].value): {str(each.arg) for each in call.keywords}
    for _, call in calls()
    if isinstance(call.args[0], ast.Constant)
}


def in_words(template: str) -> bool:
    return re.search(r"[^\W\d_]|“", re.sub(r"\{[^}]*\}", "", template)) is not None


def shapes(shape: Shape, seen: set[int]) -> Iterator[Shape]:
    """A shape and all that it is made of."""
    if id(shape) in seen:
        return
    seen.add(id(shape))
    yield shape
    for inner in parts(shape):
        yield from shapes(inner, seen)


def parts(shape: Shape) -> Iterator[Shape]:
    match shape:
        case sh.Record():
            yield from (facet for facet, _ in shape.facets.values())
        case sh.MapOf():
            yield from (shape.item, *shape.special.values())
        case sh.ListOf():
            yield shape.item
        case sh.OneOf():
            yield from (*shape.scalars, *(variant for _, variant in shape.maps))
            yield from (shape.items,) if shape.items else ()


def vocabulary() -> set[str]:
    """How the shapes are called in sentences, as far as these can arise."""
    seen: set[int] = set()
    found = set(SECTIONS.values())
    for root in (METHODOLOGY, OVERLAY, *DEFINITIONS.values()):
        for shape in shapes(root, seen):
            found |= {said.template for said in called(shape)}
    return found


def called(shape: Shape) -> Iterator[Worded]:
    match shape:
        case sh.Record():
            one = wanted.with_article(shape.what)
            yield from (Worded(shape.what), one)
            yield from (wanted.meaning(shape, key) for key in shape.required)
            yield from (wanted.beginning(one),) if shape.one_of or shape.some_of else ()
        case sh.OneOf():
            if all(marker for marker, _ in shape.maps) and shape.maps:
                yield wanted.beginning(wanted.with_article(shape.what))
            if not wanted.any_of(shape).values:
                yield wanted.any_of(shape)
        case sh.MapOf():
            yield Worded(shape.what)
        case sh.Pattern():
            yield Worded(shape.what)
        case sh.Name():
            yield from map(Worded, shape.of)


def every() -> set[str]:
    return {text for text in {*WRITTEN, *vocabulary()} if in_words(text)}


def test_every_text_about_a_definition_is_translated_and_nothing_else() -> None:
    for language in TRANSLATED:
        found = dict(pairs(source(language, DOMAIN)))
        assert (every() - set(found), set(found) - every()) == (set(), set())  # missing, stale
        assert all(found.values())


def test_no_sentence_is_left_in_english() -> None:
    """Words of the language that authors write stay as they are, by themselves."""
    for language in TRANSLATED:
        same = [text for text, other in pairs(source(language, DOMAIN)) if text == other]
        assert [text for text in same if " " in text] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_what_the_english_text_names(language: str) -> None:
    for text, other in pairs(source(language, DOMAIN)):
        assert names(other) == names(text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_put_in_is_said_whatever_it_is(language: str) -> None:
    for template, fields in WRITTEN.items():
        text = sentence(language, Worded(template, **{name: f"{{{name}}}" for name in fields}))
        assert all(f"{{{name}}}" in text for name in fields), template


def test_texts_that_come_from_data_come_from_the_shapes_and_the_kinds_of_things() -> None:
    """Elsewhere each template stands where it is said; otherwise one could be forgotten here."""
    loose = {path.name for path, call in calls() if not isinstance(call.args[0], ast.Constant)}

    assert loose == {"conform.py", "faults.py", "likes.py", "moments.py", "names.py", "needs.py",
                     "wanted.py"}  # fmt: skip


def test_a_text_in_a_text_is_translated_too_and_what_was_written_is_not() -> None:
    faults = Faults()
    conform(node_of({"schema": "innocities/methodology/1", "gates": "gate"}), METHODOLOGY, faults)
    fault = next(each for each in faults.found if each.path == "gates")

    assert str(fault) == (
        "error: gates: Here stands “gate”; wanted is a map from id to gate. [wrong-type]")  # fmt: skip
    assert told("sv", fault) == (
        "fel: gates: Här står ”gate”; här ska stå ett id per beslutspunkt. [wrong-type]")  # fmt: skip
    assert told("nb", fault) == (
        "feil: gates: Her står «gate»; her skal det stå en id per beslutningspunkt."
        " [wrong-type]")  # fmt: skip
    assert told("en", fault) == str(fault)


def within(text: Worded) -> Iterator[Worded]:
    """A text, and those that were put into it."""
    yield text
    for value in text.values.values():
        if isinstance(value, Worded):
            yield from within(value)


def test_whatever_is_found_wrong_in_practice_is_among_them() -> None:
    told_of = [
        text
        for path in sorted(HOSTILE.glob("*.yaml"))
        for fault in check_bytes(path.read_bytes())
        for said in (fault.message, fault.hint)
        for text in within(said)
    ]

    assert {text.template for text in told_of if in_words(text.template)} <= every()
    assert len({text.template for text in told_of}) > 100


def test_an_author_is_told_in_the_words_of_the_guide() -> None:
    for text in every():
        plainly = re.sub(r"\{\w+\}|`[^`]*`", "", text)
        assert not re.search(r"\b(facet|predicate)s?\b", plainly), text


# What other words there would be for things that have one in each language.
OTHERWISE = {
    "sv": r"\b(definition\w*|artefakt\w*|krave?t?|grind\w*)\b",
    "nb": r"\b(definisjon\w*|artefakt\w*|krave?t?|underlag\w*|port|porten)\b",
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_thing_has_the_name_that_the_rest_of_the_program_gives_it(language: str) -> None:
    said = [other for _, other in pairs(source(language, DOMAIN))]
    assert [text for text in said if re.search(OTHERWISE[language], text, re.IGNORECASE)] == []
