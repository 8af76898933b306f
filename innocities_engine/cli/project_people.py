"""Commands about the people of a project as a whole: one person's part goes to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from innocities_engine.cli import acts, inputs, names
from innocities_engine.cli.console import Console
from innocities_engine.cli.leaving import inheritance
from innocities_engine.cli.verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Sequence

verbs = Verbs()


@verbs.verb(
    "reassign",
    keyed=True,
    examples=(
        "innocities project reassign vilkar astrid lars --as eva",
        "innocities project reassign konsept bjorn lars --role styringsgruppe=gunn --as eva",
    ),
)
@click.argument("project")
@click.argument("person", metavar="FROM")
@click.argument("to")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE=PERSON",
    help="Who takes over that role instead.",
)
@click.option("--reason", default="", help="Why, for the record.")
def reassign(
    console: Console, project: str, person: str, to: str, roles: Sequence[str], reason: str
) -> None:
    """Hand over everything of one person in a project: roles, conditions, reminders, mail.

    Their votes that no decision has used yet do not count any more; what they did stays theirs.
    """
    seen = names.view(console, project)
    handing = inheritance(console, person, to, roles)
    for role in handing.roles:
        names.pick(console, "role", role, seen.method.roles)
    acts.issue(console, seen, handing, reason=inputs.prose(console, reason, "--reason"))
