"""Commands about the days on which the organisation is closed beside public holidays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from innocities_engine import wording
from innocities_engine.cli import inputs, layout, writes
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

verbs = Verbs()
LONGEST = 366


@verbs.verb("list", examples=("innocities calendar closures list",))
def listing(console: Console) -> None:
    """List the days on which the organisation is closed."""
    _show(console, console.office.closures(console.home.id))


def _show(console: Console, days: Sequence[date]) -> None:
    data = {"closures": [day.isoformat() for day in days], "dry_run": console.dry_run}
    lines = [wording.day(console.language, day) for day in days]
    console.show(data, lines or layout.paragraph(console.say("list.no_closures")))


@verbs.verb(
    "add",
    writes=True,
    examples=(
        "innocities calendar closures add 2026-12-24 2026-12-31",
        "innocities calendar closures add 2026-12-28..2026-12-30",
    ),
)
@click.argument("dates", nargs=-1, required=True, metavar="DATE|DATE..DATE…")
def add(console: Console, dates: Sequence[str]) -> None:
    """Close the organisation on these days: they are no working days then."""
    known = console.office.closures(console.home.id)
    _fix(console, {*known, *_days(console, dates)})


@verbs.verb(
    "remove",
    writes=True,
    examples=("innocities calendar closures remove 2026-12-31",),
)
@click.argument("dates", nargs=-1, required=True, metavar="DATE|DATE..DATE…")
def remove(console: Console, dates: Sequence[str]) -> None:
    """Open the organisation on these days again."""
    known = console.office.closures(console.home.id)
    _fix(console, set(known) - set(_days(console, dates)))


def _days(console: Console, given: Iterable[str]) -> Iterable[date]:
    for each in given:
        first, dots, last = each.partition("..")
        begin = inputs.day(console, first)
        end = inputs.day(console, last) if dots else begin
        if not 0 <= (end - begin).days <= LONGEST:
            raise click.UsageError(console.say("usage.not_a_day_after", last=end))
        for n in range((end - begin).days + 1):
            yield begin + timedelta(days=n)


def _fix(console: Console, days: set[date]) -> None:
    with writes.office(console) as office:
        office.fix_closures(console.home.id, sorted(days), console.me)
    _show(console, sorted(days))
