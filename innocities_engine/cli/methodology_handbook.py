"""The command that writes a method as a page for people to read and to print."""

from __future__ import annotations

import click

from innocities_engine import library, wording
from innocities_engine.authoring import handbook as handbooks
from innocities_engine.authoring.translations import untranslated
from innocities_engine.cli import exits, layout, methods, names, outputs
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

verbs = Verbs()
WORDS = (
    "contents", "overview", "from", "by", "to", "phases", "gates", "roles", "artefacts", "facts",
    "ladders", "sources", "checklist", "judged", "outcomes", "then", "tells", "nothing",
)  # fmt: skip


@verbs.verb(
    "handbook",
    examples=(
        "innocities methodology handbook smartby-prosjekt --out handbok.html",
        (
            "innocities methodology handbook innocities-sverige --lang sv --role prosjektleder"
            " --out projektledare.html"
        ),
    ),
)
@click.argument("method", metavar="FILE|ID[@VERSION]")
@click.option("--out", required=True, type=outputs.FILE, metavar="FILE", help="Where to.")
@click.option("--role", default="", help="Only what concerns this role.")
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def handbook(console: Console, method: str, out: str, role: str, force: bool) -> None:
    """Write a method as a page to read and to print: a picture, checklists, roles, sources.

    In the language of --lang. Texts that the method does not say in it are listed, and the command
    ends with 1; the page says them in the method's first language.
    """
    resolved = methods.resolved(console, method)
    found = library.compile_resolved(resolved)
    wanted = names.pick(console, "role", role, found.roles) if role else ""
    told = handbooks.handbook(resolved, console.language, wanted)
    values = {
        **told,
        "language": console.language,
        "words": {name: console.say(f"handbook.{name}") for name in WORDS},
        "heading": console.say("handbook.title", title=told["title"]),
        "subtitle": console.say("handbook.for_role", role=told["role"]) if wanted else "",
        "version_line": console.say(
            "handbook.version", version=found.version, digest=told["digest"]
        ),
    }
    page = console.services.page("handbook", values)
    outputs.write(console, {out: page.encode()}, force=force, mode=outputs.SHARED, read=(method,))
    missing = untranslated(resolved, console.language)
    data = {
        "id": found.id, "version": found.version, "role": wanted or None,
        "language": console.language, "missing": missing, "files": [out],
    }  # fmt: skip
    console.show(data, _findings(console, missing))
    console.talk("diff.written", file=out)
    if missing:
        raise click.exceptions.Exit(exits.REFUSED)


def _findings(console: Console, missing: list[str]) -> list[str]:
    if not missing:
        return []
    head = console.say("handbook.missing", n=len(missing), language=console.language)
    lines = list(layout.paragraph(head))
    for path in missing:
        lines += layout.paragraph(wording.visible(f"– {path}"), indent=2, hang=2)
    return lines
