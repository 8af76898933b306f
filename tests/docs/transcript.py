"""Runs what a person types, and holds the answers to what is written down. A line that begins with
`$ ` is typed; the lines below it, as far as the next one, are the answer. `…` in an answer stands
for any text, a line with nothing else for any lines; a last line such as `[1]` is the number the
program ends with, where it is not 0. `python -m tests.docs.transcript FILE FOLDER` writes the
answers anew.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from click.testing import CliRunner

PROMPT: Final = "$ "
ANY: Final = "…"
CHANCE: Final = re.compile(r"\b(?:[0-9a-f]{32}|[0-9a-f]{8})\b")
PLAIN: Final = {"NO_COLOR": "1", "COLUMNS": "80", "LANG": "en_GB.UTF-8", "INNOCITIES_AS": ""}


@dataclass(frozen=True)
class Typed:
    """One command, the answer written below it, and where that stands among the lines."""

    line: int
    command: str
    answer: str
    place: slice


def typed(text: str, first: int = 1) -> Iterator[Typed]:
    """The commands in a transcript; lines that begin with `#` are for readers."""
    lines = text.splitlines()
    n = 0
    while n < len(lines):
        began = n
        n += 1
        if not lines[began].startswith(PROMPT):
            continue
        while lines[n - 1].endswith("\\"):
            n += 1
        command = "".join(line.strip().removesuffix("\\") for line in lines[began:n])
        ends = n
        while ends < len(lines) and not lines[ends].startswith((PROMPT, "#")):
            ends += 1
        while ends > n and not lines[ends - 1]:
            ends -= 1
        answer = "\n".join(lines[n:ends])
        yield Typed(began + first, command.removeprefix(PROMPT), answer, slice(n, ends))
        n = ends


class Terminal:
    """A folder in which somebody types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def type(self, command: str) -> str:
        """What is answered, with the number the program ends with if it is not 0."""
        program, *words = shlex.split(command)
        if program == "cd":
            self.folder = (self.folder / words[0]).resolve(strict=True)
            return ""
        assert program == "innocities", f"only the program itself is typed, not {program}"
        return self._run(words)

    def _run(self, words: list[str]) -> str:
        import cli

        with chdir(self.folder):
            done = CliRunner(env=PLAIN).invoke(
                cli.app, words, obj=cli.Composition(), prog_name="innocities",
                catch_exceptions=False,
            )  # fmt: skip
        ends = f"[{done.exit_code}]" if done.exit_code else ""
        return "\n".join(part for part in (done.output.strip("\n"), ends) if part)


def matches(answer: str, expected: str) -> bool:
    """Whether the answer is the expected one, `…` standing for any text."""
    patterns = [
        r"(?:.*\n)*?" if line.strip() == ANY else _line(line) + "\n"
        for line in expected.split("\n")
    ]
    return re.fullmatch("".join(patterns), answer + "\n") is not None


def _line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split(ANY))


def check(text: str, terminal: Terminal, first: int = 1) -> None:
    """Type everything in turn; what is answered must be what is written."""
    for one in typed(text, first):
        answer = terminal.type(one.command)
        assert matches(answer, one.answer), (
            f"line {one.line}: {one.command}\n--- written\n{one.answer}\n--- answered\n{answer}\n"
            "If the answer is right, `python -m tests.docs.transcript` (or `guide`) writes it down."
        )


def renewed(text: str, terminal: Terminal) -> str:
    """The same text with the answers that are given now; those that match stay as they are."""
    found = text.splitlines()
    given = [(one, terminal.type(one.command)) for one in typed(text)]
    for one, answer in reversed(given):
        if not matches(answer, one.answer):
            found[one.place] = _written(answer, one.answer.splitlines()[-1:] == [ANY], one.place)
    return "\n".join(found) + "\n"


def _written(answer: str, cut: bool, place: slice) -> list[str]:
    """An answer as it is written down: without chance ids, and no longer than it was if cut."""
    lines = CHANCE.sub(ANY, answer).splitlines()
    kept = place.stop - place.start - 1
    return [*lines[:kept], ANY] if cut and len(lines) > kept else lines


if __name__ == "__main__":
    file, where = Path(sys.argv[1]), Terminal(Path(sys.argv[2]))
    file.write_text(renewed(file.read_text(encoding="utf-8"), where), encoding="utf-8")
