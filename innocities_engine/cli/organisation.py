"""Commands about the organisations of a workspace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from innocities_engine import errors, wording
from innocities_engine.cli import inputs, layout, names, writes
from innocities_engine.cli.beginning import TONGUES, ZONES
from innocities_engine.cli.console import Console
from innocities_engine.cli.teller import SHORT_ID
from innocities_engine.cli.verbs import Verbs
from innocities_engine.store.incidents import NOT_DELIVERED, Trouble
from innocities_engine.store.people import Organisation, Person

verbs = Verbs()


@verbs.verb(
    "add",
    writes=True,
    examples=('innocities organisation add hamnen "Hamnen AB" --country SE --admin eva="Eva Ek"',),
)
@click.argument("organisation")
@click.argument("name")
@click.option("--admin", required=True, metavar="ID=NAME", help="Its first administrator.")
@click.option("--address", default="", metavar="MAIL", help="The administrator's mail address.")
@click.option("--country", default="NO", type=click.Choice(["NO", "SE"]), help="Whose calendar.")
@click.option("--zone", default="", help="Time zone; else the country's.")
@click.option("--language", "tongue", default="", help="sv, nb or en; else the country's.")
@click.option("--quiet", multiple=True, metavar="PERIOD", help='Such as "1 July..15 August".')
def add(
    console: Console,
    organisation: str,
    name: str,
    admin: str,
    address: str,
    country: str,
    zone: str,
    tongue: str,
    quiet: tuple[str, ...],
) -> None:
    """Take another organisation in; others see nothing of it but what it shares.

    For whoever runs the installation: it needs no right in any organisation.
    """
    person, _, full = admin.partition("=")
    made = Organisation(
        organisation, name, country, zone or ZONES[country], tongue or TONGUES[country],
        quiet, person,
    )  # fmt: skip
    first = Person(person, full or person, address, rights=frozenset({"administrator", "manager"}))
    with writes.office(console) as office:
        office.found(made, first)
    data = {"organisation": plain(made), "person": person, "dry_run": console.dry_run}
    told = console.say("done.organisation", id=made.id, name=made.name, person=first.name)
    console.show(data, writes.told(console, told))


def plain(organisation: Organisation) -> dict[str, Any]:
    """An organisation as data."""
    return {
        "id": organisation.id,
        "name": organisation.name,
        "country": organisation.country,
        "zone": organisation.zone,
        "language": organisation.language,
        "quiet": list(organisation.quiet),
        "fallback": organisation.fallback,
        "letters_a_minute": organisation.letters_a_minute,
    }


@verbs.verb(
    "change",
    writes=True,
    examples=("innocities organisation change --quiet '1 July..15 August' --fallback eva",),
)
@click.option("--name", help="What it is called.")
@click.option("--zone", help="Time zone.")
@click.option("--language", "tongue", help="sv, nb or en.")
@click.option("--quiet", multiple=True, metavar="PERIOD", help="Quiet periods; “none” for none.")
@click.option("--fallback", metavar="PERSON", help="Who gets what reaches nobody else.")
@click.option("--letters-a-minute", type=click.IntRange(1, 6000), help="At most so many.")
def change(console: Console, tongue: str | None, quiet: tuple[str, ...], **given: Any) -> None:
    """Change the organisation you work in; what is not named stays as it is."""
    wanted = {"language": tongue, "quiet": quiet or None, **given}
    if quiet == ("none",):
        wanted["quiet"] = ()
    changes = {name: value for name, value in wanted.items() if value is not None}
    changed = replace(console.home, **changes)
    with writes.office(console) as office:
        office.change_organisation(changed, console.me)
    data = {"organisation": plain(changed), "dry_run": console.dry_run}
    told = console.say("done.organisation_changed", name=changed.name)
    console.show(data, writes.told(console, told))


@verbs.verb("list", examples=("innocities organisation list", "innocities organisation list --all"))
@click.option("--all", "everybodys", is_flag=True, help="All: for whoever runs the installation.")
def listing(console: Console, everybodys: bool) -> None:
    """List the organisations of this workspace to which you belong."""
    me, office = console.person_named, console.office
    found = office.belonging(me) if me and not everybodys else office.organisations()
    heads = ("organisation", "name", "country", "zone", "language")
    rows = [(o.id, wording.visible(o.name), o.country, o.zone, o.language) for o in found]
    lines = layout.table([tuple(console.say(f"head.{h}") for h in heads), *rows])
    console.show({"organisations": [plain(o) for o in found]}, lines)


@verbs.verb("show", examples=("innocities organisation show --json",))
def show(console: Console) -> None:
    """Show the organisation you work in, and what waits for its administrators."""
    home = console.home
    waiting = _waiting(console)
    data = plain(home) | {
        "incidents": [
            {"id": i.id, "kind": i.kind, "subject": i.subject, "message": i.message,
             "at": i.at.isoformat()}
            for i in waiting
        ]
    }  # fmt: skip
    rows = [(name, wording.visible(_shown(value))) for name, value in plain(home).items()]
    told = [line for each in waiting for line in _incident(console, each)]
    lead = ["", console.say("organisation.incidents", n=len(waiting))] if waiting else []
    console.show(data, [*layout.table(rows), *lead, *told])


def _waiting(console: Console) -> list[Trouble]:
    """What waits, for those who may see every project it may be about."""
    home, me, office = console.home.id, console.person_named, console.office
    try:
        return office.troubles(home, me) if me else office.incidents(home)
    except errors.NotPermitted:
        return []


def _incident(console: Console, trouble: Trouble) -> list[str]:
    """What is the matter, and how it is mended and closed."""
    when = wording.clock(console.language, trouble.at.astimezone(console.zone))
    kind = console.say(f"incident.{trouble.kind.replace(' ', '_')}")
    lines = layout.paragraph(f"{when}: {kind} {trouble.message}", indent=2, hang=2)
    if trouble.kind == NOT_DELIVERED:
        lines.append(f"    {console.command('remind', 'resend', trouble.subject[:SHORT_ID])}")
    solve = ("organisation", "solve", trouble.id[:SHORT_ID], "--reason", "…")
    return [*lines, f"    {console.command(*solve)}"]


@verbs.verb(
    "solve",
    writes=True,
    examples=("innocities organisation solve 3f2a91c0 --reason 'Dag has a new address'",),
)
@click.argument("incident")
@click.option("--reason", required=True, help="What was done about it, for the record.")
def solve(console: Console, incident: str, reason: str) -> None:
    """Close something that waited for an administrator, once it is dealt with.

    A letter that did not arrive is closed by itself when it has gone out (“remind resend”).
    """
    known = [each.id for each in console.office.troubles(console.home.id, console.me)]
    found = [each for each in known if each.startswith(incident)]
    if len(found) != 1:
        raise names.unknown(console, "incident", incident, [each[:SHORT_ID] for each in known])
    said = inputs.prose(console, reason, "--reason")
    with writes.office(console) as office:
        office.solve(console.home.id, found[0], console.me, said)
    data = {"incident": found[0], "dry_run": console.dry_run}
    console.show(data, writes.told(console, console.say("organisation.solved", id=incident)))


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "–")
