"""Decide how it is told what became of an overlay on a later version of its base: as data, on a
screen, and as the note that goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from innocities_engine import wording
from innocities_engine.authoring import diff as diffs
from innocities_engine.authoring.diff import Consequence
from innocities_engine.cli import layout
from innocities_engine.cli.differing import Differences, compact, sentences
from innocities_engine.cli.refusals import fault_line, fault_lines

if TYPE_CHECKING:
    from innocities_engine.authoring.rebase import Conflict, Note, Rebased
    from innocities_engine.cli.console import Console
    from innocities_engine.library import Fault

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An overlay, both versions of its base, and what became of it."""

    overlay: Mapping[str, Any]
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    done: Rebased


def data(
    console: Console, told: Told, version: str | None, faults: Sequence[Fault],
    files: Sequence[str] = (),
) -> Plain:  # fmt: skip
    """Everything as data, each part with its sentence."""
    language = console.language
    return {
        "overlay": {"id": told.overlay["id"], "version": told.overlay["version"]},
        "base": {"id": told.new["id"], "from": told.old["version"], "to": told.new["version"]},
        "version": version,
        "conflicts": [
            {
                "operation": each.operation.name,
                "kind": each.kind,
                "path": "/".join(each.operation.path),
                "offered": [choice.value for choice in each.offered],
                "before": each.before,
                "theirs": each.theirs,
                "ours": each.ours,
                "text": _conflict(language, each),
            }
            for each in told.done.conflicts
        ],
        "notes": [
            {
                "operation": each.operation.name,
                "kind": each.kind,
                "path": "/".join(each.operation.path),
                "became": each.became.plain() if each.became else None,
                "text": _note(language, each),
            }
            for each in told.done.notes
        ],
        "faults": [fault_line(language, fault) for fault in faults],
        "files": list(files),
    }


def lines(console: Console, told: Told) -> Iterator[str]:
    """What the base changed, what became of the overlay, and what has to be chosen."""
    yield layout.heading(_heading(console.language, told))
    for title, sentences_ in _parts(console.language, told):
        yield ""
        yield layout.heading(title)
        for sentence in sentences_:
            yield from layout.paragraph(f"– {sentence}", indent=2, hang=2)
    for conflict in told.done.conflicts:
        yield ""
        yield from _choosing(console, conflict)


def _choosing(console: Console, conflict: Conflict) -> Iterator[str]:
    """One conflict: what it is about, what each side says, and what to type."""
    yield from layout.paragraph(_conflict(console.language, conflict), hang=2)
    sides = [("before", conflict.before), ("theirs", conflict.theirs), ("ours", conflict.ours)]
    rows = [
        (console.say(f"rebase.{side}"), wording.visible(compact(value)))
        for side, value in sides
        if value is not None
    ]
    yield from layout.table(rows, indent=2)
    for choice in conflict.offered:
        yield from layout.paragraph(
            f"--choose {conflict.operation.name}={choice.value}: "
            + console.say(f"rebase.choose_{choice.value}"),
            indent=2,
            hang=2,
        )


def verdict(console: Console, version: str, faults: Sequence[Fault]) -> Iterator[str]:
    """Whether what came of it can be used."""
    yield ""
    wrong = [fault for fault in faults if fault.severity == "error"]
    for fault in wrong:
        yield from fault_lines(console.language, fault, indent=2)
    key = "rebase.unusable" if wrong else "rebase.usable"
    yield from layout.paragraph(console.say(key, version=version, n=len(wrong)))


def note(told: Told, version: str) -> str:
    """What changed, to go with the new version; in the first language of the overlay we speak."""
    language = wording.spoken(told.overlay["languages"][0])
    found = [f"# {told.overlay['id']} {version}", "", _heading(language, told), ""]
    for title, sentences_ in _parts(language, told):
        found += [f"## {title}", "", *(f"* {sentence}" for sentence in sentences_), ""]
    return "\n".join(found)


def _heading(language: str, told: Told) -> str:
    over = f"{told.overlay['id']} {told.overlay['version']}"
    old, new = (f"{m['id']} {m['version']}" for m in (told.old, told.new))
    return wording.say(language, "rebase.heading", overlay=over, old=old, new=new)


def _parts(language: str, told: Told) -> Iterator[tuple[str, list[str]]]:
    weighed = diffs.weighed(told.done.upstream, told.old, told.new)
    known = [each for each in weighed if each.consequence is not Consequence.TEXT]
    differences = Differences(told.old, told.new, known, diffs.demanded(weighed))
    upstream = sentences(language, differences)
    if texts := len(weighed) - len(known):
        upstream.append(wording.say(language, "rebase.texts", n=texts))
    if upstream:
        yield wording.say(language, "rebase.upstream"), upstream
    if told.done.notes:
        became = [_note(language, each) for each in told.done.notes]
        yield wording.say(language, "rebase.became"), became


def _note(language: str, note: Note) -> str:
    became = note.became
    values = {
        "operation": note.operation.name,
        "path": "/".join(note.operation.path),
        "now": "/".join(became.path) if became else "",
    }
    kind = note.kind
    if kind == "follows" and became is not None and became.path == note.operation.path:
        kind = "follows_inside"
    return wording.say(language, f"rebase.{kind}", **values)


def _conflict(language: str, conflict: Conflict) -> str:
    operation = conflict.operation
    values = {"operation": operation.name, "path": "/".join(operation.path), "to": operation.to}
    return wording.say(language, f"rebase.{conflict.kind}", **values)
