"""Decide how one command is given to many projects: which ones, what each would answer, and what
each did answer. What the command does is left to its own verb; each project is asked by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from innocities_engine.cli import filters, many
from innocities_engine.cli.console import Console
from innocities_engine.cli.many import Answer
from innocities_engine.cli.speaking import ASKED, TYPED
from innocities_engine.cli.verbs import Verb, Verbs, load

if TYPE_CHECKING:
    from innocities_engine.store.projects import Glance

verbs = Verbs()


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
@filters.options()
@click.option("--all", "everything", is_flag=True, help="All you may see.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.argument("command", nargs=-1, required=True, metavar="-- COMMAND…")
def each(
    console: Console, command: Sequence[str], everything: bool, yes: bool, **chosen: Any
) -> None:
    """Give a project command to every project that the filters name, without its PROJECT.

    It is rehearsed first: you see what each project would answer, and are asked. Then each is done
    by itself, wholly or not at all; one that refuses stops no other. The same again on the same
    day does nothing twice.
    """
    wanted = filters.Filters(**chosen)
    if not (wanted.any or everything):
        raise click.UsageError(console.say("each.filter"))
    asking = _Asking(console, command)
    found = list(filters.chosen(console, wanted))
    if asking.writes:
        many.carry_out(console, found, asking.ask, yes=yes)
    else:
        told = list(many.answers(console, found, asking.ask, dry_run=False))
        many.report(console, told, many.Beside(), dry_run=False)


# ---------------------------------------------------------------- asking each


class _Asking:
    """One command, as it is given to one project after the other."""

    def __init__(self, console: Console, command: Sequence[str]) -> None:
        self.console = console
        self.name, *self.words = command
        self.verb = _verb(console, self.name)
        self.writes = any(p.name == "asked_dry_run" for p in self.verb.params)
        self.meta: dict[str, Any] = {}
        self.inner = many.Listening(console, self.meta)

    def ask(self, glance: Glance, dry_run: bool) -> Answer:
        """1. The words are read anew, with the project as the first of them.
        2. The verb answers to a console of its own.
        """
        inner = self.inner
        context = self.verb.make_context(self.name, [glance.id, *self.words], obj=inner)
        told = {"dry_run": dry_run, "made_key": self._key(glance)} if self.writes else {}
        inner.begin({**context.meta.get(ASKED, {}), **told})
        self.meta[TYPED] = ("project", self.name, glance.id, *self.words)

        def act() -> None:
            with context:
                self.verb.invoke(context)

        return many.listened(inner, glance, act, dry_run=dry_run)

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
