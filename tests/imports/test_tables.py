"""Tables come from any spreadsheet, also from one that means harm."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innocities_engine.cli import spreadsheet
from innocities_engine.cli.spreadsheet import BOM, FORMULA, MOST_ROWS, Unreadable

TABLE = [("Title", "Note"), ("Båt; og ferje", 'he said "no"\nand left'), ("Öresund", "a,b\tc")]


def as_csv(separator: str, line_end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(TABLE)
    return out.getvalue()


def cells(raw: bytes) -> list[tuple[str, ...]]:
    sheet = spreadsheet.read(raw)
    return [row.cells for row in (sheet.header, *sheet.rows)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_however_it_was_written(
    separator: str, line_end: str, encoding: str
) -> None:
    assert cells(as_csv(separator, line_end).encode(encoding)) == TABLE


def test_only_a_guess_is_told_as_one() -> None:
    assert spreadsheet.read("Title\nBåt".encode("cp1252")).encoding == "Windows-1252"
    assert not spreadsheet.read("Title\nBåt".encode()).encoding


def test_a_separator_may_be_named_in_a_row_of_its_own() -> None:
    assert cells(b"sep=;\r\nTitle;Note\r\na,b;c\r\n") == [("Title", "Note"), ("a,b", "c")]


def test_rows_are_counted_as_a_spreadsheet_counts_and_lines_as_an_editor_does() -> None:
    sheet = spreadsheet.read(b'Title,Note\n"a\nb",1\n\n,\nc,2\n')

    assert [(row.number, row.line) for row in sheet.rows] == [(2, 2), (5, 6)]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"\n\n , \n", "empty"),
        (b"Title\na\0b", "nul"),
        (b"Title\n\x81\x8d", "encoding"),
        (b'Title\n"never closed', "row"),
        (b"Title\n" + b"x" * (spreadsheet.LONGEST_CELL + 1), "row"),
        (b"x" * (spreadsheet.LARGEST + 1), "too_large"),
        (b"Title\n" + b"a\n" * 100_000, "too_many"),
        (b"\xff\xfeT", "encoding"),
    ],
)
def test_what_is_no_table_is_told_as_such(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as told:
        spreadsheet.read(raw)
    assert told.value.reason == reason


def test_a_line_that_is_wrong_is_named() -> None:
    with pytest.raises(Unreadable) as told:
        spreadsheet.read(b'Title\nfine\n"fine\ntoo"\nx\n"never closed')
    assert told.value.values == {"line": 6}


def test_beyond_the_most_rows_nothing_more_is_read() -> None:
    """The rest of the file would be no table at all, and is not looked at."""
    raw = b"Title\n" + b"a\n" * (MOST_ROWS + 1) + b'"never closed'

    with pytest.raises(Unreadable) as told:
        spreadsheet.read(raw)
    assert told.value.reason == "too_many"


@settings(deadline=None, database=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))),
        min_size=1,
    )
)
def test_no_cell_that_is_written_is_taken_for_a_formula(rows: list[list[str]]) -> None:
    text = spreadsheet.written(rows)

    assert text.startswith(BOM)
    back = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))
    for written, row in zip(back, rows, strict=True):
        assert not any(cell.startswith(FORMULA) for cell in written)
        assert [cell.removeprefix("'") for cell in written] == [c.removeprefix("'") for c in row]


def test_what_was_guarded_on_the_way_out_comes_back_as_it_was() -> None:
    table = [("Title", "Note"), ('=HYPERLINK("x")', "'quoted'"), ("＝1", "-2")]

    assert cells(spreadsheet.written(table).encode()) == table


@settings(deadline=None, database=None, max_examples=200)
@given(st.binary(max_size=200))
def test_bytes_are_a_table_or_are_told_to_be_none(raw: bytes) -> None:
    try:
        sheet = spreadsheet.read(raw)
    except Unreadable as fault:
        assert fault.reason in ("empty", "nul", "encoding", "row")
    else:
        assert all(len(row.cells) for row in sheet.rows)
