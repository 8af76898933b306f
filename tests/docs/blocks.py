"""The examples of a document, as they are written there: fenced blocks with their language, and a
small method grown out of them. What has to be true of an example is said by the test.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from innocities_engine import library
from innocities_engine.language.authored import EFFECTS

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
METHOD, OVERLAY = "innocities/methodology/1", "innocities/overlay/1"
_FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED: Final = re.compile(r"^# (in )?([\w./-]+\.\w+)\n")
_REFUSED: Final = re.compile(r"^# refused: ([a-z, -]+)\n")


@dataclass(frozen=True)
class Block:
    """An example: where it stands, its language, its text, and the faults it should have."""

    line: int
    language: str
    text: str
    refused: frozenset[str]

    @property
    def file(self) -> str:
        """The file it is to be saved as, or added to."""
        named = _NAMED.match(self.text)
        return named[2] if named else ""

    @property
    def is_part(self) -> bool:
        """Whether it is added to what the file holds already."""
        named = _NAMED.match(self.text)
        return bool(named and named[1])


def blocks(document: str, *languages: str) -> Iterator[Block]:
    text = (DOCS / document).read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        if found[1] in languages:
            refused = _REFUSED.match(found[2])
            codes = frozenset(refused[1].split(", ")) if refused else frozenset()
            yield Block(text.count("\n", 0, found.start()) + 2, found[1], found[2], codes)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


@cache
def parsed(text: str) -> Any:
    """The data of a text; nobody changes it."""
    return _yaml().load(text)


def written(data: Any) -> str:
    stream = io.StringIO()
    _yaml().dump(data, stream)
    return stream.getvalue()


def merged(ground: Any, part: Any) -> Any:
    """`part` laid over `ground`: maps merge by key, everything else is replaced.

    An outcome has one effect word, so a new one takes the place of the old one.
    """
    if not (isinstance(ground, dict) and isinstance(part, dict)):
        return part
    replaced = EFFECTS if any(word in part for word in EFFECTS) else ()
    found = {key: value for key, value in ground.items() if key not in replaced or key in part}
    for key, value in part.items():
        found[key] = merged(found[key], value) if key in found else value
    return found


def put(folder: Path, text: str) -> Path:
    """Write a definition where its head says it belongs."""
    head = parsed(text)
    file = folder / str(head["id"]) / f"{head['version']}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def errors_of(folder: Path, text: str) -> tuple[set[str], list[str]]:
    """The codes of the errors of a definition, and what is told of them."""
    shelf = library.Library((folder, library.SHIPPED))
    _, faults = library.check(put(folder, text), shelf)
    errors = [fault for fault in faults if fault.severity == "error"]
    return {fault.code for fault in errors}, [str(fault) for fault in errors]
