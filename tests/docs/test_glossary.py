"""The glossary: every word of it stands where it says, and what the code and the command line call
things is in it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from inspect import isclass
from typing import Final

import click
import pytest

from innocities_engine.cli.app import app
from innocities_engine.domain import commands
from tests.docs.blocks import DOCS

ROOT: Final = DOCS.parent
ENGINE: Final = "innocities_engine"
# Where what people speak of is declared; the grammar and the calendar explain themselves.
DECLARED: Final = ("definition", "project", "crossing", "gates", "reminders", "notices")
PARTS_OF: Final = {
    "Migrate": "project migrate apply",
    "UndoMigration": "project migrate undo",
    "JoinRound": "round open",
    "MissRound": "round open",
    "DecideInRound": "round take",
    "NoteAdoption": "project adopt",
}
NAMED_BY_THEIR_FIRST_WORD: Final = ("AnswerFact", "StartFrom")


def section(title: str) -> str:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def spoken(group: click.Group, above: str = "") -> Iterator[str]:
    """Every word of the command line, with the words before it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield f"{above}{name}"
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from spoken(command, f"{above}{name} ")


SPOKEN: Final = frozenset(spoken(app))
TERMS: Final = [term for row in rows("Words") for term in row[0].split(", ")]
PLACES: Final = rows("Where they stand")
QUOTED: Final = re.compile(r"`([^`]+)`")


def test_every_word_has_one_meaning_and_says_where_it_stands() -> None:
    assert len(TERMS) >= 25
    assert len(set(TERMS)) == len(TERMS)
    assert [row[0] for row in PLACES] == TERMS
    assert all(QUOTED.search(cell) for row in PLACES for cell in row[1:])


@pytest.mark.parametrize("row", PLACES, ids=[row[0] for row in PLACES])
def test_it_stands_there(row: list[str]) -> None:
    _, code, line = row
    for name in QUOTED.findall(code):
        module, _, thing = name.rpartition(".")
        assert hasattr(import_module(f"{ENGINE}.{module}"), thing), name
    assert [words for words in QUOTED.findall(line) if words not in SPOKEN] == []


@pytest.mark.parametrize("module", DECLARED)
def test_every_type_people_speak_of_belongs_to_a_word(module: str) -> None:
    loaded = import_module(f"{ENGINE}.domain.{module}")
    known = set(QUOTED.findall(section("Where they stand")))
    declared = [
        name
        for name, thing in vars(loaded).items()
        if isclass(thing) and thing.__module__ == loaded.__name__
    ]
    assert declared
    assert [name for name in declared if f"domain.{module}.{name}" not in known] == []


def test_commands_are_called_the_same_in_the_code_and_on_the_command_line() -> None:
    verbs = {words.removeprefix("project ") for words in SPOKEN}
    for command in commands.Command.__args__:
        name = command.__name__
        if name in PARTS_OF:
            assert PARTS_OF[name] in SPOKEN
            continue
        whole = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
        said = whole.partition("-")[0] if name in NAMED_BY_THEIR_FIRST_WORD else whole
        assert said in verbs, name


def names_in_the_code() -> Iterator[tuple[str, str]]:
    for package in (ENGINE, "notifications"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    yield node.name, str(file.relative_to(ROOT))


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_second_words_for_the_same_thing_are_not_used() -> None:
    banned = {word for row in rows("Words we do not use") for word in row[0].split(", ")}
    assert "milestone" in banned
    assert not banned & {word for name in SPOKEN for word in re.split("[ -]", name)}
    found = [(name, file) for name, file in names_in_the_code() if banned & words_of(name)]
    assert found == []
