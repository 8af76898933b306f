"""Commands that answer questions about one project: where it stands, why not further, what was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

import click

from innocities_engine.cli import (
    exits,
    happenings,
    layout,
    names,
    page,
    reasons,
    round_page,
    standing,
    teller,
    versions,
)
from innocities_engine.cli.console import Console
from innocities_engine.cli.remedies import actions, waivers_of
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.commands import Import
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.why import why as explain

if TYPE_CHECKING:
    from innocities_engine.domain.events import Event
    from innocities_engine.domain.remedies import Action
    from innocities_engine.domain.why import Explanation
    from innocities_engine.store.record import Entry

verbs = Verbs()


@verbs.verb(
    "show",
    examples=("innocities project show havn", "innocities project show klar --lang en --json"),
)
@click.argument("project")
@click.option("--at", default="", metavar="INSTANT", help="As it was then.")
def show(console: Console, project: str, at: str) -> None:
    """Show where a project stands: what the next decision needs, from whom, by when.

    Also the next meeting and the one after it, conditions, warnings and what was decided.
    """
    seen = names.view(console, project)
    if at:
        instant = console.instant(at)
        state = console.engine.as_of(console.home.id, seen.project.id, console.me, instant)
        method = versions.followed(console, state) if state.digest else seen.method
        s = teller.as_of_now(method, state, seen.inputs, instant)
        t = teller.Teller(console.language, s, teller.persons(console), console.me, console.context)
    else:
        t = teller.of(console, seen)
    data = standing.standing(t)
    console.show(data, page.lines(t, data))


@verbs.verb(
    "why",
    examples=("innocities project why klar G1 --outcome go", "innocities project why ferdig G1"),
)
@click.argument("project")
@click.argument("gate", default="", metavar="[GATE]")
@click.option("--outcome", default="", help="What exactly this outcome still asks.")
def why(console: Console, project: str, gate: str, outcome: str) -> None:
    """Say why a gate is shut, and the smallest sets of actions that would open it.

    Without GATE, the next one to be decided. Ends with 1 while the gate is shut.
    """
    seen = names.view(console, project)
    known = names.gate(console, seen, gate)
    chosen = names.outcome(console, known, outcome) if outcome else None
    t = teller.of(console, seen)
    passage = t.project.open_passage(known.id)
    if passage is None:
        told = reasons.reason(t, Blocker("not_open", known.id))
        data = {"gate": known.id, "open": False, "text": told.text}
        console.show(data, layout.paragraph(told.text))
        raise click.exceptions.Exit(exits.REFUSED)
    found = explain(t.s, passage, chosen)
    console.show(_data(t, passage, outcome, found), _lines(t, passage, outcome, found))
    if not found.review.ready:
        raise click.exceptions.Exit(exits.REFUSED)


def _data(t: teller.Teller, passage: Any, outcome: str, found: Explanation) -> dict[str, Any]:
    return {
        "gate": passage.gate,
        "passage": passage.key,
        "outcome": outcome or None,
        "open": True,
        "ready": found.review.ready,
        "round": round_page.waits(t, passage),
        "review": found.review.digest,
        "blockers": [reasons.plain(t, b, passage) for b in found.review.blockers],
        "warnings": [reasons.plain(t, b, passage) for b in found.review.warnings],
        "common": actions(t, passage, found.common),
        "sets": [actions(t, passage, one) for one in found.sets if not found.review.ready],
        "cut": found.cut,
        "hidden": list(found.hidden),
        "waivers": waivers_of(t, found),
    }


def _lines(t: teller.Teller, passage: Any, outcome: str, found: Explanation) -> Iterator[str]:
    gate = t.passage(passage.key)
    gate = f"{gate}, {happenings.outcome(t, passage.gate, outcome)}" if outcome else gate
    if found.review.ready:
        yield layout.heading(t.say("why.ready", gate=gate))
        if round_page.waits(t, passage):
            yield from layout.paragraph(round_page.said(t, passage), indent=2)
    else:
        yield layout.heading(t.say("why.shut", gate=gate, n=len(found.review.blockers)))
        for blocker in found.review.blockers:
            yield from page.point(reasons.plain(t, blocker, passage))
    if found.review.warnings:
        yield t.say("why.warnings")
        for warning in found.review.warnings:
            yield from page.point(reasons.plain(t, warning, passage))
    if not found.review.ready:
        yield from _sets(t, passage, found)
    yield ""
    yield from layout.paragraph(t.say("why.digest", digest=found.review.digest))


def _sets(t: teller.Teller, passage: Any, found: Explanation) -> Iterator[str]:
    """What all ways have in common first, whole; then what each asks beside it."""
    yield ""
    if not found.sets:
        yield from layout.paragraph(t.say("why.not_found" if found.cut else "why.no_sets"))
    else:
        yield layout.heading(t.say("why.sets"))
        if len(found.sets) > 1 and found.common:
            yield f"  {t.say('why.always_shown' if found.cut else 'why.always')}"
        yield from _actions(t, passage, found.common)
    if len(found.sets) > 1:
        yield f"  {t.say('why.and_one_of' if found.common else 'why.one_of')}"
        for number, (some, more) in enumerate(zip(found.sets, found.hidden, strict=True), 1):
            yield f"  {t.say('why.set', n=number)}"
            yield from _actions(t, passage, some)
            if more:
                yield f"    – {t.say('why.hidden', n=more)}"
        if found.cut:
            yield from layout.paragraph(t.say("why.cut"), indent=2)
    for waiver in waivers_of(t, found):
        yield from layout.paragraph(waiver["text"], indent=2)


def _actions(t: teller.Teller, passage: Any, some: Iterable[Action]) -> Iterator[str]:
    for action in actions(t, passage, some):
        yield from layout.paragraph(f"– {action['text']}", indent=4, hang=2)


@verbs.verb(
    "history",
    examples=("innocities project history ferdig", "innocities project history ferdig --all"),
)
@click.argument("project")
@click.option("--all", "everything", is_flag=True, help="What merely follows, too.")
@click.option("--until", default="", metavar="INSTANT", help="Only what was before.")
def history(console: Console, project: str, everything: bool, until: str) -> None:
    """Tell what happened to a project, oldest first: when, who, what and why."""
    seen = names.view(console, project)
    t = teller.of(console, seen)
    last = console.instant(until) if until else None
    found = console.engine.history(console.home.id, seen.project.id, console.me, until=last)
    under = list(versions.stretches(console, t, found))
    data = {"entries": [_entry(told, entry) for told, entries in under for entry in entries]}
    told = (_told(told, entries, everything=everything) for told, entries in under)
    console.show(data, chain.from_iterable(told))


def _entry(t: teller.Teller, entry: Entry) -> dict[str, Any]:
    event = happenings.plain(t, entry.event) if entry.event else dict(entry.details)
    return {
        "number": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "capacity": entry.capacity,
        "command": entry.command,
        "command_id": entry.command_id,
        "reason": entry.reason,
        "event": event,
        "hash": entry.hash,
    }


def _told(t: teller.Teller, entries: Sequence[Entry], *, everything: bool) -> Iterator[str]:
    """When and who, then what came of their command."""
    for _, group in groupby(entries, key=lambda entry: entry.command_id):
        command = list(group)
        reason = command[0].reason
        for heading, events in _stretches(t, command):
            if everything:
                said = [happenings.told(t, event) for event in events]
            else:
                said = list(happenings.sentences(t, events))
            said += [entry.type for entry in command if entry.event is None]
            if not said:
                continue
            yield layout.heading(heading)
            if reason:
                yield from layout.paragraph(t.say("words.quoted", text=reason), indent=2)
            for sentence in said:
                yield from layout.paragraph(sentence, indent=2, hang=2)


def _stretches(t: teller.Teller, command: Sequence[Entry]) -> Iterator[tuple[str, list[Event]]]:
    """A command happened at once; what it took in from paper is told by the day it was."""
    first = command[0]
    who = t.say("words.program") if first.actor == "system" else t.person(first.actor)
    events = [entry.event for entry in command if entry.event is not None]
    at_once = f"{t.clock(first.at)} · {who}"
    if first.command != Import.__name__:
        yield at_once, events
        return
    for day, happened in groupby(events, key=lambda event: t.s.day_of(event.at)):
        paper = f"{t.day(day)} · {t.say('page.from_paper')}"
        yield at_once if day == t.s.day_of(first.at) else paper, list(happened)
