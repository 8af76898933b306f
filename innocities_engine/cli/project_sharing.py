"""Commands by which a project crosses the border between organisations: share it, take that back,
read what others share, begin a project with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from innocities_engine import adopting, wording
from innocities_engine.cli import acts, inputs, layout, methods, names, notes, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain import events as e
from innocities_engine.domain.commands import Adopt, Share, Unshare
from innocities_engine.domain.sharing import proposed, shareable

if TYPE_CHECKING:
    from innocities_engine.casework import Receipt
    from innocities_engine.domain.definition import Methodology
    from innocities_engine.store.sharing import Offer, Paper

verbs = Verbs()

STAYS: Final = ("people", "answers", "decisions", "comments", "days")


# ---------------------------------------------------------------- at home


@verbs.verb(
    "share",
    keyed=True,
    examples=(
        (
            "innocities project share forprosjekt prosjektforslag innsiktsrapport --theme havn"
            " --lesson 'Spør nettselskapet først'"
        ),
        "innocities project share forprosjekt --all --dry-run",
    ),
)
@click.argument("project")
@click.argument("papers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every paper that can be shared.")
@click.option("--title", default="", help="What others know it by; else its own title.")
@click.option("--about", default="", help="What it is about, for whoever may take it over.")
@click.option("--theme", default="", help="In a word or two.")
@click.option("--lesson", "lessons", multiple=True, metavar="TEXT", help="What was learnt.")
def share(
    console: Console,
    project: str,
    papers: Sequence[str],
    everything: bool,
    title: str,
    about: str,
    theme: str,
    lessons: Sequence[str],
) -> None:
    """Let other organisations read papers of a project, and take it over as one of their own.

    Only what is named here leaves the organisation: no people, no answers, no notes. Where nothing
    is named, it is what the method has for others. Shared anew, it takes the place of what was
    shared before.
    """
    seen = names.view(console, project)
    able = [version.artefact for version in shareable(seen.project)]
    picked = [names.pick(console, "artefact", given, seen.method.artefacts) for given in papers]
    if not (picked or everything or lessons):
        picked = list(proposed(seen.method, seen.project))
    if not (picked or everything or lessons):
        named = teller.Naming(console.language, seen.method)
        known = ", ".join(f"{named.title(each)} ({each})" for each in able)
        said = console.say("usage.which_papers", known=known or console.say("words.none"))
        raise click.UsageError(said)
    command = Share(
        inputs.text(console, title or seen.project.title, "--title"),
        tuple(dict.fromkeys([*picked, *(able if everything else ())])),
        inputs.prose(console, about, "--about"),
        inputs.text(console, theme, "--theme") if theme else "",
        tuple(inputs.prose(console, lesson, "--lesson") for lesson in lessons),
    )
    acts.issue(console, seen, command)
    console.talk("share.told")
    if any(track.end is None for track in seen.project.tracks.values()):
        console.talk("share.running")


@verbs.verb("unshare", keyed=True, examples=("innocities project unshare forprosjekt",))
@click.argument("project")
def unshare(console: Console, project: str) -> None:
    """Take back what was shared of a project. Whoever has taken it over keeps what they have."""
    acts.issue(console, names.view(console, project), Unshare())
    console.talk("share.taken_back")


# ---------------------------------------------------------------- what others share


@verbs.verb(
    "shared",
    examples=("innocities project shared", "innocities project shared strøm havn --json"),
)
@click.argument("words", nargs=-1)
@click.option("--limit", default=50, type=click.IntRange(1, 1000), help="How many at most.")
def shared(console: Console, words: Sequence[str], limit: int) -> None:
    """List what other organisations share; with WORDS, where each of them stands."""
    plain = [word for given in words for word in given.split()]
    found = adopting.offers(console.engine, console.home.id, console.me, plain, limit)
    console.show({"shared": [_plain(console, offer) for offer in found]}, _lines(console, found))


def _plain(console: Console, offer: Offer) -> dict[str, Any]:
    told = offer.told
    return {
        "id": offer.id,
        "organisation": offer.organisation,
        "at": offer.at.isoformat(),
        "title": told.title,
        "about": told.about,
        "theme": told.theme,
        "lessons": list(told.lessons),
        "papers": [
            {
                "artefact": p.artefact,
                "version": p.n,
                "kind": p.kind,
                "title": _title(console, p),
                "size": p.size,
                "address": p.address,
            }
            for p in told.papers
        ],
    }


def _title(console: Console, paper: Paper) -> str:
    """In the reader's language, else in the first there is."""
    return paper.title.get(console.language) or next(iter(paper.title.values()), paper.artefact)


def _named(console: Console, paper: Paper) -> str:
    """With the id one types, or where it can be read at once."""
    return f"{_title(console, paper)} ({paper.address or paper.artefact})"


def _lines(console: Console, found: Sequence[Offer]) -> Iterator[str]:
    if not found:
        yield from layout.paragraph(console.say("share.none"))
    for offer in found:
        told = offer.told
        day = offer.at.astimezone(console.zone).date()
        who = {"organisation": offer.organisation, "day": wording.short_day(console.language, day)}
        yield layout.heading(wording.visible(told.title))
        head = console.say("share.head", **who, id=_handle(offer))
        yield from layout.paragraph(head, indent=2)
        papers = ", ".join(_named(console, paper) for paper in told.papers)
        rows = {"theme": told.theme, "about": told.about, "papers": papers}
        said = [(name, text) for name, text in rows.items() if text]
        said += [("lesson", lesson) for lesson in told.lessons]
        for name, text in said:
            line = console.say(f"share.{name}", text=" ".join(text.split()))
            yield from layout.paragraph(line, indent=2, hang=2)


def _handle(offer: Offer) -> str:
    return offer.id[: teller.SHORT_ID]


# ---------------------------------------------------------------- taking over


@verbs.verb(
    "adopt",
    keyed=True,
    examples=(
        (
            "innocities project adopt Badestige smartby-prosjekt 'Badestige i elva'"
            " --member ideeier=ingrid --member programkoordinator=petter"
        ),
        (
            "innocities project adopt Badestige liten --member leder=astrid --member eier=eva"
            " --dry-run"
        ),
    ),
)
@click.argument("shared")
@click.argument("method")
@click.argument("title", default="", metavar="[TITLE]")
@click.option("--member", "members", multiple=True, metavar="ROLE=PERSON,…", help="Who holds what.")
@click.option("--answer", "answered", multiple=True, metavar="FACT=VALUE", help="What is known.")
@click.option("--version", default="", help="Of the method; else the newest published.")
@click.option("--id", "project", default="", help="An id of your own; else one nobody can guess.")
@click.option("--reason", default="", help="Why, for the record.")
def adopt(
    console: Console,
    shared: str,
    method: str,
    title: str,
    members: Sequence[str],
    answered: Sequence[str],
    version: str,
    project: str,
    reason: str,
) -> None:
    """Begin a project with what another organisation shares, by a method of your own.

    SHARED is the id that `project shared` shows, or part of the title. Papers come along as handed
    in and approved by nobody; whoever shared it hears that your organisation took it over.
    """
    published, definition = methods.published(console, method, version)
    command = Adopt(
        inputs.new_id(console, project) if project else "",
        console.home.id,
        names.shared(console, shared),
        inputs.text(console, title, "TITLE") if title else "",
        inputs.members(console, definition, members, "--member"),
        inputs.answers(console, definition, answered, "--answer"),
    )
    why = inputs.prose(console, reason, "--reason")
    blank = acts.blank(console, definition)
    receipt = adopting.adopt(
        console.engine, command, published.id, published.version, console.me,
        reason=why, idempotency_key=console.key, dry_run=console.dry_run,
    )  # fmt: skip
    [started] = [x for x in receipt.events if isinstance(x, e.ProjectStarted)]
    alike = notes.same_title(console, published.id, started.title, but=receipt.project)
    data, said = _crossing(console, definition, receipt)
    beside = ({**data, "notes": alike}, [*said, *notes.lines(alike)])
    acts.report(console, receipt, blank, beside=beside)


def _crossing(
    console: Console, method: Methodology, receipt: Receipt
) -> tuple[dict[str, Any], list[str]]:
    """What comes along and what does not, as data and in words."""
    versions = [x.version for x in receipt.events if isinstance(x, e.VersionSubmitted)]
    [adopted] = [x.adopted for x in receipt.events if isinstance(x, e.SolutionAdopted)]
    inherits = [
        {"artefact": v.artefact, "version": v.source.n, "asked": v.artefact in method.artefacts}
        for v in versions
        if v.source is not None
    ]
    unasked = ", ".join(str(each["artefact"]) for each in inherits if not each["asked"])
    stays = [console.say(f"stays.{each}") for each in STAYS]
    who = {"organisation": adopted.organisation}
    said = [console.say("share.unasked", papers=unasked, method=method.id)] if unasked else []
    said.append(console.say("share.stays", **who, what=wording.listed(console.language, stays)))
    said.append(console.say("share.seen", **who, home=console.home.name))
    data = {"organisation": adopted.organisation, "inherits": inherits, "stays": list(STAYS)}
    return data, [line for text in said for line in layout.paragraph(text)]
