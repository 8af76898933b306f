"""The demonstration: play it in a workspace of its own, and tell what happened by asking for it."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from innocities_engine import settings
from innocities_engine.cli import layout
from innocities_engine.cli.console import Console
from innocities_engine.cli.simulation import Simulation
from innocities_engine.cli.speaking import WORKSPACE
from innocities_engine.cli.teller import Naming, counted
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.events import NeedDone
from innocities_engine.settings import SETTINGS, Settings
from innocities_engine.store import letters, schema, transactions

if TYPE_CHECKING:
    from innocities_engine.demo.play import Played
    from innocities_engine.engine import Engine
    from innocities_engine.store.record import Entry

verbs = Verbs()

FOLDER = "innocities-demo"
ABOUT = timedelta(days=1160)  # for the progress bar only
NEXT = (
    ("project", "list"),
    ("project", "show", "Bostäder"),
    ("project", "why", "Bostäder", "G4", "--lang", "en"),
    ("remind", "forecast", "Bostäder"),
    ("project", "show", "Smart Skjærvik", "--organisation", "skjaervik-havn"),
    ("audit", "verify"),
)


@verbs.verb(
    "demo",
    examples=("innocities demo", "innocities demo --workspace here --json"),
)
def demo(console: Console) -> None:
    """Play three fictional organisations through the method, on a simulated clock.

    Makes a workspace of its own. Every email lands in a mailbox folder that can be opened.
    """
    from innocities_engine.demo.play import START, play
    from innocities_engine.engine import Engine

    folder = _folder(console).absolute()  # what is printed can be copied wherever one has gone
    kept = Settings(folder, "nordvik", "astrid", simulated=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.new_key(folder)
    store = transactions.open_store(folder)
    try:
        schema.upgrade(store)
        store.artefacts.mkdir(exist_ok=True)
        delivering = console.services.delivering(kept)
        with delivering as deliver, _Progress(console, START) as progress:
            engine, played = play(store, deliver, progress.reach)
            progress.finish()
        Simulation.begin(engine.clock()).write(folder)
        settings.create(kept)
        acted = _act(console, kept, engine.clock().astimezone(UTC).date())
        shown = Simulation.read(folder)
        assert shown is not None  # it was just begun, and the acts have moved it
        engine = Engine(store, lambda: shown.stands)
        data = _told(console, engine, kept, played) | {"acts": acted}
    finally:
        store.close()
    console.show(data, _lines(console, data))


def _act(console: Console, kept: Settings, today: date) -> list[dict[str, Any]]:
    """Issue what is typed around the projects; what was answered, act by act."""
    from innocities_engine.demo.acts import ACTS, TABLES

    shutil.copytree(TABLES, kept.workspace / TABLES.name)
    found = []
    for act in ACTS:
        today += timedelta(days=act.days)
        place = {"workspace": kept.workspace}
        commands = [[word.format(**place) for word in words] for words in act.commands]
        answers = [_issue(console, kept, today, words) for words in commands]
        _issue(console, kept, today, ("tick",))
        found.append({
            "shows": act.id,
            "commands": commands,
            "answers": answers,
        })  # fmt: skip
    return found


def _issue(console: Console, kept: Settings, today: date, words: Sequence[str]) -> Any:
    """One command as it would be typed, and what it answers."""
    from innocities_engine.cli.app import app

    where = ("--workspace", str(kept.workspace), "--now", f"{today}T10:00", "--json")
    issued = [*where, *words]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        ended = app.main(issued, "innocities", standalone_mode=False, obj=console.services)
    if ended:
        said = out.getvalue() + err.getvalue()
        raise AssertionError(f"{shlex.join(words)} ended with {ended}: {said}")
    return json.loads(out.getvalue())


def _folder(console: Console) -> Path:
    """The folder asked for, else the first free one beside us."""
    given = console.asked.get("workspace") or os.environ.get(WORKSPACE)
    if given:
        if (Path(given) / SETTINGS).exists():
            raise settings.occupied(Path(given))
        return Path(given)
    n = 1
    while (folder := Path(FOLDER if n == 1 else f"{FOLDER}-{n}")).exists():
        n += 1
    return folder


class _Progress:
    """A bar on a terminal, a line now and then elsewhere; nothing where only data is wanted."""

    def __init__(self, console: Console, start: datetime) -> None:
        self.console = console
        self.start = start
        self.done = 0
        self.bar: Any = None

    def __enter__(self) -> Self:
        if not self.console.json:
            self.console.talk("demo.begins")
        stream = sys.stderr
        if stream.isatty() and not self.console.json:
            label = self.console.say("demo.time")
            self.bar = click.progressbar(length=ABOUT.days, label=label, file=stream)
            self.bar.__enter__()
        return self

    def reach(self, now: datetime) -> None:
        """Show that the clock has come so far."""
        days = (now - self.start).days
        if self.bar is not None:
            self.bar.update(days - self.done, now)
        elif not self.console.json and days // 180 > self.done // 180:
            click.echo(f"  {now.date().isoformat()}", err=True)
        self.done = days

    def finish(self) -> None:
        if self.bar is not None:
            self.bar.update(max(0, ABOUT.days - self.done))

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(None, None, None)


def _told(
    console: Console, engine: Engine, kept: Settings, played: tuple[Played, ...]
) -> dict[str, Any]:
    """Everything told is queried: from the projects, the outbox, the mailbox, the record."""
    from innocities_engine.office import Office

    office = Office(engine.store, engine.clock)
    organisations = [o.id for o in office.organisations()]
    sent = dict(letters.tally(engine.store))
    mailbox = len(list(kept.mailbox.rglob("*.eml")))
    return {
        "workspace": str(kept.workspace),
        "until": engine.clock().astimezone(UTC).date().isoformat(),
        "projects": [_project(engine, one, console.language) for one in played],
        "letters": sent,
        "mailbox": mailbox,
        "mailbox_equals_outbox": mailbox == sent.get("sent", 0),
        "record": {o: office.verify(o) is None for o in organisations},
        "next": [list(words) for words in NEXT],
        "incidents": sum(len(office.incidents(o)) for o in organisations),
    }


def _project(engine: Engine, one: Played, language: str) -> dict[str, Any]:
    world = one.story.world
    view = engine.view(world.organisation.id, one.project, world.manager)
    history = engine.history(world.organisation.id, one.project, world.manager)
    return {
        "id": one.project,
        "title": one.story.title,
        "organisation": world.organisation.name,
        "shows": one.story.id,
        "phase": Naming(language, view.method).title(one.phase),
        "ended": one.ended or None,
        "gates": sum(p.settled_at is not None for p in view.project.passages.values()),
        "events": len(history),
        "children": len(view.project.children),
        "counted": _counted_by(history),
    }


def _counted_by(history: Sequence[Entry]) -> dict[str, int]:
    """What a programme counted when its goals were reached."""
    done = (entry.event for entry in history if isinstance(entry.event, NeedDone))
    return {what: n for event in done for what, n in event.counts.items()}


def _counted(act: dict[str, Any]) -> dict[str, int]:
    """The figures that are told of an act."""
    lists = (answer.items() for answer in act["answers"])
    return {k: len(v) for items in lists for k, v in items if isinstance(v, list)}


def _lines(console: Console, data: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield from layout.paragraph(console.say("demo.done", until=data["until"]))
    for project in data["projects"]:
        yield ""
        yield from layout.paragraph(f"{project['title']} ({project['organisation']})")
        ended = console.say(f"demo.{project['ended'] or 'running'}")
        yield from layout.paragraph(console.say(f"demo.shows_{project['shows']}"), indent=2)
        counts = console.say(
            "demo.project",
            phase=project["phase"],
            ended=ended,
            gates=project["gates"],
            events=project["events"],
        )
        yield from layout.paragraph(counts, indent=2)
        if project["children"]:
            values = {"children": project["children"], "counts": counted(project["counted"])}
            yield from layout.paragraph(console.say("demo.programme", **values), indent=2)
    for act in data["acts"]:
        yield ""
        yield from layout.paragraph(console.say(f"demo.act_{act['shows']}", **_counted(act)))
        for words in act["commands"]:
            yield "  " + shlex.join([_program(), "--workspace", data["workspace"], *words])
    yield ""
    yield from layout.paragraph(
        console.say("demo.mail", n=data["mailbox"], sent=data["letters"].get("sent", 0))
    )
    yield f"  {data['workspace']}/mailbox/index.html"
    yield from layout.paragraph(console.say("demo.letters"))
    yield "  " + shlex.join(["cd", data["workspace"]])
    sound = console.say("demo.sound" if all(data["record"].values()) else "demo.unsound")
    yield from layout.paragraph(sound)
    yield ""
    yield from layout.paragraph(console.say("demo.next"))
    for words in data["next"]:
        yield "  " + shlex.join([_program(), "--workspace", data["workspace"], *words])


def _program() -> str:
    """How this program was found, where its name alone would not find it."""
    called = sys.argv[0]
    found = shutil.which("innocities") or Path(called).name != "innocities"
    return "innocities" if found else called
