"""Commands that change the course of a project from outside its usual gates."""

from __future__ import annotations

import click

from innocities_engine.cli import acts, inputs, names
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import Raise, Resume

verbs = Verbs()


@verbs.verb(
    "raise",
    keyed=True,
    examples=(
        "innocities project raise avvik AVVIK --reason 'Leverandøren er konkurs' --as astrid",
    ),
)
@click.argument("project")
@click.argument("gate")
@click.option("--reason", default="", help="What has happened.")
def raise_gate(console: Console, project: str, gate: str, reason: str) -> None:
    """Open a gate that does not open by itself, such as one for exceptions."""
    seen = names.view(console, project)
    known = names.pick(console, "gate", gate, seen.method.gates)
    told = inputs.prose(console, reason, "--reason")
    acts.issue(console, seen, Raise(known, told), reason=told)


@verbs.verb(
    "resume",
    keyed=True,
    examples=("innocities project resume vent --as eva",),
)
@click.argument("project")
@click.option("--track", default="", help="Which one, by its first phase; else the main one.")
@click.option("--reason", default="", help="Why now, for the record.")
def resume(console: Console, project: str, track: str, reason: str) -> None:
    """Go on after a hold. Whoever decided it may, on the same gate in the same phase."""
    seen = names.view(console, project)
    known = names.pick(console, "track", track, seen.method.phases) if track else ""
    acts.issue(console, seen, Resume(known), reason=inputs.prose(console, reason, "--reason"))
