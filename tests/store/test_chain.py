from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from innocities_engine.domain.commands import Comment
from innocities_engine.store import chain, record, tables
from innocities_engine.store.record import Envelope
from innocities_engine.store.transactions import write
from tests.conftest import TOLD
from tests.store.given import BEGINNING, World

FULL = bool(os.environ.get("INNOCITIES_FULL"))
COMMENTS = 40
OTHER_VALUES: dict[type, tuple[Any, ...]] = {
    int: (0, -1, 10**6, "x", None),
    str: ("", "x", "system", None, 7),
    bytes: (b"", b"{}", b'{"text":"x"}', "{}", None),
}


@pytest.fixture
def told(world: World) -> World:
    """A record of a project that people have written about."""
    project = world.started()
    for n in range(COMMENTS):
        world.engine.execute("oslo", project, Comment(f"note {n}"), "astrid", reason=f"why {n}")
    return world


@pytest.fixture
def loose(told: World) -> Iterator[sqlite3.Connection]:
    """The file in the hands of somebody whom no trigger and no constraint stops."""
    with closing(sqlite3.connect(told.store.database, isolation_level=None)) as raw:
        raw.execute("PRAGMA legacy_alter_table=ON")
        for table in ("event", "text"):
            raw.execute(f"ALTER TABLE {table} RENAME TO kept")
            raw.execute(f"CREATE TABLE {table} AS SELECT * FROM kept WHERE false")
            columns = [row[1] for row in raw.execute("PRAGMA table_info(kept)")]
            raw.execute(f"DROP TABLE {table}")
            raw.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
            raw.execute(f"INSERT INTO {table} SELECT * FROM kept")
            raw.execute("DROP TABLE kept")
        yield raw


@contextmanager
def changed(
    raw: sqlite3.Connection, table: str, row: int, column: str, value: Any
) -> Iterator[None]:
    held = raw.execute(f"SELECT {column} FROM {table} WHERE rowid=?", (row,)).fetchone()[0]
    raw.execute(f"UPDATE {table} SET {column}=? WHERE rowid=?", (value, row))
    yield
    raw.execute(f"UPDATE {table} SET {column}=? WHERE rowid=?", (held, row))


def others(raw: sqlite3.Connection, table: str, row: int, column: str) -> list[Any]:
    held = raw.execute(f"SELECT {column} FROM {table} WHERE rowid=?", (row,)).fetchone()[0]
    return [value for value in OTHER_VALUES[type(held)] if value != held]


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Take a line for the end of the run."""
    return lambda line: request.node.user_properties.append((TOLD, line))


def test_an_untouched_record_verifies_again_and_again(told: World) -> None:
    anchor = told.office.checkpoint("oslo")

    assert {told.office.verify("oslo", anchor) for _ in range(1000 if FULL else 10)} == {None}


def test_every_change_in_every_column_of_the_record_is_found_where_it_was_made(
    told: World, loose: sqlite3.Connection, proof: Callable[[str], None]
) -> None:
    anchor = told.office.checkpoint("oslo")
    numbers = dict(loose.execute("SELECT rowid, chain_no FROM event WHERE chain_no % 7 = 1"))
    tried = 0
    for row, number in numbers.items():
        for column in tables.event.columns.keys():  # noqa: SIM118  # names, not columns
            for value in others(loose, "event", row, column):
                with changed(loose, "event", row, column, value):
                    finding = told.office.verify("oslo", anchor)
                tried += 1
                assert finding is not None, (number, column, value)
                assert finding.entry == number, (finding, column, value)

    assert tried >= 500
    assert told.office.verify("oslo", anchor) is None
    proof(f"tampering: {tried} changes in every column, each found where it was made")


def test_every_change_of_a_text_beside_the_record_is_found(
    told: World, loose: sqlite3.Connection
) -> None:
    rows = [row for (row,) in loose.execute("SELECT rowid FROM text WHERE rowid % 9 = 1")]
    for row in rows:
        for column in tables.sealed.columns.keys():  # noqa: SIM118  # names, not columns
            for value in others(loose, "text", row, column):
                with changed(loose, "text", row, column, value):
                    assert told.office.verify("oslo") is not None, (row, column, value)

    assert rows
    assert told.office.verify("oslo") is None


def test_every_entry_that_is_removed_doubled_or_changes_places_is_found_where_that_was(
    told: World, loose: sqlite3.Connection, proof: Callable[[str], None]
) -> None:
    anchor = told.office.checkpoint("oslo")
    tried = 0
    for number in range(1, anchor.count):
        for tamper, entry, problem in (
            (removed, number, "is missing"),
            (doubled, number + 1, "is there twice"),
            (exchanged, number, ""),
        ):
            with tamper(loose, number):
                finding = told.office.verify("oslo", anchor)
            tried += 1
            assert finding is not None, (tamper, number)
            assert finding.entry == entry, (tamper, finding)
            assert problem in finding.problem

    assert tried >= 150
    assert told.office.verify("oslo", anchor) is None
    proof(f"tampering: {tried} entries removed, doubled, exchanged; each found at its place")


@contextmanager
def removed(raw: sqlite3.Connection, number: int) -> Iterator[None]:
    row = raw.execute("SELECT * FROM event WHERE chain_no=?", (number,)).fetchone()
    raw.execute("DELETE FROM event WHERE chain_no=?", (number,))
    yield
    raw.execute(f"INSERT INTO event VALUES ({', '.join('?' * len(row))})", row)


@contextmanager
def doubled(raw: sqlite3.Connection, number: int) -> Iterator[None]:
    raw.execute("INSERT INTO event SELECT * FROM event WHERE chain_no=?", (number,))
    there = raw.execute("SELECT last_insert_rowid()").fetchone()
    yield
    raw.execute("DELETE FROM event WHERE rowid=?", there)


@contextmanager
def exchanged(raw: sqlite3.Connection, number: int) -> Iterator[None]:
    swap = (
        "UPDATE event SET chain_no = CASE chain_no WHEN :one THEN :one + 1 ELSE :one END"
        " WHERE chain_no IN (:one, :one + 1)"
    )
    raw.execute(swap, {"one": number})
    yield
    raw.execute(swap, {"one": number})


@pytest.mark.parametrize("number", range(3, 51, 6))
def test_a_record_whose_hashes_were_all_worked_out_anew_is_found_by_the_anchor_alone(
    told: World, loose: sqlite3.Connection, number: int
) -> None:
    anchor = told.office.checkpoint("oslo")
    loose.execute("UPDATE event SET actor='x' WHERE chain_no=?", (number,))
    _link_anew(loose, number)

    assert told.office.verify("oslo") is None
    assert told.office.verify("oslo", anchor) == chain.Finding(
        anchor.count, "is not what the anchor says"
    )


def _link_anew(raw: sqlite3.Connection, first: int) -> None:
    """What somebody can do who knows how the chain is made and has the whole database."""
    names = [row[1] for row in raw.execute("PRAGMA table_info(event)")]
    rows = raw.execute("SELECT * FROM event WHERE chain_no >= ? ORDER BY chain_no", (first,))
    before = None
    for values in rows.fetchall():
        entry = dict(zip(names, values, strict=True))
        entry["prev_hash"] = before or entry["prev_hash"]
        before = chain.hash_of(entry)
        raw.execute(
            "UPDATE event SET prev_hash=?, hash=? WHERE chain_no=?",
            (entry["prev_hash"], before, entry["chain_no"]),
        )
    raw.execute("UPDATE organisation SET chain_head=?", (before,))


def test_an_entry_added_outside_the_chain_is_found(told: World, loose: sqlite3.Connection) -> None:
    end = told.office.checkpoint("oslo")
    loose.execute("INSERT INTO event SELECT * FROM event WHERE chain_no=?", (end.count,))
    loose.execute("UPDATE event SET chain_no=? WHERE rowid=last_insert_rowid()", (end.count + 1,))

    finding = told.office.verify("oslo")

    assert finding == chain.Finding(end.count + 1, "was added outside the chain")


def test_an_end_that_was_cut_off_is_found_by_the_anchor(
    told: World, loose: sqlite3.Connection
) -> None:
    anchor = told.office.checkpoint("oslo")
    _cut_off(loose, anchor.count - 5)

    assert told.office.verify("oslo") is None
    assert told.office.verify("oslo", anchor) is not None


def test_a_record_that_was_written_anew_is_found_by_the_anchor(
    told: World, loose: sqlite3.Connection
) -> None:
    anchor = told.office.checkpoint("oslo")
    _cut_off(loose, anchor.count - 5)
    project = loose.execute("SELECT id FROM project").fetchone()[0]
    envelope = Envelope("oslo", project, "x", "", "x", "x", "", "", BEGINNING)
    for _ in range(9):
        with write(told.store) as connection:
            record.note(connection, envelope, "Forged", {})

    assert told.office.verify("oslo") is None
    assert told.office.verify("oslo", anchor) == chain.Finding(
        anchor.count, "is not what the anchor says"
    )


def test_an_anchor_of_an_earlier_day_still_holds(told: World) -> None:
    anchor = told.office.checkpoint("oslo")
    told.started()

    assert told.office.verify("oslo", anchor) is None


def test_a_text_blanked_without_a_word_is_found(told: World, loose: sqlite3.Connection) -> None:
    loose.execute("UPDATE text SET content=NULL, salt=NULL WHERE rowid=3")

    finding = told.office.verify("oslo")

    assert finding and finding.problem == "has a text that was blanked without a word"


def test_two_organisations_have_two_chains(told: World) -> None:
    from dataclasses import replace

    from tests.store.given import OSLO, a_person

    before = told.office.checkpoint("oslo")
    told.office.found(replace(OSLO, id="bergen"), a_person("eva", "administrator"))

    assert told.office.checkpoint("oslo") == before
    assert told.office.checkpoint("bergen").count == 1
    assert told.office.verify("bergen") is None


def _cut_off(raw: sqlite3.Connection, count: int) -> None:
    raw.execute(
        "DELETE FROM text WHERE (project_id, sequence) IN "
        "(SELECT project_id, sequence FROM event WHERE chain_no > ?)",
        (count,),
    )
    raw.execute("DELETE FROM event WHERE chain_no > ?", (count,))
    raw.execute(
        "UPDATE organisation SET chain_count=?, "
        "chain_head=(SELECT hash FROM event WHERE chain_no=?)",
        (count, count),
    )
