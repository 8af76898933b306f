"""A text that is no YAML is told in the reader's words, where the slip is, with what to do; never in
the words of the parser.
"""

from __future__ import annotations

import inspect
import re

import pytest
from ruamel.yaml import parser, scanner

from innocities_engine import wording
from innocities_engine.language.broken import slip_of
from innocities_engine.language.faults import Fault, Faults
from innocities_engine.language.reading import read
from innocities_engine.wording.faults import told

SLIPS = [
    ("id: a\nroles\n  x: y\n", 2, 1, "without a colon"),
    ("id: a\nroles\n", 2, 1, "without a colon"),
    ("title: Foo: bar\n", 1, 11, "in quotes"),
    ("id:lakeside\nversion: '1'\n", 2, 8, "a space after each colon"),
    ("a: b\n  c: d\n", 2, 4, "indent the keys"),
    ("a:\n    b: 1\n  c: 2\n", 3, 3, "two spaces for each step"),
    ("a:\n  b: 1\n  - c\n", 3, 3, "stand mixed"),
    ("a: - b\n", 1, 4, "[one, two]"),
    ("a: ? b\n", 1, 4, "question mark"),
    ("roles:\n  lead: {title: {en: Lead}\nphases:\n  a: {b: c}\n", 2, 9, "is not closed"),
    ("a: [b, c\nd: e\n", 1, 4, "is not closed"),
    ("a: {b: c,\n    d: e f: g}\n", 2, 11, "a comma is missing"),
    ("a: {b: c d: e}\n", 1, 11, "a comma is missing"),
    ("a: {b: c}}\n", 1, 10, "“}” closes"),
    ("a: [b, , c]\n", 1, 8, "before “,”"),
    ("a: }\n", 1, 4, "before “}”"),
    ('a: "b\nc: d\n', 1, 4, "are not closed"),
    ("a: 'it's so'\n", 1, 8, "closed already"),
    ('a: "b\\q"\n', 1, 7, "single quotes"),
    ("a: @b\n", 1, 4, "begin with “@”"),
    ("a: * b\n", 1, 4, "signs"),
    ("a: |x\n  b\n", 1, 5, "next line"),
    ("a:\n\tb: c\n", 2, 1, "not with tabs"),
    ("a: b\n... c\n", 2, 5, "has ended"),
]


def fault_of(text: str) -> Fault:
    faults = Faults()
    assert read(text.encode(), "f", faults) is None
    return next(fault for fault in faults.found if fault.code == "not-yaml")


@pytest.mark.parametrize(("text", "line", "column", "says"), SLIPS)
def test_a_slip_is_told_where_it_was_made_and_with_what_to_do(
    text: str, line: int, column: int, says: str
) -> None:
    fault = fault_of(text)

    assert (fault.line, fault.column) == (line, column)
    assert says in f"{fault.message} {fault.hint}"
    assert fault.hint


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("text", [slip[0] for slip in SLIPS])
def test_no_word_of_the_parser_is_left(text: str, language: str) -> None:
    said = told(language, fault_of(text))
    assert not re.search(r"expected|found|scanning|mapping|scalar|token|<block|YAML", said)


def problems() -> list[str]:
    """What the parser says is wrong, as its source has it; for what it puts in stands a sign."""
    found = []
    for module in (scanner, parser):
        for call in re.split(r"(?:Scanner|Parser)Error\(", inspect.getsource(module))[1:]:
            texts = re.findall(r"""f?(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")""", call)
            said = [one or other for one, other in texts]
            found += [s for s in said[:2] if re.match("expected |found |could not|.* not allowed|more "
                                                      "indented|duplicate", s)]  # fmt: skip
    return [re.sub(r"\{[^{}]*\}", "x", each).replace("}}", "}") for each in found]


def test_everything_the_parser_may_say_is_known() -> None:
    """A later version of it that says something new is noticed here."""
    said = {each for each in problems() if not each.endswith(" ")}
    assert len(said) >= 20
    assert {each for each in said if slip_of(each) is None} == set()
