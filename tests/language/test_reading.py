from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import library
from innocities_engine.language.faults import Faults
from innocities_engine.language.nodes import plain
from innocities_engine.language.reading import DEEPEST, MOST_BYTES, MOST_EVENTS, read


def read_text(text: str | bytes):
    faults = Faults()
    data = text.encode() if isinstance(text, str) else text
    node = read(data, "m.yaml", faults)
    return node, faults.found


@pytest.mark.parametrize(
    "word",
    [
        "no",
        "yes",
        "on",
        "off",
        "NO",
        "True",
        "1.10",
        "12:30",
        "0o17",
        "1e3",
        ".inf",
        "2026-01-01",
        "_",
        "=",
        "08",
    ],
)
def test_a_scalar_stays_the_text_that_was_written(word):
    node, found = read_text(f"a: {word}\n{word}: a\n")

    assert not found
    assert plain(node) == {"a": word, word: "a"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"true"', "true"),
        ("'no'", "no"),
    ],
)
def test_only_true_false_and_nothing_are_no_texts(written, meant):
    node, found = read_text(f"a: {written}\n")

    assert not found
    assert plain(node) == {"a": meant}


def test_a_language_called_no_is_a_key_like_any_other():
    node, _ = read_text("title: {no: Norsk, on: På}\n")

    assert plain(node) == {"title": {"no": "Norsk", "on": "På"}}


def test_every_value_and_every_key_knows_where_it_stands():
    node, _ = read_text("a:\n  - x\n  - {b: y}\n")
    item = node.map["a"].items[1]

    assert (node.map["a"].key.line, node.map["a"].key.column) == (1, 1)
    assert (item.mark.line, item.mark.column) == (3, 5)
    assert (item.map["b"].key.column, item.map["b"].mark.column) == (6, 9)


def test_texts_are_put_into_one_unicode_form():
    node, _ = read_text("a: A\u030a\n")

    assert plain(node) == {"a": "Å"}


def test_a_byte_order_mark_of_utf8_is_passed_over():
    node, found = read_text("\ufeffa: b\n".encode())

    assert not found
    assert plain(node) == {"a": "b"}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: &x b\n", "anchor", 1, 4),
        ("a: b\nc: *x\n", "alias", 2, 4),
        ("a: !!python/object:os.system b\n", "tag", 1, 4),
        ("a: !ruby b\n", "tag", 1, 4),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1),
        ("a: 1\nA: 2\n", "duplicate-key", 2, 1),
        ("{<<: {a: 1}}\n", "merge-key", 1, 2),
        ("a: 1\n---\nb: 2\n", "second-document", 2, 1),
        ("%YAML 1.1\n---\na: 1\n", "directive", 2, 1),
        ("? [a, b]\n: c\n", "key-not-text", 1, 3),
        ("a: [b\n", "not-yaml", 1, 4),
        ("a:\n\tb: c\n", "not-yaml", 2, 1),
        ("a: 'b\n", "not-yaml", 1, 4),
        ("a: \x1b[31m\n", "control-character", 1, 4),
        ("a: b\nc: \u202eevil\n", "control-character", 2, 4),
        ("a: b\u2028c\n", "control-character", 1, 5),
        ('a: b\nc: "\\ud800"\n', "control-character", 2, 4),
        ('a: "\\0"\n', "control-character", 1, 4),
        ('"\\0": b\n', "control-character", 1, 1),
        ('a: "\\u202Eevil"\n', "control-character", 1, 4),
        ("", "empty", 1, 1),
        ("# nothing\n", "empty", 1, 1),
    ],
)
def test_what_is_not_part_of_the_language_is_refused_where_it_stands(text, code, line, column):
    _, found = read_text(text)
    errors = [fault for fault in found if fault.severity == "error"]

    assert [(f.code, f.line, f.column) for f in errors] == [(code, line, column)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("a: b\n".encode("utf-16"), "not-utf8"),
        (b"a: \xff\n", "not-utf8"),
        (b"a: b\x00c\n", "control-character"),
        (b"a: " + b"x" * MOST_BYTES, "too-big"),
        (b"a: " + b"[" * (DEEPEST + 5), "too-deep"),
        (b"- " * 100_000, "too-deep"),
        (b"[" * 200_000, "too-deep"),
        (b"{a: " * 60_000, "too-deep"),
        ("\n".join(f"k{i}: 1" for i in range(MOST_EVENTS)).encode(), "too-many"),
        (b"---\n" * 60_000, "second-document"),
    ],
)
def test_what_is_too_much_or_no_text_is_refused(data, code):
    node, found = read_text(data)

    assert node is None
    assert [fault.code for fault in found] == [code]


def test_a_byte_that_is_not_utf8_is_told_with_its_place():
    _, found = read_text(b"a: b\nc: d\xe6\n")

    assert (found[0].line, found[0].column) == (2, 5)


def test_an_unquoted_question_in_a_flow_map_is_warned_of():
    node, found = read_text("q: {en: Is it clear?}\n")

    assert plain(node) == {"q": {"en": "Is it clear?"}}
    assert [(f.code, f.severity) for f in found] == [("unquoted-question", "warning")]
    assert "must stand in quotes" in found[0].hint


def test_a_quoted_question_is_not_warned_of():
    assert read_text('q: {en: "Is it clear?"}\np: Is it clear?\n')[1] == []


def test_the_message_about_a_broken_flow_map_tells_to_quote():
    _, found = read_text("q: {en: Is it: clear}\n")

    assert found[-1].code == "not-yaml"
    assert "must stand in quotes" in found[-1].hint


def test_tabs_are_told_from_other_mistakes():
    _, found = read_text("a:\n\tb: c\n")

    assert found[0].hint == "Indent with spaces, not with tabs."


SMALL = """\
schema: innocities/methodology/1
id: small
version: "1.0.0"
languages: [en]
title: {en: Small}
calendar: {country: "NO"}
roles:
  lead: {title: {en: Lead}, leads: true}
phases:
  first: {title: {en: First}, opens: start}
gates:
  G1:
    title: {en: Only}
    in: first
    decides: {by: lead, due: DUE}
    outcomes: {done: {end: completed}, stop: {end: stopped}}
ladders:
  nudges:
    early: {at: 5 days before due, to: [TO]}
"""


@pytest.mark.parametrize(
    ("due", "to", "says"),
    [
        ("10 workdays after entry", "owner", "“workdays” is not a unit of time"),
        ("2 weeks after entry", "ower", "Did you mean `owner`?"),
        ("2 weeks after entry", "decder", "Did you mean `decider`?"),
    ],
)
def test_what_was_probably_meant_is_said(tmp_path: Path, due: str, to: str, says: str) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("DUE", due).replace("TO", to), encoding="utf-8")
    _, (fault,) = library.check(file)
    assert says in fault.hint


def test_a_question_that_fell_apart_without_quotes_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    text = SMALL.replace("DUE", "entry").replace("TO", "owner")
    question = "criteria: {good: {question: {en: Is it good, or?}}}\n    decides: "
    file.write_text(text.replace("decides: ", question), encoding="utf-8")
    _, (fault,) = library.check(file)
    assert (fault.code, fault.severity) == ("bad-id", "error")


@pytest.mark.parametrize(
    ("was", "written", "places"),
    [
        ("decides: {by: lead", "decide: {by: lead", ["gates.G1.decide"]),
        ("decides:", "needs: {vote: {do: Vote}}\n    decides:", ["gates.G1.needs.vote.do"]),
        ("in: first", "in: frist", ["gates.G1.in"]),
        ("opens: start", "main: true", ["phases.first.main"]),
    ],
)
def test_a_slip_is_told_once_and_what_follows_from_it_is_not(
    tmp_path: Path, was: str, written: str, places: list[str]
) -> None:
    file = tmp_path / "small.yaml"
    text = SMALL.replace("DUE", "entry").replace("TO", "owner")
    assert was in text
    file.write_text(text.replace(was, written, 1), encoding="utf-8")
    _, faults = library.check(file)
    assert [fault.path for fault in faults] == places
