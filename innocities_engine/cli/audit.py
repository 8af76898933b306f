"""Commands that prove that the record is as it was written."""

from __future__ import annotations

import json
from pathlib import Path

import click

from innocities_engine import disk, errors
from innocities_engine.cli import exits, layout
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.store import extract
from innocities_engine.store.chain import Finding, Head

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
    head = _anchor(console, anchor) if anchor else None
    if export:
        lines = extract.split(_read(console, export))
        _tell(console, {"export": export}, extract.verify(lines, head))
        return
    home, office = console.home.id, console.office
    _tell(console, {"organisation": home}, office.verify(home, head) or office.checkpoint(home))


def _tell(console: Console, of: dict[str, str], found: Finding | Head) -> None:
    if isinstance(found, Head):
        data = {**of, "sound": True, "count": found.count, "hash": found.hash}
        console.show(data, layout.paragraph(console.say("audit.sound", n=found.count)))
        return
    where = f"{found.project} {found.sequence}".strip()
    broken = {"entry": found.entry, "problem": found.problem, "where": where}
    told = console.say("audit.broken", **broken)
    console.show({**of, "sound": False, **broken}, layout.paragraph(told))
    console.end(exits.INTEGRITY)


def _read(console: Console, path: str) -> str:
    try:
        # What is no text was not written by us: it is found, like any other change.
        return Path(path).read_bytes().decode(errors="replace")
    except FileNotFoundError:
        raise errors.NotFound(console.say("missing.file", given=path)) from None


def _anchor(console: Console, path: str) -> Head:
    try:
        kept = json.loads(_read(console, path))
        return Head(int(kept["count"]), str(kept["hash"]))
    except (ValueError, KeyError, TypeError):
        raise click.UsageError(console.say("usage.anchor", given=path)) from None


@verbs.verb(
    "export",
    examples=("innocities audit export record.jsonl",),
)
@click.argument("file", type=FILE)
def export(console: Console, file: str) -> None:
    """Write the whole record to a file, one line of JSON an entry, that anybody can verify.

    It holds what people wrote and their names: only you may read the file.
    """
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
