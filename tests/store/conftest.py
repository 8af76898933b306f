from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from innocities_engine.store.transactions import Store
from tests.store import given


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = given.a_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[given.World]:
    made = given.a_world(tmp_path)
    yield made
    made.store.close()
