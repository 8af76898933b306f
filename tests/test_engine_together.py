"""Commands to several projects at once: all of them or none, in the order of the projects' ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from innocities_engine import errors
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Proposal
from innocities_engine.store import answers, record
from innocities_engine.store.transactions import read
from tests.store.given import LINK, World, a_world

STOP = k.Decide("G1", Proposal("stop"))
GO = k.Decide("G1", Proposal("go"))


@pytest.fixture
def world(tmp_path: Path) -> Any:
    made = a_world(tmp_path)
    yield made
    made.store.close()


def statuses(world: World) -> list[str]:
    return [each.status for each in world.engine.projects("oslo", "astrid")]


def test_all_of_them_are_decided_and_the_receipts_stand_as_asked(world: World) -> None:
    asked = [world.started(project=name) for name in ("c", "a", "b")]

    receipts = world.engine.execute_together("oslo", [(name, STOP) for name in asked], "bjorn")

    assert [receipt.project for receipt in receipts] == ["c", "a", "b"]
    assert statuses(world) == ["stopped"] * 3
    assert examine(world.engine) == []


def test_projects_are_taken_in_the_order_of_their_ids(world: World) -> None:
    for name in ("c", "a", "b"):
        world.started(project=name)
    beginning = world.office.checkpoint("oslo").count

    world.engine.execute_together("oslo", [(name, STOP) for name in "cab"], "bjorn")

    with read(world.store) as connection:
        firsts = {
            name: min(
                entry.chain_no
                for entry in record.entries(connection, "oslo", name)
                if entry.chain_no > beginning
            )
            for name in "abc"
        }
    assert sorted(firsts, key=lambda name: firsts[name]) == ["a", "b", "c"]


def test_one_that_is_refused_takes_all_the_others_back(world: World) -> None:
    first, second = world.started(project="a"), world.started(project="b")
    before = world.office.checkpoint("oslo")

    with pytest.raises(errors.Refused) as refusal:
        world.engine.execute_together("oslo", [(first, STOP), (second, GO)], "bjorn")

    assert refusal.value.project == second
    assert statuses(world) == ["running", "running"]
    assert world.office.checkpoint("oslo") == before
    [attempt] = world.office.attempts("oslo", "dag")
    assert (attempt.project, attempt.actor, attempt.code) == (second, "bjorn", "refused")
    assert examine(world.engine) == []


def test_one_that_is_not_there_takes_all_the_others_back(world: World) -> None:
    first = world.started(project="a")

    with pytest.raises(errors.NotFound):
        world.engine.execute_together("oslo", [(first, STOP), ("missing", STOP)], "bjorn")

    assert statuses(world) == ["running"]


def test_commands_to_the_same_project_follow_one_another_as_asked(world: World) -> None:
    project = world.started()
    papers_and_decision = [(project, k.Submit("plan", LINK)), (project, GO)]

    world.engine.execute("oslo", project, k.Assign("board", ("astrid",)), "astrid")

    with pytest.raises(errors.Refused):
        world.engine.execute_together("oslo", papers_and_decision[::-1], "astrid")
    handed_in, went = world.engine.execute_together("oslo", papers_and_decision, "astrid")

    assert went.sequence == handed_in.sequence + len(went.events)
    [glance] = world.engine.projects("oslo", "astrid")
    assert glance.phase == "work"
    assert examine(world.engine) == []


def test_a_dry_run_sees_what_earlier_commands_would_do_and_writes_nothing(world: World) -> None:
    project = world.started()
    world.engine.execute("oslo", project, k.Assign("board", ("astrid",)), "astrid")
    before = world.office.checkpoint("oslo")

    receipts = world.engine.execute_together(
        "oslo",
        [(project, k.Submit("plan", LINK)), (project, GO)],
        "astrid",
        dry_run=True,
        idempotency_key="once",
    )

    assert "GateDecided" in [type(event).__name__ for event in receipts[1].events]
    assert world.office.checkpoint("oslo") == before
    again = world.engine.execute_together(
        "oslo", [(project, k.Submit("plan", LINK))], "astrid", idempotency_key="once"
    )
    assert not again[0].repeated


def test_a_dry_run_that_is_refused_is_not_remembered(world: World) -> None:
    names = [world.started(project="a"), world.started(project="b")]

    with pytest.raises(errors.Refused):
        world.engine.execute_together("oslo", [(n, GO) for n in names], "bjorn", dry_run=True)

    assert world.office.attempts("oslo", "dag") == []


def test_the_same_key_and_content_get_the_first_answers(world: World) -> None:
    names = [world.started(project="b"), world.started(project="a")]
    asked = [(name, STOP) for name in names]

    first = world.engine.execute_together("oslo", asked, "bjorn", idempotency_key="once")
    again = world.engine.execute_together("oslo", asked, "bjorn", idempotency_key="once")

    assert all(receipt.repeated for receipt in again)
    assert [(r.project, r.sequence, r.events) for r in again] == [
        (r.project, r.sequence, r.events) for r in first
    ]
    with pytest.raises(answers.KeyReused):
        world.engine.execute_together("oslo", asked[:1], "bjorn", idempotency_key="once")


def test_nothing_asked_is_nothing_done(world: World) -> None:
    assert world.engine.execute_together("oslo", [], "bjorn") == ()


def test_what_is_worked_out_from_words_is_known_again_by_the_words(world: World) -> None:
    project = world.started()

    def asked(command: k.Decide, *words: str) -> Any:
        return world.engine.execute_together(
            "oslo", [(project, command)], "bjorn", typed=words, idempotency_key="once"
        )

    assert not asked(STOP, "stop it")[0].repeated
    assert asked(GO, "stop it")[0].repeated
    with pytest.raises(answers.KeyReused):
        asked(STOP, "stop them")


@pytest.mark.parametrize("words", ["stop it", "stop them"])
@pytest.mark.parametrize(("person", "refusal"), [
    ("cecilia", errors.NotFound), ("dag", errors.Refused),
])  # fmt: skip
def test_what_was_answered_is_told_to_nobody_who_could_not_ask_it(
    world: World, person: str, refusal: type[errors.EngineError], words: str
) -> None:
    """Nor that other words were said under the key."""
    project = world.started()

    def asked(by: str, *words: str) -> Any:
        return world.engine.execute_together(
            "oslo", [(project, STOP)], by, typed=words, idempotency_key="once"
        )

    asked("bjorn", "stop it")
    with pytest.raises(refusal) as told:
        asked(person, words)
    assert told.value.project == project


def test_whoever_could_ask_it_too_hears_what_was_answered_to_another(world: World) -> None:
    project = world.started(members={"lead": ("astrid",), "board": ("astrid", "bjorn")})
    said = {"typed": ["stop it"], "idempotency_key": "once"}
    world.engine.execute_together("oslo", [(project, STOP)], "bjorn", **said)

    assert world.engine.execute_together("oslo", [(project, STOP)], "astrid", **said)[0].repeated


def test_each_command_keeps_the_reason_that_was_given_for_it(world: World) -> None:
    project = world.started()
    asked = [(project, k.Submit("plan", LINK)), (project, k.Comment("Read it"))]

    world.engine.execute_together("oslo", asked, "astrid", reasons=["Asked for", "Urgent"])

    with read(world.store) as connection:
        entries = record.entries(connection, "oslo", project)
    told = {entry.command: entry.reason for entry in entries if entry.reason}
    assert told == {"Submit": "Asked for", "Comment": "Urgent"}
