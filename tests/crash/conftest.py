"""The municipality, made once for each process that tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.world import build, copied, share_beside, wait_together


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "halden"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def waiting(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The municipality with a round that is open."""
    folder = copied(made, tmp_path_factory.mktemp("waiting") / "halden")
    wait_together(folder)
    return folder


@pytest.fixture(scope="session")
def beside(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The municipality beside a harbour that shares a project."""
    folder = copied(made, tmp_path_factory.mktemp("beside") / "halden")
    share_beside(folder)
    return folder
