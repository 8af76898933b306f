"""What things cost, counted and never timed: statements and commits, machines, steps of the
database. Cost follows what happens, not what exists.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event as hooks

from innocities_engine import library
from innocities_engine.domain import commands as k
from innocities_engine.domain import machine
from innocities_engine.domain.project import Proposal
from innocities_engine.engine import Engine
from innocities_engine.store import tables
from innocities_engine.store.transactions import Store, open_store, read
from tests.store.given import LINK, OSLO, World, a_method, a_person, a_world

MANY = 20_000
SHIPPED = Path(__file__).parents[1] / "methodology" / "smartby-prosjekt" / "1.0.0.yaml"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = a_world(tmp_path)
    yield made
    made.store.close()


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Every statement that goes to the database, commits among them."""
    said: list[str] = []

    def note(*call: object) -> None:
        said.append(str(call[2]))

    def commit(*_: object) -> None:
        said.append("COMMIT")

    hooks.listen(store.engine, "before_cursor_execute", note)
    hooks.listen(store.engine, "commit", commit)
    try:
        yield said
    finally:
        hooks.remove(store.engine, "before_cursor_execute", note)
        hooks.remove(store.engine, "commit", commit)


def steps(world: World, act: Callable[[Engine], object]) -> int:
    """How many instructions the database carries out, on a connection of its own."""
    fresh = open_store(world.store.folder)
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    with read(fresh) as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_progress_handler(step, 1)
    act(Engine(fresh, world.clock))
    fresh.close()
    return taken


def crowd(world: World, project: str, first: int = 1, last: int = MANY) -> None:
    """Put many projects beside one, all of them with an open deadline in times to come."""
    names = [column.name for column in tables.project.columns]
    other = {"id": "'other-' || n", "number": "1000 + n",
             "wake_at": "datetime(wake_at, '+' || (1000 + n % 900) || ' hours') || '.000000'"}  # fmt: skip
    chosen = ", ".join(other.get(name, name) for name in names)
    world.store.close()
    with closing(sqlite3.connect(world.store.database, isolation_level=None)) as raw:
        raw.execute(
            f"WITH RECURSIVE many(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM many WHERE n < {last})"
            f" INSERT INTO project ({', '.join(names)}) SELECT {chosen} FROM project, many"
            " WHERE id = ?",
            (project,),
        )


# ---------------------------------------------------------------- decisions


def decided(engine: Engine, project: str) -> None:
    engine.execute("oslo", project, k.Decide("G1", Proposal("rework")), "bjorn", reason="again")


def test_a_decision_costs_the_same_however_long_its_project_and_however_many_others(
    world: World,
) -> None:
    project = world.started()
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")
    decided(world.engine, project)
    with counted(world.store) as early:
        decided(world.engine, project)
    for n in range(60):
        world.engine.execute("oslo", project, k.Comment(f"note {n}"), "astrid")
    crowd(world, project)
    with counted(world.store) as late:
        decided(world.engine, project)

    assert late == early
    assert early.count("COMMIT") == 1
    assert len(early) <= 9, early


def test_a_refusal_commits_once_for_its_trace_and_nothing_else(world: World) -> None:
    project = world.started()
    with counted(world.store) as said, pytest.raises(Exception, match="does not allow"):
        world.engine.execute("oslo", project, k.Decide("G1", Proposal("go")), "bjorn")

    written = [s for s in said if s.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert said.count("COMMIT") == 1
    assert ["refusal" in statement for statement in written] == [True]


def test_what_is_only_looked_at_is_never_written(world: World) -> None:
    project = world.started()
    with counted(world.store) as said:
        world.engine.view("oslo", project, "astrid")
        world.engine.projects("oslo", "astrid")
        world.engine.history("oslo", project, "astrid")

    assert all(s.startswith(("SELECT", "COMMIT")) for s in said), said


# ---------------------------------------------------------------- machines


def test_machines_are_built_for_each_track_of_a_method_and_never_for_a_project(
    world: World,
) -> None:
    """However many projects there are, in however many organisations, by however many engines."""
    machine.track_machine.cache_clear()
    machine.version_machine.cache_clear()
    world.office.found(replace(OSLO, id="bergen"), a_person("eva", "administrator", "manager"))
    world.office.publish("bergen", a_method(), "eva")
    for n in range(12):
        engine = Engine(world.store, world.clock)
        home, lead = ("bergen", "eva") if n % 2 else ("oslo", "astrid")
        members = {"lead": (lead,), "board": (lead,)}
        project = engine.start(
            home, "liten", "1.0.0", lead, title=f"Project {n}", members=members
        ).project
        engine.execute(home, project, k.Submit("plan", LINK), lead)
        engine.execute(home, project, k.Withdraw("plan"), lead)
        engine.execute(home, project, k.Submit("plan", LINK), lead)
        engine.execute(home, project, k.Decide("G1", Proposal("go")), lead)

    assert machine.track_machine.cache_info().misses == 1
    assert machine.version_machine.cache_info().misses == 1


def test_a_method_with_several_tracks_has_a_machine_for_each() -> None:
    plain = library.resolved(SHIPPED)
    machine.track_machine.cache_clear()
    for _ in range(3):
        method = library.compile_resolved(plain)
        for root in method.roots:
            machine.track_machine(method, root)

    assert machine.track_machine.cache_info().misses == len(method.roots) > 1


# ---------------------------------------------------------------- time


def test_an_empty_tick_costs_the_same_with_many_open_deadlines_as_with_one(world: World) -> None:
    """Not one statement more, and not one step of the database more."""
    project = world.started()
    world.clock.forward(minutes=1)
    with counted(world.store) as few:
        assert world.engine.sweep().projects == 0
    steps_with_few = steps(world, Engine.sweep)
    crowd(world, project)
    with counted(world.store) as many:
        assert world.engine.sweep().projects == 0

    assert many == few
    assert steps(world, Engine.sweep) == steps_with_few > 0


def test_finding_what_is_due_does_not_look_at_what_is_not(world: World) -> None:
    project = world.started()
    world.clock.forward(days=27)
    crowd(world, project, last=1)
    with_one = steps(world, Engine.due)
    crowd(world, project, first=2)

    assert world.engine.due() == [("oslo", project)]
    assert steps(world, Engine.due) == with_one > 0
