from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as hooks

from innocities_engine.store import letters, outbox
from innocities_engine.store.letters import Claimed, Draft
from innocities_engine.store.outbox import Recipient
from innocities_engine.store.transactions import read
from tests.store.given import World

WANTED = ""


def wanted(*_: object) -> str:
    return WANTED


def to(*persons: str) -> Any:
    return lambda _, notice: [Recipient(person, notice.created_at) for person in persons]


@pytest.fixture
def waiting(world: World) -> World:
    """A world in which two reminders wait to be told."""
    world.started()
    world.started()
    world.clock.forward(days=28)
    world.engine.sweep()
    return world


def claim(world: World, worker: str = "first", **options: Any) -> list[Claimed]:
    unwanted = options.pop("unwanted", wanted)
    return letters.claim(world.store, world.clock.now, worker, unwanted, **options)


def states(world: World) -> list[str]:
    with read(world.store) as connection:
        found = connection.exec_driver_sql("SELECT state FROM letter ORDER BY state").scalars()
        return list(found)


def test_a_notice_becomes_one_letter_for_each_recipient_and_only_once(waiting: World) -> None:
    twice = to("astrid", "bjorn", "astrid")

    assert outbox.expand(waiting.store, waiting.clock.now, twice) == 2
    assert outbox.expand(waiting.store, waiting.clock.now, twice) == 0
    assert states(waiting) == ["due"] * 4


def test_a_notice_nobody_can_be_told_of_goes_to_the_fallback_and_is_an_incident(
    waiting: World,
) -> None:
    from dataclasses import replace

    home = waiting.office.organisation("oslo")
    waiting.office.change_organisation(replace(home, fallback="dag"), "dag")

    outbox.expand(waiting.store, waiting.clock.now, to())

    assert {letter.to.id for letter in claim(waiting)} == {"dag"}
    assert {each.kind for each in waiting.office.incidents("oslo")} == {"nobody to tell"}


def test_a_letter_is_held_by_one_worker_at_a_time(waiting: World) -> None:
    outbox.expand(waiting.store, waiting.clock.now, to("astrid"))

    assert len(claim(waiting, "first")) == 2
    assert claim(waiting, "second") == []


def test_a_dead_workers_letter_is_taken_over_and_its_old_number_settles_nothing(
    waiting: World,
) -> None:
    outbox.expand(waiting.store, waiting.clock.now, to("astrid"))
    before = claim(waiting, "first")
    waiting.clock.forward(seconds=121)
    after = claim(waiting, "second")

    assert [each.lease_no for each in after] == [2, 2]
    now = waiting.clock.now
    late = next(each for each in before if each.id == after[0].id)
    assert not letters.settle(waiting.store, late, "failed", now, error="too late")
    assert letters.save_rendered(waiting.store, [Draft(late, b"x", "<a@b>")], now) == []
    assert letters.settle(waiting.store, after[0], "sent", now)
    assert not letters.settle(waiting.store, after[0], "failed", now)
    assert states(waiting) == ["leased", "sent"]


def test_what_is_no_longer_wanted_is_cancelled_with_its_reason(waiting: World) -> None:
    outbox.expand(waiting.store, waiting.clock.now, to("astrid"))

    assert claim(waiting, unwanted=lambda *_: "it is done") == []
    with read(waiting.store) as connection:
        said = connection.exec_driver_sql("SELECT DISTINCT state, error FROM letter").all()
    assert [tuple(row) for row in said] == [("cancelled", "it is done")]


def test_a_letter_that_is_put_off_comes_back_as_it_was_rendered(waiting: World) -> None:
    outbox.expand(waiting.store, waiting.clock.now, to("astrid"))
    first = claim(waiting, limit=1)[0]
    now = waiting.clock.now
    letters.save_rendered(waiting.store, [Draft(first, b"Dear Astrid", "<a@b>")], now)
    letters.settle(
        waiting.store, first, "unknown", now, error="no reply", next_try=now + timedelta(minutes=5)
    )

    assert first.id not in {each.id for each in claim(waiting)}
    waiting.clock.forward(minutes=5)
    again = next(each for each in claim(waiting) if each.id == first.id)
    assert (again.rendered, again.message_id, again.attempts) == (b"Dear Astrid", "<a@b>", 2)
    assert again.first_tried_at == now


@pytest.mark.parametrize(("state", "later"), [("sent", True), ("due", False), ("unknown", False)])
def test_a_fate_says_whether_there_is_another_try(waiting: World, state: str, later: bool) -> None:
    outbox.expand(waiting.store, waiting.clock.now, to("astrid"))
    letter = claim(waiting)[0]
    next_try = waiting.clock.now if later else None

    with pytest.raises(ValueError, match="next try"):
        letters.settle(waiting.store, letter, state, waiting.clock.now, next_try=next_try)


def test_waiting_work_is_found_by_an_index_however_much_is_settled(waiting: World) -> None:
    seen: list[tuple[str, Any]] = []
    hooks.listen(
        waiting.store.engine, "before_cursor_execute", lambda *call: seen.append(call[2:4])
    )
    outbox.expand(waiting.store, waiting.clock.now, to("astrid"))
    claim(waiting)

    plans = {}
    with read(waiting.store) as connection:
        for statement, parameters in seen:
            if statement.lstrip().startswith("SELECT"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans[statement] = [row[3] for row in plan]
    assert plans
    for statement, steps in plans.items():
        walked = [step for step in steps if step.startswith("SCAN letter")]
        walked += [s for s in steps if s.startswith("SCAN notice") and "INDEX" not in s]
        assert walked == [], (statement, steps)
