"""A store with many running projects in it, at every point of recorded histories; written in one go,
since how they came there is no part of what is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from innocities_engine import casework
from innocities_engine.domain import codec
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.events import Event, ProjectStarted
from innocities_engine.domain.evolve import fold
from innocities_engine.domain.project import Project
from innocities_engine.engine import Engine
from innocities_engine.office import Office
from innocities_engine.readings import columns
from innocities_engine.store import files, outbox, people, projects, record
from innocities_engine.store.transactions import Transaction, write
from tests.histories import stored
from tests.histories.stored import History, Step
from tests.migrating.methods import Plain
from tests.store.given import OSLO, Clock, World, a_person, a_store

METHOD = "smartby-prosjekt"


def recorded() -> list[History]:
    return [h for h in stored.load(stored.versions()[-1]).histories if h.name.startswith(METHOD)]


def points() -> Iterator[tuple[History, int]]:
    """Every point of every history at which the project still runs, round and round."""
    found = [(h, n) for h in recorded() for n in range(1, len(h.steps) + 1) if _runs(h, n)]
    yield from cycle(sorted(found, key=lambda each: (each[1], each[0].name)))


def _runs(history: History, steps: int) -> bool:
    return any(track.end is None for track in _standing(history, steps).tracks.values())


def _standing(history: History, steps: int) -> Project:
    return fold(Project(), [x for _, events in _told(history, steps, "") for x in events])


def _told(history: History, steps: int, name: str) -> Iterator[tuple[Step, list[Event]]]:
    """What happened, as if it had happened to a project of this name in Oslo."""
    for step in history.steps[:steps]:
        events: list[Event] = []
        for kind, text in step.events:
            event: Event = codec.load(codec.EVENTS[kind], text.encode())
            if isinstance(event, ProjectStarted):
                event = replace(event, project=name, organisation=OSLO.id, title=f"No. {name}")
            events.append(event)
        yield step, events


def world(folder: Path, raw: Plain, number: int) -> World:
    """An organisation with so many projects that run by a method; it is later than all they did."""
    store = a_store(folder)
    chosen = list(islice(points(), number))
    clock = Clock(min(history.steps[0].now for history, _ in chosen))
    office = Office(store, clock)
    office.found(OSLO, a_person("dag", "administrator"))
    published = office.publish(OSLO.id, raw, "dag")
    for person in sorted({p for history, steps in chosen for p in _people(history, steps)}):
        office.put_person(OSLO.id, a_person(person, "member"), "dag")
    clock.now = max(history.steps[steps - 1].now for history, steps in chosen)
    there = World(store, clock, office, Engine(store, clock))
    with write(store) as connection:
        method = there.engine.methods.get(connection, OSLO.id, published.digest)
        for place, (history, steps) in enumerate(chosen):
            _write(connection, there, method, f"p{place}", history, steps)
    return there


def _write(
    connection: Transaction, there: World, method: Methodology, name: str, history: History,
    steps: int,
) -> None:  # fmt: skip
    inputs = people.inputs(connection, OSLO.id, method)
    project, sequence, afterwards = Project(), 0, []
    for step, events in _told(history, steps, name):
        before, project = project, fold(project, events)
        if events:
            sequence = record.append(connection, _envelope(name, step, method), events, sequence)
            planned = casework.told(method, before, project, events, inputs)
            afterwards.append((step, events, planned, sequence))
    last = history.steps[steps - 1].now  # what time has brought about since is not worked out yet
    kept = columns(method, project, inputs, last)
    projects.insert_project(connection, project, sequence, kept, last)
    for step, events, planned, number in afterwards:
        outbox.add(connection, OSLO.id, name, planned, sequence=number, now=step.now)
        for content in files.told_of(events):
            who = step.asked.person
            files.enter(connection, OSLO.id, name, content, person=who, now=step.now)


def _people(history: History, steps: int) -> set[str]:
    held = {person for members in _standing(history, steps).members.values() for person in members}
    return held | {step.asked.person for step in history.steps[:steps]} - {"system", "dag"}


def _envelope(name: str, step: Step, method: Methodology) -> record.Envelope:
    kind, _ = step.asked.command
    command_id = f"{name}/{step.now.isoformat()}"
    return record.Envelope(
        OSLO.id, name, step.asked.person, "", kind, command_id, "", method.digest, step.now
    )
