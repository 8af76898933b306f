"""Decide which columns a table of running projects has for a method, what their headings are in
three languages, and which column a heading means. What stands in the cells is left to the rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from innocities_engine import wording
from innocities_engine.cli.teller import Naming

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Element, Methodology

PLAIN: Final = ("reference", "title", "started", "phase", "conditions", "done")
OF_A_GATE: Final = ("date", "outcome", "by", "minutes", "reason")
REMARK: Final = "#"  # a column or a row that begins so is for people only


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is one of PLAIN, role, fact, paper, or gate_ and one of OF_A_GATE; `of` is an id."""

    kind: str
    of: str = ""


def columns(method: Methodology) -> Iterator[Column]:
    """Every column of a method, in the order of a template."""
    yield from map(Column, ("reference", "title", "started", "phase"))
    yield from (Column("role", role) for role in method.roles)
    for gate in method.gates:
        yield from (Column(f"gate_{part}", gate) for part in OF_A_GATE)
    yield from map(Column, ("conditions", "done"))
    yield from (
        Column("fact", fact.id)
        for fact in method.facts.values()
        if fact.value is None and fact.rule is None and not fact.chosen
    )
    yield from (Column("paper", artefact) for artefact in method.artefacts)


def headings(language: str, method: Methodology) -> dict[Column, str]:
    """The heading of each column: by title where that is clear, else by id."""
    known = recognised(method)
    found = {}
    for column in columns(method):
        named = _spelled(language, column, _name(language, method, column))
        clear = known.get(folded(named)) == column
        found[column] = named if clear else _spelled(language, column, column.of)
    return found


def _name(language: str, method: Methodology, column: Column) -> str:
    return (
        column.of if column.kind.startswith("gate_") else Naming(language, method).title(column.of)
    )


def _spelled(language: str, column: Column, name: str) -> str:
    return wording.say(language, f"column.{column.kind}", name=name)


def recognised(method: Methodology) -> dict[str, Column]:
    """What every heading means, in every language; a title that means two things means none."""
    by_id: dict[str, Column] = {}
    by_title: dict[str, set[Column]] = {}
    for column in columns(method):
        titles = _elements(method, column)
        for language in wording.LANGUAGES:
            by_id[folded(_spelled(language, column, column.of))] = column
            for title in titles:
                spelled = folded(_spelled(language, column, title))
                by_title.setdefault(spelled, set()).add(column)
    clear = {spelled: found.pop() for spelled, found in by_title.items() if len(found) == 1}
    return clear | by_id


def _elements(method: Methodology, column: Column) -> tuple[str, ...]:
    kinds: Mapping[str, Mapping[str, Element]] = {
        "role": method.roles, "fact": method.facts, "paper": method.artefacts,
    }  # fmt: skip
    element = kinds[column.kind][column.of] if column.kind in kinds else None
    return tuple(element.title.values()) if element else ()


def folded(heading: str) -> str:
    """A heading as it is compared."""
    plain = unicodedata.normalize("NFC", heading).casefold()
    return " ".join(plain.replace(":", " : ").split())


def read(heading: str, known: Mapping[str, Column]) -> Column | None:
    """The column that a heading means."""
    return known.get(folded(heading))


def near(heading: str, known: Mapping[str, Column]) -> str:
    """The heading that was probably meant."""
    close = get_close_matches(folded(heading), known, n=1, cutoff=0.6)
    return close[0].replace(" : ", ": ") if close else ""
