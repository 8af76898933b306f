"""The command that looks at the projects of the past as if they had followed a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from innocities_engine import errors, library
from innocities_engine.cli import exits, layout, methods, names, supposed
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.history import story
from innocities_engine.history.past import Past
from innocities_engine.store.transactions import read

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.store.projects import Glance

verbs = Verbs()


@verbs.verb(
    "whatif",
    examples=(
        "innocities methodology whatif smartby-prosjekt",
        "innocities methodology whatif metode/1.1.0.yaml --method liten --json",
    ),
)
@click.argument("method", metavar="FILE|ID[@VERSION]")
@click.option("--method", "followed", default="", metavar="ID",
              help="Of projects that follow this method; else the draft's own, or the one it"
              " extends.")  # fmt: skip
def whatif(console: Console, method: str, followed: str) -> None:
    """Look at every project there was as if it had followed a draft, before you publish it.

    Which decisions would have been refused and why, which days would have been others, in which
    weeks there would have been more reminders or fewer, and what a move would be for the projects
    that run. Nothing but the record is read, and nothing is changed. Ends with 1 if a decision
    would have been refused, or somebody would have to decide something.
    """
    draft = methods.definition(console, method)
    glances = _chosen(console, method, draft, followed)
    if not glances:
        none = console.say("whatif.none", method=followed or draft.id)
        console.show(supposed.data(console, draft, []), layout.paragraph(none))
        return
    seen = list(_looked(console, draft, glances))
    console.show(supposed.data(console, draft, seen), supposed.lines(console, draft, seen))
    if any(each.is_against for each in seen):
        console.end(exits.REFUSED)


def _chosen(console: Console, given: str, draft: Methodology, followed: str) -> Sequence[Glance]:
    """The projects that are meant, those that have ended, too."""
    known = console.engine.projects(console.home.id, console.me, limit=names.MOST_PROJECTS)
    ids = {glance.method for glance in known}
    if followed and followed not in ids:
        methods.definition(console, followed)  # that there is such a method at all
    lineage = (followed,) if followed else (draft.id, *_extended(console, given))
    meant = next((method for method in lineage if method in ids), "")
    return sorted((x for x in known if x.method == meant), key=lambda glance: glance.number)


def _extended(console: Console, given: str) -> Sequence[str]:
    """What an overlay extends, the nearest first: by its files, else as it was published."""
    try:
        return library.lineage(*methods.source(console, given))
    except errors.NotFound:
        here, _ = methods.published(console, given)
        with read(console.store) as connection:
            past = Past(console.home.id)
            story.go_on(connection, past)
        told: str = past.now.methods[here.id, here.version].details.get("extends", "")
        return told.split(", ") if told else ()


def _looked(
    console: Console, draft: Methodology, glances: Sequence[Glance]
) -> Iterator[supposed.Seen]:
    """Look at one after the other, each in a short reading of its own."""
    from innocities_engine.authoring.whatif import WhatIf

    looking, past = WhatIf(draft), Past(console.home.id)
    for glance in console.progress(glances, console.say("head.project")):
        with read(console.store) as connection:
            story.go_on(connection, past)
            told = story.read(connection, console.engine.methods, glance.id, past)
        now = console.clock()
        looked, plan = looking.look(told, now), looking.move(told, now)
        yield supposed.seen(console, glance, draft, looked, plan)
