"""The stories that the shipped methods tell are true under the oracle, too."""

from __future__ import annotations

import pytest

from innocities_engine import library
from tests.oracle import story


@pytest.mark.parametrize("name", story.names())
def test_every_sentence_of_a_shipped_story_is_true(name: str) -> None:
    told = story.read(name)
    definition = library.resolved(told.head["methodology"]["id"])
    assert story.Telling(told, definition).tell() == []
