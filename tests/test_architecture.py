"""Who may import whom: the rule as data, and what may happen in the pure core."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINE = "innocities_engine"

# From the bottom up: a module may import what stands in its own row or in one further up this list.
# The order of design: cli -> authoring, notifications -> engine -> store, library -> domain.
LAYERS = (
    (f"{ENGINE}.errors", f"{ENGINE}.disk"),
    (f"{ENGINE}.settings",),
    (f"{ENGINE}.domain",),
    (f"{ENGINE}.language", f"{ENGINE}.library"),
    (f"{ENGINE}.store", f"{ENGINE}.wording", f"{ENGINE}.typed"),
    (f"{ENGINE}.engine", f"{ENGINE}.casework", f"{ENGINE}.attempts", f"{ENGINE}.spawning",
     f"{ENGINE}.methods", f"{ENGINE}.office", f"{ENGINE}.readings", f"{ENGINE}.rounds",
     f"{ENGINE}.history", f"{ENGINE}.doctor", f"{ENGINE}.erasure",
     f"{ENGINE}.leaving", f"{ENGINE}.adopting", f"{ENGINE}.vacancies", f"{ENGINE}.annulling",
     f"{ENGINE}.moving", f"{ENGINE}.links"),
    (f"{ENGINE}.authoring", f"{ENGINE}.demo", "notifications", f"{ENGINE}.web"),
    (f"{ENGINE}.cli",),
    ("cli",),
)  # fmt: skip

# One importer for each library, so that it can be changed in one place.
OWNERS = {
    "transitions": (f"{ENGINE}.domain.machine",),
    "holidays": (f"{ENGINE}.domain.holidays",),
    "ruamel": (f"{ENGINE}.language",),
    "sqlalchemy": (f"{ENGINE}.store",),
    "sqlmodel": (f"{ENGINE}.store",),
    "alembic": (f"{ENGINE}.store",),
    "apscheduler": ("notifications.clock",),
    "jinja2": ("notifications", f"{ENGINE}.web.pages"),
    "starlette": (f"{ENGINE}.web",),
    "uvicorn": (f"{ENGINE}.web.connections", f"{ENGINE}.web.server"),
    "itsdangerous": (f"{ENGINE}.links",),
    "smtplib": ("notifications",),
    "click": ("cli", f"{ENGINE}.cli"),
}  # fmt: skip

IMPURE_MODULES = frozenset(
    {"os", "io", "pathlib", "random", "secrets", "socket", "subprocess", "time", "uuid", "tempfile",
     "threading", "asyncio", "sqlite3", "urllib", "http", "shutil", "logging"}
)  # fmt: skip
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "open", "print", "input", "eval", "exec"})


def modules() -> Iterator[tuple[str, Path]]:
    for top in (ENGINE, "notifications"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path
    yield "cli", ROOT / "cli.py"


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imported(path: Path) -> tuple[str, ...]:
    names: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def layer(name: str) -> int | None:
    rows = [(len(p), i) for i, row in enumerate(LAYERS) for p in row if within(name, p)]
    return max(rows)[1] if rows else None


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: str(value)[-60:])
def test_imports_point_downwards(name, path):
    here = layer(name)
    if name in (ENGINE, "notifications"):
        return
    assert here is not None, f"{name} stands in no layer"
    for target in imported(path):
        there = layer(target)
        assert there is None or there <= here, f"{name} must not import {target}"


@pytest.mark.parametrize(("library", "owners"), list(OWNERS.items()))
def test_each_library_has_its_few_importers(library, owners):
    importers = {n for n, path in modules() for t in imported(path) if within(t, library)}
    strangers = {n for n in importers if not any(within(n, owner) for owner in owners)}
    assert not strangers
    assert importers, f"nobody imports {library}: drop it"


def test_the_core_imports_nothing_but_itself_and_pure_modules():
    allowed = {"innocities_engine.domain", "innocities_engine.errors", "transitions", "holidays",
               "pydantic", "pydantic_core", "typing_extensions"}  # fmt: skip
    for name, path in modules():
        if within(name, f"{ENGINE}.domain"):
            for target in imported(path):
                top = target.partition(".")[0]
                if any(within(target, a) for a in allowed):
                    continue
                assert top in sys.stdlib_module_names, f"{name} imports {target}"
                assert top not in IMPURE_MODULES, f"{name} imports {target}"


def test_the_core_reads_no_clock_no_file_and_no_chance():
    for name, path in modules():
        if within(name, f"{ENGINE}.domain"):
            for node in nodes(path):
                if isinstance(node, ast.Call):
                    called = node.func
                    word = called.attr if isinstance(called, ast.Attribute) else (
                        called.id if isinstance(called, ast.Name) else "")  # fmt: skip
                    assert word not in IMPURE_CALLS, f"{name}:{node.lineno} calls {word}"


def test_nothing_is_ever_evaluated_as_code():
    forbidden = {"eval", "exec", "compile", "__import__", "import_module"}
    for name, path in modules():
        if name == f"{ENGINE}.cli.verbs":
            continue  # loads the program's own commands by names that stand in its source
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in forbidden, f"{name}:{node.lineno}"


def test_methods_are_data_only():
    assert not list((ROOT / "methodology").rglob("*.py"))


def test_every_module_of_the_core_can_be_imported_first():
    names = [name for name, _ in modules() if within(name, f"{ENGINE}.domain")]
    script = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    for known in [m for m in sys.modules if m.startswith(('innocities', 'notif'))]:\n"
        "        del sys.modules[known]\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *names],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
