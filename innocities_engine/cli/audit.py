"""Commands that prove that the record is as it was written."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innocities_engine import disk, errors, wording
from innocities_engine.cli import exits, layout
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.store import extract
from innocities_engine.store.chain import Finding, Head

if TYPE_CHECKING:
    from collections.abc import Sequence

verbs = Verbs()

FILE = click.Path(dir_okay=False)


@verbs.verb(
    "verify",
    examples=(
        "innocities audit verify",
        "innocities audit verify --anchor anker.json",
        "innocities audit verify --export record.jsonl",
    ),
)
@click.option("--anchor", default="", type=FILE, help="A checkpoint that was kept elsewhere.")
@click.option("--export", default="", type=FILE, help="An export, in place of the database.")
def verify(console: Console, anchor: str, export: str) -> None:
    """Check every entry of the record; name the first that is not what was written.

    Against a checkpoint it also finds that the end was cut off. Ends with 6 if anything is wrong.
    """
    if export:
        lines = extract.split(_read(console, export))
        if not extract.is_export(lines):
            raise click.UsageError(console.say("usage.no_export", given=export))
        head = _anchor(console, anchor, _organisation(lines)) if anchor else None
        _tell(console, {"export": export}, extract.verify(lines, head))
        return
    home, office = console.home.id, console.office
    head = _anchor(console, anchor, home) if anchor else None
    _tell(console, {"organisation": home}, office.verify(home, head) or office.checkpoint(home))


def _tell(console: Console, of: dict[str, str], found: Finding | Head) -> None:
    if isinstance(found, Head):
        data = {**of, "sound": True, "count": found.count, "hash": found.hash}
        console.show(data, layout.paragraph(console.say("audit.sound", n=found.count)))
        return
    data = {"entry": found.entry, "problem": found.problem, "where": _where(found)}
    console.show({**of, "sound": False, **data}, layout.paragraph(broken(console, found)))
    console.end(exits.INTEGRITY)


def broken(console: Console, found: Finding) -> str:
    """Which entry is not what was written, and what is wrong with it."""
    problem = wording.ours(console.language, "finding", found.problem)
    return console.say("audit.broken", entry=found.entry, problem=problem, where=_where(found))


def _where(found: Finding) -> str:
    return f"{found.project} {found.sequence}".strip()


def _read(console: Console, path: str) -> str:
    if not Path(path).is_file():  # a device or a pipe would never end
        raise errors.NotFound(console.say("missing.file", given=path))
    # What is no text was not written by us: it is found, like any other change.
    return Path(path).read_bytes().decode(errors="replace")


def _organisation(lines: Sequence[str]) -> str:
    """Whose record an export is, as far as it says so."""
    for line in lines:
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            return str(json.loads(line)["organisation_id"])
    return ""


def _anchor(console: Console, path: str, organisation: str) -> Head:
    """What “audit checkpoint” printed, as text or JSON, or what a copy was made with."""
    written = _read(console, path)
    with suppress(ValueError):
        count, digest = written.split()
        return Head(int(count), digest)
    try:
        kept = json.loads(written)
        if "anchors" in kept:
            kept = kept["anchors"][organisation]
        count, digest = kept if isinstance(kept, list) else (kept["count"], kept["hash"])
        return Head(int(count), str(digest))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise click.UsageError(console.say("usage.anchor", given=path)) from None


@verbs.verb(
    "export",
    examples=("innocities audit export record.jsonl",),
)
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def export(console: Console, file: str, force: bool) -> None:
    """Write the whole record to a file, one line of JSON an entry, that anybody can verify.

    It holds what people wrote and their names: only you may read the file.
    """
    if Path(file).exists() and not force:
        raise errors.Conflict(message=console.say("usage.force", given=file))
    lines = [*console.office.export(console.home.id, console.me)]
    disk.write(Path(file), "".join(f"{line}\n" for line in lines).encode(), mode=0o600)
    data = {"organisation": console.home.id, "file": file, "entries": len(lines) - 1}
    console.show(data, layout.paragraph(console.say("audit.exported", file=file, n=len(lines) - 1)))


@verbs.verb(
    "checkpoint",
    examples=("innocities audit checkpoint --json",),
)
def checkpoint(console: Console) -> None:
    """Print the end of the record: its number and hash. Keep it somewhere else."""
    head = console.office.checkpoint(console.home.id)
    data = {"organisation": console.home.id, "count": head.count, "hash": head.hash,
            "at": console.clock().isoformat()}  # fmt: skip
    console.show(data, [f"{head.count} {head.hash}"])
