"""Decide which scenario a word means, and how it is told whether what it says is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from innocities_engine import library, wording
from innocities_engine.cli import layout

if TYPE_CHECKING:
    from innocities_engine.cli.console import Console


def found(console: Console, given: str) -> Path:
    shipped = library.SHIPPED / "scenarios"
    for path in (Path(given), shipped / f"{given}.yaml"):
        if path.is_file():
            return path
    from innocities_engine.cli import names

    raise names.unknown(console, "scenario", given, sorted(p.stem for p in shipped.glob("*.yaml")))


def verdict(console: Console, story: Any) -> Iterator[str]:
    title = story.title.get(console.language) or next(iter(story.title.values()), story.name)
    key = "scenario.untrue" if story.untrue else "scenario.true"
    yield from layout.paragraph(
        console.say(key, title=title, steps=story.steps, n=len(story.untrue)), hang=2
    )
    for sentence in story.untrue:
        yield from layout.paragraph(
            wording.visible(f"{sentence.file}:{sentence.line}: {sentence.message}"), 2, 2
        )
