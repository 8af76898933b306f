"""Writes docs/reference.md from what the program itself says, so that nothing a script or a reader
of the record can meet is left out. The meaning of a setting is said here, and nowhere else.

    python -m tests.docs.reference
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

import click

from innocities_engine import wording
from innocities_engine.cli import exits
from innocities_engine.cli.app import app
from innocities_engine.domain import codec
from innocities_engine.domain.gates import Blocker
from innocities_engine.settings import Mail, Settings
from tests.docs.blocks import DOCS

PAGE: Final = DOCS / "reference.md"
HEAD: Final = """# Reference

Every command, setting, error, reason and event there is.
Written by `python -m tests.docs.reference` from the program itself; a test holds the two together.
`{words}` in braces are put in from the project that is spoken of.
"""

SETTINGS: Final[Mapping[str, str]] = {
    "organisation": "whose projects are meant where a command names no `--organisation`",
    "person": "who is meant where a command names nobody with `--as`",
    "language": "`sv`, `nb` or `en`: in which language help is told; else the terminal's",
    "simulated": "the clock may be set with `--now`, and letters stay in `mailbox/`",
    "base_url": "where `innocities serve` is reached by others, with https; links in letters begin with it",
    "mail.host": "the server that takes letters; without one, letters wait",
    "mail.port": "its port",
    "mail.security": "`starttls`, `tls`, or `plain`, which is for this machine only",
    "mail.user": "as whom to sign in there; nobody if empty",
    "mail.password_file": "the file with the password, which nobody else may read",
    "mail.sender": "the address letters come from",
    "mail.domain": "the domain in the identities of letters",
}
ENVIRONMENT: Final[Mapping[str, str]] = {
    "INNOCITIES_WORKSPACE": "the folder of the installation, as `--workspace`",
    "INNOCITIES_AS": "who issues the command, as `--as`",
    "INNOCITIES_MAIL_PASSWORD": "the password for mail, in place of a file",
    "INNOCITIES_DEBUG": "where a fault of the program happened is told",
    "NO_COLOR": "no colours on a terminal",
}
ERRORS_MEAN: Final[Mapping[str, str]] = {
    "round-over": "nothing beside the message: `innocities round show` tells what was decided",
    "already-decided": "`decided` holds the decision that came first, `given` what was typed",
    "conflict": "`given` holds what was typed",
    "key-reused": "`given` holds what was typed",
    "refused": "`blockers` holds every reason",
    "definition-invalid": "`faults` holds every fault with its place",
}


def page() -> str:
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    yield from _section("Commands", ("command", "does"), commands())
    yield from _section(
        "Settings", ("in innocities.toml", "kind", "if not set", "means"), settings()
    )
    yield from _section("Environment", ("variable", "means"), _quoted(ENVIRONMENT))
    yield from _section("Errors", ("ends with", "`error.code`", "says", "carries"), errors())
    yield from _section("Blockers", ("code", "says"), blockers())
    yield from _section("Events", ("type", "tells"), events())


def _section(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = [*head]
    yield f"## {title}\n"
    yield _row(columns)
    yield _row(["---"] * len(columns))
    yield from map(_row, rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _quoted(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", text) for name, text in table.items())


# ---------------------------------------------------------------- what there is


def commands() -> Iterator[tuple[str, str]]:
    for words, command in spoken(app):
        help_of = (command.help or "").strip()
        yield f"`innocities {words}`", " ".join(help_of.split("\n\n")[0].split())


def spoken(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from spoken(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


def settings() -> Iterator[tuple[str, ...]]:
    for kind, prefix in ((Settings, ""), (Mail, "mail.")):
        for f in fields(kind):
            if f.name in ("workspace", "mail"):
                continue
            assert f.default is not MISSING
            name = f"{prefix}{f.name}"
            yield f"`{name}`", str(f.type), f"`{_toml(f.default)}`", SETTINGS[name]


def _toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


def errors() -> Iterator[tuple[str, ...]]:
    for code, number in sorted(exits.BY_CODE.items(), key=lambda row: (row[1], row[0])):
        says = wording.catalogue("en").get(f"error.{code}", "a fault of the program itself")
        yield str(number), f"`{code}`", says, ERRORS_MEAN.get(code, "")


def blocker_codes() -> list[str]:
    listed = re.search(r"Codes: ([a-z_,\s]+)\.", Blocker.__doc__ or "")
    assert listed is not None
    return [*re.findall(r"[a-z_]+", listed[1]), "stale"]


def blockers() -> Iterator[tuple[str, str]]:
    for code in blocker_codes():
        yield f"`{code}`", "<br>".join(_texts("blocker", code))


def events() -> Iterator[tuple[str, str]]:
    for name in codec.EVENTS:
        yield f"`{name}`", "<br>".join(_texts("event", name)) or "nothing to readers"


def _texts(section: str, name: str) -> list[str]:
    """What is said about it: in general, and in its variants."""
    own = re.compile(rf"{section}\.{name}(_\w+|[A-Z]\w+)?")
    others = {f"{section}.{other}" for other in codec.EVENTS if other != name}
    catalogue = wording.catalogue("en")
    found = [text for key, text in catalogue.items() if own.fullmatch(key) and key not in others]
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
