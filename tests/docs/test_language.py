"""The language reference: every example is read by the loader, and every word is explained.

A block that is a whole method is the ground for the parts that follow it: a part is laid over it
and the whole is read. A block that begins with `# refused:` must have exactly these faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from innocities_engine.language.names import RESERVED
from tests.docs import blocks as b
from tests.docs.words import language_words

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


def test_every_word_of_the_language_is_explained() -> None:
    words = language_words()
    assert len(words) > 150
    assert {w for w in words if f"`{w}`" not in text() and f"`{w}:" not in text()} == set()


def test_the_reserved_words_are_listed() -> None:
    listed = text().partition("## Reserved words")[2].partition("\n## ")[0]
    assert {word for word in listed.replace("`", " ").split() if word in RESERVED} == RESERVED
