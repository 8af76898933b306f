"""Decide how what is typed becomes values: days, people by role, answers to facts in the words of
three languages, conditions, what is handed in. Whether a value is allowed is left to the engine.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from innocities_engine import errors, typed
from innocities_engine.cli import names
from innocities_engine.cli.console import Console
from innocities_engine.domain.legible import says_nothing

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Fact, Methodology, Outcome
    from innocities_engine.domain.project import Condition, Content, Recorded

TODAY: Final = frozenset(("today", "idag"))
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
LONGEST_LINE: Final = 200
MOST_DIGITS: Final = 9  # of a count; more would be more than there are people


def text(console: Console, given: str, option: str) -> str:
    """One line of text; line breaks are for comments and reasons only."""
    plain = unicodedata.normalize("NFC", given).strip()
    if len(plain) > LONGEST_LINE:
        raise click.UsageError(console.say("usage.long", option=option, most=LONGEST_LINE))
    if says_nothing(plain) or any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in plain):
        raise click.UsageError(console.say("usage.one_line", option=option))
    return plain


def new_id(console: Console, given: str) -> str:
    """An id for a project: short and plain, and no mere number, since projects have those too."""
    if not _ID.fullmatch(given) or given.isdecimal():
        raise click.UsageError(console.say("usage.id", given=given))
    return given


def prose(console: Console, given: str, option: str) -> str:
    """Text of one or several lines, and no other control characters."""
    with _told(console, option=option):
        return typed.prose(given)


@contextmanager
def _told(console: Console, **put_in: object) -> Iterator[None]:
    """Tell whoever typed it why something cannot be used."""
    try:
        yield
    except typed.Unusable as fault:
        said = console.say(f"usage.{fault.text}", **{**fault.put_in, **put_in})
        raise click.UsageError(said) from None


def day(console: Console, given: str) -> date:
    """A day, such as 2026-05-29, or today."""
    if given.casefold() in TODAY:
        return console.clock().astimezone(console.zone).date()
    try:
        return console.within(date.fromisoformat(given), given)
    except ValueError:
        tomorrow = console.clock().astimezone(console.zone).date() + timedelta(days=1)
        raise click.UsageError(
            console.say("usage.day", given=given, example=tomorrow.isoformat())
        ) from None


def pairs(console: Console, given: Iterable[str], option: str) -> dict[str, str]:
    """NAME=VALUE, each name once."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip() or name.strip() in found:
            raise click.UsageError(console.say("usage.pair", option=option, given=each))
        found[name.strip()] = value.strip()
    return found


def people(given: str) -> tuple[str, ...]:
    """Ids of people, with commas between them."""
    return tuple(p.strip() for p in given.split(",") if p.strip())


def members(
    console: Console, method: Methodology, given: Iterable[str], option: str
) -> dict[str, tuple[str, ...]]:
    """ROLE=PERSON,PERSON."""
    return {
        names.pick(console, "role", role, method.roles): people(held)
        for role, held in pairs(console, given, option).items()
    }


# ---------------------------------------------------------------- facts


def answers(
    console: Console, method: Methodology, given: Iterable[str], option: str
) -> dict[str, bool | str]:
    """FACT=VALUE, each value read as its fact's type."""
    found = {}
    for name, value in pairs(console, given, option).items():
        fact = method.facts[names.pick(console, "fact", name, method.facts)]
        found[fact.id] = fact_value(console, fact, value)
    return found


def fact_value(console: Console, fact: Fact, given: str) -> bool | str:
    """A value in the fact's own form; what does not fit is told with what would."""
    wanted = console.say(
        f"expected.{fact.type.value}", choices=", ".join(fact.choices), currency=fact.currency
    )
    if fact.type.value == "date" and given.casefold() in TODAY:
        given = day(console, given).isoformat()
    with _told(console, option=fact.id, expected=wanted):
        return typed.fact_value(fact, given)


# ---------------------------------------------------------------- what a body gave


def recorded(
    console: Console,
    asked: bool,
    present: str,
    minutes: str,
    on: str,
    votes: Sequence[str] = (),
    body: str = "",
) -> Recorded | None:
    """What somebody writes down for a body; None where the voice is one's own."""
    from innocities_engine.domain.project import Recorded

    if not (asked or present or minutes or votes):
        return None
    counts = pairs(console, votes, "--votes")
    if not all(count.isdecimal() and len(count) <= MOST_DIGITS for count in counts.values()):
        raise click.UsageError(console.say("usage.pair", option="--votes", given=", ".join(votes)))
    return Recorded(
        by=console.me,
        present=people(present),
        minutes=minutes and text(console, minutes, "--minutes"),
        on=day(console, on) if on else None,
        votes={name: int(count) for name, count in counts.items()},
        body=body,
    )


# ---------------------------------------------------------------- conditions


def conditions(
    console: Console, method: Methodology, outcome: Outcome, given: Iterable[str]
) -> Mapping[str, tuple[Condition, ...]]:
    """KEY: TEXT; OWNER; DUE. The key may be left out where the outcome asks for one kind only.

    The owner is a person or a role, which may be named by its title.
    """
    from innocities_engine.domain.project import Condition

    keys = [n.id for n in outcome.needs.values() if n.kind.value == "written"]
    found: dict[str, tuple[Condition, ...]] = {}
    for each in given:
        key, rest = _keyed(console, keys, each)
        told, owner, due = _three(console, each, rest)
        owner = _role_titled(method, owner)
        condition = Condition(told, owner, day(console, due) if due else None)
        found[key] = (*found.get(key, ()), condition)
    return found


def _role_titled(method: Methodology, given: str) -> str:
    """The id of the role that goes by this title in some language; else what was given."""
    wanted = given.casefold()
    found = [r.id for r in method.roles.values() if wanted in map(str.casefold, r.title.values())]
    return found[0] if len(found) == 1 else given


def _keyed(console: Console, keys: Sequence[str], given: str) -> tuple[str, str]:
    key, colon, rest = given.partition(":")
    if colon and key.strip() in keys:
        return key.strip(), rest
    if len(keys) == 1:
        return keys[0], given
    raise click.UsageError(
        console.say("usage.condition_key", given=given, known=", ".join(keys) or "–")
    )


def _three(console: Console, given: str, rest: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in rest.rsplit(";", 2)]
    if len(parts) == 3 and not re.search(r"\d", parts[2]):  # no day: the text holds a semicolon
        parts = [part.strip() for part in rest.rsplit(";", 1)]
    if len(parts) not in (2, 3) or not all(parts[:2]):
        raise click.UsageError(console.say("usage.condition", given=given))
    told, owner, *due = parts
    return text(console, told, "--condition"), owner, due[0] if due else ""


# ---------------------------------------------------------------- what is handed in


def content(
    console: Console, source: str, link: str = "", answered: Mapping[str, bool | str] | None = None
) -> Content:
    """A file that is taken in, a link, or nothing but the answers of a form."""
    if link or source.casefold().startswith(("http://", "https://")):
        with _told(console):
            return typed.link(link or source)
    if source:
        return _file(console, Path(source))
    if answered:
        return typed.form(answered)
    raise click.UsageError(console.say("usage.nothing_handed_in"))


def _file(console: Console, path: Path) -> Content:
    """Keep a file for good before anybody is told of it; a rehearsal only reads it."""
    from innocities_engine.domain.project import Content
    from innocities_engine.store import files

    name = unicodedata.normalize("NFC", path.name)
    if not path.is_file():  # a folder, or a pipe that nobody writes to
        raise errors.NotFound(console.say("missing.file", given=str(path)))
    if not path.stat().st_size:
        raise click.UsageError(console.say("usage.empty_file", given=str(path)))
    try:
        with path.open("rb") as source:
            if console.dry_run:
                digest = hashlib.file_digest(source, "sha256").hexdigest()
                return Content(digest, name, "file", source.tell())
            kept = files.keep(console.store, console.home.id, source)
    except FileNotFoundError:
        raise errors.NotFound(console.say("missing.file", given=str(path))) from None
    return Content(kept.sha256, name, "file", kept.size)
