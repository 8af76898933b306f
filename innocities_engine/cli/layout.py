"""Decide how text fits on a screen: words wrapped, columns aligned, nothing wider than a terminal,
no character that acts on one. What stands in it is left to the commands.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from unicodedata import combining, east_asian_width

import click

from innocities_engine import wording

NARROW: Final = 80
WIDEST: Final = 100
GAP: Final = 2
LEAST_COLUMN: Final = 10
_QUOTED: Final = re.compile(r"[“”«]innocities [^”»]{1,60}[”»]")
_CODE: Final = re.compile(r"`[^`]{1,50}`")
_GLUE: Final = "\ue000"
_SEAM: Final = re.compile(r"(?<=[/_.-])(?=\w)")


def screen() -> int:
    """How wide lines may be."""
    if not sys.stdout.isatty():
        return NARROW
    return max(NARROW // 2, min(shutil.get_terminal_size((NARROW, 24)).columns, WIDEST))


def width(text: str) -> int:
    """How many columns a text takes."""
    return sum(
        0 if combining(c) or c in "\u200c\u200d" else 2 if east_asian_width(c) in "WF" else 1
        for c in text
    )


def wrapped(text: str, room: int) -> list[str]:
    """Break a text between words; a word that is too long is broken where it must.

    A command that is quoted stays in one piece, so that it can be copied.
    """
    text = _QUOTED.sub(lambda found: found[0].replace(" ", _GLUE), text)
    return [line.replace(_GLUE, " ") for line in _broken(text, room)]


def _broken(text: str, room: int) -> list[str]:
    lines, line = [], ""
    for word in _words(text, room):
        if line and width(line) + 1 + width(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _words(text: str, room: int) -> Iterator[str]:
    for word in text.split(" "):
        piece = ""
        for part in [word] if width(word) <= room else _parts(word):
            for fitting in [part] if width(part) <= room else part:
                if piece and width(piece + fitting) > room:
                    yield piece
                    piece = ""
                piece += fitting
        yield piece


def _parts(word: str) -> list[str]:
    """Where a long word, such as an id, is best broken."""
    return _SEAM.split(word)


def whole(text: str) -> str:
    """A text that is not broken where a column can spare the room, such as a date."""
    return text.replace(" ", _GLUE)


def heading(text: str) -> str:
    """A line that stands out on a terminal that can."""
    return click.style(wording.visible(text), bold=True)


def paragraph(text: str, indent: int = 0, hang: int = 0, room: int | None = None) -> list[str]:
    """A text in lines; those after the first hang in deeper."""
    wide = (room or screen()) - indent
    first, *rest = wrapped(wording.visible(text), max(LEAST_COLUMN, wide - hang))
    lines = [" " * indent + first]
    return [*lines, *(" " * (indent + hang) + line for line in rest)]


def placed(place: str, text: str, indent: int = 0, hang: int = 2) -> list[str]:
    """A text behind a place in a file, which stays in one piece however long it is: editors and
    terminals find the place by it. What is to be written into the file stays in one piece, too.
    """
    text = _CODE.sub(lambda found: whole(found[0]), text)
    if not place:
        return paragraph(text, indent, hang)
    place = wording.visible(place)
    room = screen() - indent - hang
    stand_in = "-" * min(width(place), room)
    first, *rest = paragraph(f"{stand_in} {text}", indent, hang)
    return [first.replace(stand_in, place, 1), *rest]


def table(rows: Iterable[Sequence[str]], indent: int = 0, room: int | None = None) -> list[str]:
    """Rows of cells in columns, each cell wrapped within its column."""
    cells = [[wording.visible(cell) for cell in row] for row in rows]
    if not cells:
        return []
    widths = _widths(cells, (room or screen()) - indent)
    return [" " * indent + line for row in cells for line in _row(row, widths)]


def _widths(cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """The widest columns give way first; words are broken only where there is no other way."""
    columns = list(zip(*cells, strict=True))
    widths = [max(map(width, column)) for column in columns]
    words = [[word for cell in column for word in cell.split(" ")] for column in columns]
    whole = [max(map(width, each)) for each in words]
    seams = [max(width(part) for word in each for part in _parts(word)) for each in words]
    room -= GAP * (len([w for w in widths if w]) - 1)
    for least in (whole, seams, [min(each, LEAST_COLUMN) for each in seams]):
        while sum(widths) > room and (spare := _spare(widths, least)):
            widths[max(spare, key=lambda i: widths[i])] -= 1
    return widths


def _spare(widths: Sequence[int], least: Sequence[int]) -> list[int]:
    """The columns that could be narrower."""
    return [i for i, wide in enumerate(widths) if wide > least[i]]


def _row(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    shown = [(cell, room) for cell, room in zip(row, widths, strict=True) if room]
    columns = [wrapped(cell, room) for cell, room in shown]
    for i in range(max(map(len, columns), default=0)):
        parts = [
            _padded(column[i] if i < len(column) else "", room)
            for column, (_, room) in zip(columns, shown, strict=True)
        ]
        yield (" " * GAP).join(parts).rstrip()


def _padded(text: str, room: int) -> str:
    return text + " " * (room - width(text))
