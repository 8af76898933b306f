from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from innocities_engine import errors
from innocities_engine.store import people, tables, transactions
from innocities_engine.store.transactions import Store, journal_mode, open_store, read, write
from tests.store.given import BEGINNING, OSLO, World, a_person

WRITERS, ROUNDS = 4, 60


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), ("TRUNCATE", "EXTRA")),
        ((3, 44, 5), ("TRUNCATE", "EXTRA")),
        ((3, 44, 6), ("WAL", "FULL")),
        ((3, 45, 0), ("TRUNCATE", "EXTRA")),
        ((3, 50, 6), ("TRUNCATE", "EXTRA")),
        ((3, 50, 7), ("WAL", "FULL")),
        ((3, 51, 2), ("TRUNCATE", "EXTRA")),
        ((3, 51, 3), ("WAL", "FULL")),
        ((3, 52, 0), ("WAL", "FULL")),
    ],
)
def test_a_library_that_may_corrupt_a_write_ahead_log_gets_none(
    version: tuple[int, int, int], mode: tuple[str, str]
) -> None:
    assert journal_mode(version) == mode


def test_every_connection_is_set_up_not_to_lose_what_was_acknowledged(store: Store) -> None:
    journal, synchronous = journal_mode()
    with read(store) as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {
        "journal_mode": journal.lower(),
        "synchronous": {"FULL": 2, "EXTRA": 3}[synchronous],
        "foreign_keys": 1,
        "busy_timeout": 0,
    }


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), write(store) as connection:
        people.add_organisation(connection, OSLO, BEGINNING)
        raise RuntimeError

    with read(store) as connection:
        assert people.organisations(connection) == []


def test_who_writes_holds_the_right_to_from_the_first_read_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_SECONDS", 0.05)
    with write(store):
        with pytest.raises(errors.Unavailable), write(store):
            pass
        with read(store) as connection:
            assert people.organisations(connection) == []


def test_a_lock_that_is_let_go_in_time_is_waited_for(store: Store) -> None:
    raw = sqlite3.connect(store.database, isolation_level=None, check_same_thread=False)
    with closing(raw):
        raw.execute("BEGIN EXCLUSIVE")
        import threading

        threading.Timer(0.2, lambda: raw.execute("ROLLBACK")).start()
        with write(store) as connection:
            people.add_organisation(connection, OSLO, BEGINNING)
    with read(store) as connection:
        assert [each.id for each in people.organisations(connection)] == ["oslo"]


def test_a_reader_that_stays_long_makes_a_commit_wait_and_not_fail(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_SECONDS", 0.05)
    if journal_mode()[0] == "WAL":
        pytest.skip("readers do not delay commits here")
    with read(store), pytest.raises(errors.Unavailable), write(store) as connection:
        people.add_organisation(connection, OSLO, BEGINNING)

    with write(store) as connection:
        people.add_organisation(connection, OSLO, BEGINNING)


def _count_up(folder: str, rounds: int, done: Any) -> None:
    store = open_store(Path(folder))
    for _ in range(rounds):
        with write(store) as connection:
            c = tables.organisation.c
            held = connection.scalar(select(c.projects))
            connection.execute(tables.organisation.update().values(projects=held + 1))
    store.close()
    done.put(rounds)


def test_no_count_is_lost_and_nobody_starves_among_several_writers(store: Store) -> None:
    with write(store) as connection:
        people.add_organisation(connection, OSLO, BEGINNING)
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    writers = [
        context.Process(target=_count_up, args=(str(store.folder), ROUNDS, done))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with read(store) as connection:
        assert connection.scalar(select(tables.organisation.c.projects)) == WRITERS * ROUNDS


def test_damage_is_told_as_damage(store: Store) -> None:
    store.close()
    store.database.write_bytes(b"this is no database" * 100)

    with pytest.raises(errors.Integrity), read(store):
        pass


def test_a_database_on_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "file_system", lambda _: "nfs4")

    with pytest.raises(errors.Unavailable, match="nfs4"):
        open_store(tmp_path)


def test_the_file_system_of_a_folder_is_that_of_the_nearest_mount() -> None:
    assert transactions.file_system(Path("/proc/self")) == "proc"
    assert transactions.file_system(Path("/")) != ""


# ---------------------------------------------------------------- what the database itself refuses


KEPT_FOR_GOOD = ("event", "definition")


@pytest.mark.parametrize("table", KEPT_FOR_GOOD)
def test_what_is_recorded_or_published_is_never_changed(world: World, table: str) -> None:
    columns = tables.metadata.tables[table].columns.keys()
    tried = [
        f"DELETE FROM {table}",
        f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
        *(f"UPDATE {table} SET {column} = {column}" for column in columns),
        *(f"UPDATE OR REPLACE {table} SET {column} = 'x'" for column in columns),
    ]
    for statement in tried:
        with pytest.raises(IntegrityError, match="never changed"), write(world.store) as connection:
            connection.execute(text(statement))


def test_a_row_cannot_point_into_another_organisation(world: World) -> None:
    from dataclasses import replace

    world.office.found(replace(OSLO, id="bergen"), a_person("eva", "administrator"))
    right = {"organisation_id": "bergen", "person_id": "astrid", "name": "member"}

    with pytest.raises(IntegrityError), write(world.store) as connection:
        connection.execute(insert(tables.right).values(right))


def test_a_state_without_a_name_is_refused(world: World) -> None:
    right = {"organisation_id": "oslo", "person_id": "astrid", "name": "emperor"}

    with pytest.raises(IntegrityError), write(world.store) as connection:
        connection.execute(insert(tables.right).values(right))


def test_the_chain_cannot_fork(world: World) -> None:
    world.started()
    with read(world.store) as connection:
        row = connection.execute(select(tables.event).limit(1)).mappings().one()
    for forged in ({"chain_no": 999}, {"prev_hash": "x"}, {"sequence": 999}):
        with pytest.raises(IntegrityError), write(world.store) as connection:
            connection.execute(insert(tables.event).values({**row, **forged}))


def test_every_table_carries_its_organisation() -> None:
    without = {
        table.name
        for table in tables.metadata.sorted_tables
        if "organisation_id" not in table.primary_key.columns
    }

    assert without == {"heartbeat"}


def test_instants_come_back_aware_and_in_utc(world: World) -> None:
    with read(world.store) as connection:
        at = connection.scalar(select(tables.organisation.c.created_at))
    assert at == BEGINNING
    assert str(at.tzinfo) == "UTC"

    with pytest.raises(Exception, match="no zone"), write(world.store) as connection:
        naive = {"created_at": BEGINNING.replace(tzinfo=None)}
        connection.execute(tables.organisation.update().values(naive))
