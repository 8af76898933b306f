"""Decide how a table that somebody wrote is opened, which columns it has, and how what is wrong
with it is told: by row, line and column, with what to write instead. What its cells mean is left
to whoever asked for the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from innocities_engine import errors
from innocities_engine.cli import import_columns, inputs, layout, spreadsheet
from innocities_engine.cli.import_columns import REMARK, Column
from innocities_engine.cli.spreadsheet import Row, Sheet

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console
    from innocities_engine.domain.project import Content

T = TypeVar("T")

ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_NAMED: Final = 12
LONGEST_COMPARED: Final = 200
NORDIC: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, or with the row where `column` is ""."""

    row: int
    line: int
    column: str
    text: str

    @property
    def said(self) -> str:
        return f"{self.column}: {self.text}" if self.column else self.text


def lines(console: Console, problems: Iterable[Problem]) -> Iterator[str]:
    """Each problem with its place."""
    for problem in problems:
        where = console.say("table.where", row=problem.row, line=problem.line)
        yield from layout.paragraph(f"{where} {problem.said}", hang=2)


# ---------------------------------------------------------------- the table as a whole


def opened(console: Console, path: Path) -> Sheet:
    """Read a table from a file."""
    if not path.is_file():
        raise errors.NotFound(console.say("missing.file", given=str(path)))
    try:
        sheet = spreadsheet.read(path.read_bytes())
    except spreadsheet.Unreadable as fault:
        said = console.say(f"table.file_{fault.reason}", **fault.values)
        raise errors.Refused(message=said) from None
    if sheet.encoding:
        console.talk("table.guessed", encoding=sheet.encoding, example=_odd_word(sheet))
    return sheet


def _odd_word(sheet: Sheet) -> str:
    """A word by which a reader sees whether the letters are right."""
    rows = (sheet.header, *sheet.rows)
    words = (word for row in rows for cell in row.cells for word in cell.split())
    return next((word for word in words if not word.isascii()), "–")


def columns(
    console: Console, sheet: Sheet, known: Mapping[str, Column]
) -> tuple[dict[int, Column], list[str]]:
    """What each column means; and, all at once, those that mean nothing, or the same. Of very many
    the first are named and the rest counted: to look for what was meant takes its time.
    """
    found: dict[int, Column] = {}
    wrong: list[int] = []
    used = _used(sheet)
    meant: set[Column] = set()
    for n, heading in enumerate(sheet.header.cells):
        if heading.startswith(REMARK) or not (heading or n in used):
            continue
        column = import_columns.read(heading, known)
        if column is None or column in meant:
            wrong.append(n)
        else:
            found[n] = column
            meant.add(column)
    faults = [_fault(console, sheet.header.cells[n], n, known) for n in wrong[:MOST_NAMED]]
    if more := len(wrong) - len(faults):
        faults.append(console.say("table.columns_more", n=more))
    return found, faults


def _fault(console: Console, heading: str, n: int, known: Mapping[str, Column]) -> str:
    """What is wrong with a column that means nothing, or what another one means already."""
    if import_columns.read(heading, known) is not None:
        return console.say("table.column_twice", given=heading, n=n + 1)
    near = import_columns.near(heading[:LONGEST_COMPARED], known)
    text = "table.column_near" if near else "table.column"
    return console.say(text, given=heading, n=n + 1, near=near)


def _used(sheet: Sheet) -> set[int]:
    """The columns in which some row says something."""
    return {n for row in sheet.rows for n, cell in enumerate(row.cells) if cell}


def rows(sheet: Sheet) -> list[Row]:
    """The rows that are not for people only."""
    return [
        row
        for row in sheet.rows
        if not next((c for c in row.cells if c), REMARK).startswith(REMARK)
    ]


def too_long(console: Console, sheet: Sheet, row: Row) -> list[Problem]:
    """Whether a row says something where there is no column."""
    beyond = [cell for cell in row.cells[len(sheet.header.cells) :] if cell]
    if not beyond:
        return []
    text = console.say("table.too_long", given=beyond[0])
    return [Problem(row.number, row.line, "", text)]


# ---------------------------------------------------------------- one row


@dataclass(frozen=True)
class Headed:
    """What every row of a table is read with: what stands where, and how it is called."""

    console: Console
    columns: Mapping[int, Column]
    headings: Mapping[Column, str]
    persons: Mapping[str, str]
    folder: Path  # where the table lies, and the files that it names


@dataclass
class Cells:
    """One row while it is read."""

    reader: Headed
    row: Row
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        cells = zip(range(len(self.row.cells)), self.row.cells, strict=True)
        self.cells = {self.reader.columns[n]: c for n, c in cells if n in self.reader.columns}

    def cell(self, kind: str, of: str = "") -> str:
        return self.cells.get(Column(kind, of), "").replace("\r\n", "\n").strip()

    def lines(self, kind: str, of: str = "") -> list[str]:
        return [line.strip() for line in self.cell(kind, of).split("\n") if line.strip()]

    def wrong(self, column: Column, text: str, /, **values: object) -> None:
        self.add(column, self.reader.console.say(text, **values))

    def add(self, column: Column, text: str) -> None:
        heading = self.reader.headings.get(column, "")
        self.problems.append(Problem(self.row.number, self.row.line, heading, text))

    def tried(self, column: Column, read: Callable[..., T], *given: Any) -> T | None:
        """What a cell says, or a problem in the words of whoever cannot read it."""
        try:
            return read(self.reader.console, *given)
        except click.UsageError as error:
            self.add(column, error.format_message())
        except errors.EngineError as error:
            self.add(column, str(error))
        return None

    def day(self, column: Column, given: str) -> date | None:
        """A day as 2026-05-29 and in no other form, since others mean two things."""
        if ISO.fullmatch(given):
            return self.tried(column, inputs.day, given)
        nordic = NORDIC.fullmatch(given)
        if nordic:
            year, month, day = (int(part) for part in reversed(nordic.groups()))
            example = f"{year:04}-{month:02}-{day:02}"
            self.wrong(column, "table.day_so", given=given, example=example)
        else:
            text = "table.figure" if given.isdecimal() else "table.day"
            self.wrong(column, text, given=given)
        return None

    def person(self, column: Column, given: str) -> str | None:
        found = self.named(given)
        if found is None:
            self.wrong(column, "table.no_person", given=given)
        return found

    def named(self, given: str) -> str | None:
        """The one person with this id or name."""
        persons, wanted = self.reader.persons, given.casefold()
        if given in persons:
            return given
        found = [one for one, name in persons.items() if name.casefold() == wanted]
        return found[0] if len(found) == 1 else None

    def handed_in(self, column: Column, source: str) -> Content | None:
        """A link, or a file that lies beside the table."""
        if source.casefold().startswith(("http://", "https://")):
            return self.tried(column, inputs.content, source)
        folder = self.reader.folder.resolve()
        path = (folder / source).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            self.wrong(column, "import.no_file", given=source)
            return None
        return self.tried(column, inputs.content, str(path))


def listed(given: str) -> list[str]:
    """Names with commas, semicolons or line breaks between them."""
    return [one.strip() for one in re.split(r"[,;\n]", given) if one.strip()]
