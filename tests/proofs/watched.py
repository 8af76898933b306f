"""A process that is watched while definitions that name code are put to use.

Whatever Python imports, compiles, executes or starts from then on is told, one event a line; then
what was done, as JSON. Everything is done once beforehand with harmless words, so that what the
program itself imports late is there already. With ``faulty``, a text is handed on as a callback.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice
from typing import Any, Final

from innocities_engine.domain import machine
from innocities_engine.domain.definition import Gate
from tests.proofs.naming_code import IDS, TEXTS, definition, used

WATCHED: Final = (
    "import",
    "compile",
    "exec",
    "os.",
    "subprocess.",
    "ctypes.",
    "marshal.",
    "socket.",
)
A_FOLDER: Final = (
    "os.listdir",
    "os.scandir",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
)  # a folder of ours


def from_place(words: tuple[str, ...], place: int) -> Iterator[str]:
    """The words in order, over and over, from one of them on."""
    return islice(cycle(words), place, None)


def put_to_use(texts: Iterator[str], names: Iterator[str]) -> Counter[str]:
    def text() -> str:
        return next(texts)

    return used(definition(text, lambda: next(names)), text)


def with_callbacks(walks: Callable[[Gate, str], list[dict[str, Any]]]) -> Any:
    """The walks of a gate, as if a title of it were what to call before each."""

    def faulty(gate: Gate, phase: str) -> list[dict[str, Any]]:
        return [walk | {"before": gate.title["en"]} for walk in walks(gate, phase)]

    return faulty


def main(faulty: bool) -> None:
    harmless = (f"word{n}" for n in count())
    put_to_use((f"Some words, {n}." for n in count()), harmless)
    if faulty:
        machine._gate_walks = with_callbacks(machine._gate_walks)

    happened: list[str] = []
    watching = True

    def hook(event: str, args: tuple[object, ...]) -> None:
        if watching and event.startswith(WATCHED) and event not in A_FOLDER:
            happened.append(f"{event} {args!r:.200}")

    sys.addaudithook(hook)
    done: Counter[str] = Counter()
    for place in range(len(TEXTS)):
        try:
            done += put_to_use(from_place(TEXTS, place), from_place(IDS, place % len(IDS)))
        except (ImportError, AttributeError, TypeError):
            if not faulty:
                raise
    watching = False
    json.dump({"happened": happened, "done": done}, sys.stdout)


if __name__ == "__main__":
    main("faulty" in sys.argv)
