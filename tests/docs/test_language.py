"""The language reference: every example is read by the loader, and every word is explained.

A block that is a whole method is the ground for the parts that follow it: a part is laid over it
and the whole is read. A block that begins with `# refused:` must have exactly these faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from innocities_engine.language import shapes as sh
from innocities_engine.language.authored import DEFINITIONS, METHODOLOGY, OVERLAY
from innocities_engine.language.names import RESERVED
from innocities_engine.language.shapes import Shape
from tests.docs import blocks as b

DOCUMENT = "language.md"


def grounded() -> Iterator[tuple[b.Block, str, str]]:
    """Each example, the method it stands on, and the whole text to be read."""
    ground = ""
    for block in b.blocks(DOCUMENT, "yaml"):
        schema = b.parsed(block.text).get("schema")
        if schema is None:
            whole = b.written(b.merged(b.parsed(ground), b.parsed(block.text)))
            yield block, ground, whole
            continue
        if schema == b.METHOD and not block.refused:
            ground = block.text
        yield block, ground, block.text


EXAMPLES = list(grounded())


@pytest.mark.parametrize(
    ("block", "ground", "whole"), EXAMPLES, ids=[f"line{e[0].line}" for e in EXAMPLES]
)
def test_every_example_is_read_as_it_is_told(
    block: b.Block, ground: str, whole: str, tmp_path: Path
) -> None:
    b.put(tmp_path, ground)
    codes, told = b.errors_of(tmp_path, whole)
    assert codes == block.refused, told


def test_there_are_examples_of_both() -> None:
    refused = [block for block, _, _ in EXAMPLES if block.refused]
    assert len(EXAMPLES) >= 30
    assert len(refused) >= 10


@cache
def text() -> str:
    return (b.DOCS / DOCUMENT).read_text(encoding="utf-8")


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


def test_every_word_of_the_language_is_explained() -> None:
    words = {*words_of(METHODOLOGY), *words_of(OVERLAY)}
    assert len(words) > 150
    assert {w for w in words if f"`{w}`" not in text() and f"`{w}:" not in text()} == set()


def test_the_reserved_words_are_listed() -> None:
    listed = text().partition("## Reserved words")[2].partition("\n## ")[0]
    assert {word for word in listed.replace("`", " ").split() if word in RESERVED} == RESERVED
