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


@pytest.mark.parametrize(
    ("arguments", "most"),
    [("--help", 12), ("--help --lang sv", 12), ("--version", 12), ("project --hel", 14)],
)
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: str, most: int) -> None:
    modules = loaded(arguments, tmp_path)

    assert modules & set(HEAVY) == set()
    assert "innocities_engine.domain" not in modules
    ours = {m for m in modules if m.startswith(("innocities_engine", "notifications"))}
    assert len(ours) <= most, ours


# What a command may load beside what all of them share; of these it may load no others.
OPTIONAL = frozenset(
    {"alembic", "altair", "apscheduler", "babel", "css_inline", "fastapi", "filelock", "holidays",
     "itsdangerous", "jinja2", "multipart", "notifications", "procrastinate", "python_multipart",
     "ruamel", "smtplib", "starlette", "transitions", "uvicorn"}
)  # fmt: skip
STANDING = {"transitions"}  # what tells how a project stands
DATED = {"transitions", "holidays"}  # and what works out its dates
COMMANDS = {
    "project show klar": DATED,
    "project why havn G1": DATED,
    "project comment havn Hei --as ingrid": DATED,
    "project list": STANDING,
    "project history klar": STANDING,
    "remind list": STANDING,
    "calendar meetings list": set(),
    "person list": set(),
    "audit checkpoint": set(),
    "audit verify": set(),
    "audit export copy.jsonl": set(),
    "methodology list": set(),
    "methodology check smartby-prosjekt": {"ruamel"},
    "methodology show smartby-prosjekt": {"ruamel", *STANDING},
    "tick": {"notifications", "jinja2", "babel", "smtplib", *DATED},
}


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_command_loads_only_what_it_uses(run: Shell, arguments: str) -> None:
    assert loaded(arguments, run.folder) & OPTIONAL <= COMMANDS[arguments]
