"""The municipality, made once, and a fresh copy of it for each test."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from innocities_engine.domain.situation import Situation
from innocities_engine.engine import Engine
from innocities_engine.store.transactions import open_store
from tests.cli.shell import Shell
from tests.cli.world import build


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "halden"
    build(folder)
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Shell:
    """A shell in a copy of the municipality."""
    return Shell(Path(shutil.copytree(made, tmp_path / "halden")))


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(tmp_path)


@pytest.fixture
def situation(run: Shell) -> Situation:
    """The project on the small method, as the engine keeps it."""
    engine = Engine(open_store(run.folder), lambda: datetime(2026, 9, 9, tzinfo=UTC))
    seen = engine.view("halden", "avvik", "astrid")
    engine.store.close()
    return Situation(seen.method, seen.project, seen.inputs, seen.now)
