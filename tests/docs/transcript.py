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
PLAIN: Final = {"NO_COLOR": "1", "COLUMNS": "80", "LANG": "en_GB.UTF-8", "INNOCITIES_AS": ""}


@dataclass(frozen=True)
class Typed:
    """One command, and the answer that is written below it."""

    line: int
    command: str
    answer: str


def typed(text: str, first: int = 1) -> Iterator[Typed]:
    """The commands in a transcript; lines that begin with `#` are for readers."""
    found: list[tuple[int, str, list[str]]] = []
    for n, line in enumerate(text.splitlines(), first):
        if line.startswith(PROMPT):
            found.append((n, line.removeprefix(PROMPT), []))
        elif found and found[-1][1].endswith("\\"):
            began, command, _ = found.pop()
            found.append((began, f"{command[:-1]}{line.strip()}", []))
        elif found and not line.startswith("#"):
            found[-1][2].append(line)
    for n, command, answer in found:
        yield Typed(n, command, "\n".join(answer).strip("\n"))


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
        )


def renewed(text: str, terminal: Terminal) -> str:
    """The same text with the answers that are given now; those that match stay as they are."""
    lines = text.splitlines()
    found: list[str] = []
    commands = {one.line: one for one in typed(text)}
    n = 0
    while n < len(lines):
        one = commands.get(n + 1)
        if one is None:
            found.append(lines[n])
            n += 1
            continue
        while lines[n].endswith("\\"):
            found.append(lines[n])
            n += 1
        found.append(lines[n])
        answer = terminal.type(one.command)
        found += (one.answer if matches(answer, one.answer) else answer).splitlines()
        found.append("")
        n += 1
        while n < len(lines) and not lines[n].startswith((PROMPT, "#")):
            n += 1
    return "\n".join(found).rstrip("\n") + "\n"


if __name__ == "__main__":
    file, where = Path(sys.argv[1]), Terminal(Path(sys.argv[2]))
    file.write_text(renewed(file.read_text(encoding="utf-8"), where), encoding="utf-8")
