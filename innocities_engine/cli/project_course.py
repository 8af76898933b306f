"""Commands that change the course of a project from outside its usual gates."""

from __future__ import annotations

import click

from innocities_engine.cli import acts, inputs, names
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import PauseMail, Raise, Resume, ResumeMail

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


@verbs.verb(
    "pause-mail",
    keyed=True,
    examples=("innocities project pause-mail havn --until 2026-10-15 --reason 'Alle er på messe'",),
)
@click.argument("project")
@click.option("--until", required=True, metavar="DATE", help="The last day, 90 days at most.")
@click.option("--reason", required=True, help="Why; it is shown as long as the pause lasts.")
def pause_mail(console: Console, project: str, until: str, reason: str) -> None:
    """Send no reminders about a project up to and including a day.

    What falls due meanwhile is told on the day after, and of each thing only the latest. What a law
    sets, questions and decisions are mailed as always.
    """
    seen = names.view(console, project)
    why = inputs.prose(console, reason, "--reason")
    acts.issue(console, seen, PauseMail(inputs.day(console, until), why), reason=why)


@verbs.verb(
    "resume-mail",
    keyed=True,
    examples=("innocities project resume-mail havn",),
)
@click.argument("project")
def resume_mail(console: Console, project: str) -> None:
    """Let reminders come again before the pause is over."""
    acts.issue(console, names.view(console, project), ResumeMail())
