"""Commands about single needs: tick off, confirm, exempt, put off."""

from __future__ import annotations

import click

from innocities_engine.cli import acts, inputs, names
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import Accept, Extend, TickOff, Waive

verbs = Verbs()


@verbs.verb(
    "tick-off",
    keyed=True,
    examples=("innocities project tick-off vilkar G1/G1_vilkar --as astrid",),
)
@click.argument("project")
@click.argument("need")
@click.option("--on", default="", metavar="DATE", help="When it was done; else today.")
@click.option("--member", default="", help="Whose own it is, where each has one.")
def tick_off(console: Console, project: str, need: str, on: str, member: str) -> None:
    """Say that something is done. Where somebody has to confirm it, it waits for them."""
    seen = names.view(console, project)
    day = inputs.day(console, on) if on else None
    acts.issue(console, seen, TickOff(names.need(console, seen, need), day, member))


@verbs.verb(
    "accept",
    keyed=True,
    examples=("innocities project accept gjort G1/G1_vilkar --as petter",),
)
@click.argument("project")
@click.argument("need")
def accept(console: Console, project: str, need: str) -> None:
    """Confirm that a condition, or something else that was ticked off, is done."""
    seen = names.view(console, project)
    acts.issue(console, seen, Accept(names.need(console, seen, need)))


@verbs.verb(
    "waive",
    keyed=True,
    examples=(
        (
            "innocities project waive forprosjekt personvernvurdering"
            " --reason 'Ingen personopplysninger' --as kirsten"
        ),
    ),
)
@click.argument("project")
@click.argument("need")
@click.option("--reason", required=True, help="Why the project may do without.")
def waive(console: Console, project: str, need: str, reason: str) -> None:
    """Exempt a project from a need; only those may whom the method names."""
    seen = names.view(console, project)
    told = inputs.prose(console, reason, "--reason")
    acts.issue(console, seen, Waive(names.need(console, seen, need), told), reason=told)


@verbs.verb(
    "extend",
    keyed=True,
    examples=(
        (
            "innocities project extend vilkar G1/G1_vilkar 2027-01-15 --reason 'Vinterstengt'"
            " --as bjorn"
        ),
    ),
)
@click.argument("project")
@click.argument("need")
@click.argument("date")
@click.option("--reason", required=True, help="Why it takes longer.")
def extend(console: Console, project: str, need: str, date: str, reason: str) -> None:
    """Move the day by which something is due. What a law sets cannot be moved."""
    seen = names.view(console, project)
    told = inputs.prose(console, reason, "--reason")
    command = Extend(names.need(console, seen, need), inputs.day(console, date), told)
    acts.issue(console, seen, command, reason=told)
