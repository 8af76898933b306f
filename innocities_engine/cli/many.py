"""Decide how something is done to many projects: rehearsed first, then asked, then done to each by
itself; and how what came of it is told. What is done to one is left to whoever asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from innocities_engine import errors
from innocities_engine.cli import exits, layout, refusals
from innocities_engine.cli.console import Console
from innocities_engine.cli.speaking import ASKED, speak

if TYPE_CHECKING:
    from innocities_engine.store.projects import Glance

DONE: Final = "done"
WOULD: Final = "would"
BEFORE: Final = "before"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one project: data and lines as its own command tells them."""

    glance: Glance
    result: str
    data: Mapping[str, Any]
    lines: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        refused = self.result == REFUSED
        return {
            "id": self.glance.id,
            "number": self.glance.number,
            "project": self.glance.title,
            "result": self.result,
            "answer": None if refused else self.data,
            "error": self.data if refused else None,
        }


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told of the whole beside its projects. `wrong`: something of it was not done."""

    data: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    wrong: bool = False


Ask: TypeAlias = Callable[["Glance", bool], Answer]  # whether it is a rehearsal


def carry_out(
    console: Console,
    glances: Sequence[Glance],
    ask: Ask,
    *,
    yes: bool,
    beside: Beside | None = None,
) -> None:
    """Rehearse it with each, ask, and do it to those who would not refuse."""
    told = beside or Beside()
    rehearsed = list(answers(console, glances, ask, dry_run=True))
    able = [answer.glance for answer in rehearsed if answer.result == WOULD]
    if console.dry_run or not able:
        report(console, rehearsed, told, dry_run=True)
        return
    if not yes:
        asked = console.say("each.ask", n=len(able))
        confirm(console, _lines(console, rehearsed, told), asked)
    done = {x.glance.id: x for x in answers(console, able, ask, dry_run=False)}
    report(console, [done.get(a.glance.id, a) for a in rehearsed], told, dry_run=False)


def answers(
    console: Console, glances: Sequence[Glance], ask: Ask, *, dry_run: bool
) -> Iterator[Answer]:
    """Ask one after the other."""
    for glance in console.progress(glances, console.say("import.progress")):
        yield ask(glance, dry_run)


def confirm(console: Console, would: Iterable[str], asked: str) -> None:
    """Show what would be, and go on only if somebody says so."""
    if console.json or not sys.stdin.isatty():
        raise click.UsageError(console.say("each.yes"))
    for line in would:
        click.echo(line, err=True)
    speak(console.language)
    click.confirm(asked, abort=True, err=True)


# ---------------------------------------------------------------- asking one


class Listening(Console):
    """A console whose answers are kept instead of shown."""

    def __init__(self, outer: Console, meta: dict[str, Any]) -> None:
        super().__init__(outer.services, meta)
        self.outer = outer
        self.said: tuple[Mapping[str, Any], tuple[str, ...]] = ({}, ())
        self.__dict__.update(store=outer.store, settings=outer.settings, folder=outer.folder)

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Listen to the next answer, as it is asked for with these options."""
        self.focus = self.issued = None
        self.passage, self.said = "", ({}, ())
        assert isinstance(self._meta, dict)
        self._meta[ASKED] = {**self.outer.asked, **asked}

    def show(self, data: Mapping[str, Any], lines: Iterable[str]) -> None:
        self.said = (data, tuple(lines))

    def talk(self, text: str, /, **values: object) -> None:
        """What is said beside an answer is left out."""

    def hint(self, command: str) -> None:
        """So is what one could type next."""


def listened(
    inner: Listening, glance: Glance, act: Callable[[], object], *, dry_run: bool
) -> Answer:
    """Do something to one project; what it refuses is an answer too."""
    try:
        act()
    except click.exceptions.Exit:
        pass  # a question that was answered with “no”
    except click.UsageError as error:
        text = error.format_message()
        lines = tuple(layout.paragraph(text))
        return Answer(glance, REFUSED, {"code": "usage", "message": text}, lines)
    except errors.Unavailable:
        raise
    except errors.EngineError as error:
        why, told = refusals.told(inner, error)
        return Answer(glance, REFUSED, why, tuple(told))
    return answered(inner, glance, dry_run=dry_run)


def answered(inner: Listening, glance: Glance, *, dry_run: bool) -> Answer:
    """What was listened to as the answer of one project."""
    data, lines = inner.said
    if data.get("repeated"):
        return Answer(glance, BEFORE, data, ())
    return Answer(glance, WOULD if dry_run else DONE, data, lines)


# ---------------------------------------------------------------- what became of it


def report(console: Console, found: Sequence[Answer], beside: Beside, *, dry_run: bool) -> None:
    """Tell what came of each, and of the whole; end with 1 if anything was refused."""
    refused = sum(answer.result == REFUSED for answer in found)
    data = {
        **beside.data,
        "projects": [answer.plain() for answer in found],
        "done": sum(answer.result == DONE for answer in found),
        "refused": refused,
        "dry_run": dry_run,
    }
    console.show(data, _lines(console, found, beside))
    if refused or beside.wrong:
        console.end(exits.REFUSED)


def _lines(console: Console, found: Sequence[Answer], beside: Beside) -> Iterator[str]:
    for answer in found:
        result = console.say(f"each.{answer.result}")
        yield layout.heading(f"{answer.glance.number} {answer.glance.title} · {result}")
        yield from answer.lines
    yield from beside.lines
    count = {r: sum(a.result == r for a in found) for r in (DONE, WOULD, BEFORE, REFUSED)}
    told = [console.say(f"each.count_{r}", n=n) for r, n in count.items() if n]
    yield from layout.paragraph(" ".join(told) or console.say("list.no_projects"))
