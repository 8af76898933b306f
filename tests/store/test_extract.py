"""A record that has left the database can be verified with nothing else at hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from innocities_engine.domain.commands import Comment
from innocities_engine.store import chain, extract
from innocities_engine.store.chain import Finding, Head
from tests.store.given import World


@pytest.fixture
def lines(world: World) -> list[str]:
    project = world.started()
    for n in range(4):
        world.engine.execute("oslo", project, Comment(f"note {n}"), "astrid", reason=f"why {n}")
    return list(world.office.export("oslo", "dag"))


def changed(line: str, name: str, value: Any) -> str:
    return json.dumps({**json.loads(line), name: value})


def test_it_holds_every_entry_and_ends_where_the_chain_does(world: World, lines: list[str]) -> None:
    end = world.office.checkpoint("oslo")

    assert len(lines) == end.count + 1
    assert extract.verify(lines) == extract.verify(lines, end) == end


@pytest.mark.parametrize(
    "separator", ["\u2028", "\u2029", "\u0085", "\u001c", "\x0b", "\x0c", "\r"]
)
def test_whatever_separates_lines_elsewhere_is_a_character_of_a_text(
    world: World, separator: str
) -> None:
    project = world.started()
    world.engine.execute("oslo", project, Comment(f"one{separator}two"), "astrid")

    written = "".join(f"{line}\n" for line in world.office.export("oslo", "dag"))
    assert extract.verify(extract.split(written)) == world.office.checkpoint("oslo")


def test_a_changed_column_is_found_in_whatever_entry_and_column(lines: list[str]) -> None:
    for number, line in enumerate(lines[:-1], 1):
        for name in (*chain.ENTRY, "hash"):
            broken = [*lines[: number - 1], changed(line, name, "x"), *lines[number:]]
            found = extract.verify(broken)
            assert isinstance(found, Finding), (number, name)
            assert found.entry == number, (number, name)


def test_a_text_that_is_changed_or_left_out_is_found(lines: list[str]) -> None:
    number = next(n for n, line in enumerate(lines, 1) if "note 2" in line)
    for other in (
        lines[number - 1].replace("note 2", "note 3"),
        changed(lines[number - 1], "texts", {}),
    ):
        found = extract.verify([*lines[: number - 1], other, *lines[number:]])
        assert isinstance(found, Finding)
        assert found.entry == number


@pytest.mark.parametrize(
    "disturb",
    [
        lambda lines: lines[:3] + lines[4:],
        lambda lines: [*lines[:3], lines[3], *lines[3:]],
        lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
        lambda lines: [*lines[:3], "{", *lines[4:]],
        lambda lines: [*lines[:3], "[]", *lines[4:]],
    ],
    ids=["left out", "doubled", "exchanged", "cut", "of another kind"],
)
def test_a_line_that_is_not_what_was_written_is_found_at_its_place(
    lines: list[str], disturb: Any
) -> None:
    found = extract.verify(disturb(lines))
    assert isinstance(found, Finding)
    assert found.entry in {4, 5}


def test_a_cut_end_is_found_and_a_new_end_by_the_checkpoint(world: World, lines: list[str]) -> None:
    end = world.office.checkpoint("oslo")
    assert isinstance(extract.verify(lines[:-1]), Finding)

    last = json.loads(lines[-3])
    shorter = [*lines[:-2], json.dumps({"end": {"count": last["chain_no"], "hash": last["hash"]}})]
    assert isinstance(extract.verify(shorter), chain.Head)
    assert isinstance(extract.verify(shorter, end), Finding)


def _with(line: str, **more: object) -> str:
    return json.dumps({**json.loads(line), **more}, sort_keys=True)


def _behind(line: str, **changed: object) -> str:
    data = json.loads(line)
    seal = next(iter(data["texts"]))
    data["texts"][seal] = {**data["texts"][seal], **changed}
    return json.dumps(data, sort_keys=True)


def test_nothing_can_be_said_beside_what_is_hashed(lines: list[str]) -> None:
    first, *others = lines
    twice = first.replace("{", '{"actor": "mallory", ', 1)
    for false in (_with(first, approved_by="mayor"), twice):
        assert extract.verify([false, *others]) == Finding(1, "cannot be read")
    *entries, end = lines
    for after in ([end, end], [_with(end, more=1)], [end, entries[0]]):
        found = extract.verify([*entries, *after])
        assert isinstance(found, Finding), after


def test_no_line_however_strange_is_more_than_a_finding(lines: list[str]) -> None:
    texts = next(n for n, line in enumerate(lines) if json.loads(line).get("texts"))
    strange = [
        _behind(lines[texts], text="\ud800"),
        _behind(lines[texts], salt="00" * 300),
        "[" * 200_000,
        "1",
    ]
    for line in strange:
        found = extract.verify([*lines[:texts], line, *lines[texts + 1 :]])
        assert found == Finding(texts + 1, "cannot be read")
    endless = lines[-1].replace('"count": ', '"count": 1e999, "was": ')
    assert isinstance(extract.verify([*lines[:-1], endless]), Finding)


@pytest.mark.parametrize("anchor", [Head(-5, "x"), Head(0, "deadbeef")])
def test_an_anchor_that_no_record_can_have_is_not_held_by_any(
    lines: list[str], anchor: Head
) -> None:
    assert extract.verify(lines, anchor) == Finding(0, "is not what the anchor says")
