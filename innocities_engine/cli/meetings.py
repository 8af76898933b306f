"""Commands about the meetings of bodies, on which days and reminders rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from innocities_engine import errors, wording
from innocities_engine.cli import inputs, layout, methods, names, notes, writes
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

verbs = Verbs()


@verbs.verb("list", examples=("innocities calendar meetings list",))
def listing(console: Console) -> None:
    """List the meetings that are known, by calendar."""
    _show(console, console.office.meetings(console.home.id))


def _show(
    console: Console, found: Mapping[str, Sequence[date]], worth: Sequence[notes.Note] = ()
) -> None:
    data = {
        "meetings": {name: [day.isoformat() for day in days] for name, days in found.items()},
        "dry_run": console.dry_run,
        "notes": list(worth),
    }
    rows = [
        (wording.visible(name), ", ".join(wording.short_day(console.language, d) for d in days))
        for name, days in found.items()
    ]
    said = layout.table(rows) or layout.paragraph(console.say("list.no_meetings"))
    console.show(data, [*said, *notes.lines(worth)])


@verbs.verb(
    "add",
    writes=True,
    examples=(
        "innocities calendar meetings add styringsgruppe 2026-10-07 2026-12-02",
        "innocities calendar meetings add formannskap 2026-10-14 --new",
    ),
)
@click.argument("calendar")
@click.argument("dates", nargs=-1, required=True, metavar="DATE…")
@click.option("--new", is_flag=True, help="Also where no method has a body that meets by it yet.")
def add(console: Console, calendar: str, dates: Sequence[str], new: bool) -> None:
    """Add meetings to a calendar. The name is the one the method uses (“meets”).

    The projects concerned are looked at again at once.
    """
    name = inputs.text(console, calendar, "CALENDAR")
    known = console.office.meetings(console.home.id)
    given = {inputs.day(console, each) for each in dates}
    if not new and name not in known:
        _require(console, name)
    past = notes.past_days(console, given - {*known.get(name, ())})
    _fix(console, known, name, {*known.get(name, ()), *given}, past)


def _require(console: Console, name: str) -> None:
    """Refuse a name by which nobody meets, otherwise a slip would make a calendar of its own."""
    met = methods.calendars(console)
    if name not in met:
        strange = names.unknown(console, "calendar", name, met)
        raise errors.NotFound(f"{strange} {console.say('missing.new_calendar')}")


@verbs.verb(
    "remove",
    writes=True,
    examples=("innocities calendar meetings remove styringsgruppe 2026-12-02",),
)
@click.argument("calendar")
@click.argument("dates", nargs=-1, required=True, metavar="DATE…")
def remove(console: Console, calendar: str, dates: Sequence[str]) -> None:
    """Take meetings out of a calendar, as when one is cancelled."""
    known = console.office.meetings(console.home.id)
    gone = {inputs.day(console, each) for each in dates}
    strange = gone - set(known.get(calendar, ()))
    if strange:
        given = ", ".join(wording.short_day(console.language, day) for day in sorted(strange))
        raise errors.NotFound(console.say("missing.meeting", given=given, calendar=calendar))
    _fix(console, known, calendar, set(known[calendar]) - gone)


def _fix(
    console: Console,
    known: Mapping[str, Sequence[date]],
    name: str,
    days: set[date],
    worth: Sequence[notes.Note] = (),
) -> None:
    with writes.office(console) as office:
        office.fix_meetings(console.home.id, name, sorted(days), console.me)
    _show(console, {**known, name: sorted(days)}, worth)
