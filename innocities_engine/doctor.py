"""Decide whether what is stored agrees with itself: each thing is worked out anew from the record
and compared with what is kept beside it.  It reads only; what to do is left to people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from innocities_engine import casework, errors
from innocities_engine.domain import codec
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Project
from innocities_engine.engine import Engine
from innocities_engine.readings import columns
from innocities_engine.store import chain, files, people, projects, record, sharing, traces
from innocities_engine.store.transactions import Store, read


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored that is not as the record says."""

    organisation: str
    subject: str
    problem: str


def examine(engine: Engine) -> list[Difference]:
    """Examine every organisation of a store, each project in a short reading of its own."""
    with read(engine.store) as connection:
        homes = [each.id for each in people.organisations(connection)]
        faults = traces.unsound(connection)
    found = [Difference("", "database", fault) for fault in faults]
    return [*found, *(each for home in homes for each in _organisation(engine, home))]


def _organisation(engine: Engine, organisation: str) -> Iterator[Difference]:
    finding = chain.verify(engine.store, organisation)
    if finding:
        yield Difference(organisation, f"entry {finding.entry}", finding.problem)
    with read(engine.store) as connection:
        ids = projects.ids(connection, organisation)
        strays = traces.untold(connection, organisation)
    for project in ids:
        for problem in _braved(_project(engine, organisation, project)):
            yield Difference(organisation, f"project {project}", problem)
    for problem in (*strays, *_files(engine.store, organisation)):
        yield Difference(organisation, "files and letters", problem)


def _braved(problems: Iterator[str]) -> Iterator[str]:
    """Go on with the rest where one thing cannot even be read."""
    try:
        yield from problems
    except (errors.EngineError, LookupError, ValueError, TypeError) as fault:
        yield f"cannot be read: {fault}"


def _project(engine: Engine, organisation: str, project: str) -> Iterator[str]:
    with read(engine.store) as connection:
        kept = projects.kept(connection, organisation, project)
        entries = record.entries(connection, organisation, project)
        told = traces.notices(connection, organisation, project)
        troubled = traces.pushed_ahead(connection, organisation, project)
        members = traces.members(connection, organisation, project)
        shared = sharing.kept(connection, organisation, project)
        method = engine.methods.get(connection, organisation, kept["method_digest"])
        inputs = people.inputs(connection, organisation, method)
    try:
        state = record.replay(entries)
    except (KeyError, ValueError, TypeError) as fault:
        yield f"cannot be replayed: {fault!r}"
        return
    with read(engine.store) as connection:
        inputs = replace(inputs, portfolio=engine.methods.portfolio(connection, state))
    if kept["sequence"] != entries[-1].sequence:
        yield f"is kept as of event {kept['sequence']}, the last one is {entries[-1].sequence}"
    if kept["snapshot"] != codec.dump(state):
        yield "is kept in another state than its events lead to"
    yield from _columns(kept, state)
    yield from _wake(engine, kept, state, method, inputs, troubled=troubled)
    if members != _held(state):
        yield "is listed for other people than hold its roles"
    if shared != sharing.row(method, state):
        yield "is shared otherwise than its state says"
    missing = set(_reminded(engine, organisation, entries, inputs)) - told
    if missing:
        yield f"has raised reminders nobody is told of: {', '.join(sorted(missing))}"


def _columns(kept: Any, state: Project) -> Iterator[str]:
    wanted = {
        "title": state.title,
        "method_id": state.method,
        "method_version": state.version,
        "method_digest": state.digest,
        "overridden": bool(state.overrides),
    }
    for name, value in wanted.items():
        if kept[name] != value:
            yield f"is listed with {name} {kept[name]!r}, its state says {value!r}"


def _wake(
    engine: Engine, kept: Any, state: Project, method: Any, inputs: Any, *, troubled: bool
) -> Iterator[str]:
    """To be looked at early does no harm; too late would lose something."""
    now = engine.clock()  # it may have been set back since
    wanted = columns(method, state, inputs, max(now, state.as_of or now))
    for name in ("status", "live", "phase"):
        if kept[name] != getattr(wanted, name):
            yield f"is listed with {name} {kept[name]!r}, its state says {getattr(wanted, name)!r}"
    planned: datetime | None = kept["wake_at"]
    late = wanted.wake_at is not None and (planned is None or planned > wanted.wake_at)
    if late and not troubled:
        yield f"will be looked at {planned or 'never'}, and should be at {wanted.wake_at}"


def _reminded(
    engine: Engine, organisation: str, entries: Sequence[record.Entry], inputs: Any
) -> Iterator[str]:
    """Work out which notices the reminders of each command have caused."""
    before = Project()
    for _, group in groupby(entries, key=lambda entry: entry.command_id):
        command = list(group)
        events = [entry.event for entry in command if entry.event is not None]
        after = fold(before, events)
        raised = [event for event in events if type(event).__name__ == "ReminderRaised"]
        if raised:
            with read(engine.store) as connection:
                digest = command[0].method_digest
                method = engine.methods.get(connection, organisation, digest)
            for notice in casework.told(method, before, after, raised, inputs):
                yield f"{after.id}/{notice.dedupe_key}"
        before = after


def _held(state: Project) -> set[tuple[str, str]]:
    return {(role, person) for role, members in state.members.items() for person in members}


def _files(store: Store, organisation: str) -> Iterator[str]:
    with read(store) as connection:
        told = [each for each in files.listed(connection) if each[0] == organisation]
    for _, project, sha256, _ in told:
        if not files.path(store, organisation, sha256).exists():
            yield f"the file {sha256} of project {project} is not on the disk"
        elif files.damaged(store, organisation, sha256):
            yield f"the file {sha256} of project {project} was changed"
