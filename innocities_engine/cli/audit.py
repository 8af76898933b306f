"""Commands that prove that the record is as it was written."""

from __future__ import annotations

import json
from pathlib import Path

import click

from innocities_engine import errors
from innocities_engine.cli import exits, layout
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.store.chain import Head

verbs = Verbs()


@verbs.verb(
    "verify",
    examples=("innocities audit verify", "innocities audit verify --anchor anker.json"),
)
@click.option("--anchor", default="", metavar="FILE", help="A checkpoint that was kept elsewhere.")
def verify(console: Console, anchor: str) -> None:
    """Check every entry of the record; name the first that is not what was written.

    Against a checkpoint it also finds that the end was cut off. Ends with 6 if anything is wrong.
    """
    head = _anchor(console, anchor) if anchor else None
    finding = console.office.verify(console.home.id, head)
    if finding is not None:
        where = f"{finding.project} {finding.sequence}".strip()
        broken = {"entry": finding.entry, "problem": finding.problem}
        data = {"organisation": console.home.id, "sound": False, "where": where, **broken}
        told = console.say("audit.broken", where=where, **broken)
        console.show(data, layout.paragraph(told))
        console.end(exits.INTEGRITY)
    now = console.office.checkpoint(console.home.id)
    data = {"organisation": console.home.id, "sound": True, "count": now.count, "hash": now.hash}
    console.show(data, layout.paragraph(console.say("audit.sound", n=now.count)))


def _anchor(console: Console, path: str) -> Head:
    try:
        kept = json.loads(Path(path).read_text(encoding="utf-8"))
        return Head(int(kept["count"]), str(kept["hash"]))
    except FileNotFoundError:
        raise errors.NotFound(console.say("missing.file", given=path)) from None
    except (ValueError, KeyError, TypeError):
        raise click.UsageError(console.say("usage.anchor", given=path)) from None


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
