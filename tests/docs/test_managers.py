"""The guide for managers works as it stands: whoever types along gets what it says."""

from __future__ import annotations

from pathlib import Path

from tests.docs import guide


def test_whoever_follows_the_guide_gets_what_it_says(tmp_path: Path) -> None:
    guide.follow("managers.md", tmp_path)
