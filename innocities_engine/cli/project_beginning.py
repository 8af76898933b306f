"""Commands that start a project and list the projects there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from innocities_engine.cli import acts, inputs, layout, methods, names, notes
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import StartFrom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innocities_engine.domain.definition import Methodology
    from innocities_engine.store.projects import Glance

verbs = Verbs()

ENDED = ("completed", "stopped")


@verbs.verb(
    "start",
    keyed=True,
    examples=(
        (
            'innocities project start smartby-prosjekt "Strøm til båtene" --member ideeier=ingrid'
            " --member programkoordinator=petter --member styringsgruppe=bjorn,cecilia,dag"
        ),
        (
            'innocities project start smartby-prosjekt "Smarte brygger" --from program'
            " --member ideeier=ingrid --member programkoordinator=petter"
            " --member styringsgruppe=bjorn,cecilia,dag"
        ),
    ),
)
@click.argument("method")
@click.argument("title")
@click.option("--member", "members", multiple=True, metavar="ROLE=PERSON,…", help="Who holds what.")
@click.option("--answer", "answered", multiple=True, metavar="FACT=VALUE", help="What is known.")
@click.option("--from", "parent", default="", metavar="PROJECT", help="Which one starts it.")
@click.option("--version", default="", help="Of the method; else the newest published.")
@click.option("--id", "project", default="", help="An id of your own; else one nobody can guess.")
@click.option("--reason", default="", help="Why, for the record.")
def start(
    console: Console,
    method: str,
    title: str,
    members: Sequence[str],
    answered: Sequence[str],
    parent: str,
    version: str,
    project: str,
    reason: str,
) -> None:
    """Start a project on a published method, with the people who hold its first roles.

    With --from, a programme starts it, where its own method offers that: they know of each other,
    it begins with the papers that come along, and the programme counts it.
    """
    published, definition = methods.published(console, method, version)
    own_id = inputs.new_id(console, project) if project else ""
    titled = inputs.text(console, title, "TITLE")
    held = inputs.members(console, definition, members, "--member")
    known = inputs.answers(console, definition, answered, "--answer")
    why = inputs.prose(console, reason, "--reason")
    if parent:
        command = StartFrom(own_id, published.id, published.version, titled, held, known)
        alike = notes.same_title(console, published.id, titled)
        acts.issue(console, names.view(console, parent), command, reason=why, notes=alike)
        return
    blank = acts.blank(console, definition)
    receipt = console.engine.start(
        console.home.id, published.id, published.version, console.me,
        title=titled, members=held, answers=known, project=own_id, reason=why,
        idempotency_key=console.key, dry_run=console.dry_run,
    )  # fmt: skip
    alike = notes.same_title(console, published.id, title, but=receipt.project)
    acts.report(console, receipt, blank, beside=notes.beside(alike))


@verbs.verb(
    "list",
    examples=("innocities project list", "innocities project list --mine --json"),
)
@click.option("--mine", is_flag=True, help="Only those where you hold a role.")
@click.option("--status", default="", help="running, held, moving, completed or stopped.")
@click.option("--phase", default="", help="Only those in this phase.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), help="How many at most.")
@click.option("--before", type=click.IntRange(1, 2**31), help="Those with lower numbers than this.")
def listing(
    console: Console, mine: bool, status: str, phase: str, limit: int, before: int | None
) -> None:
    """List the projects you may see, newest first."""
    found = console.engine.projects(
        console.home.id,
        console.me,
        mine=mine,
        status=status,
        phase=phase,
        before_number=before,
        limit=limit,
    )
    console.show({"projects": [_plain(console, each) for each in found]}, _lines(console, found))


def _is_overdue(console: Console, each: Glance) -> bool:
    today = console.clock().astimezone(console.zone).date()
    return each.status not in ENDED and each.next_due is not None and each.next_due < today


def _plain(console: Console, each: Glance) -> dict[str, object]:
    return {
        "id": each.id,
        "number": each.number,
        "title": each.title,
        "method": each.method,
        "version": each.version,
        "status": each.status,
        "phase": each.phase,
        "next_due": each.next_due.isoformat() if each.next_due else None,
        "next_what": each.next_what,
        "overdue": _is_overdue(console, each),
        "overridden": each.overridden,
    }


def _lines(console: Console, found: Sequence[Glance]) -> list[str]:
    if not found:
        return layout.paragraph(console.say("list.no_projects"))
    known = {(each.method, each.version) for each in found}
    named = {one: methods.published(console, *one)[1] for one in known}
    rows = [_row(console, each, named[each.method, each.version]) for each in found]
    heads = ("number", "project", "stands", "next")
    return layout.table([tuple(console.say(f"head.{h}") for h in heads), *rows])


def _row(console: Console, each: Glance, method: Methodology) -> tuple[str, ...]:
    from innocities_engine import wording
    from innocities_engine.cli import teller

    language = console.language
    names = teller.Naming(language, method)
    what = names.owed(each.next_what)
    due = f"{wording.short_day(language, each.next_due)} {what}" if each.next_due else "–"
    if _is_overdue(console, each):
        due = f"{due}, {console.say('status.overdue')}"
    key = f"status.{each.status}"
    status = wording.say(language, key) if wording.knows(key) else each.status
    stands = f"{names.title(each.phase)} · {status}" if each.phase else status
    return (str(each.number), *map(wording.visible, (each.title, stands, due)))
