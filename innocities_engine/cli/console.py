"""What a command works with: who asks, in which language, of which workspace, at what time; the
engine behind it, opened when it is needed; and the two ways out, data and talk. What is asked and
what is answered is left to the verbs.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol, TypeVar

import click

from innocities_engine import errors, wording
from innocities_engine.cli import layout
from innocities_engine.cli.simulation import Simulation
from innocities_engine.cli.speaking import ASKED, TYPED, WORKSPACE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from innocities_engine.domain.commands import Command
    from innocities_engine.engine import Engine, View
    from innocities_engine.office import Office
    from innocities_engine.settings import Settings
    from innocities_engine.store.people import Organisation
    from innocities_engine.store.transactions import Store

T = TypeVar("T")
Day = TypeVar("Day", bound=date)

PERSON: Final = "INNOCITIES_AS"
TYPED_KEY: Final = "typed:"
SYSTEM: Final = "system"  # the program itself, whom nobody plays
QUOTED: Final = re.compile(r"([“”«]innocities [^”»]{1,60})([”»])")


class Letter(Protocol):
    """A letter in words."""

    @property
    def subject(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def html(self) -> str: ...


class Delivered(NamedTuple):
    """What became of the letters. `stopped`: why none can go; `said`: why the last one did not."""

    counts: Mapping[str, int]
    stopped: str = ""
    said: str = ""


class Services(Protocol):
    """What the program is composed of beside the engine: handed in, never imported here."""

    def deliver(self, engine: Engine, settings: Settings) -> Delivered:
        """Hand over the letters that are due, once; count what became of them."""

    def delivering(
        self, settings: Settings
    ) -> AbstractContextManager[Callable[[Engine], Mapping[str, int]]]:
        """Deliver many times into the captive mailbox; its page is made at the end."""

    def work(self, engine: Engine, settings: Settings) -> None:
        """Sweep and deliver until a signal comes."""

    def letter_kinds(self) -> Sequence[str]:
        """List the kinds of letters there are."""

    def letter(self, kind: str, language: str, today: datetime) -> Letter:
        """Write a letter of a kind about a project that does not exist."""

    def page(self, name: str, values: Mapping[str, object]) -> str:
        """Make a page of words that are ready to be read."""


class Console:
    """One call of the program."""

    def __init__(self, services: Services, meta: Mapping[str, Any]) -> None:
        self.services = services
        self._meta = meta
        # What was named last, so that a refusal can be told in its words.
        self.focus: View | None = None
        self.passage = ""
        # What was issued, so that nothing typed is lost where it comes too late.
        self.issued: Command | None = None

    # ------------------------------------------------------------ what was asked

    @property
    def asked(self) -> Mapping[str, Any]:
        """The options given, wherever they stood."""
        found: Mapping[str, Any] = self._meta.get(ASKED, {})
        return found

    @property
    def json(self) -> bool:
        return bool(self.asked.get("json"))

    @property
    def dry_run(self) -> bool:
        return bool(self.asked.get("dry_run"))

    @property
    def key(self) -> str:
        """Under which key it is asked: one that was typed never looks like one that was made."""
        if made := self.asked.get("made_key"):
            return str(made)
        typed = self.asked.get("key", "")
        return f"{TYPED_KEY}{typed}" if typed else ""

    @cached_property
    def language(self) -> str:
        """The reader's: as asked, else the person's, the organisation's, this terminal's."""
        if "language" in self.asked:
            return str(self.asked["language"])
        return wording.spoken(self._own_language or os.environ.get("LANG", ""))

    @property
    def _own_language(self) -> str:
        with suppress(errors.EngineError, click.UsageError, OSError):
            named, home = self.person_named, self.home
            own = self.office.person(home.id, named).language if named else ""
            return own or home.language
        with suppress(errors.EngineError, click.UsageError, OSError):
            meant = self.settings.organisation  # first, so that nothing is loaded in vain
            return self.office.organisation(meant).language
        with suppress(errors.EngineError, click.UsageError, OSError):
            return self.settings.language
        return ""

    @property
    def person_named(self) -> str:
        """Whoever was named with --as, in the environment, or in the settings."""
        named = self.asked.get("person") or os.environ.get(PERSON) or ""
        return str(named) or self.settings.person

    @property
    def me(self) -> str:
        """Whoever issues the command. The program itself cannot be played by anybody."""
        named = self.person_named
        if not named:
            raise click.UsageError(self.say("usage.who"))
        if named == SYSTEM:
            raise errors.NotPermitted(self.say("usage.system"))
        self._check_time()
        return named

    @property
    def typed(self) -> tuple[str, ...]:
        """Every word of the command line."""
        words: tuple[str, ...] = self._meta.get(TYPED, ())
        return words

    # ------------------------------------------------------------ where

    @cached_property
    def folder(self) -> Path:
        """The workspace: as asked, else the nearest folder upward that is one."""
        from innocities_engine import settings

        given = self.asked.get("workspace") or os.environ.get(WORKSPACE)
        if given:
            return Path(given)
        found = settings.nearest(Path.cwd())
        if found is None:
            language = self.asked.get("language") or os.environ.get("LANG", "")
            raise errors.NotFound(wording.say(wording.spoken(language), "usage.no_workspace"))
        return found

    @cached_property
    def settings(self) -> Settings:
        from innocities_engine import settings

        return settings.load(self.folder)

    @cached_property
    def store(self) -> Store:
        from innocities_engine.store import schema, transactions

        assert self.settings
        store = transactions.open_store(self.folder)
        schema.require_current(store)
        return store

    @cached_property
    def engine(self) -> Engine:
        from innocities_engine.engine import Engine

        self._check_time()
        return Engine(self.store, self.clock)

    @cached_property
    def office(self) -> Office:
        from innocities_engine.office import Office

        return Office(self.store, self.clock)

    @cached_property
    def home(self) -> Organisation:
        """The organisation that is asked about."""
        asked = self.asked.get("organisation") or self.settings.organisation
        named = self.person_named
        if named == SYSTEM:
            raise errors.NotPermitted
        return self.office.home(asked, named) if named else self.office.organisation(asked)

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "store" in self.__dict__:
            self.store.close()

    # ------------------------------------------------------------ when

    @property
    def zone(self) -> ZoneInfo:
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.home.zone)

    def clock(self) -> datetime:
        """What time it is: as asked, else where a simulation stands, else now."""
        return self._instant

    @property
    def has_time(self) -> bool:
        """Whether time has begun: that of a simulation does when somebody names a time."""
        return not self.settings.simulated or bool(self._named or self._simulation)

    def _check_time(self) -> None:
        """Refuse an impossible --now also where the time is of no consequence."""
        if "now" in self.asked:
            self.clock()

    @cached_property
    def _instant(self) -> datetime:
        simulation, named = self._simulation, self._named
        if not simulation:
            return named or datetime.now(UTC)
        return max(named, simulation.stands) if named else simulation.stands

    @property
    def _simulation(self) -> Simulation | None:
        return Simulation.read(self.folder) if self.settings.simulated else None

    @property
    def _named(self) -> datetime | None:
        """The time that was named with --now, if it may be."""
        asked, simulation = self.asked.get("now"), self._simulation
        if not asked:
            return None
        if not self.settings.simulated:
            raise click.UsageError(self.say("usage.not_simulated"))
        named = self.instant(asked)
        if simulation and named < simulation.minute:
            shown = wording.clock(self.language, simulation.minute.astimezone(self.zone))
            raise click.UsageError(self.say("usage.back_in_time", clock=shown))
        return named

    def advance(self) -> None:
        """Let the clock of a simulation go on: each change has an instant of its own."""
        simulation, named = self._simulation, self._named
        if simulation:
            simulation = simulation.later(named)
        elif named:
            simulation = Simulation.begin(named)
        else:
            return
        self.__dict__["_instant"] = simulation.stands
        if not self.dry_run:
            simulation.write(self.folder)

    def instant(self, text: str, zone: ZoneInfo | None = None) -> datetime:
        """Read an instant; without a zone it is local, a day alone means its morning."""
        try:
            found = datetime.fromisoformat(text if "T" in text or " " in text else f"{text}T08:00")
        except ValueError:
            raise click.UsageError(self.say("usage.instant", given=text)) from None
        self.within(found, text)
        local = found if found.tzinfo else found.replace(tzinfo=zone or self.zone)
        return local.astimezone(UTC)

    def within(self, day: Day, given: str) -> Day:
        """Refuse a day of which nobody knows whether it is a day off."""
        from innocities_engine.domain import holidays

        if not holidays.within(day):
            years = {"first": holidays.FIRST_YEAR, "last": holidays.LAST_YEAR}
            raise click.UsageError(self.say("usage.beyond", given=given, **years))
        return day

    # ------------------------------------------------------------ the two ways out

    @property
    def context(self) -> str:
        """What a command to copy has to name so that it means the same as this one."""
        asked = [(f"--{name}", self.asked.get(name)) for name in ("workspace", "organisation")]
        return shlex.join(word for name, given in asked if given for word in (name, str(given)))

    def command(self, *words: str) -> str:
        """A command to copy."""
        return f"{shlex.join(('innocities', *words))} {self.context}".rstrip()

    def say(self, text: str, /, **values: object) -> str:
        """One text in the reader's language; a command it quotes can be copied from it."""
        said = wording.say(self.language, text, **values)
        context = self.context
        return (
            QUOTED.sub(lambda found: f"{found[1]} {context}{found[2]}", said) if context else said
        )

    def counted(self, **numbers: int) -> dict[str, str]:
        """Each number with the word for what it counts, as there is one of it or several."""
        return {what: self.say(f"count.{what}", n=n) for what, n in numbers.items()}

    def show(self, data: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Answer: as JSON if that was asked, else in lines.

        Where it cannot be written, it is said beside: what was asked is done by then.
        """
        try:
            if self.json:
                click.echo(wording.escaped(json.dumps(data, ensure_ascii=False, indent=2)))
            else:
                for line in lines:
                    click.echo(line)
        except BrokenPipeError:
            raise
        except OSError as fault:
            self._not_told(fault)

    def _not_told(self, fault: OSError) -> NoReturn:
        from innocities_engine.cli import exits

        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # for the rest
        with suppress(OSError):
            self.talk("usage.not_told", fault=fault)
        raise click.exceptions.Exit(exits.UNAVAILABLE) from fault

    def talk(self, text: str, /, **values: object) -> None:
        """Say something beside the answer."""
        for line in layout.paragraph(self.say(text, **values)):
            click.echo(line, err=True)

    def hint(self, command: str) -> None:
        """Say beside the answer what one could type next."""
        click.echo(f"  {command}", err=True)

    def progress(self, items: Sequence[T], label: str) -> Iterator[T]:
        """Go through what takes long, with a bar where somebody watches a terminal."""
        stream = sys.stderr
        if self.json or len(items) < 2 or not stream.isatty():
            yield from items
            return
        with click.progressbar(items, label=label, file=stream) as bar:
            yield from bar

    def end(self, code: int, text: str = "", /, **values: object) -> NoReturn:
        """End with a number other than 0 after the answer was given."""
        if text:
            self.talk(text, **values)
        raise click.exceptions.Exit(code)
