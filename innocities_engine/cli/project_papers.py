"""Commands about papers: hand in, approve, return, withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from innocities_engine.cli import acts, inputs, names, notes, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.options import body, voiced
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import Approve, Return, Submit, Withdraw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innocities_engine.cli.options import Spoken

verbs = Verbs()

_version = click.option("--version", type=click.IntRange(1), help="Which; else the newest.")


@verbs.verb(
    "submit",
    keyed=True,
    examples=(
        "innocities project submit havn idebeskrivelse idé.md --as ingrid",
        (
            "innocities project submit havn behovsbeskrivelse --link https://example.org/42"
            " --as ingrid"
        ),
    ),
)
@click.argument("project")
@click.argument("artefact")
@click.argument("file", default="", metavar="[FILE]")
@click.option("--link", default="", metavar="ADDRESS", help="Where it is, instead of a file.")
@click.option("--form", multiple=True, metavar="FACT=VALUE", help="An answer its form asks for.")
def submit(
    console: Console, project: str, artefact: str, file: str, link: str, form: Sequence[str]
) -> None:
    """Hand in a version of an artefact: a file, a link to where it is, or a form.

    Every version is kept as it is. What was approved before has to be approved anew.
    """
    seen = names.view(console, project)
    known = names.pick(console, "artefact", artefact, seen.method.artefacts)
    answered = inputs.answers(console, seen.method, form, "--form")
    content = inputs.content(console, file, link, answered)
    command = Submit(known, content, answered)
    same = notes.same_content(teller.of(console, seen), command)
    acts.issue(console, seen, command, notes=same)


@verbs.verb(
    "approve",
    keyed=True,
    examples=("innocities project approve penger finansieringsbevis --as kirsten",),
)
@click.argument("project")
@click.argument("artefact")
@_version
@body
def approve(
    console: Console, project: str, artefact: str, version: int | None, spoken: Spoken
) -> None:
    """Approve one version of an artefact. Nobody approves what they handed in themselves."""
    seen = names.view(console, project)
    known = names.pick(console, "artefact", artefact, seen.method.artefacts)
    acts.issue(console, seen, Approve(known, version, voiced(console, spoken, seen.method)))


@verbs.verb(
    "return",
    keyed=True,
    examples=(
        (
            "innocities project return penger finansieringsbevis --reason 'Beløpet mangler'"
            " --as kirsten"
        ),
    ),
)
@click.argument("project")
@click.argument("artefact")
@click.option("--reason", required=True, help="What has to be better.")
@_version
def send_back(
    console: Console, project: str, artefact: str, reason: str, version: int | None
) -> None:
    """Return a version to whoever owes it, saying what has to be better."""
    seen = names.view(console, project)
    known = names.pick(console, "artefact", artefact, seen.method.artefacts)
    told = inputs.prose(console, reason, "--reason")
    acts.issue(console, seen, Return(known, told, version))


@verbs.verb(
    "withdraw",
    keyed=True,
    examples=("innocities project withdraw klar heliks_kart --as petter",),
)
@click.argument("project")
@click.argument("artefact")
@_version
def withdraw(console: Console, project: str, artefact: str, version: int | None) -> None:
    """Take a version back, so that it counts no more. It stays in the record."""
    seen = names.view(console, project)
    known = names.pick(console, "artefact", artefact, seen.method.artefacts)
    acts.issue(console, seen, Withdraw(known, version))
