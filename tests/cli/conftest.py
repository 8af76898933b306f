"""The municipality, made once, and a fresh copy of it for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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
