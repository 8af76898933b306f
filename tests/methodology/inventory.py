"""The inventory as the tests read it: rows that each promise one thing about a method."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ruamel.yaml import YAML

from innocities_engine.library import SHIPPED

FILES: Final = ("base.yaml", "sweden.yaml", "programme.yaml")


@dataclass(frozen=True)
class Row:
    id: str
    source: str
    says: str
    subject: str
    mark: str
    method: str
    behaviour: str
    check: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.check["kind"])

    @property
    def arguments(self) -> dict[str, Any]:
        """What the check is given; words that Python keeps for itself end in an underscore."""
        return {
            f"{name}_" if keyword.iskeyword(name) else name: value
            for name, value in self.check.items()
            if name != "kind"
        }


@cache
def rows() -> tuple[Row, ...]:
    """Every row, in the order of the files; a row that lacks a field is a mistake."""
    found = []
    for name in FILES:
        tree = YAML(typ="safe").load(SHIPPED / "inventory" / name)
        assert tree["schema"] == "innocities/inventory/1"
        found += [Row(**row) for row in tree["rows"]]
    return tuple(found)


def rows_of(*methods: str) -> tuple[Row, ...]:
    return tuple(row for row in rows() if row.method in methods)
