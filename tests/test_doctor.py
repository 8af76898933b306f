from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.engine import Engine
from innocities_engine.office import Office
from innocities_engine.store import heartbeat, outbox
from innocities_engine.store.transactions import open_store, write
from tests.store.given import LINK, World, a_person, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A project that has been reminded of, answered and handed in to."""
    made = a_world(tmp_path)
    project = made.started()
    made.clock.forward(days=28)
    made.engine.sweep()
    made.engine.execute("oslo", project, k.Submit("plan", LINK), "astrid")
    made.started()
    yield made
    made.store.close()


def test_a_sound_store_has_no_differences(world: World) -> None:
    assert examine(world.engine) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE project SET snapshot = CAST('{}' AS BLOB)", "in another state"),
        ("UPDATE project SET sequence = sequence - 1", "sequence is kept as"),
        ("UPDATE project SET title = 'x'", "title is kept as “x”"),
        ("UPDATE project SET wake_at = NULL", "will never be looked at"),
        ("UPDATE project SET wake_at = '2099-01-01 00:00:00.000000'", "will be looked at 2099"),
        ("UPDATE project SET wake_at = 'x'", "cannot be read"),
        ("DELETE FROM membership WHERE role = 'board'", "role board bjorn: the record tells"),
        ("UPDATE membership SET person_id = 'dag'", "role lead dag: it is kept, and nothing"),
        ("DELETE FROM right", "right dag administrator: the record tells"),
        ("INSERT INTO right VALUES ('oslo', 'bjorn', 'administrator')", "nothing in the record"),
        ("DELETE FROM notice", "notice"),
        ("UPDATE notice SET role = 'board'", "role is kept as “board”"),
        ("UPDATE notice SET due = '2026-04-09'", "due is kept as “2026-04-09”"),
        ("UPDATE notice SET state = 'expanded'", "nobody has a letter"),
        ("UPDATE organisation SET chain_count = 3", "added outside the chain"),
        ("UPDATE organisation SET chain_head = 'x'", "the head of the chain"),
        ("UPDATE text SET content = 'x'", "text that was changed"),
    ],
)
def test_what_does_not_agree_with_the_record_is_found(world: World, damage: str, said: str) -> None:
    with write(world.store) as connection:
        connection.exec_driver_sql(damage)

    assert any(said in difference.problem for difference in examine(world.engine))


def test_to_be_looked_at_early_is_no_difference(world: World) -> None:
    with write(world.store) as connection:
        connection.exec_driver_sql("UPDATE project SET wake_at = '2026-03-01 00:00:00.000000'")

    assert examine(world.engine) == []


def test_a_row_that_points_nowhere_is_found(world: World) -> None:
    raw = world.store.engine.raw_connection()
    raw.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    raw.driver_connection.execute("DELETE FROM project WHERE number = 2")  # type: ignore[union-attr]
    raw.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
    raw.close()

    assert any("points nowhere" in difference.problem for difference in examine(world.engine))


def test_a_letter_for_each_notice_is_no_difference(world: World) -> None:
    outbox.expand(
        world.store,
        world.clock.now,
        lambda _, notice: [outbox.Recipient("astrid", notice.created_at)],
    )

    assert examine(world.engine) == []


def test_what_is_written_meanwhile_is_no_difference(world: World) -> None:
    stop = threading.Event()

    def write_on() -> None:
        own = open_store(world.store.folder)
        engine, office = Engine(own, world.clock), Office(own, world.clock)
        for n in range(1000):
            if stop.is_set():
                break
            rights = ("member", "external") if n % 2 else ("member",)
            office.put_person("oslo", a_person("bjorn", *rights), "dag")
            members = {"lead": ("astrid",), "board": ("bjorn",)}
            engine.start("oslo", "liten", "1.0.0", "astrid", title="Torget", members=members)
        own.close()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        found = [examine(world.engine) for _ in range(3)]
    finally:
        stop.set()
        writer.join()

    assert found == [[]] * 3


def test_a_part_says_when_it_was_last_alive(world: World) -> None:
    heartbeat.beat(world.store, "clock", world.clock.now)
    later = world.clock.now + timedelta(minutes=1)
    heartbeat.beat(world.store, "clock", later)

    assert heartbeat.beats(world.store) == {"clock": later}
