"""What the wheel installs, and nothing else; and that the installed program runs by itself, with its
methods, texts and templates, where no source is.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("innocities_engine", "methodology", "notifications")
LEFT_BEHIND = ("__pycache__", ".mypy_cache", ".ruff_cache")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), at=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed beside its libraries, away from its source."""
    site = tmp_path_factory.mktemp("site")
    _run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(site), str(wheel), at=site)  # fmt: skip
    return site


def _run(*words: str, at: Path, site: Path | None = None, ends: int = 0) -> str:
    env = {"PATH": "", "HOME": str(at), "LANG": "C.UTF-8", "PYTHONPATH": str(site or "")}
    done = subprocess.run(words, cwd=at, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == ends, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


def shipped() -> set[str]:
    """Every file of the packages, and the entry point."""
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file())
    kept = (path for path in files if not any(part in LEFT_BEHIND for part in path.parts))
    return {path.relative_to(ROOT).as_posix() for path in kept} | {"cli.py"}


def test_the_wheel_holds_the_packages_the_entry_point_and_nothing_else(wheel: Path) -> None:
    names = {name for name in ZipFile(wheel).namelist() if not name.endswith("/")}
    about = {name for name in names if ".dist-info/" in name}

    assert names - about == shipped()
    assert len({name.partition("/")[0] for name in about}) == 1


def test_the_wheel_brings_its_data(wheel: Path) -> None:
    kinds = {Path(name).suffix for name in ZipFile(wheel).namelist()}

    assert {".yaml", ".toml", ".html", ".txt", ".json", ".md"} <= kinds


def test_one_program_is_installed_and_its_version_is_everywhere_the_same(installed: Path) -> None:
    (found,) = metadata.distributions(path=[str(installed)])
    scripts = [(e.name, e.value) for e in found.entry_points if e.group == "console_scripts"]

    assert scripts == [("innocities", "cli:main")]
    assert _run(str(installed / "bin" / "innocities"), "--version", at=installed,
                site=installed) == f"innocities {found.version}\n"  # fmt: skip


PASSAGE = (
    ('init halden "Halden kommune" --admin astrid=Astrid --address a@example.org'
     " --simulated --now 2026-03-02T09:00"),
    "methodology list",
    "methodology publish innocities-hamn",
    "methodology publish smartby-prosjekt",
    ("project start smartby-prosjekt Sol --id sol --member ideeier=astrid"
     " --member programkoordinator=astrid"),
    "project why sol G1 --lang sv",
    "remind forecast sol",
    "remind run",
    "calendar meetings add styringsgruppe 2026-05-20",
    "tick --now 2026-05-04T09:00",
    "tick --now 2026-05-05T09:00",
    "db doctor",
    "audit verify",
)  # fmt: skip


def test_the_installed_program_runs_where_no_source_is(
    installed: Path, tmp_path: Path, told: Callable[[str], None]
) -> None:
    program = str(installed / "bin" / "innocities")
    for command in PASSAGE:
        shut = command.startswith("project why")
        _run(program, *shlex.split(command), at=tmp_path, site=installed, ends=int(shut))
    assert any((tmp_path / "mailbox").iterdir())
    told(f"the wheel alone: {len(PASSAGE)} commands, letters and all, where no source is")


def test_nothing_but_what_was_installed_is_loaded(installed: Path, tmp_path: Path) -> None:
    program = (
        "import sys, pkgutil, importlib, cli, innocities_engine, notifications\n"
        "for package in (innocities_engine, notifications):\n"
        "    for m in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if '.migrations' not in m.name: importlib.import_module(m.name)\n"
        "ours = [m for n, m in sys.modules.items()"
        " if n.partition('.')[0] in ('cli', 'innocities_engine', 'notifications', 'tests')]\n"
        "print('\\n'.join(str(m.__file__) for m in ours))\n"
    )
    loaded = _run(sys.executable, "-c", program, at=tmp_path, site=installed).split()

    assert len(loaded) > 100
    assert all(Path(file).is_relative_to(installed) for file in loaded)
