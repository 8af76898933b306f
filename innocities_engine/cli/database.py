"""Commands that look after what is kept: bring it up to date, copy it, put it back, examine it,
remove what nobody tells of.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import doctor as examining
from innocities_engine.cli import audit, exits, layout, post
from innocities_engine.cli.console import Console
from innocities_engine.cli.speaking import WORKSPACE
from innocities_engine.cli.verbs import Verbs
from innocities_engine.store import backup as copying
from innocities_engine.store import files, schema, transactions

if TYPE_CHECKING:
    from innocities_engine.doctor import Difference
    from innocities_engine.store.chain import Finding

verbs = Verbs()


@verbs.verb("upgrade", writes=True, examples=("innocities db upgrade",))
def upgrade(console: Console) -> None:
    """Bring the tables to the form this program knows. Wholly, or not at all."""
    assert console.settings
    store = transactions.open_store(console.folder)
    try:
        if console.dry_run:
            with transactions.read(store) as connection:
                before = schema.form(connection)
        else:
            before = schema.upgrade(store)
    finally:
        store.close()
    data = {"before": before, "form": schema.HEAD, "dry_run": console.dry_run}
    key = "db.current" if before == schema.HEAD else "db.upgraded"
    console.show(data, [console.say(key, before=before or "–", form=schema.HEAD)])


@verbs.verb("backup", examples=("innocities db backup ../kopi",))
@click.argument("target", metavar="DIR")
@click.option("--with-secrets", is_flag=True, help="The installation's key too: keep it safe.")
def backup(console: Console, target: str, with_secrets: bool) -> None:
    """Copy the whole workspace as of one instant, while it is at work. Secrets stay behind."""
    copied = copying.backup(console.store, Path(target), console.clock(), secrets=with_secrets)
    anchors = {home: {"count": h.count, "hash": h.hash} for home, h in copied.anchors.items()}
    data = {"folder": str(copied.folder), "files": copied.files, "anchors": anchors,
            "unlisted": list(copied.unlisted)}  # fmt: skip
    anchors_file = copied.folder / copying.MANIFEST
    told = [
        console.say("db.backed_up", files=copied.files, folder=copied.folder, file=anchors_file)
    ]
    if copied.unlisted:
        told.append(console.say("db.unlisted", n=len(copied.unlisted)))
    console.show(data, [line for text in told for line in layout.paragraph(text)])
    if copied.unlisted:
        console.end(exits.INTEGRITY)


@verbs.verb(
    "restore",
    writes=True,
    examples=("innocities db restore kopi --workspace tilbake",),
)
@click.argument("source", metavar="DIR")
def restore(console: Console, source: str) -> None:
    """Put a copy in place in a workspace that does not exist yet (--workspace DIR)."""
    folder = console.asked.get("workspace") or os.environ.get(WORKSPACE)
    if not folder:
        raise click.UsageError(console.say("usage.where"))
    if console.dry_run:
        restored = copying.examine(Path(source))
    else:
        restored = copying.restore(Path(source), Path(folder))
    anchors = {home: {"count": h.count, "hash": h.hash} for home, h in restored.anchors.items()}
    broken = [_broken(console, home, found) for home, found in restored.broken.items()]
    data = {"folder": str(folder), "files": restored.files, "anchors": anchors, "broken": broken,
            "dry_run": console.dry_run}  # fmt: skip
    told = [console.say("db.restored", folder=folder, files=restored.files)]
    told += [each["said"] for each in broken] or (
        [] if console.dry_run else [console.say("db.ends")]
    )
    console.show(data, [line for text in told for line in layout.paragraph(text)])
    if broken:
        console.end(exits.INTEGRITY, "db.unsound")


def _broken(console: Console, organisation: str, found: Finding) -> dict[str, Any]:
    """What is wrong with the record of an organisation, as data."""
    said = f"{organisation}: {audit.broken(console, found)}"
    return {"organisation": organisation, "entry": found.entry, "said": said}


@verbs.verb("doctor", examples=("innocities db doctor",))
def doctor(console: Console) -> None:
    """Work everything out anew from the record, and compare it with what is kept beside it.

    Says too how the database keeps what is committed. Ends with 6 if there is any difference.
    """
    found = examining.examine(console.engine)
    kept = asdict(transactions.durability(console.store))
    data = {
        "sound": not found,
        "database": kept,
        "mail": {"set": not console.settings.lacks_server},
        "differences": [_difference(console, each) for each in found],
    }
    lines = [line for each in found for line in _told(console, each)]
    lines = lines or layout.paragraph(console.say("db.sound"))
    console.show(data, [*lines, *layout.paragraph(console.say("db.kept", **kept))])
    post.remind(console)
    if found:
        console.end(exits.INTEGRITY, "db.unsound")


def _difference(console: Console, found: Difference) -> dict[str, str]:
    return {
        "organisation": found.organisation,
        "subject": found.subject,
        "code": found.code,
        "problem": found.told(console.language),
    }


def _told(console: Console, found: Difference) -> list[str]:
    where = console.say(f"where.{found.where}", organisation=found.organisation, which=found.which)
    return layout.paragraph(f"{where}: {found.told(console.language)}.", hang=2)


@verbs.verb("collect", writes=True, examples=("innocities db collect --dry-run",))
def collect(console: Console) -> None:
    """Remove files that were taken in more than a day ago and never handed in. A worker does it
    every day by itself.
    """
    found = files.orphans(console.store)
    told = len(found) if console.dry_run else files.remove(console.store, found)
    lines = [console.say("done.would")] if console.dry_run else []
    lines += layout.paragraph(console.say("db.collected", n=told))
    console.show({"files": told, "dry_run": console.dry_run}, lines)
