"""Decide how a command is issued from the command line, and how what it brought about is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from innocities_engine import errors
from innocities_engine.cli import happenings, layout, round_page, teller
from innocities_engine.cli.console import Console
from innocities_engine.cli.notes import Note, beside, new
from innocities_engine.domain.commands import Actor, Command
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Project
from innocities_engine.domain.situation import Situation
from innocities_engine.engine import View
from innocities_engine.store import people
from innocities_engine.store.transactions import read

if TYPE_CHECKING:
    from innocities_engine.casework import Receipt
    from innocities_engine.domain.definition import Methodology


def blank(console: Console, definition: Methodology) -> View:
    """A project that is not there yet, looked at by whoever begins it."""
    with read(console.store) as connection:
        outside = people.inputs(connection, console.home.id, definition)
    console.focus = View(definition, Project(), outside, 0, Actor(console.me), console.clock())
    console.advance()
    return console.focus


def issue(
    console: Console,
    seen: View,
    command: Command,
    *,
    reason: str = "",
    gate: str = "",
    notes: Sequence[Note] | None = None,
) -> None:
    """Issue a command to the project that was looked at, and tell what came of it; with `notes`,
    where such a command can have any.
    """
    passage = seen.project.open_passage(gate) if gate else None
    console.passage = passage.key if passage else ""
    receipt = _execute(console, seen, command, reason, console.key)
    worth = beside(new(notes, receipt)) if notes is not None else ({}, ())
    report(console, receipt, seen, beside=worth)


def issue_each(
    console: Console, seen: View, commands: Mapping[str, Command], *, reason: str = ""
) -> None:
    """Issue several commands, one after the other, and tell of them together.

    Each is done wholly or not at all; what was done before one that is refused stays done.
    """
    done: list[Receipt] = []
    try:
        for part, command in commands.items():
            key = f"{console.key}/{part}" if console.key and len(commands) > 1 else console.key
            done.append(_execute(console, seen, command, reason, key))
    except errors.EngineError:
        if done and not console.dry_run:
            console.talk("done.partly", parts=", ".join(list(commands)[: len(done)]))
        raise
    events = tuple(event for receipt in done for event in receipt.events)
    repeated = all(receipt.repeated for receipt in done)
    report(console, replace(done[-1], events=events, repeated=repeated), seen)


def _execute(console: Console, seen: View, command: Command, reason: str, key: str) -> Receipt:
    console.advance()
    console.issued = command
    return console.engine.execute(
        seen.project.organisation,
        seen.project.id,
        command,
        console.me,
        reason=reason,
        idempotency_key=key,
        dry_run=console.dry_run,
    )


def report(
    console: Console,
    receipt: Receipt,
    seen: View | None = None,
    *,
    beside: tuple[Mapping[str, Any], Sequence[str]] = ({}, ()),
) -> None:
    """Tell what a command has done, or would do; `beside`: what else is to be said of it."""
    if console.dry_run and seen is not None:
        after = fold(seen.project, receipt.events)
        s = Situation(seen.method, after, seen.inputs, seen.now)
        t = teller.Teller(console.language, s, teller.persons(console), console.me, console.context)
    else:
        view = console.engine.view(console.home.id, receipt.project, console.me)
        t = teller.of(console, view)
    data, lines = beside
    console.show({**_data(console, t, receipt), **data}, [*_lines(console, t, receipt), *lines])
    if not console.dry_run:
        _what_now(console, t)


def _data(console: Console, t: teller.Teller, receipt: Receipt) -> dict[str, Any]:
    return {
        "project": receipt.project,
        "sequence": receipt.sequence,
        "command": receipt.command_id,
        "repeated": receipt.repeated,
        "dry_run": console.dry_run,
        "events": [happenings.plain(t, event) for event in receipt.events],
    }


def _lines(console: Console, t: teller.Teller, receipt: Receipt) -> list[str]:
    lead = "done.would" if console.dry_run else "done.before" if receipt.repeated else ""
    said = [console.say(lead)] if lead else []
    for sentence in happenings.sentences(t, receipt.events):
        said += layout.paragraph(sentence, hang=2)
    return said or [console.say("done.nothing")]


def _what_now(console: Console, t: teller.Teller) -> None:
    """Say where the project stands now, beside the answer."""
    passage = teller.next_passage(t.s)
    if passage is None:
        return
    review = teller.review_of(t.s, passage.gate)
    assert review is not None
    gate = t.passage(passage.key)
    if t.method.gates[passage.gate].round is not None and review.ready:
        console.talk("next.round", text=round_page.said(t, passage))
        console.hint(console.command("round", "show", passage.gate))
    elif review.ready:
        console.talk("next.ready", gate=gate)
        console.hint(t.command("decide", passage.gate))
    else:
        console.talk("next.shut", gate=gate, n=len(review.blockers))
        console.hint(t.command("why", passage.gate))
