"""Commands that begin things and keep them going: make a workspace, play the demonstration, do what
time brings about, once or for good.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from innocities_engine import settings, wording
from innocities_engine.cli import exits, layout, logbook, post
from innocities_engine.cli.console import Console, Delivered
from innocities_engine.cli.simulation import Simulation
from innocities_engine.cli.speaking import WORKSPACE
from innocities_engine.cli.verbs import Verbs
from innocities_engine.office import Office
from innocities_engine.settings import SETTINGS, Settings
from innocities_engine.store import people, schema, transactions
from innocities_engine.store.people import Organisation, Person

verbs = Verbs()

ZONES = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm"}
TONGUES = {"NO": "nb", "SE": "sv"}


@verbs.verb(
    "init",
    writes=True,
    examples=(
        'innocities init halden "Halden kommune" --admin astrid="Astrid Berg"',
        (
            'innocities init hamnen "Hamnen AB" --country SE --admin eva="Eva Ek" --simulated'
            " --workspace hamnen"
        ),
    ),
)
@click.argument("organisation")
@click.argument("name")
@click.option("--admin", required=True, metavar="ID=NAME", help="The first administrator.")
@click.option("--address", default="", metavar="MAIL", help="The administrator's mail address.")
@click.option("--country", default="NO", type=click.Choice(["NO", "SE"]), help="Whose calendar.")
@click.option("--zone", default="", help="Time zone; else the country's.")
@click.option("--language", "tongue", default="", help="sv, nb or en; else the country's.")
@click.option("--simulated", is_flag=True, help="Time can be set, and mail stays in a folder.")
def init(
    console: Console,
    organisation: str,
    name: str,
    admin: str,
    address: str,
    country: str,
    zone: str,
    tongue: str,
    simulated: bool,
) -> None:
    """Make a workspace: a folder with a database, a place for files, and settings.

    The administrator is also whoever is meant later where no --as is given.
    """
    folder = Path(console.asked.get("workspace") or os.environ.get(WORKSPACE) or ".")
    person, _, full = admin.partition("=")
    home = Organisation(
        organisation, name, country, zone or ZONES[country], tongue or TONGUES[country],
        fallback=person,
    )  # fmt: skip
    first = Person(person, full or person, address, rights=frozenset({"administrator", "manager"}))
    kept = Settings(folder, organisation, person, simulated, wording.spoken(home.language))
    people.check(home, first)
    if (folder / SETTINGS).exists():
        raise settings.occupied(folder)
    begins = _begins(console, kept, ZoneInfo(home.zone))
    if not console.dry_run:
        make(kept, home, first, begins)
    language = console.asked.get("language") or home.language
    data = {"workspace": str(folder.resolve()), "organisation": organisation, "person": person,
            "simulated": simulated, "dry_run": console.dry_run}  # fmt: skip
    told = wording.say(language, "done.workspace", folder=folder.resolve(), name=name)
    lead = [wording.say(language, "done.would")] if console.dry_run else []
    console.show(data, [*lead, *layout.paragraph(told)])
    if kept.lacks_server:
        post.tell(language, kept)


def make(kept: Settings, home: Organisation, first: Person, begins: datetime | None) -> None:
    """Make a workspace; `begins`: when its simulation does.

    The settings are written last: with them, and not before, it is a workspace. What was begun and
    not finished is taken up where it was left.
    """
    kept.workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = transactions.open_store(kept.workspace)
    try:
        schema.upgrade(store)
        office = Office(store, lambda: begins or datetime.now(UTC))
        known = {organisation.id for organisation in office.organisations()}
        if known - {home.id}:
            raise settings.occupied(kept.workspace)
        store.artefacts.mkdir(mode=0o700, exist_ok=True)
        if not known:
            office.found(home, first)
    finally:
        store.close()
    if kept.simulated:
        kept.mailbox.mkdir(mode=0o700, exist_ok=True)
    if begins:
        Simulation.begin(begins).write(kept.workspace)
    settings.create(kept)


def _begins(console: Console, kept: Settings, zone: ZoneInfo) -> datetime | None:
    """When a simulation begins, if that was said."""
    given = console.asked.get("now")
    if given and not kept.simulated:
        raise click.UsageError(console.say("usage.not_simulated"))
    return console.instant(given, zone) if given else None


@verbs.verb(
    "tick",
    writes=True,
    examples=("innocities tick", "innocities tick --now 2026-10-05T08:00 --json"),
)
def tick(console: Console) -> None:
    """Do once what time alone brings about: raise reminders, and hand over letters.

    Safe to repeat, and safe to miss: what is due stays due.
    """
    if console.dry_run:
        due = console.engine.due()
        data = {"due": [{"organisation": o, "project": p} for o, p in due], "dry_run": True}
        console.show(data, [console.say("tick.due", n=len(due)), *(f"  {p}" for _, p in due)])
        return
    console.advance()
    swept = console.engine.sweep()
    delivered = console.services.deliver(console.engine, console.settings)
    mail = {"set": not console.settings.lacks_server, "stopped": delivered.stopped,
            "said": delivered.said}  # fmt: skip
    found = {"projects": swept.projects, "events": swept.events, "failed": swept.failed,
             "letters": dict(delivered.counts), "mail": mail, "dry_run": False}  # fmt: skip
    from innocities_engine.cli import happenings

    console.show(found, [happenings.swept(console, swept), *_letters(console, delivered)])
    post.remind(console)
    if swept.failed:
        console.end(exits.INTEGRITY, "tick.failed", n=swept.failed)


def _letters(console: Console, delivered: Delivered) -> list[str]:
    """What became of the letters, and what the mail server had against some."""
    fates = [console.say(f"fate.{fate}", n=n) for fate, n in delivered.counts.items() if n]
    lines = [console.say("tick.letters", letters=", ".join(fates) or console.say("words.none"))]
    if delivered.stopped:
        lines.append(console.say("tick.stopped", why=delivered.stopped))
    elif delivered.said:
        lines.append(console.say("tick.said", why=delivered.said))
    return [part for line in lines for part in layout.paragraph(line)]


@verbs.verb("worker", examples=("innocities worker --help",))
def worker(console: Console) -> None:
    """Raise reminders and hand over letters until a signal comes.

    One worker is enough for an installation on SQLite; a second one waits its turn.
    """
    post.remind(console)
    logbook.to_stderr()
    console.services.work(console.engine, console.settings)
