"""The command by which an author tries a draft: a workspace of its own with made-up people, a clock
that can be set, and letters that stay in a folder.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from innocities_engine import errors, library, wording
from innocities_engine.cli import layout, methods
from innocities_engine.cli.beginning import TONGUES, ZONES, make
from innocities_engine.cli.console import Console
from innocities_engine.cli.simulation import A_MOMENT, Simulation
from innocities_engine.cli.verbs import Verbs
from innocities_engine.settings import SETTINGS, Settings
from innocities_engine.store.people import Organisation, Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from innocities_engine.authoring.sandbox import Player
    from innocities_engine.domain.definition import Methodology

verbs = Verbs()

SANDBOX = "sandbox"
AUTHOR = "author"
MORNING = 9


class _Clock:
    """Goes on by a moment at each look, so that each change has an instant of its own."""

    def __init__(self, stands: datetime) -> None:
        self.stands = stands

    def __call__(self) -> datetime:
        self.stands += A_MOMENT
        return self.stands


@verbs.verb(
    "try",
    writes=True,
    examples=(
        "innocities methodology try smartby-prosjekt",
        "innocities methodology try metode/1.0.0.yaml --in proeve --now 2026-09-01",
    ),
)
@click.argument("method", metavar="FILE|ID")
@click.option("--in", "where", default="", metavar="DIR", help="A folder that is not there yet.")
@click.option("--title", default="", help="What the project is called.")
def attempt(console: Console, method: str, where: str, title: str) -> None:
    """Try a draft: make a sandbox for it, with people, meetings and a project.

    Everything in it is made up: people for each seat, meetings once a month, a clock that you
    set with --now, and letters that stay in a folder. The engine is the real one.
    """
    path, shelf = methods.source(console, method)
    resolved = library.resolved(path, library=shelf)
    found = library.load(path, library=shelf)
    folder = Path(where or f"{found.id}-{SANDBOX}")
    if (folder / SETTINGS).exists():
        raise errors.Conflict(message=console.say("sandbox.taken", folder=folder))
    language = str(console.asked.get("language") or TONGUES[found.country])
    title = title or wording.say(language, "sandbox.project")
    data: dict[str, Any] = {
        "workspace": str(folder.resolve()),
        "method": found.id,
        "version": found.version,
        "dry_run": console.dry_run,
    }
    if console.dry_run:
        console.show(data, layout.paragraph(console.say("sandbox.would", folder=folder)))
        return
    begins = _begins(console, found)
    sandbox = _Sandbox(folder, found, resolved, language, _Clock(begins))
    data["project"] = sandbox.fill(title)
    data["people"] = {p.id: p.role for p in sandbox.players}
    console.show(data, _told(sandbox))


def _begins(console: Console, method: Methodology) -> datetime:
    """When it begins: as asked, else this morning."""
    zone = ZoneInfo(ZONES[method.country])
    if given := console.asked.get("now"):
        return console.instant(str(given), zone)
    today = datetime.now(zone)
    return today.replace(hour=MORNING, minute=0, second=0, microsecond=0)


class _Sandbox:
    """A workspace that is filled by the same calls that every other face makes."""

    def __init__(
        self,
        folder: Path,
        method: Methodology,
        resolved: dict[str, Any],
        language: str,
        clock: _Clock,
    ) -> None:
        from innocities_engine.authoring import sandbox

        self.folder, self.method, self.clock, self.language = folder, method, clock, language
        self.resolved = resolved
        self.players = sandbox.players(method, resolved, language)

    def fill(self, title: str) -> str:
        """Make the workspace and everything in it; the id of its project."""
        name = f"{next(iter(self.method.title.values()), self.method.id)} ({SANDBOX})"
        zone = ZONES[self.method.country]
        home = Organisation(
            SANDBOX, name, self.method.country, zone, self.language, fallback=AUTHOR
        )
        rights = frozenset({"administrator", "manager", "author"})
        first = Person(AUTHOR, AUTHOR.capitalize(), _address(AUTHOR), rights=rights)
        kept = Settings(
            self.folder, SANDBOX, AUTHOR, simulated=True, language=wording.spoken(self.language)
        )
        make(kept, home, first, self.clock().astimezone(UTC))
        project = self._project(title)
        Simulation.begin(self.clock.stands.astimezone(UTC)).write(self.folder)
        return project

    def _project(self, title: str) -> str:
        from innocities_engine.authoring import sandbox
        from innocities_engine.domain.calendar import Calendar
        from innocities_engine.engine import Engine
        from innocities_engine.office import Office
        from innocities_engine.store import transactions

        method, store = self.method, transactions.open_store(self.folder)
        office, engine = Office(store, self.clock), Engine(store, self.clock)
        try:
            for each in self.players:
                person = Person(each.id, each.name, _address(each.id), rights=frozenset({"member"}))
                office.put_person(SANDBOX, person, AUTHOR)
            calendar = Calendar(method.country, ZONES[method.country])
            first = self.clock.stands.date()
            for body, days in sandbox.meetings(method, calendar, first).items():
                office.fix_meetings(SANDBOX, body, days, AUTHOR)
            office.publish(SANDBOX, self.resolved, AUTHOR)
            receipt = engine.start(
                SANDBOX, method.id, method.version, AUTHOR,
                title=title, members=sandbox.cast(method, self.players),
            )  # fmt: skip
            return receipt.project
        finally:
            store.close()


def _address(person: str) -> str:
    return f"{person}@{SANDBOX}.example"


def _told(sandbox: _Sandbox) -> Iterator[str]:
    say, method = sandbox.language, sandbox.method
    where = f"innocities --workspace {sandbox.folder}"
    yield from layout.paragraph(
        wording.say(
            say, "sandbox.made", folder=sandbox.folder, id=method.id, version=method.version
        )
    )
    yield ""
    yield layout.heading(wording.say(say, "sandbox.people"))
    yield from layout.table(_cast(sandbox.players), indent=2)
    yield ""
    yield layout.heading(wording.say(say, "sandbox.next"))
    tomorrow = sandbox.clock.stands.date() + timedelta(days=1)
    for words in (
        "project show 1",
        "project why 1",
        f"tick --now {tomorrow}T12:00",
        "remind forecast 1",
        "remind list",
    ):
        yield f"  {where} {words}"


def _cast(players: Sequence[Player]) -> list[tuple[str, str]]:
    return [(p.name, p.id) for p in players]
