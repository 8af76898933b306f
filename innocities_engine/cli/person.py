"""Commands about people: who there is, what they may, and how they are written to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import errors, wording
from innocities_engine.cli import inputs, layout, names, writes
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.store.people import Person
from innocities_engine.store.tables import RIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

verbs = Verbs()


@verbs.verb(
    "add",
    writes=True,
    examples=(
        'innocities person add mona "Mona Ness" --address mona@example.org',
        'innocities person add nils "Nils Ås" --right manager --language nb',
    ),
)
@click.argument("person")
@click.argument("name")
@click.option("--address", default="", metavar="MAIL", help="Where mail goes.")
@click.option("--right", "rights", multiple=True, help="What they may; else member.")
@click.option("--language", "tongue", default="", help="sv, nb or en; else the organisation's.")
@click.option("--zone", default="", help="Time zone; else the organisation's.")
@click.option("--hour", default=8, type=click.IntRange(0, 23), help="When mail comes, locally.")
@click.option("--no-optional-mail", is_flag=True, help="Only mail that asks something of them.")
def add(
    console: Console,
    person: str,
    name: str,
    address: str,
    rights: Sequence[str],
    tongue: str,
    zone: str,
    hour: int,
    no_optional_mail: bool,
) -> None:
    """Add a person."""
    known = console.office.persons(console.home.id, console.me)
    if any(p.id == person for p in known):
        raise errors.Conflict(message=console.say("usage.exists", what=person))
    made = Person(
        person, name, address, tongue, zone, hour, not no_optional_mail,
        rights=_rights(console, rights or ("member",)),
    )  # fmt: skip
    _put(console, made, "person.added")


def _rights(console: Console, given: Sequence[str]) -> frozenset[str]:
    wanted = [right.strip() for each in given for right in each.split(",") if right.strip()]
    for right in wanted:
        if right not in RIGHTS:
            raise names.unknown(console, "right", right, list(RIGHTS))
    return frozenset(wanted)


def _put(console: Console, person: Person, text: str, reason: str = "") -> None:
    with writes.office(console) as office:
        empty = office.put_person(console.home.id, person, console.me, reason)
    rights = _words(console, person) or console.say("words.none")
    told = console.say(text, name=person.name, person=person.id, rights=rights)
    vacant = [{"project": v.project, "title": v.title, "role": v.role} for v in empty]
    data = {"person": plain(person), "vacant": vacant, "dry_run": console.dry_run}
    gaps = [console.say("person.vacant", project=v["title"], role=v["role"]) for v in vacant]
    console.show(data, writes.told(console, told, *gaps))


def plain(person: Person) -> dict[str, Any]:
    """A person as data."""
    return {
        "id": person.id,
        "name": person.name,
        "address": person.address,
        "language": person.language,
        "zone": person.zone,
        "hour": person.hour,
        "optional_mail": person.optional_mail,
        "active": person.active,
        "rights": sorted(person.rights),
    }


@verbs.verb("list", examples=("innocities person list",))
def listing(console: Console) -> None:
    """List the people of the organisation."""
    found = console.office.persons(console.home.id, console.me)
    heads = tuple(console.say(f"head.{h}") for h in ("person", "name", "mail", "rights"))
    rows = [(p.id, wording.visible(p.name), p.address or "–", _standing(console, p)) for p in found]
    console.show({"persons": [plain(p) for p in found]}, layout.table([heads, *rows]))


def _standing(console: Console, person: Person) -> str:
    if not person.active:
        return console.say("status.inactive")
    return _words(console, person) or "–"


def _words(console: Console, person: Person) -> str:
    return ", ".join(console.say(f"right.{right}") for right in sorted(person.rights))


@verbs.verb(
    "change",
    writes=True,
    examples=("innocities person change dag --address dag.aas@example.org --hour 7",),
)
@click.argument("person")
@click.option("--name", help="What they are called.")
@click.option("--address", metavar="MAIL", help="Where mail goes.")
@click.option("--language", "tongue", help="sv, nb or en; “” for the organisation's.")
@click.option("--zone", help="Time zone; “” for the organisation's.")
@click.option("--hour", type=click.IntRange(0, 23), help="When mail comes, locally.")
@click.option("--optional-mail/--no-optional-mail", default=None, help="News that asks nothing.")
@click.option("--active", is_flag=True, default=None, help="Let them act again.")
def change(console: Console, person: str, tongue: str | None, **given: Any) -> None:
    """Change what is known of a person; what is not named stays as it is."""
    wanted = {"language": tongue, **given}
    changes = {name: value for name, value in wanted.items() if value is not None}
    _put(console, replace(_person(console, person), **changes), "person.changed")


@verbs.verb(
    "rights",
    writes=True,
    examples=("innocities person rights petter manager,author",),
)
@click.argument("person")
@click.argument("rights")
@click.option("--reason", default="", help="Why, for the record.")
def rights_(console: Console, person: str, rights: str, reason: str) -> None:
    """Say anew which rights somebody has: these, and no others. “none” takes all away.

    Rights: member, manager, author, administrator, auditor, external.
    """
    given = () if rights == "none" else (rights,)
    found = _person(console, person)
    changed = replace(found, rights=_rights(console, given))
    _put(console, changed, "person.rights", inputs.prose(console, reason, "--reason"))


@verbs.verb(
    "deactivate",
    writes=True,
    examples=("innocities person deactivate dag --reason 'Has left us'",),
)
@click.argument("person")
@click.option("--reason", default="", help="Why, for the record.")
def deactivate(console: Console, person: str, reason: str) -> None:
    """Let somebody act no more. What they have done stays, and they block nothing."""
    changed = replace(_person(console, person), active=False, rights=frozenset())
    _put(console, changed, "person.deactivated", inputs.prose(console, reason, "--reason"))


def _person(console: Console, given: str) -> Person:
    return console.office.person(console.home.id, names.person(console, given))
