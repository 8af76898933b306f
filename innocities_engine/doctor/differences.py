"""Decide how it is told that something kept is not as the record says: as data, worded by whoever
tells it; and how rows are held against what the record wants, the same way for every table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from innocities_engine import wording

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[tuple[Any, ...], Row]
LONGEST: Final = 80

Agrees: TypeAlias = Callable[[str, Any, Any], bool]


class Problem(NamedTuple):
    """What is wrong: the name of a sentence, and what is put in."""

    code: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something kept that is not as the record says.

    `where`: database, entry, project or organisation; `which` of them.
    """

    organisation: str
    where: str
    which: str
    code: str
    values: Mapping[str, object]

    @property
    def subject(self) -> str:
        return f"{self.where} {self.which}".strip()

    @property
    def problem(self) -> str:
        return self.told(wording.FALLBACK)

    def told(self, language: str) -> str:
        """What is wrong, in a language."""
        values = dict(self.values)
        if "table" in values:
            values["table"] = wording.say(language, f"kept.{values['table']}")
        if "finding" in values:
            values["finding"] = wording.ours(language, "finding", str(values["finding"]))
        return wording.say(language, f"difference.{self.code}", **values)


def problem(code: str, **values: object) -> Problem:
    return Problem(code, values)


def keyed(rows: Sequence[Row], *columns: str) -> Rows:
    """Rows by what names them."""
    return {tuple(row[column] for column in columns): row for row in rows}


def _equal(_column: str, kept: Any, wanted: Any) -> bool:
    return bool(kept == wanted)


def compared(table: str, kept: Rows, wanted: Rows, agrees: Agrees = _equal) -> Iterator[Problem]:
    """Hold the rows of a table against those the record wants; only columns it speaks of."""
    for key in sorted(kept.keys() | wanted.keys(), key=repr):
        which = " ".join(map(str, key))
        if key not in kept:
            yield problem("missing", table=table, which=which)
        elif key not in wanted:
            yield problem("uncaused", table=table, which=which)
        else:
            for column, value in wanted[key].items():
                if not agrees(column, kept[key][column], value):
                    yield problem(
                        "differs", table=table, which=which, column=column,
                        kept=_short(kept[key][column]), wanted=_short(value),
                    )  # fmt: skip


def _short(value: Any) -> str:
    said = str(value) if not isinstance(value, bytes) else f"{len(value)} bytes"
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
