"""The command that writes a method, or the language it is written in, for other programs."""

from __future__ import annotations

from typing import Any, Final

import click

from innocities_engine import errors, library, wording
from innocities_engine.cli import methods, outputs
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

verbs = Verbs()
CHART, RESOLVED, SCHEMA = "scxml", "json", "json-schema"
FORMATS: Final = (CHART, RESOLVED, SCHEMA)


@verbs.verb(
    "export",
    examples=(
        "innocities methodology export smartby-prosjekt --format scxml --out metode.scxml",
        "innocities methodology export innocities-sverige@1.0.0 --format json --out metod.json",
        "innocities methodology export --format json-schema --out methodology.schema.json",
    ),
)
@click.argument("method", metavar="[FILE|ID[@VERSION]]", default="")
@click.option("--format", "form", required=True, type=click.Choice(FORMATS), help="As what.")
@click.option("--out", default="", type=outputs.FILE, metavar="FILE",
              help="Where to; else it is the answer.")  # fmt: skip
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def export(console: Console, method: str, form: str, out: str, force: bool) -> None:
    """Write a method for other programs: as a state chart, as JSON, or as a schema for editors.

    scxml: a state chart, for programs that draw, run or check such charts. It says where a project
    can stand and what moves it; whether something may be decided stands in it as data.

    json: the resolved form, byte for byte what the digest of the method is taken of.

    json-schema: what an editor needs to complete and check such a file while you write it. An
    overlay has a schema of its own: name your file and it is the one that fits.
    """
    about: dict[str, Any] = {"id": None, "version": None, "digest": None}
    if form == SCHEMA:
        text = library.schema(_kind(console, method))
    elif not method:
        raise click.UsageError(console.say("export.no_method", form=form))
    else:
        resolved = methods.resolved(console, method)
        about = {"id": resolved["id"], "version": resolved["version"],
                 "digest": library.digest(resolved)}  # fmt: skip
        text = _chart(resolved) if form == CHART else library.canonical(resolved).decode()
    if out:
        outputs.write(
            console, {out: text.encode()}, force=force, mode=outputs.SHARED, read=(method,)
        )
    data = {"format": form, **about, "file": out or None, "content": None if out else text}
    console.show(data, [] if out else [wording.escaped(text.removesuffix("\n"))])
    if out:
        console.talk("diff.written", file=out)


def _chart(resolved: dict[str, Any]) -> str:
    from innocities_engine.authoring import scxml

    return scxml.written(resolved)


def _kind(console: Console, method: str) -> str:
    """What is written: a methodology or an overlay. What is published here is whole."""
    if not method:
        return ""
    try:
        path, _ = methods.source(console, method)
    except errors.NotFound:
        methods.resolved(console, method)
        return ""
    return library.kind(path)
