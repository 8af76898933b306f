"""A shell for tests: runs the program's own commands in a folder, in this process."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cli import Composition
from innocities_engine.cli.app import app

HOSTILE_ENVIRONMENT = ("INNOCITIES_WORKSPACE", "INNOCITIES_AS", "INNOCITIES_DEBUG", "NO_COLOR")


@dataclass(frozen=True)
class Said:
    """What a command answered, what it said beside that, and the number it ended with."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shell:
    """`folder` is where one stands; commands are given as one line or as words."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, expect: int | None = 0) -> Said:
        arguments: Sequence[str] = shlex.split(words[0]) if len(words) == 1 else words
        if arguments and arguments[0] == "innocities":
            arguments = arguments[1:]
        said = self._run(list(arguments))
        if expect is not None and said.code != expect:
            told = f"{shlex.join(arguments)} ended with {said.code}\n{said.out}{said.err}"
            raise AssertionError(told)
        return said

    def _run(self, arguments: list[str]) -> Said:
        before = Path.cwd()
        os.chdir(self.folder)
        env = dict.fromkeys(HOSTILE_ENVIRONMENT) | {"LANG": "C.UTF-8"} | self.env
        try:
            result = CliRunner().invoke(app, arguments, obj=Composition(), env=env)
        finally:
            os.chdir(before)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def json(self, *words: str, expect: int | None = 0) -> Any:
        """Run a command and read its answer as data."""
        arguments = shlex.split(words[0]) if len(words) == 1 else list(words)
        return self(*arguments, "--json", expect=expect).data
