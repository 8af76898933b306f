"""The command that hands out the document templates of a method."""

from __future__ import annotations

import click

from innocities_engine import library, wording
from innocities_engine.cli import layout, methods, names
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

verbs = Verbs()


@verbs.verb(
    "template",
    examples=(
        "innocities methodology template smartby-prosjekt",
        "innocities methodology template smartby-prosjekt idebeskrivelse --lang en",
    ),
)
@click.argument("method", metavar="FILE|ID")
@click.argument("artefact", default="")
def template(console: Console, method: str, artefact: str) -> None:
    """Print the template of a document, with headings and guidance, to be written into a file.

    Without ARTEFACT it lists those there are.
    """
    from innocities_engine.authoring.diagram import title

    path, shelf = methods.source(console, method)
    found = library.load(path, library=shelf)
    language = console.language
    if artefact:
        known = names.pick(console, "artefact", artefact, found.artefacts)
        text = library.template_text(found, known, language)
        console.show({"artefact": known, "text": text}, map(wording.visible, text.splitlines()))
        return
    rows = [(a.id, title(found, a, language)) for a in found.artefacts.values() if a.template]
    data = {"templates": [{"artefact": name, "title": said} for name, said in rows]}
    none = layout.paragraph(console.say("list.no_templates", id=found.id))
    console.show(data, layout.table([(k, wording.visible(v)) for k, v in rows]) if rows else none)
