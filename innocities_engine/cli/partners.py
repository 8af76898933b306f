"""Commands about people without an account: make the link through which they act, and take back
those they have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from innocities_engine import wording
from innocities_engine.cli import layout, names, writes
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

if TYPE_CHECKING:
    from innocities_engine.links import Links
    from innocities_engine.office import Office
    from innocities_engine.store.people import Person

verbs = Verbs()


@verbs.verb("link", writes=True, examples=("innocities person link nora vilkar --as eva",))
@click.argument("person")
@click.argument("project")
def link(console: Console, person: str, project: str) -> None:
    """Make a link by which somebody without an account acts in a project, to be handed over.

    Their letters bring one by themselves. Who made it for whom stands in the record.
    """
    from innocities_engine import links

    if not console.settings.base_url:
        raise click.UsageError(console.say("usage.no_base_url"))
    known, seen = _person(console, person), names.view(console, project)
    holder = links.Holder(console.home.id, known.id, seen.project.id)
    with writes.office(console) as office:
        given = _links(console, office).give(holder, console.me)
    address = "" if console.dry_run else links.address(console.settings.base_url, given.token)
    until = given.until.astimezone(console.zone).date()
    told = console.say(
        "link.would" if console.dry_run else "link.made", name=known.name,
        project=seen.project.title, day=wording.short_day(console.language, until),
    )  # fmt: skip
    data = {"person": known.id, "project": seen.project.id, "until": until.isoformat(),
            "link": address or None, "dry_run": console.dry_run}  # fmt: skip
    console.show(data, [*layout.paragraph(told), *([address] if address else [])])


@verbs.verb("links", writes=True, examples=("innocities person links nora --revoke --as eva",))
@click.argument("person")
@click.option("--revoke", is_flag=True, help="Let none of those hold any more.")
def links_(console: Console, person: str, revoke: bool) -> None:
    """Say where somebody without an account may act by links, or take all their links back."""
    from innocities_engine import links

    known = _person(console, person)
    if revoke:
        with writes.office(console) as office:
            _links(console, office).take_back(console.home.id, known.id, console.me)
        told = writes.told(console, console.say("link.taken_back", name=known.name))
        console.show({"person": known.id, "revoked": True, "dry_run": console.dry_run}, told)
        return
    found = _open_to(console, known)
    lead = "link.opens" if found else "link.opens_none"
    told = layout.paragraph(console.say(lead, name=known.name, n=links.LASTS.days))
    rows = [(project, title) for project, title in found.items()]
    projects = [{"project": project, "title": title} for project, title in rows]
    data = {"person": known.id, "projects": projects, "days": links.LASTS.days}
    console.show(data, [*told, *(layout.table(rows, indent=2) if rows else [])])


def _open_to(console: Console, person: Person) -> dict[str, str]:
    """The projects that links of a person lead to."""
    if not person.active or person.rights != {"external"}:
        return {}
    theirs = console.engine.projects(console.home.id, person.id, mine=True, limit=1_000)
    return {each.id: each.title for each in theirs}


def _person(console: Console, given: str) -> Person:
    return console.office.person(console.home.id, names.person(console, given))


def _links(console: Console, office: Office) -> Links:
    from innocities_engine.links import Links

    return Links(office, console.settings.link_key)
