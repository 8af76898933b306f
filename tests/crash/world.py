"""A municipality at a moment when much can be lost: a gate that can be decided, a paper that is
owed, reminders that fall due at the next tick, letters that nobody has been sent yet. Made by
commands only; each run gets a copy of it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.cli.shell import Shell

METHOD: Final = Path(__file__).parents[1] / "store" / "methods" / "liten" / "1.0.0.yaml"
TOGETHER: Final = Path(__file__).parents[1] / "cli" / "methods" / "ideer" / "1.0.0.yaml"
BEGINNING: Final = "2026-03-02T09:00"
# The plan was due on the first of April: by now both rungs of its ladder are.
TICK: Final = "2026-04-08T09:00"
# As if the worker came back: the lease of a dead one has run out, and so has the first pause.
LATER: Final = ("2026-04-08T09:05", "2026-04-08T09:15")
PROJECTS: Final = ("ready", "waiting", "third")


@dataclass(frozen=True)
class Asked:
    """A command whose effect may not be lost, and how often it may be given: as often as one likes.

    `many`: it is made of many transactions, each of which is whole.
    """

    words: tuple[str, ...]
    many: bool = False


def _asked(words: str, *, many: bool = False) -> Asked:
    return Asked(tuple(words.split()), many)


COMMANDS: Final[Mapping[str, Asked]] = MappingProxyType({
    "start": _asked(
        "project start liten Sykkelbyen --member lead=astrid --member board=bjorn,cecilia"
        " --id new --idempotency-key a"
    ),
    "submit": _asked("project submit waiting plan new.md --idempotency-key b"),
    "decide": _asked("project decide ready G1 go --idempotency-key c --as bjorn"),
    "tick": _asked(f"tick --now {TICK}", many=True),
    "publish": _asked("methodology publish liten-1.1.0.yaml"),
})  # fmt: skip

# In a municipality where ideas wait for each other besides.
TAKE: Final = _asked(
    "round take valg --recorded --present bjorn,cecilia --minutes 5/26 --idempotency-key d"
)

# Beside a harbour that shares a project with its paper.
ADOPT: Final = _asked(
    "project adopt Kaia liten Sykkelkaia --member lead=astrid --member board=bjorn,cecilia"
    " --id new --idempotency-key e"
)


def build(folder: Path) -> None:
    """Make the municipality."""
    folder.mkdir()
    run = Shell(folder)
    run(
        'init halden "Halden kommune" --admin astrid="Astrid Berg" --address astrid@example.org'
        f" --simulated --now {BEGINNING}"
    )
    for person in ("bjorn", "cecilia"):
        run("person", "add", person, person.capitalize(), "--right", "member",
            "--address", f"{person}@example.org")  # fmt: skip
    run("methodology", "publish", str(METHOD))
    text = METHOD.read_text(encoding="utf-8")
    (folder / "liten-1.1.0.yaml").write_text(text.replace('"1.0.0"', '"1.1.0"'), encoding="utf-8")
    (folder / "old.md").write_text("# A plan\n", encoding="utf-8")
    (folder / "new.md").write_text("# A new plan\n" * 700, encoding="utf-8")
    for project in PROJECTS:
        run(f"project start liten {project.capitalize()} --id {project}"
            " --member lead=astrid --member board=bjorn,cecilia")  # fmt: skip
    run("project submit ready plan old.md")


def wait_together(folder: Path) -> None:
    """Add ideas whose round is open."""
    run = Shell(folder)
    run("methodology", "publish", str(TOGETHER))
    for idea, value in {"ferry": "met", "ladder": "partly", "lamp": "not_met"}.items():
        run(f"project start ideer {idea.capitalize()} --id {idea} --member ideeier=astrid"
            " --member jury=bjorn,cecilia --member styre=astrid,bjorn,cecilia"
            " --member sekretaer=astrid")  # fmt: skip
        run(f"project submit {idea} idebeskrivelse old.md")
        run(f"project present {idea} valg")
        for juror in ("bjorn", "cecilia"):
            run(f"project rate {idea} valg nytte={value} moden=met --as {juror}")
    run("round open valg")


def share_beside(folder: Path) -> None:
    """Found a harbour, which shares one of its projects."""
    run = Shell(folder)
    run('organisation add skjaer "Skjær havn" --admin sol="Sol Vik" --address sol@example.org')
    there = "--organisation skjaer --as sol"
    run(f"methodology publish {METHOD} {there}")
    run(f"project start liten Kaia --id quay --member lead=sol --member board=sol {there}")
    run(f"project submit quay plan old.md {there}")
    run(f"project share quay plan {there}")


def copied(made: Path, target: Path) -> Path:
    """A copy of a municipality, to be disturbed."""
    return Path(shutil.copytree(made, target))


def at_work(made: Path, target: Path) -> Path:
    """A copy in which time goes by as it does, as in an installation that is no simulation."""
    folder = copied(made, target)
    (folder / "clock").unlink()
    _change(folder, "simulated", "false")
    return folder


def posting(folder: Path, port: int) -> None:
    """Let the letters of a workspace go to a server on this machine."""
    for name, value in (("host", '"127.0.0.1"'), ("port", str(port)), ("security", '"plain"')):
        _change(folder, name, value)


def _change(folder: Path, name: str, value: str) -> None:
    path = folder / "innocities.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text), encoding="utf-8")
