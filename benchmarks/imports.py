"""How long the command line takes to answer at all, beside its library alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Final

from benchmarks.measuring import Row, alternately, at_most

ROUNDS: Final = 21
PROGRAM: Final = Path(__file__).parents[1] / "cli.py"


def measure() -> Iterator[Row]:
    ways = {"innocities --help": [str(PROGRAM), "--help"], "import click": ["-c", "import click"]}
    times = alternately(
        {name: repeat(partial(_run, *words), ROUNDS) for name, words in ways.items()}
    )
    ours, peer = (times[name].usual for name in ways)
    figures = [f"{name} {times[name].told()}" for name in ways]
    yield at_most("innocities --help / importing click", ours / peer, 1.5, *figures)


def _run(*words: str) -> None:
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
