"""What has to stand at the head of a scenario before anything of it can be played."""

from __future__ import annotations

from datetime import date
from typing import Final

from innocities_engine.authoring import scenario_words
from innocities_engine.domain.worded import Worded
from innocities_engine.language.faults import SILENT, Faults, Path
from innocities_engine.language.nodes import Node

WORDS: Final = ("scenario", "steps", "after")
WRITE_IT: Final = Worded("Write a day as 2026-09-01.")


def check(root: Node, faults: Faults) -> None:
    """Say what is wrong before anything is played: that there is no head, a day that is no day, a
    word that nothing reads.
    """
    if not any(word in root.map for word in WORDS):
        is_method = Worded("It is a method: go through it at random, or check it.")
        faults.error(
            "no-scenario", Worded("This is no scenario: it tells no `steps`."), mark=root.mark,
            hint=is_method if "schema" in root.map else SILENT,
        )  # fmt: skip
        return
    today = root.get("today")
    if today is not None:
        _day(today, ("today",), faults)
    elif "after" not in root.map:
        message = Worded("It does not say on which day it begins: `today` is missing.")
        faults.error("missing-key", message, ("today",), mark=root.mark, hint=WRITE_IT)
    meetings = root.get("meetings")
    for body, days in meetings.map.items() if meetings else ():
        for each in days.items or (days,):
            _day(each, ("meetings", body), faults)
    scenario_words.check(root, faults)


def _day(node: Node, path: Path, faults: Faults) -> None:
    try:
        date.fromisoformat(node.text)
    except ValueError:
        message = Worded("“{given}” is no day.", given=node.text)
        faults.error("wrong-value", message, path, mark=node.mark, hint=WRITE_IT)
