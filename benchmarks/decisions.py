"""A whole decision until it is on disk: beside the same rows written bare, and beside a state field
with a log, which checks nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from sqlalchemy import Table, insert, select, update

from benchmarks import state_field
from benchmarks.measuring import Row, alternately, at_most
from benchmarks.world import World, a_world
from innocities_engine.store import tables
from innocities_engine.store.transactions import DATABASE, Store, open_store, read, write

PIECES: Final = 80
CHANGED: Final = ("organisation", "project")  # the others only grow
NUMBERED: Final = ("sequence", "chain_no")
NAMED: Final = ("id", "dedupe_key", "hash", "prev_hash")
APART: Final = 10_000

Written: TypeAlias = dict[Table, list[dict[str, Any]]]


def measure() -> Iterator[Row]:
    with (
        a_world() as world,
        TemporaryDirectory(prefix="bare-") as bare,
        TemporaryDirectory() as fsm,
    ):
        written = _written(world)
        projects = [world.nearly_decided() for _ in range(PIECES)]
        with closing(sqlite3.connect(world.store.database)) as raw:
            raw.execute("VACUUM INTO ?", (f"{bare}/{DATABASE}",))
        beside = open_store(Path(bare))
        ways: dict[str, Sequence[Callable[[], object]]] = {
            "ours": [partial(world.decide, project) for project in projects],
            "bare rows": [partial(_bare, beside, written, n) for n in range(PIECES)],
            "django-fsm": state_field.transitions(Path(fsm), PIECES),
        }
        times = alternately(ways)
        beside.close()
    figures = [f"{name} {times[name].told()}" for name in ways]
    figures += [", ".join(f"{len(rows)} {table.name}" for table, rows in written.items())]
    ours = times["ours"].usual
    yield at_most("a whole decision / its bare rows", ours / times["bare rows"].usual, 2, *figures)
    yield at_most("a whole decision / django-fsm with a log", ours / times["django-fsm"].usual, 1)


# ---------------------------------------------------------------- the same rows, bare


def _written(world: World) -> Written:
    """The rows that a decision adds or changes, by table."""
    project = world.nearly_decided()
    before = _rows(world)
    world.decide(project)
    found = {table: [row for row in rows if row not in before[table]]
             for table, rows in _rows(world).items()}  # fmt: skip
    return {table: rows for table, rows in found.items() if rows}


def _rows(world: World) -> Written:
    with read(world.store) as connection:
        return {
            table: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.project.metadata.sorted_tables
        }


def _bare(store: Store, written: Written, n: int) -> None:
    """Write the same rows under other names; look at nothing."""
    with write(store) as connection:
        for table, rows in written.items():
            if table.name in CHANGED:
                keys = [column.name for column in table.primary_key]
                for row in rows:
                    where = [table.c[key] == row[key] for key in keys]
                    connection.execute(update(table).where(*where).values(row))
            else:
                connection.execute(insert(table), [_again(row, n) for row in rows])


def _again(row: Mapping[str, Any], n: int) -> dict[str, Any]:
    """A row that stands beside the first one."""
    numbers = {name: row[name] + (n + 1) * APART for name in NUMBERED if name in row}
    names = {name: f"{row[name]}{n}" for name in NAMED if name in row}
    return {**row, **numbers, **names}
