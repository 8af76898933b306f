"""Decide how one command is given to many projects: which ones, what each would answer, and what
each did answer. What the command does is left to its own verb; each project is asked by itself.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import errors
from innocities_engine.cli import exits, inputs, layout, names, refusals
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import ASKED, TYPED, Verb, Verbs, load

if TYPE_CHECKING:
    from innocities_engine.store.projects import Glance

verbs = Verbs()

DONE, WOULD, BEFORE, REFUSED = "done", "would", "before", "refused"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which projects are meant; all that are given must hold."""

    status: str
    phase: str
    method: str
    person: str
    role: str
    mine: bool
    due_before: str

    @property
    def any(self) -> bool:
        return any((self.status, self.phase, self.method, self.person, self.role, self.mine,
                    self.due_before))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one project: data and lines as its own verb tells them."""

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


@verbs.verb(
    "each",
    keyed=True,
    examples=(
        "innocities project each --phase ide --dry-run -- comment 'Husk budsjettfristen'",
        (
            "innocities project each --person eva --role prosjekteier --yes"
            " -- assign prosjekteier=astrid"
        ),
        "innocities project each --mine -- why",
    ),
)
@click.option("--status", default="", help="running, held, moving, completed or stopped.")
@click.option("--phase", default="", help="Those in this phase.")
@click.option("--method", default="", help="Those that follow this method.")
@click.option("--person", default="", help="Those where this person holds a role.")
@click.option("--role", default="", help="Those where this role is held; with --person, by them.")
@click.option("--mine", is_flag=True, help="Those where you hold a role.")
@click.option("--due-before", default="", metavar="DATE", help="Those with something due by then.")
@click.option("--all", "everything", is_flag=True, help="All you may see.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.argument("command", nargs=-1, required=True, metavar="-- COMMAND…")
def each(
    console: Console, command: Sequence[str], everything: bool, yes: bool, **filters: Any
) -> None:
    """Give a project command to every project that the filters name, without its PROJECT.

    It is rehearsed first: you see what each project would answer, and are asked. Then each is done
    by itself, wholly or not at all; one that refuses stops no other. The same again on the same
    day does nothing twice.
    """
    chosen = Filters(**filters)
    if not (chosen.any or everything):
        raise click.UsageError(console.say("each.filter"))
    asking = _Asking(console, command)
    found = list(_chosen(console, chosen))
    if not asking.writes:
        _report(console, asking.all(found, dry_run=False, result=DONE), dry_run=False)
        return
    rehearsed = asking.all(found, dry_run=True, result=WOULD)
    able = [answer.glance for answer in rehearsed if answer.result == WOULD]
    if console.dry_run or not able:
        _report(console, rehearsed, dry_run=True)
        return
    if not yes:
        _ask(console, rehearsed, len(able))
    done = {answer.glance.id: answer for answer in asking.all(able, dry_run=False, result=DONE)}
    _report(console, [done.get(a.glance.id, a) for a in rehearsed], dry_run=False)


def _ask(console: Console, rehearsed: Sequence[Answer], able: int) -> None:
    """Show what would be, and go on only if somebody says so."""
    if console.json or not sys.stdin.isatty():
        raise click.UsageError(console.say("each.yes"))
    for line in _lines(console, rehearsed):
        click.echo(line, err=True)
    click.confirm(console.say("each.ask", n=able), abort=True, err=True)


# ---------------------------------------------------------------- which projects


def _chosen(console: Console, filters: Filters) -> Iterator[Glance]:
    last = inputs.day(console, filters.due_before) if filters.due_before else None
    known = console.engine.projects(
        console.home.id, console.me, mine=filters.mine, status=filters.status,
        phase=filters.phase, limit=names.MOST_PROJECTS,
    )  # fmt: skip
    for glance in known:
        due = last is None or (glance.next_due is not None and glance.next_due <= last)
        if due and filters.method in ("", glance.method) and _holds(console, filters, glance):
            yield glance


def _holds(console: Console, filters: Filters, glance: Glance) -> bool:
    if not (filters.person or filters.role):
        return True
    members = console.engine.view(console.home.id, glance.id, console.me).project.members
    return any(
        held and filters.role in ("", role) and (not filters.person or filters.person in held)
        for role, held in members.items()
    )


# ---------------------------------------------------------------- asking each


class _Listening(Console):
    """A console whose answers are kept instead of shown."""

    def __init__(self, outer: Console, meta: dict[str, Any]) -> None:
        super().__init__(outer.services, meta)
        self.said: tuple[Mapping[str, Any], tuple[str, ...]] = ({}, ())
        self.__dict__.update(store=outer.store, settings=outer.settings, folder=outer.folder)

    def show(self, data: Mapping[str, Any], lines: Iterable[str]) -> None:
        self.said = (data, tuple(lines))

    def talk(self, text: str, /, **values: object) -> None:
        """What is said beside an answer is left out."""

    def hint(self, command: str) -> None:
        """So is what one could type next."""


class _Asking:
    """One command, as it is given to one project after the other."""

    def __init__(self, console: Console, command: Sequence[str]) -> None:
        self.console = console
        self.name, *self.words = command
        self.verb = _verb(console, self.name)
        self.writes = any(p.name == "asked_dry_run" for p in self.verb.params)
        self.meta: dict[str, Any] = {}
        self.inner = _Listening(console, self.meta)

    def all(self, glances: Sequence[Glance], *, dry_run: bool, result: str) -> list[Answer]:
        label = self.console.say("import.progress")
        return [
            self._ask(glance, dry_run=dry_run, result=result)
            for glance in self.console.progress(glances, label)
        ]

    def _ask(self, glance: Glance, *, dry_run: bool, result: str) -> Answer:
        """1. The words are read anew, with the project as the first of them.
        2. The verb answers to a console of its own; what it refuses is an answer too.
        """
        inner = self.inner
        inner.focus = inner.issued = None
        inner.passage, inner.said = "", ({}, ())
        context = self.verb.make_context(self.name, [glance.id, *self.words], obj=inner)
        own = context.meta.get(ASKED, {})
        told = {"dry_run": dry_run, "key": self._key(glance)} if self.writes else {}
        self.meta[ASKED] = {**self.console.asked, **own, **told}
        self.meta[TYPED] = ("project", self.name, glance.id, *self.words)
        try:
            with context:
                self.verb.invoke(context)
        except click.exceptions.Exit:
            pass  # a question that was answered with “no”
        except click.UsageError as error:
            text = error.format_message()
            lines = tuple(layout.paragraph(text))
            return Answer(glance, REFUSED, {"code": "usage", "message": text}, lines)
        except errors.Unavailable:
            raise
        except errors.EngineError as error:
            data, told_lines = refusals.told(inner, error)
            return Answer(glance, REFUSED, data, tuple(told_lines))
        data, lines = inner.said
        if data.get("repeated"):
            return Answer(glance, BEFORE, data, ())
        return Answer(glance, result, data, lines)

    def _key(self, glance: Glance) -> str:
        """The same words on the same day are the same command, unless another key is named."""
        console = self.console
        today = console.clock().astimezone(console.zone).date().isoformat()
        words = "\0".join((console.me, today, self.name, *self.words))
        key = console.key or hashlib.sha256(words.encode()).hexdigest()[:32]
        return f"each {key} {glance.id}"


def _verb(console: Console, name: str) -> Verb:
    """The verb of a project that a word names."""
    from innocities_engine.cli.app import TREE

    words = TREE["project"].words or {}
    module = words.get(name)
    verb = load(module)[name] if isinstance(module, str) else None
    arguments = [p for p in verb.params if isinstance(p, click.Argument)] if verb else []
    if verb is None or not arguments or arguments[0].name != "project" or name == "deviations":
        raise click.UsageError(console.say("each.no_command", given=name))
    return verb


# ---------------------------------------------------------------- what became of it


def _report(console: Console, answers: Sequence[Answer], *, dry_run: bool) -> None:
    refused = sum(answer.result == REFUSED for answer in answers)
    data = {
        "projects": [answer.plain() for answer in answers],
        "done": sum(answer.result == DONE for answer in answers),
        "refused": refused,
        "dry_run": dry_run,
    }
    console.show(data, _lines(console, answers))
    if refused:
        console.end(exits.REFUSED)


def _lines(console: Console, answers: Sequence[Answer]) -> Iterator[str]:
    for answer in answers:
        result = console.say(f"each.{answer.result}")
        yield layout.heading(f"{answer.glance.number} {answer.glance.title} · {result}")
        yield from answer.lines
    count = {r: sum(a.result == r for a in answers) for r in (DONE, WOULD, BEFORE, REFUSED)}
    told = [console.say(f"each.count_{r}", n=n) for r, n in count.items() if n]
    yield from layout.paragraph(" ".join(told) or console.say("list.no_projects"))
