"""Commands that look across what happened: where projects went another way than their method, and
in which of them a word was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from innocities_engine import wording
from innocities_engine.cli import happenings, layout, methods, names, spreadsheet, teller, versions
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.deviations import KINDS, deviations

if TYPE_CHECKING:
    from innocities_engine.domain.deviations import Deviation
    from innocities_engine.engine import View
    from innocities_engine.store.search import Hit

verbs = Verbs()

HEADS: Final = ("project", "day", "kind", "what", "by", "why")
MOST_WORDS: Final = 12
LONGEST_SHOWN: Final = 120


@verbs.verb(
    "deviations",
    examples=(
        "innocities project deviations havn",
        "innocities project deviations --kind on_paper --csv",
    ),
)
@click.argument("project", default="", metavar="[PROJECT]")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), metavar="KIND",
              help=f"Only such: {', '.join(KINDS)}.")  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="As a table for a spreadsheet.")
def listing(console: Console, project: str, kinds: Sequence[str], as_csv: bool) -> None:
    """List where projects went another way than the method: exemptions, overrides, conditions met
    late, days that were moved, decisions against an advice, decisions that were annulled, and gates
    recorded from paper.

    Without PROJECT, of all the projects you may see.
    """
    found = list(_found(console, project, kinds or KINDS))
    if as_csv and not console.json:
        heads = [console.say(f"head.{head}") for head in HEADS]
        rows = [[row[head] for head in HEADS] for row in found]
        click.echo(spreadsheet.written([heads, *rows]), nl=False)
        return
    console.show({"deviations": found}, _lines(console, found, alone=bool(project)))


def _found(console: Console, project: str, kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    for seen in _views(console, project):
        t = teller.of(console, seen)
        entries = console.engine.history(console.home.id, seen.project.id, console.me)
        happened = [entry.event for entry in entries if entry.event is not None]
        earlier = versions.left(console, t.project, entries)
        for each in deviations(t.s, happened, earlier):
            if each.kind in kinds:
                yield _plain(t, each)


def _views(console: Console, project: str) -> Iterator[View]:
    if project:
        yield names.view(console, project)
        return
    known = console.engine.projects(console.home.id, console.me, limit=names.MOST_PROJECTS)
    for glance in console.progress(known, console.say("head.project")):
        yield console.engine.view(console.home.id, glance.id, console.me)


def _plain(t: teller.Teller, each: Deviation) -> dict[str, Any]:
    told, day = t.say(f"deviation.{each.kind}"), each.day.isoformat() if each.day else None
    if each.day and not each.outcome:
        told = t.say("deviation.day", kind=told, day=wording.short_day(t.language, each.day))
    return {
        "id": t.project.id,
        "project": t.project.title,
        "at": each.at.isoformat(),
        "day": t.s.day_of(each.at).isoformat(),
        "code": each.kind,
        "kind": told,
        "subject": each.subject,
        "what": _what(t, each),
        "people": list(each.by),
        "by": wording.listed(t.language, map(t.role, each.by)) if each.by else "",
        "why": each.reason,
        "due": None if each.outcome else day,
        "decided": day if each.outcome else None,
        "outcome": each.outcome or None,
        "restored": each.phase or None,
    }


def _what(t: teller.Teller, each: Deviation) -> str:
    """What it happened to; of a decision that was annulled, what it was and what stands again."""
    if each.subject in t.project.needs:
        return t.need(t.project.needs[each.subject])
    if not (each.outcome and each.day):
        return t.passage(each.subject)
    return t.say(
        "deviation.restored",
        gate=t.passage(each.subject),
        outcome=happenings.outcome(t, each.subject.partition("#")[0], each.outcome),
        day=wording.short_day(t.language, each.day),
        phase=t.title(each.phase),
    )


def _lines(console: Console, found: Sequence[dict[str, Any]], *, alone: bool) -> list[str]:
    if not found:
        return [console.say("deviation.none")]
    shown = HEADS[1:] if alone else HEADS
    heads = tuple(console.say(f"head.{head}") for head in shown)
    return layout.table([heads, *(tuple(str(row[head]) for head in shown) for row in found)])


# ---------------------------------------------------------------- search


@verbs.verb(
    "search",
    examples=(
        "innocities project search idé",
        "innocities project search hytteeierne --mine --json",
    ),
)
@click.argument("words", nargs=-1, required=True)
@click.option("--mine", is_flag=True, help="Only in projects where you hold a role.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), help="How many at most.")
def search(console: Console, words: Sequence[str], mine: bool, limit: int) -> None:
    """Find projects by words: in titles, papers and their names, comments, conditions, reasons of
    decisions and minutes references.

    Every word has to stand in the same text. Finds only what you may see.
    """
    plain = [word for given in words for word in given.split()][:MOST_WORDS]
    if not plain:
        raise click.UsageError(console.say("usage.one_line", option="WORDS"))
    found = console.engine.search(
        console.home.id, console.me, plain, artefacts=_artefacts(console, plain),
        mine=mine, limit=limit,
    )  # fmt: skip
    told = [{**_hit(hit), "where": _where(console, hit)} for hit in found]
    console.show({"hits": told}, _hits(console, told))


def _artefacts(console: Console, words: Sequence[str]) -> list[str]:
    """The artefacts of the published methods whose title holds every word."""
    wanted = [word.casefold() for word in words]
    found: dict[str, None] = {}
    for published in console.office.published(console.home.id):
        _, method = methods.published(console, published.id, published.version)
        for artefact in method.artefacts.values():
            titles = (artefact.id, *artefact.title.values())
            if any(all(w in title.casefold() for w in wanted) for title in titles):
                found[artefact.id] = None
    return list(found)


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.project,
        "number": hit.number,
        "project": hit.title,
        "entry": hit.sequence,
        "type": hit.type,
        "at": hit.at.isoformat(),
        "text": hit.text,
    }


def _where(console: Console, hit: Hit) -> str:
    """What kind of thing says it, in a word or two."""
    key = f"place.{hit.type}"
    return console.say(key if wording.knows(key) else "place.other")


def _hits(console: Console, found: Iterable[dict[str, Any]]) -> list[str]:
    rows = [
        (str(hit["number"]), str(hit["project"]), str(hit["where"]), _short(str(hit["text"])))
        for hit in found
    ]
    if not rows:
        return [console.say("place.none")]
    heads = ("number", "project", "where", "text")
    return layout.table([tuple(console.say(f"head.{head}") for head in heads), *rows])


def _short(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]} …"
