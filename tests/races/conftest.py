"""A municipality for the races of one test, and the loaded program whose processes race."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.runs import Forks, forks
from tests.races.world import Town, a_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path / "halden") as made:
        yield made


@pytest.fixture(scope="module")
def racing() -> Iterator[Forks]:
    with forks() as ready:
        yield ready
