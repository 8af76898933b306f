"""Commands about substitutes: who stands in for whom, in which role and period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from innocities_engine import wording
from innocities_engine.cli import inputs, layout, names, notes, teller, writes
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import Substitution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

verbs = Verbs()
SHORT_ID = 8


@verbs.verb(
    "add",
    writes=True,
    examples=(
        "innocities substitute add eva dag 2026-10-01 2026-10-31",
        "innocities substitute add bjorn petter 2026-09-01 2026-12-31 --role styringsgruppe",
    ),
)
@click.argument("person")
@click.argument("substitute")
@click.argument("first", metavar="FIRST_DAY")
@click.argument("last", metavar="LAST_DAY")
@click.option("--role", default="", help="In this role only, by its id in the method.")
def add(console: Console, person: str, substitute: str, first: str, last: str, role: str) -> None:
    """Let SUBSTITUTE stand in for PERSON. You may say so for yourself; managers, for anybody."""
    begin, end = inputs.day(console, first), inputs.day(console, last)
    if end < begin:
        raise click.UsageError(console.say("usage.not_a_day_after", last=end))
    if person == substitute:
        raise click.UsageError(console.say("usage.oneself"))
    made = Substitution(person, substitute, begin, end, role or None)
    before = dict(console.office.substitutes(console.home.id))
    with writes.office(console) as office:
        which = office.substitute(console.home.id, made, console.me)
    stands = before.get(which, made)
    values = {"id": which[:SHORT_ID], **_words(console, stands)}
    already = notes.stands_already(console, **values) if which in before else []
    told = notes.lines(already) or writes.told(console, console.say("substitute.added", **values))
    data = {"substitution": _plain(which, stands), "dry_run": console.dry_run, "notes": already}
    console.show(data, told)


def _words(console: Console, made: Substitution) -> dict[str, str]:
    return {
        "person": made.person,
        "substitute": made.substitute,
        "first": wording.short_day(console.language, made.first),
        "last": wording.short_day(console.language, made.last),
    }


def _plain(which: str, made: Substitution) -> dict[str, Any]:
    return {
        "id": which,
        "person": made.person,
        "substitute": made.substitute,
        "first": made.first.isoformat(),
        "last": made.last.isoformat(),
        "role": made.role,
    }


@verbs.verb("list", examples=("innocities substitute list",))
def listing(console: Console) -> None:
    """List who stands in for whom."""
    found = console.office.substitutes(console.home.id)
    heads = ("instead_of", "substitute", "period", "role", "person")
    people = teller.persons(console)
    rows = [_row(console, people, which, made) for which, made in found]
    lines = layout.table([tuple(console.say(f"head.{h}") for h in heads), *rows])
    data = {"substitutions": [_plain(which, made) for which, made in found]}
    console.show(data, lines if rows else layout.paragraph(console.say("list.no_substitutes")))


def _row(
    console: Console, people: Mapping[str, str], which: str, made: Substitution
) -> tuple[str, ...]:
    words = _words(console, made)
    period = f"{words['first']} – {words['last']}"
    absent, stand_in = (people.get(each, each) for each in (made.person, made.substitute))
    return absent, stand_in, period, made.role or "–", which[:SHORT_ID]


@verbs.verb(
    "end",
    writes=True,
    examples=("innocities substitute end gunn",),
)
@click.argument("which", metavar="ID|PERSON")
def end(console: Console, which: str) -> None:
    """Let a substitution be over at once, by its id, or by whom it is for if there is but one."""
    found = console.office.substitutes(console.home.id)
    ids = [key for key, made in found if key.startswith(which) or made.person == which]
    if len(ids) != 1:
        known: Sequence[str] = [f"{key[:SHORT_ID]} ({made.person})" for key, made in found]
        raise names.unknown(console, "substitution", which, known)
    with writes.office(console) as office:
        office.end_substitution(console.home.id, ids[0], console.me)
    data = {"ended": ids[0], "dry_run": console.dry_run}
    console.show(data, writes.told(console, console.say("substitute.ended", id=ids[0][:SHORT_ID])))
