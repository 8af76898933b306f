"""Recorded histories as the record of an organisation would tell them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from innocities_engine import library
from innocities_engine.domain import codec
from innocities_engine.domain.commands import Actor, Arrival, Migrate
from innocities_engine.domain.decide import decide
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event
from innocities_engine.domain.migration import Policy
from innocities_engine.history.past import Past
from innocities_engine.history.story import Story
from innocities_engine.store import record
from innocities_engine.store.record import Entry
from tests.histories import stored
from tests.histories.stored import History
from tests.migrating.methods import Plain

MOVE = -1  # the number of the command
DAG = Actor("dag", frozenset({"administrator"}))


@cache
def recorded() -> stored.Stored:
    return stored.load(stored.versions()[-1])


def raw(history: History) -> Plain:
    """What the method of a history says."""
    found: Plain = json.loads(recorded().methods[history.method])
    return found


@cache
def method(digest: str) -> Methodology:
    return library.compile_stored(recorded().methods[digest].encode())


def story(history: History) -> Story:
    """The history as the story of a project; what stands around it stands from the beginning."""
    past = Past("home")
    past.extend(list(_around(history)))
    entries: list[Entry] = []
    for number, step in enumerate(history.steps):
        for kind, text in step.events:
            event: Event = codec.load(codec.EVENTS[kind], text.encode())
            entries.append(_entry(kind, step.now, event, number, len(entries) + 1, history.method))
    methods = {history.method: method(history.method)}
    return Story("p", entries, record.replay(entries), methods, past, {})


def unswept(history: History) -> Story:
    """The same project, had no sweep come: nobody was reminded of anything yet."""
    told = story(history)
    entries = [entry for entry in told.entries if entry.type != "ReminderRaised"]
    return replace(told, entries=entries, state=record.replay(entries))


def moved(told: Story, to: Methodology) -> Story:
    """The same project, moved to another version a day later; its days stay."""
    last, inputs = told.entries[-1], told.inputs(told.state)
    now = last.at + timedelta(1)
    inputs = replace(inputs, arrival=Arrival(to, inputs))
    command = Migrate(to.id, to.version, Policy.REMAINING)
    happened = decide(told.method, told.state, command, DAG, now, inputs)
    entries = [*told.entries]
    for event in happened:
        kind, number = type(event).__name__, len(entries) + 1
        entries.append(_entry(kind, now, event, MOVE, number, told.state.digest))
    methods = {**told.methods, to.digest: to}
    return replace(told, entries=entries, state=record.replay(entries), methods=methods)


def _around(history: History) -> list[Entry]:
    told, first = history.inputs, history.steps[0].now
    settings = {"country": told["country"], "zone": told["zone"], "quiet": told["quiet"]}
    founded = {**settings, "first": "dag", "rights": []}
    found = [("OrganisationFounded", founded), ("ClosuresFixed", {"days": told["closures"]})]
    found += [("MeetingsFixed", {"calendar": name, "days": days})
              for name, days in told["meetings"].items()]  # fmt: skip
    found += [("PersonPut", {"person": person, "rights": [], "active": False})
              for person in told["inactive"]]  # fmt: skip
    for number, text in enumerate(told["substitutions"]):
        stands_in = json.loads(text)
        added = {**stands_in, "role": stands_in.get("role") or "", "id": f"{number}"}
        found.append(("SubstituteAdded", added))
    return [_entry(kind, first, None, 0, 0, "", details) for kind, details in found]


def _entry(
    kind: str, at: datetime, event: Event | None, command: int, sequence: int, digest: str,
    details: Mapping[str, Any] = {},
) -> Entry:  # fmt: skip
    return Entry(
        chain_no=sequence, project="p", sequence=sequence, type=kind, event=event,
        details=details, actor="", capacity="", command="", command_id=f"c{command}", reason="",
        method_digest=digest, program="", at=at, hash="",
    )  # fmt: skip
