"""The command by which somebody leaves: everything they hold goes to others, project by project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from innocities_engine import wording
from innocities_engine.cli import inputs, layout, names, reasons, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import Reassign
from innocities_engine.leaving import Estate, HandedOver, Held, Leaving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from innocities_engine.store.succession import Succession

verbs = Verbs()
NOBODY: Final = "–"


@verbs.verb(
    "leave",
    writes=True,
    examples=(
        "innocities person leave bjorn --to lars --dry-run",
        "innocities person leave bjorn --to lars --role styringsgruppe=lars --reason 'New post'",
    ),
)
@click.argument("person")
@click.option("--to", required=True, metavar="PERSON", help="Who takes over.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE=PERSON",
    help="Who takes over that role instead.",
)
@click.option("--reason", default="", help="Why, for the record.")
def leave(console: Console, person: str, to: str, roles: Sequence[str], reason: str) -> None:
    """Hand over everything of PERSON, in every project, and let them act no more.

    Each project is handed over wholly or not at all. Where one refuses, the others are done, PERSON
    stays active, and the command can be run again. What PERSON did stays theirs.
    """
    handing = inheritance(console, person, to, roles)
    why = inputs.prose(console, reason, "--reason")
    leaving = Leaving(console.engine, console.office, console.home.id, handing, console.me, why)
    estate = leaving.estate()
    for role in handing.roles:
        if role not in estate.roles:
            raise names.unknown(console, "role", role, sorted(estate.roles))
    done = leaving.hand_over(
        estate, lambda held: list(_watched(console, held)), dry_run=console.dry_run
    )
    refused = [each for each in done if each.refusal]
    if not (refused or console.dry_run):
        console.advance()
        leaving.close()
    _tell(console, leaving, estate, done)
    if refused:
        name = teller.persons(console).get(handing.person, handing.person)
        console.end(1, "leave.stays", name=name, person=handing.person, n=len(refused))


def inheritance(console: Console, person: str, to: str, roles: Sequence[str]) -> Reassign:
    """Who takes over from whom, by the names that were typed."""
    by_role = inputs.pairs(console, roles, "ROLE")
    return Reassign(
        names.person(console, person),
        names.person(console, to),
        {role: names.person(console, heir) for role, heir in by_role.items()},
    )


def _watched(console: Console, held: Sequence[Held]) -> Iterator[Held]:
    for each in console.progress(held, console.say("leave.progress")):
        console.advance()
        yield each


# ---------------------------------------------------------------- what is told


def _tell(console: Console, leaving: Leaving, estate: Estate, done: Sequence[HandedOver]) -> None:
    told = [_project(console, leaving.handing, each) for each in done]
    around = _around(console, leaving.handing, estate)
    person = leaving.person
    closed = not console.dry_run and not any(each.refusal for each in done)
    data = {
        "person": person,
        "to": leaving.handing.to,
        "dry_run": console.dry_run,
        "projects": [each for each, _ in told],
        "substitutions": [_plain(change) for change in estate.substitutions],
        "fallback": estate.fallback,
        "deactivated": closed,
    }
    lines = [console.say("done.would")] if console.dry_run else []
    lines += [line for _, those in told for line in those] + around
    name = teller.persons(console).get(person, person)
    if not told and not around:
        lines += layout.paragraph(console.say("leave.nothing", name=name))
    if closed:
        lines += layout.paragraph(console.say("person.deactivated", name=name, person=person))
    console.show(data, lines)


def _project(
    console: Console, handing: Reassign, done: HandedOver
) -> tuple[dict[str, Any], list[str]]:
    """What goes to whom in one project, as data and in lines; and why not, where it does not."""
    t = teller.of(console, console.engine.view(console.home.id, done.held.project, console.me))
    goes = list(_goes(t, handing, done.held))
    lines = layout.paragraph(done.held.state.title)
    for what, to in goes:
        told = t.say("leave.goes", what=what, to=t.person(to))
        lines += layout.paragraph(told, indent=2, hang=2)
    why = [reasons.plain(t, b) for b in getattr(done.refusal, "blockers", ())]
    said = [reason["text"] for reason in why] or ([str(done.refusal)] if done.refusal else [])
    lines += [f"  {t.say('leave.not_done')}"] if done.refusal else []
    for text in said:
        lines += layout.paragraph(f"– {text}", indent=4, hang=2)
    data = {
        "project": done.held.project,
        "title": done.held.state.title,
        "goes": [{"what": what, "to": to} for what, to in goes],
        "done": done.refusal is None and not console.dry_run,
        "blockers": why,
    }
    return data, lines


def _goes(t: teller.Teller, handing: Reassign, held: Held) -> Iterator[tuple[str, str]]:
    for role in held.holdings.roles:
        yield t.title(role), handing.heir(role)
    for need in held.holdings.needs:
        yield t.need(t.project.needs[need]), handing.to
    for passage in held.holdings.passages:
        yield t.say("leave.raised", gate=t.passage(passage)), handing.to


def _around(console: Console, handing: Reassign, estate: Estate) -> list[str]:
    """What stands around the projects and changes hands."""
    persons = teller.persons(console)
    told = [
        _substitution(console, persons, handing.person, change) for change in estate.substitutions
    ]
    if estate.fallback:
        to = persons.get(handing.to, handing.to)
        told.append(console.say("leave.fallback", to=to))
    lead = [console.say("leave.around")] if told else []
    return lead + [line for text in told for line in layout.paragraph(text, indent=2, hang=2)]


def _substitution(
    console: Console, persons: Mapping[str, str], leaver: str, change: Succession
) -> str:
    was, becomes = change.was, change.becomes
    values = {
        "person": persons.get(was.person, was.person),
        "substitute": persons.get(was.substitute, was.substitute),
        "first": wording.short_day(console.language, (becomes or was).first),
        "last": wording.short_day(console.language, was.last),
        "to": persons.get(becomes.substitute, becomes.substitute) if becomes else NOBODY,
    }
    text = "leave.stood_in_for" if was.person == leaver else "leave.stands_in"
    return console.say(text, **values)


def _plain(change: Succession) -> dict[str, Any]:
    was, becomes = change.was, change.becomes
    return {
        "id": change.id,
        "person": was.person,
        "substitute": was.substitute,
        "first": was.first.isoformat(),
        "last": was.last.isoformat(),
        "role": was.role,
        "to": becomes.substitute if becomes else None,
    }
