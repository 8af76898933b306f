"""The command that serves the pages, and what of the command line's telling the pages use."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

import click

from innocities_engine import errors, wording
from innocities_engine.cli import logbook
from innocities_engine.cli.console import Console
from innocities_engine.cli.simulation import Simulation
from innocities_engine.cli.verbs import Verbs
from innocities_engine.settings import is_loopback

if TYPE_CHECKING:
    from pathlib import Path

    from innocities_engine.cli.teller import Teller
    from innocities_engine.domain.project import Passage
    from innocities_engine.engine import View
    from innocities_engine.settings import Settings
    from innocities_engine.store.transactions import Store
    from innocities_engine.web.desk import Services

verbs = Verbs()

MOST_PORT: Final = 65535


@verbs.verb("serve", examples=("innocities serve --help",))
@click.option("--listen", default="127.0.0.1:8080", metavar="HOST:PORT", help="Where to listen.")
def serve(console: Console, listen: str) -> None:
    """Serve the pages that people without an account act on, until a signal comes.

    For this machine alone, unless base_url is the https address of a proxy in front.
    """
    from innocities_engine.web import server
    from innocities_engine.web.app import application

    host, port = _place(console, listen)
    base_url = console.settings.base_url
    _check(console, base_url, host, listen)
    parts = services(console.settings, console.store)  # before anything is promised
    listening = server.listen(host, port)
    address = f"http://{_written(host)}:{listening.getsockname()[1]}"
    logbook.to_stderr()
    console.talk("serve.listening", address=address)
    server.run(application(parts, base_url or address), listening)
    console.talk("serve.stopped")


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _place(console: Console, listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    with suppress(ValueError):
        ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
        if colon and port.isdecimal() and int(port) <= MOST_PORT:
            return host, int(port)
    raise click.UsageError(console.say("usage.listen", given=listen))


def _check(console: Console, base_url: str, host: str, listen: str) -> None:
    """Refuse what would send links over a network in the clear."""
    if not is_loopback(host) and not base_url.startswith("https://"):
        raise click.UsageError(console.say("usage.listen_open", given=listen))


class Clock:
    """What time it is for the pages: in a simulation where that stands, which a change moves on."""

    def __init__(self, folder: Path, *, simulated: bool) -> None:
        self.folder, self.simulated = folder, simulated
        self._moving = Lock()

    def __call__(self) -> datetime:
        simulation = Simulation.read(self.folder) if self.simulated else None
        return simulation.stands if simulation else datetime.now(UTC)

    def pass_time(self) -> None:
        with self._moving:
            if self.simulated and (simulation := Simulation.read(self.folder)):
                simulation.later(None).write(self.folder)


def services(settings: Settings, store: Store) -> Services:
    """What the pages of an installation are made of."""
    from innocities_engine.engine import Engine
    from innocities_engine.links import Links
    from innocities_engine.office import Office
    from innocities_engine.web.desk import Services

    clock = Clock(settings.workspace, simulated=settings.simulated)
    office = Office(store, clock)
    links = Links(office, settings.link_key)
    return Services(Engine(store, clock), office, links, _speak, explain, clock.pass_time)


def _speak(view: View, language: str) -> Teller:
    """Name the things of a project to somebody who may not see who else belongs here."""
    from innocities_engine.cli import teller

    return teller.Teller(language, teller.situation(view), me=view.actor.person)


def explain(view: View, language: str, error: errors.EngineError) -> Sequence[str]:
    """Why something is refused, in sentences of the reader's language and without commands."""
    from innocities_engine.cli import reasons

    blockers = getattr(error, "blockers", ()) or getattr(error, "changed", ())
    t = _speak(view, language)
    told = [reasons.reason(t, b, _passage(view, b.params.get("gate", ""))).text for b in blockers]
    if not told and error.text:
        told = [wording.say(language, f"fault.{error.text}", **error.values)]
    return told or [wording.say(language, f"error.{error.code}")]


def _passage(view: View, gate: str) -> Passage | None:
    return view.project.open_passage(gate) if gate in view.method.gates else None
