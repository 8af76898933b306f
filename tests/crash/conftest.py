"""The municipality, made once for each process that tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.world import build


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "halden"
    build(folder)
    return folder
