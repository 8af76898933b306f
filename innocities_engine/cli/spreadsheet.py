"""Decide how tables come out of spreadsheets and go into them: how a CSV file was written, whatever
program wrote it, and that no cell we write is taken for a formula. What the cells mean is left to
others.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

BOM: Final = "\ufeff"
SEPARATORS: Final = ";,\t"
# A spreadsheet takes a cell that begins so for a formula, the wide forms too.
FORMULA: Final = tuple("=+-@\t\r＝＋－＠")
LARGEST: Final = 25 * 1024 * 1024
MOST_ROWS: Final = 5_000
LONGEST_CELL: Final = 20_000


class Unreadable(Exception):
    """The file is no table one can read; `reason` names a text, `values` go into it."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason = reason
        self.values = values
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a spreadsheet counts it, and the line of the file it begins on."""

    number: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`encoding` is what had to be guessed, "" where the file said it."""

    header: Row
    rows: tuple[Row, ...]
    encoding: str = ""


def read(raw: bytes) -> Sheet:
    """Read a table; raises Unreadable with what is wrong with the file as a whole."""
    if len(raw) > LARGEST:
        raise Unreadable("too_large", most=LARGEST // (1024 * 1024))
    text, guessed = _decoded(raw)
    if "\0" in text:
        raise Unreadable("nul", line=text.count("\n", 0, text.index("\0")) + 1)
    rows = _rows(text)
    header = next(rows, None)
    if header is None:
        raise Unreadable("empty")
    found: list[Row] = []
    for row in rows:
        if len(found) == MOST_ROWS:
            raise Unreadable("too_many", most=MOST_ROWS)
        found.append(row)
    return Sheet(header, tuple(found), guessed)


def _decoded(raw: bytes) -> tuple[str, str]:
    """UTF-8 or UTF-16 if the file says so, UTF-8 if it can be, else what Windows used to write."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16"), ""
        except UnicodeDecodeError:
            raise Unreadable("encoding", line=1) from None
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
    try:
        return raw.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        raise Unreadable("encoding", line=line) from None


def _rows(text: str) -> Iterator[Row]:
    """Every row that says something, the first one included."""
    separator, text, skipped = _separator(text)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1 + skipped
    number = skipped
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Unreadable("row", line=line) from None
        if cells is None:
            return
        number += 1
        if any(cell.strip() for cell in cells):
            yield Row(number, line, tuple(_plain(cell) for cell in cells))
        line = reader.line_num + 1 + skipped


def _separator(text: str) -> tuple[str, str, int]:
    """What stands between the cells of the first row; some programs say it in a row of its own."""
    first, _, rest = text.lstrip("\r\n").partition("\n")
    said = first.strip().strip('"').casefold()
    if said.startswith("sep=") and len(said) == len("sep=;"):
        return said[-1], rest, 1
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=outside.count), text, 0


def _plain(cell: str) -> str:
    """Without the sign that keeps a spreadsheet from taking it for a formula."""
    plain = cell.strip(" \u00a0")
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(FORMULA) else plain


def written(rows: Iterable[Sequence[object]]) -> str:
    """A table as text that every spreadsheet opens, and none takes for formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(str(cell)) for cell in row])
    return BOM + out.getvalue()


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
