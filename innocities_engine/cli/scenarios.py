"""Decide which scenario a word means, and how it is told whether what it says is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from innocities_engine import library, wording
from innocities_engine.cli import layout
from innocities_engine.wording import faults

if TYPE_CHECKING:
    from innocities_engine.authoring.scenario import Sentence, Story
    from innocities_engine.cli.console import Console


def found(console: Console, given: str) -> Path:
    shipped = library.SHIPPED / "scenarios"
    for path in (Path(given), shipped / f"{given}.yaml"):
        if path.is_file():
            return path
    from innocities_engine.cli import names

    raise names.unknown(console, "scenario", given, sorted(p.stem for p in shipped.glob("*.yaml")))


def plain(console: Console, story: Story) -> dict[str, Any]:
    """What became of it, as data."""
    untrue = [
        {"file": each.file, "line": each.line, "message": _said(console, each)}
        for each in story.untrue
    ]
    return {
        "scenario": story.name,
        "title": dict(story.title),
        "steps": story.steps,
        "true": not untrue,
        "untrue": untrue,
    }


def _said(console: Console, sentence: Sentence) -> str:
    """What is not true, in the reader's language; a refusal with its reasons as they are told."""
    message, refusal = sentence.message, sentence.refusal
    if refusal is not None and refusal.blockers:
        from innocities_engine.cli import reasons
        from innocities_engine.cli.teller import Teller

        t = Teller(console.language, refusal.s, me=refusal.person)
        told = [f"{reasons.reason(t, b).text} ({b.subject})" for b in refusal.blockers]
        message = message.having(why=" ".join(told))
    return faults.sentence(console.language, message)


def verdict(console: Console, story: Story) -> Iterator[str]:
    title = story.title.get(console.language) or next(iter(story.title.values()), story.name)
    key = "scenario.untrue" if story.untrue else "scenario.true"
    counts = console.counted(sentences=len(story.untrue), steps=story.steps)
    yield from layout.paragraph(console.say(key, title=title, **counts), hang=2)
    for sentence in story.untrue:
        yield from layout.paragraph(
            wording.visible(f"{sentence.file}:{sentence.line}: {_said(console, sentence)}"), 2, 2
        )
