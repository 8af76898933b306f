"""Decide how running projects are moved to another version of their method from the command line:
planned first, for each and with reasons, then asked, then done to each by itself; and taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from innocities_engine.cli import filters, inputs, many, methods, migrating, names
from innocities_engine.cli.console import Console
from innocities_engine.cli.filters import Filters
from innocities_engine.cli.migrating import Row
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import Migrate, UndoMigration
from innocities_engine.domain.legible import gives_no_reason
from innocities_engine.store import projects
from innocities_engine.store.transactions import read

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.store.projects import Glance

verbs = Verbs()
BACK: Final = "back_"  # of the words for taking a move back


def _which(function: Callable[..., Any]) -> Callable[..., Any]:
    """The words that say which projects are meant, and which version."""
    for option in (
        filters.options("method", "due-before"),
        click.option("--project", "named", multiple=True, help="This one; repeat it."),
        click.argument("version"),
        click.argument("method"),
    ):
        function = option(function)
    return function


def _how(function: Callable[..., Any]) -> Callable[..., Any]:
    """The words that say how they move."""
    for option in (
        click.option("--from", "left", default="", metavar="METHOD",
                     help="Those that follow this method so far."),
        click.option("--retroactive", multiple=True, metavar="GATE",
                     help="What was passed here is asked again."),
        click.option("--choose", multiple=True, metavar="WHAT=WAY",
                     help="Answers a question of the plan; repeat it."),
        click.option("--policy", type=click.Choice(["keep", "remaining", "restart"]),
                     default="keep", help="Of deadlines: each day stays; the time that has passed"
                     " counts; they begin anew."),
    ):  # fmt: skip
        function = option(function)
    return function


@verbs.verb(
    "plan",
    examples=(
        "innocities project migrate plan liten 1.1.0",
        "innocities project migrate plan liten 1.1.0 --phase ide --policy remaining",
    ),
)
@_which
@_how
def plan(console: Console, method: str, version: str, **how: Any) -> None:
    """Plan the move of running projects to another version of their method.

    Says of each whether only texts change for it, whether it can move, what somebody has to choose
    first, or why it cannot move; what would open and fall away, and which days move. From wherever
    a project would stand it is proved that it can still be completed. Ends with 1 if one of them
    cannot move yet.
    """
    migrating.show(console, _planned(console, method, version, how), method)


@verbs.verb(
    "apply",
    writes=True,
    examples=(
        "innocities project migrate apply liten 1.1.0 --reason 'Enklere valg' --yes",
        (
            "innocities project migrate apply liten 1.1.0 --project havn"
            " --reason 'Prøves her først' --dry-run"
        ),
    ),
)
@_which
@_how
@click.option("--reason", required=True, help="Why they move; it stays in their history.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def apply(console: Console, method: str, version: str, reason: str, yes: bool, **how: Any) -> None:
    """Move running projects to another version of their method. For administrators.

    It is planned first; then you are asked, and each that can move does, by itself. What was passed
    stays passed, what was handed in stays, and so does the history. “undo” takes it back.
    """
    how["reason"] = _why(console, reason)
    rows = _planned(console, method, version, how)
    able = [row for row in rows if row.kind in migrating.ABLE]
    if console.dry_run or not able:
        migrating.show(console, rows, method)
        return
    if not yes:
        asked = console.say("migrate.ask", n=len(able))
        many.confirm(console, migrating.lines(console, rows), asked)
    done = {row.glance.id: migrating.carried_out(console, row)
            for row in _progress(console, able)}  # fmt: skip
    migrating.show(console, [done.get(row.glance.id, row) for row in rows], method)


@verbs.verb(
    "undo",
    writes=True,
    examples=("innocities project migrate undo liten 1.1.0 --reason 'For tidlig' --dry-run",),
)
@_which
@click.option("--reason", required=True, help="Why; it stays in their history.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def undo(console: Console, method: str, version: str, reason: str, yes: bool, **which: Any) -> None:
    """Take the move of projects to a version back. For administrators.

    Each stands again as it did before, with the dates and reminders of then. A project on which
    somebody has acted since is left as it is, and named.
    """
    command = UndoMigration(_why(console, reason))
    there = methods.published(console, method, version)[1]
    glances = list(_chosen(console, there.id, there.version, which, there=True))
    rows = [migrating.rehearsed(console, glance, command) for glance in _progress(console, glances)]
    able = [row for row in rows if row.kind in migrating.ABLE]
    if not console.dry_run and able:
        if not yes:
            asked = console.say("migrate.back_ask", n=len(able))
            many.confirm(console, migrating.lines(console, rows, BACK), asked)
        done = {row.glance.id: migrating.carried_out(console, row)
                for row in _progress(console, able)}  # fmt: skip
        rows = [done.get(row.glance.id, row) for row in rows]
    migrating.show(console, rows, method, BACK)


# ---------------------------------------------------------------- which, and how


def _why(console: Console, reason: str) -> str:
    why = inputs.prose(console, reason, "--reason")
    if gives_no_reason(why):
        raise click.UsageError(console.say("migrate.no_reason"))
    return why


def _planned(console: Console, method: str, version: str, how: dict[str, Any]) -> list[Row]:
    """Plan for each project that is meant."""
    from innocities_engine.authoring.migration import Planner, narrowed, rehearsal

    to = methods.published(console, method, version)[1]
    glances = list(_chosen(console, to.id, to.version, how, there=False))
    planner = Planner(to)
    wanted = _command(console, to, how)
    found = []
    for glance in _progress(console, glances):
        view = console.engine.view(console.home.id, glance.id, console.me)
        command = narrowed(view, console.engine, wanted)
        plan = planner.plan(view, rehearsal(view, console.engine, command))
        found.append(replace(migrating.planned(console, glance, to, plan), command=command))
    _refuse_unasked(console, wanted, found)
    return found


def _refuse_unasked(console: Console, command: Migrate, rows: list[Row]) -> None:
    """A choice that no project asks for is a slip of the pen."""
    asked = {key for row in rows if isinstance(row.command, Migrate) for key in row.command.choices}
    if rows and (unasked := sorted(command.choices.keys() - asked)):
        raise click.UsageError(console.say("migrate.unasked", names=", ".join(unasked)))


def _command(console: Console, to: Methodology, how: dict[str, Any]) -> Migrate:
    choices = inputs.pairs(console, how["choose"], "--choose")
    retroactive = tuple(names.pick(console, "gate", g, to.gates) for g in how["retroactive"])
    reason = how.get("reason", "")
    return Migrate(to.id, to.version, how["policy"], reason, choices, retroactive)


def _chosen(
    console: Console, method: str, version: str, which: dict[str, Any], *, there: bool
) -> Iterator[Glance]:
    """The running projects that are meant: those `there` already, or those that are not."""
    left = which.pop("left", "")
    named = {names.project_id(console, each) for each in which.pop("named")}
    wanted = Filters(method=method if there else left or method, **_filters(which))
    with read(console.store) as connection:  # what has come to its end may go on in another track
        live = frozenset(projects.following(connection, console.home.id, wanted.method))
    for glance in filters.chosen(console, wanted):
        at = (glance.method, glance.version) == (method, version)
        if at is there and glance.id in live and (not named or glance.id in named):
            yield glance


def _filters(which: dict[str, Any]) -> dict[str, Any]:
    return {name: which[name] for name in ("status", "phase", "person", "role", "mine")}


def _progress(console: Console, found: list[Any]) -> Iterator[Any]:
    yield from console.progress(found, console.say("head.project"))
