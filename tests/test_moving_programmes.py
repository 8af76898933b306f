"""A programme counts the projects that it started as before when one of them moves to another
version of its method.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from innocities_engine import errors, library
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain import portfolio, predicates
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Proposal
from innocities_engine.domain.situation import Situation
from tests.store.given import LINK, METHODS, World, a_method, a_world

LED = {"lead": ("astrid",), "board": ("bjorn",)}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A programme that waits for two of its projects at work; one is, and one is not."""
    made = a_world(tmp_path)
    made.office.publish("oslo", raw_of("rammen"), "dag")
    made.started(title="Smart by", method="rammen", project="programme")
    for child in ("ahead", "behind"):
        start = k.StartFrom(child, "liten", "1.0.0", child, LED)
        made.engine.execute("oslo", "programme", start, "astrid")
    made.engine.execute("oslo", "ahead", k.Submit("plan", LINK), "astrid")
    made.engine.execute("oslo", "ahead", k.Decide("G1", Proposal("go")), "bjorn")
    made.engine.sweep()
    yield made
    assert examine(made.engine) == []
    made.store.close()


def raw_of(method: str) -> dict[str, Any]:
    return deepcopy(dict(library.resolved(METHODS / method / "1.0.0.yaml")))


def renamed(**phases: str) -> dict[str, Any]:
    """The children's method with phases under other names, which say what they were."""
    raw = deepcopy(a_method())
    told = {phases.get(name, name): phase for name, phase in raw["phases"].items()}
    for name, new in phases.items():
        told[new] = {**told[new], "was": name}
    raw["phases"] = told
    for gate in raw["gates"].values():
        gate["in"] = phases.get(gate["in"], gate["in"])
        for outcome in gate["outcomes"].values():
            for word in ("to", "turn"):
                if word in outcome:
                    outcome[word] = phases.get(outcome[word], outcome[word])
    return {**raw, "version": "2.0.0"}


def counting(phase: str) -> dict[str, Any]:
    raw = raw_of("rammen")
    need = raw["gates"]["PG1"]["needs"]["two_at_work"]
    need["done"]["having"]["phase"] = phase
    return {**raw, "version": "2.0.0"}


def moves(world: World, project: str, method: str = "liten", **choices: str) -> set[str]:
    """Move a project; tell why it does not, if so."""
    try:
        chosen = {f"phase/{phase}": way for phase, way in choices.items()}
        move = k.Migrate(method, "2.0.0", "keep", "Better", chosen)
        world.engine.execute("oslo", project, move, "dag")
    except errors.Refused as refused:
        return {b.code for b in refused.blockers if isinstance(b, Blocker)}
    return set()


def counted(world: World) -> int:
    view = world.engine.view("oslo", "programme", "astrid")
    s = Situation(view.method, view.project, view.inputs, view.now)
    [test] = portfolio.asked_for(view.method, view.project)
    return predicates.count(s, test)


def test_a_project_that_counts_does_not_move_to_where_it_would_not(world: World) -> None:
    world.office.publish("oslo", renamed(work="doing"), "dag")
    assert moves(world, "ahead") == {"migration_uncounted"}
    assert moves(world, "behind") == set()
    assert counted(world) == 1


def test_the_programme_moves_first_and_the_project_counts_by_its_new_name(world: World) -> None:
    world.office.publish("oslo", renamed(work="doing"), "dag")
    world.office.publish("oslo", counting("doing"), "dag")
    assert moves(world, "programme", "rammen") == set()
    assert counted(world) == 0
    assert moves(world, "ahead") == set()
    assert counted(world) == 1


def test_no_project_counts_because_another_thing_has_the_name_now(world: World) -> None:
    raw = renamed(idea="work", work="doing")
    del raw["phases"]["work"]["was"]
    world.office.publish("oslo", raw, "dag")
    assert moves(world, "behind", idea="work") == {"migration_counted"}
    assert counted(world) == 1


def test_no_project_moves_to_where_the_name_of_a_phase_is_that_of_another(world: World) -> None:
    world.office.publish("oslo", renamed(idea="work", work="doing"), "dag")
    assert moves(world, "behind", idea="work") == {"migration_namesake"}
    assert counted(world) == 1


def test_what_a_programme_has_decided_keeps_no_project_from_moving(world: World) -> None:
    world.engine.execute("oslo", "behind", k.Submit("plan", LINK), "astrid")
    world.engine.execute("oslo", "behind", k.Decide("G1", Proposal("go")), "bjorn")
    world.engine.execute("oslo", "programme", k.Decide("PG1", Proposal("go")), "bjorn")
    world.office.publish("oslo", renamed(work="doing"), "dag")
    assert moves(world, "ahead") == set()
