"""A command imports only what it uses: counted in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import Shell

ROOT = Path(__file__).parents[2]
LIBRARIES = "pydantic sqlalchemy sqlmodel ruamel apscheduler jinja2 alembic babel holidays"
HEAVY = (*LIBRARIES.split(), "transitions", "css_inline", "email", "smtplib", "asyncio")
COUNT = """
import json, sys
from cli import Composition
from innocities_engine.cli.app import app
try:
    app(sys.argv[1:], obj=Composition())
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(arguments: str, folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *arguments.split()],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "LANG": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    found: list[str] = json.loads(done.stderr.decode().splitlines()[-1])
    return {name.partition(".")[0] for name in found} | set(found)


@pytest.mark.parametrize("arguments", ["--help", "--version", "project --hel"])
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: str) -> None:
    modules = loaded(arguments, tmp_path)

    assert modules & set(HEAVY) == set()
    assert "innocities_engine.domain" not in modules
    ours = {m for m in modules if m.startswith(("innocities_engine", "notifications"))}
    assert len(ours) <= 12, ours


COMMANDS = {
    "project show klar": {"jinja2", "apscheduler", "alembic", "ruamel", "smtplib", "css_inline"},
    "project comment havn Hei --as ingrid": {"jinja2", "apscheduler", "alembic", "ruamel"},
    "project list": {"jinja2", "apscheduler", "alembic", "ruamel"},
    "audit checkpoint": {"jinja2", "apscheduler", "alembic", "ruamel", "transitions"},
    "methodology check smartby-prosjekt": {"jinja2", "apscheduler", "alembic", "transitions"},
    "tick": {"apscheduler", "alembic", "ruamel"},
}


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_command_loads_only_what_it_uses(run: Shell, arguments: str) -> None:
    assert loaded(arguments, run.folder) & COMMANDS[arguments] == set()
