"""A method as a running command gets it, beside the same read from its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.measuring import Row, alternately, at_least
from innocities_engine import library

ROUNDS: Final = 9
METHOD: Final = library.SHIPPED / "smartby-prosjekt" / "1.0.0.yaml"


def measure() -> Iterator[Row]:
    content = library.canonical(library.resolved(METHOD))
    compile_anew = library.compile_stored.__wrapped__
    with TemporaryDirectory() as folder:
        ways: dict[str, Iterable[Callable[[], object]]] = {
            "parsed": [partial(library.check, file) for file in _copies(Path(folder))],
            "from the database": repeat(partial(compile_anew, content), ROUNDS),
            "kept in memory": repeat(partial(library.compile_stored, content), ROUNDS),
        }
        times = alternately(ways)
    parsed = times["parsed"].usual
    figures = [f"{name} {times[name].told()}" for name in ways]
    yield at_least("a method parsed / from the database, once for each process",
                   parsed / times["from the database"].usual, 10, *figures)  # fmt: skip
    yield at_least("a method parsed / kept in memory", parsed / times["kept in memory"].usual, 50)


def _copies(folder: Path) -> Iterator[Path]:
    """The same method in files that differ, since a text that was read before is known."""
    for n in range(ROUNDS):
        file = folder / str(n) / METHOD.parent.name / METHOD.name
        file.parent.mkdir(parents=True)
        file.write_text(f"{METHOD.read_text(encoding='utf-8')}\n# {n}\n", encoding="utf-8")
        yield file
