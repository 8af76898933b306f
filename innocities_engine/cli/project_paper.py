"""The command by which a paper is read again: of one's own projects, or one that others share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from innocities_engine import adopting, errors
from innocities_engine.cli import happenings, layout, names, outputs, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import artefacts
from innocities_engine.domain.definition import Artefact
from innocities_engine.store import files

if TYPE_CHECKING:
    from innocities_engine.domain.project import Version
    from innocities_engine.engine import View

verbs = Verbs()


@verbs.verb(
    "paper",
    examples=(
        "innocities project paper klar idebeskrivelse kopi.md",
        "innocities project paper klar behovsbeskrivelse",
        "innocities project paper Badestige plan kopi.md --shared",
    ),
)
@click.argument("project")
@click.argument("paper")
@click.argument("file", default="", type=outputs.FILE, metavar="[FILE]")
@click.option("--version", type=click.IntRange(1), help="Which; else the newest.")
@click.option("--shared", is_flag=True, help="Of what another organisation shares.")
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def paper(
    console: Console,
    project: str,
    paper: str,
    file: str,
    version: int | None,
    shared: bool,
    force: bool,
) -> None:
    """Read a paper again: its file, byte for byte, is written to FILE; of a link, the address is
    told.

    With --shared, PROJECT is what `project shared` shows, and PAPER the id of an artefact there.
    """
    if shared:
        found, content = adopting.paper(
            console.engine, console.home.id, console.me, names.shared(console, project), paper
        )
        title = found.artefact
    else:
        found, title = _own(console, project, paper, version)
        content = _content(console, found)
    if found.content.kind == "file":
        _write(console, file, content, force=force)
    data = _plain(found, file)
    text = f"paper.{found.content.kind}"
    answers = ", ".join(f"{fact}={value}" for fact, value in found.answers.items())
    said = {"name": data["name"] or answers, "file": file}
    values = {"thing": title, "n": found.n, **said}
    console.show(data, layout.paragraph(console.say(text, **values)))


def _own(console: Console, project: str, paper: str, wanted: int | None) -> tuple[Version, str]:
    seen = names.view(console, project)
    known = names.pick(console, "artefact", paper, _known(seen))
    held = seen.project.versions.get(known, ())
    newest = artefacts.newest(seen.project, known) or next(reversed(held), None)
    found = next((v for v in held if v.n == wanted), None) if wanted else newest
    title = teller.Naming(console.language, seen.method).title(known)
    if found is None:
        raise errors.NotFound(paper).named("no_paper", given=title)
    return found, title


def _known(seen: View) -> dict[str, Artefact]:
    """What the method names, and what came along beside it."""
    held = {artefact: Artefact(id=artefact) for artefact in seen.project.versions}
    return {**held, **seen.method.artefacts}


def _content(console: Console, found: Version) -> bytes:
    if found.content.kind != "file":
        return b""
    with files.opened(console.store, console.home.id, found.content.sha256) as source:
        return source.read()


def _write(console: Console, file: str, content: bytes, *, force: bool) -> None:
    if not file:
        raise click.UsageError(console.say("usage.where_to"))
    outputs.write(console, {file: content}, force=force)


def _plain(found: Version, file: str) -> dict[str, Any]:
    return {
        "artefact": found.artefact,
        "version": found.n,
        "kind": found.content.kind,
        "name": happenings.handed_in(found),
        "sha256": found.content.sha256,
        "size": found.content.size,
        "answers": dict(found.answers),
        "file": file or None,
    }
