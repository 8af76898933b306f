"""The seeded faults: small changes of a sound method, each with one kind of fault, and in its first
lines the rule that finds it and where. They were written before the verifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from innocities_engine import library

FOLDER: Final = Path(__file__).parent / "faults"
SHELF: Final = library.Library((FOLDER, library.SHIPPED))
SOUND: Final = FOLDER / "sound" / "1.0.0.yaml"
_FOUND: Final = re.compile(r"^# finds: (.+) at (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Seed:
    """`rule`: V1 … V8, or the code of `methodology check`. `replays`: it has a counter-example."""

    file: Path
    rule: str
    at: str
    replays: bool

    @property
    def checked(self) -> bool:
        """Whether the text alone shows it."""
        return not re.fullmatch(r"V\d", self.rule)


def _read(file: Path) -> Seed:
    text = file.read_text(encoding="utf-8")
    found = _FOUND.search(text)
    assert found, f"{file.name} does not say what finds it"
    rule = found[1].removeprefix("check ")
    return Seed(file, rule, found[2], "# replays: no" not in text)


SEEDS: Final = tuple(_read(file) for file in sorted(FOLDER.glob("*.yaml")))
