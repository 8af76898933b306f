"""A programme starts projects, in one transaction with their links both ways, and counts them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from innocities_engine import errors, library
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.gates import review
from innocities_engine.domain.project import Content, Origin, Project, Proposal, Source
from innocities_engine.domain.situation import Situation
from innocities_engine.store import files, record
from innocities_engine.store.transactions import read
from tests.store.given import LINK, METHODS, World, a_person, a_world

LED = {"lead": ("astrid",), "board": ("bjorn",)}


@pytest.fixture
def world(tmp_path: Path) -> Any:
    made = a_world(tmp_path)
    made.office.publish("oslo", library.resolved(METHODS / "rammen" / "1.0.0.yaml"), "dag")
    yield made
    made.store.close()


@pytest.fixture
def programme(world: World) -> str:
    return world.started(title="Smart by", method="rammen", project="programme")


def spawn(project: str = "", **details: Any) -> k.StartFrom:
    return replace(k.StartFrom(project, "liten", "1.0.0", "Sykkelbyen", LED), **details)


def started(world: World, project: str = "", **options: Any) -> str:
    receipt = world.engine.execute("oslo", "programme", spawn(project), "astrid", **options)
    [event] = receipt.events
    return event.child.project  # type: ignore[union-attr]  # the only event there is


def state(world: World, project: str) -> Project:
    return world.engine.view("oslo", project, "astrid").project


def set_to_work(world: World, project: str) -> None:
    world.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")
    world.engine.execute("oslo", project, k.Decide("G1", Proposal("go")), "bjorn")


# ---------------------------------------------------------------- starting


def test_a_child_begins_with_a_link_both_ways(world: World, programme: str) -> None:
    child = started(world, "child")

    parent = state(world, programme)
    assert [(c.project, c.method, c.title, c.place) for c in parent.children] == [
        (child, "liten", "Sykkelbyen", "build")
    ]
    assert state(world, child).origin == Origin("oslo", programme, "Smart by")
    assert state(world, child).tracks["idea"].phase == "idea"
    assert examine(world.engine) == []


def test_it_inherits_versions_that_say_where_they_came_from(world: World, programme: str) -> None:
    kept = files.keep(world.store, "oslo", io.BytesIO(b"# Vision"))
    vision = Content(kept.sha256, "vision.md", size=kept.size)
    for content in (LINK, vision):
        world.engine.execute("oslo", programme, k.Submit("vision", content), "astrid")

    child = state(world, started(world))

    [version] = child.versions["vision"]
    assert (version.n, version.content, version.by) == (1, vision, "astrid")
    assert version.source == Source("oslo", programme, 2)
    with read(world.store) as connection:
        taken = [found for found in files.listed(connection) if found[1] == child.id]
    assert [found[2] for found in taken] == [hashlib.sha256(b"# Vision").hexdigest()]


def test_what_it_inherits_counts_as_handed_in_and_approved_by_nobody(
    world: World, programme: str
) -> None:
    world.engine.execute("oslo", programme, k.Submit("plan", LINK), "astrid")

    child = started(world)

    assert state(world, child).versions["plan"][0].status.value == "submitted"
    world.engine.execute("oslo", child, k.Decide("G1", Proposal("go")), "bjorn")
    assert state(world, child).tracks["idea"].phase == "work"


def test_what_the_method_does_not_offer_here_is_refused_and_leaves_nothing(
    world: World, programme: str
) -> None:
    child = started(world)

    with pytest.raises(errors.Refused) as refusal:
        world.engine.execute("oslo", child, spawn("other"), "astrid")

    assert [b.code for b in refusal.value.blockers] == ["not_startable"]  # type: ignore[attr-defined]
    with pytest.raises(errors.NotFound):
        state(world, "other")


def test_no_more_are_started_than_the_method_lets(world: World, programme: str) -> None:
    for _ in range(3):
        started(world)

    with pytest.raises(errors.Refused) as refusal:
        started(world, "fourth")

    assert [b.code for b in refusal.value.blockers] == ["enough_started"]  # type: ignore[attr-defined]
    assert len(state(world, programme).children) == 3
    assert len(world.engine.projects("oslo", "astrid")) == 4


def test_an_outcome_offers_its_own_once_it_is_in_force(world: World, programme: str) -> None:
    for _ in range(2):
        set_to_work(world, started(world))
    world.engine.execute("oslo", programme, k.Decide("PG1", Proposal("go")), "bjorn")

    started(world)

    assert [c.place for c in state(world, programme).children] == ["build", "build", "PG1.go"]
    with pytest.raises(errors.Refused):
        started(world)


def test_a_child_that_cannot_begin_takes_the_parent_back(world: World, programme: str) -> None:
    before = world.office.checkpoint("oslo")
    nobody = spawn("child", members={})

    with pytest.raises(errors.Refused):
        world.engine.execute("oslo", programme, replace(nobody, method="rammen"), "astrid")
    with pytest.raises(errors.NotFound, match="is not published"):
        world.engine.execute("oslo", programme, replace(nobody, version="9.9.9"), "astrid")
    with pytest.raises(errors.NotFound, match="no-one"):
        world.engine.execute(
            "oslo", programme, replace(nobody, members={"lead": ("no-one",)}), "astrid"
        )
    with pytest.raises(errors.Conflict, match="already"):
        started(world, "programme")

    assert world.office.checkpoint("oslo") == before
    assert state(world, programme).children == ()


def test_a_dry_run_starts_nothing(world: World, programme: str) -> None:
    before = world.office.checkpoint("oslo")

    started(world, "child", dry_run=True)

    assert world.office.checkpoint("oslo") == before
    with pytest.raises(errors.NotFound):
        state(world, "child")


def test_the_same_key_starts_one_child(world: World, programme: str) -> None:
    first = started(world, idempotency_key="once")

    assert started(world, idempotency_key="once") == first
    assert len(state(world, programme).children) == 1


def test_whoever_leads_the_programme_starts_its_projects_and_no_other_member_does(
    world: World, programme: str
) -> None:
    world.office.put_person("oslo", a_person("astrid", "member"), "dag")

    started(world)
    with pytest.raises(errors.NotPermitted):
        world.engine.execute("oslo", programme, spawn(), "bjorn")


def test_projects_are_started_together_and_the_limit_holds_among_them(
    world: World, programme: str
) -> None:
    four = [(programme, spawn(f"c{n}")) for n in range(4)]

    for dry_run in (True, False):
        with pytest.raises(errors.Refused):
            world.engine.execute_together("oslo", four, "astrid", dry_run=dry_run)
    world.engine.execute_together("oslo", four[:3], "astrid")

    assert [c.project for c in state(world, programme).children] == ["c0", "c1", "c2"]


# ---------------------------------------------------------------- counting


def blockers(world: World, project: str) -> list[str]:
    view = world.engine.view("oslo", project, "astrid")
    s = Situation(view.method, view.project, view.inputs, view.now)
    return [b.params["need"] for b in review(s, view.project.passages["PG1#1"]).blockers]


def test_a_gate_opens_when_enough_of_its_projects_have_come_so_far(
    world: World, programme: str
) -> None:
    first, second = started(world), started(world)
    set_to_work(world, first)
    assert blockers(world, programme) == ["two_at_work"]

    set_to_work(world, second)
    assert blockers(world, programme) == []


def test_projects_that_were_not_started_from_it_do_not_count(world: World, programme: str) -> None:
    for _ in range(2):
        set_to_work(world, world.started())

    assert blockers(world, programme) == ["two_at_work"]


def test_a_child_that_changes_has_the_programme_looked_at_again(
    world: World, programme: str
) -> None:
    first, second = started(world), started(world)
    set_to_work(world, first)
    world.engine.sweep()
    assert world.engine.due() == []

    set_to_work(world, second)

    assert world.engine.due() == [("oslo", programme)]
    world.engine.sweep()
    assert state(world, programme).needs["PG1/two_at_work#1"].status.value == "done"
    assert examine(world.engine) == []


def test_what_was_counted_is_frozen_in_what_rests_on_it(world: World, programme: str) -> None:
    children = [started(world), started(world)]
    for child in children:
        set_to_work(world, child)
    world.engine.execute("oslo", programme, k.Decide("PG1", Proposal("go")), "bjorn")

    [decision] = state(world, programme).decisions
    assert decision.counts == {"liten: work entered": 2}
    with read(world.store) as connection:
        entries = record.entries(connection, "oslo", programme)
    [done] = [entry.event for entry in entries if entry.type == "NeedDone"]
    assert done.counts == {"liten: work entered": 2}  # type: ignore[union-attr]  # it is one


def test_a_reminder_comes_while_the_count_is_short_and_not_after(
    world: World, programme: str
) -> None:
    first, second = started(world), started(world)
    set_to_work(world, first)
    world.clock.forward(days=47)
    world.engine.sweep()
    assert state(world, programme).raised

    other = world.started(title="Havna", method="rammen", project="other")
    for _ in range(2):
        receipt = world.engine.execute("oslo", other, spawn(), "astrid")
        set_to_work(world, receipt.events[0].child.project)  # type: ignore[union-attr]
    world.clock.forward(days=47)
    world.engine.sweep()
    assert not state(world, other).raised
    assert second


def test_a_rule_that_the_childs_method_cannot_answer_counts_none_of_them(
    world: World, programme: str
) -> None:
    started(world)
    view = world.engine.view("oslo", programme, "astrid")
    from innocities_engine.domain.grammar import Comparison, PhaseTest, ProjectsTest
    from innocities_engine.domain.predicates import count

    s = Situation(view.method, view.project, view.inputs, view.now + timedelta(days=1))
    unknown = ProjectsTest("liten", PhaseTest("pilot", "entered"), Comparison.AT_LEAST, 1)
    assert count(s, unknown) == 0
    assert count(s, replace(unknown, having=None)) == 1
