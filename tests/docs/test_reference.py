"""Nothing that somebody can meet is left out of the documents: every command, option, setting,
variable, error, blocker and event stands in the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest

import innocities_engine
import notifications
from innocities_engine.cli import exits
from innocities_engine.cli.app import app
from innocities_engine.domain import codec
from innocities_engine.settings import Mail, Settings
from tests.docs import reference
from tests.docs.blocks import DOCS

WRITTEN = reference.PAGE.read_text(encoding="utf-8")
ANEW = "written anew by: python -m tests.docs.reference"


def first_cells(title: str) -> list[str]:
    section = WRITTEN.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (?:\d+ \| )?`(?:innocities )?([^`]+)` \|", section, re.MULTILINE)


def test_the_reference_says_what_the_program_says() -> None:
    assert reference.page() == WRITTEN, ANEW


def words(group: click.Group, above: str = "") -> Iterator[str]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from words(command, f"{above}{name} ")
        else:
            yield f"{above}{name}"


def blocker_codes() -> set[str]:
    """Every code a refusal or a warning is made with, as the source has it."""
    made = re.compile(r"(?:refuse\(|Blocker\()\s*\"([a-z_]+)\"")
    folder = DOCS.parent / "innocities_engine"
    return {code for p in folder.rglob("*.py") for code in made.findall(p.read_text("utf-8"))}


def variables() -> set[str]:
    """Every variable of the environment the source reads."""
    named = re.compile(r"\"((?:INNOCITIES_[A-Z_]+)|NO_COLOR)\"")
    packages = (innocities_engine, notifications)
    files = (p for package in packages for root in package.__path__ for p in _sources(root))
    return {name for text in files for name in named.findall(text)}


def _sources(root: str) -> Iterator[str]:
    from pathlib import Path

    return (path.read_text(encoding="utf-8") for path in Path(root).rglob("*.py"))


THERE_IS = {
    "Commands": set(words(app)),
    "Settings": {f.name for f in fields(Settings)} - {"workspace", "mail"}
    | {f"mail.{f.name}" for f in fields(Mail)},
    "Environment": variables(),
    "Errors": set(exits.BY_CODE),
    "Blockers": blocker_codes(),
    "Events": set(codec.EVENTS),
}  # fmt: skip


@pytest.mark.parametrize("title", THERE_IS)
def test_everything_there_is_stands_in_the_reference_once(title: str) -> None:
    written = first_cells(title)

    assert THERE_IS[title]
    assert sorted(written) == sorted(THERE_IS[title])


def test_no_cell_of_the_reference_is_left_empty_but_what_an_error_carries() -> None:
    for line in WRITTEN.splitlines():
        if line.startswith("| "):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            assert all(cells) or line.startswith(("| 1 |", "| 2 |", "| 3 |", "| 5 |", "| 6 |", "| 70 |")), line  # fmt: skip
