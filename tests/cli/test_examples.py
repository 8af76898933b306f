"""Every example in the help is run as it stands, in the municipality of `world`."""

from __future__ import annotations

import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from innocities_engine.cli.app import app
from innocities_engine.cli.verbs import all_verbs
from innocities_engine.store import incidents, tables
from innocities_engine.store.transactions import open_store, write
from tests.cli.shell import Shell
from tests.cli.world import METHODS, neighbour

# Until a signal comes, or for as long as a demonstration lasts: they have tests of their own.
LONG = ("innocities worker", "innocities demo")
EXAMPLES = [
    (name, example)
    for name, verb in all_verbs(app)
    for example in verb.examples
    if name not in LONG or "--help" in example
]
FINDINGS = {
    "innocities project why klar G1 --outcome go": 1,
    "innocities methodology rebase tillegg/1.0.0.yaml grunn/2.0.0.yaml": 1,
}


def an_incident(run: Shell, name: str) -> None:
    store = open_store(run.folder)
    incidents.make(store, "halden", incidents.NOT_DELIVERED, "dag", "550", now=datetime.now(UTC))
    with write(store) as connection:
        connection.execute(update(tables.incident).values(id=name))
    store.close()


def an_overlay(run: Shell) -> None:
    """A base in two versions, and an overlay on the first, of which one word is changed by both."""
    base = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")
    base = base.replace("id: liten", "id: grunn", 1)
    newer = base.replace('"1.0.0"', '"2.0.0"', 1).replace("en: Owner}", "en: Sponsor}", 1)
    overlay = (
        'schema: innocities/overlay/1\nid: tillegg\nversion: "1.0.0"\nlanguages: [nb, en]\n'
        'extends: {id: grunn, version: "1.0.0"}\nchanges:\n'
        "  - {id: T-02, reason: {nb: Slik, en: So}, operations: ["
        "{replace: roles/eier/title, value: {nb: Eier, en: Sponsors}}]}\n"
    )
    for name, text in {"grunn/1.0.0": base, "grunn/2.0.0": newer, "tillegg/1.0.0": overlay}.items():
        path = run.folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def prepared(run: Shell, example: str) -> None:
    """What an example takes for granted beside the municipality."""
    if "metode/1." in example:
        folder = Path(shutil.copytree(METHODS / "liten", run.folder / "metode"))
        text = (folder / "1.0.0.yaml").read_text(encoding="utf-8").replace('"1.0.0"', '"1.1.0"')
        (folder / "1.1.0.yaml").write_text(text, encoding="utf-8")
    if "project migrate" in example:
        newer = run.folder / "liten" / "1.1.0.yaml"
        newer.parent.mkdir()
        text = (METHODS / "liten" / "1.0.0.yaml").read_text(encoding="utf-8")
        newer.write_text(text.replace('"1.0.0"', '"1.1.0"', 1), encoding="utf-8")
        run(f"methodology publish {newer} --although Prøve")
    if "migrate undo" in example:
        run("project migrate apply liten 1.1.0 --reason Enklere --yes")
    if "tillegg/1.0.0.yaml" in example:
        an_overlay(run)
    if "anker.json" in example:
        (run.folder / "anker.json").write_text(run("audit checkpoint --json").out)
    if "--export record.jsonl" in example:
        run("audit export record.jsonl")
    if "organisation solve" in example:
        an_incident(run, "3f2a91c0")
    if "resume-mail" in example:
        run("project pause-mail havn --until 2026-10-15 --reason Messe")
    if "project adopt" in example or "--shared" in example:
        neighbour(run)
    if "project unshare" in example:
        run("project share forprosjekt --all")
    if "person link" in example:
        run("person add nora 'Nora Ås' --right external")
        run("project assign vilkar innbyggere=vel,nora")
        path = run.folder / "innocities.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace('base_url = ""', 'base_url = "https://innocities.example.org"')
        )
    if "db restore" in example:
        run("db backup kopi")
    if example.startswith("innocities init"):
        (run.folder / "innocities.toml").unlink()
        (run.folder / "innocities.db").unlink()


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[e for _, e in EXAMPLES])
def test_the_example_runs(run: Shell, name: str, example: str) -> None:
    assert shlex.split(example)[: len(name.split())] == name.split()
    prepared(run, example)

    run(example, expect=FINDINGS.get(example, 0))


def test_every_command_has_an_example_and_a_help() -> None:
    for name, verb in all_verbs(app):
        assert verb.examples, name
        assert verb.help, name
        assert (verb.get_short_help_str() or "").strip(), name
