"""What `db doctor`, which verifies the record as well, proves of each single column of the database,
and what it does not: any other value in a column is found, unless the column stands here with the
reason why not.
"""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest
from sqlalchemy import Date, DateTime, LargeBinary

from innocities_engine import errors
from innocities_engine.doctor import examine
from innocities_engine.domain import commands as k
from innocities_engine.domain.commands import Substitution
from innocities_engine.domain.project import Content, Proposal
from innocities_engine.store import files, heartbeat, incidents, letters, outbox, tables
from innocities_engine.store.letters import Draft
from innocities_engine.store.transactions import write
from tests.store.given import LINK, OSLO, World, a_person, a_world

FULL = bool(os.environ.get("INNOCITIES_FULL"))  # every row, else a few

PERSONAL = "what people are called and how they are reached stays out of the record, to be changed"
FATE = "what became of a letter is known to the mail server and to this row alone"
OWN = "the program's own trouble, which no record tells"
NAME = "a name that nobody but other rows goes by"

UNPROVED: Final[Mapping[str, Mapping[str, str]]] = {
    "organisation": {"inputs": "a number that only has to grow"},
    "person": dict.fromkeys(
        ("name", "address", "language", "zone", "hour", "optional_mail"), PERSONAL
    ),
    "notice": {"id": NAME},
    "letter": dict.fromkeys(
        ("state", "attempts", "next_try", "lease_no", "lease_owner", "error", "created_at",
         "first_tried_at", "settled_at", "carried_by", "rendered"), FATE
    ) | {"id": NAME},
    "incident": dict.fromkeys(
        ("organisation_id", "id", "kind", "subject", "message", "at"), OWN
    ),
    "refusal": dict.fromkeys(tables.refusal.columns.keys(), "what was tried in vain"),
    "idempotency": dict.fromkeys(
        tables.idempotency.columns.keys(), "what a repeated command is answered"
    ),
    "heartbeat": dict.fromkeys(tables.heartbeat.columns.keys(), "when a part was last alive"),
}  # fmt: skip

# Values in place of any other, and rows in place of the one in the middle.
VALUES: Final[Mapping[tuple[str, str], tuple[Any, ...]]] = {
    # To be looked at early does no harm.
    ("project", "wake_at"): ("2031-01-01 00:00:00.000000", None),
    ("notice", "state"): tables.NOTICE_STATES,
    ("letter", "state"): tables.LETTER_STATES,
    ("right", "name"): tables.RIGHTS,
}
THERE: Final = {"organisation_id": ["oslo", "bergen"]}
UNLIKE: Final = frozenset({"notice", "letter", "incident"})  # their first row is done, the last not
ROWS: Final[Mapping[tuple[str, str], str]] = {
    ("letter", "message_id"): "rendered IS NOT NULL",  # else it has none yet
    ("project", "wake_at"): "wake_at IS NOT NULL",  # else nothing waits for a time
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two organisations in which something of everything has happened, and nothing is due."""
    made = a_world(tmp_path_factory.mktemp("town"))
    office, engine, clock = made.office, made.engine, made.clock
    office.found(replace(OSLO, id="bergen", name="Bergen"), a_person("eva", "administrator"))
    office.change_organisation(replace(OSLO, quiet=("1 July..15 July",), fallback="dag"), "dag")
    for first, last in (
        (date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 6, 1)),
    ):
        office.substitute("oslo", Substitution("bjorn", "dag", first, last), "dag")
    office.end_substitution("oslo", office.substitutes("oslo")[1][0], "dag")
    office.fix_meetings("oslo", "council", [date(2026, 5, 5), date(2026, 6, 2)], "dag")
    office.fix_closures("oslo", [date(2026, 5, 15), date(2026, 5, 22)], "dag")
    first, second = made.started(title="Sykkelbyen"), made.started(title="Havneparken")
    clock.forward(days=28)
    engine.sweep()
    _letters(made)
    kept = files.keep(made.store, "oslo", io.BytesIO(b"a plan"))
    plan = k.Submit("plan", Content(kept.sha256, "plan.pdf", "file", kept.size))
    engine.execute("oslo", first, plan, "astrid", idempotency_key="once", reason="it is ready")
    engine.execute("oslo", second, k.Submit("plan", LINK), "astrid")
    engine.execute("oslo", first, k.Decide("G1", Proposal("go"), reason="good"), "bjorn")
    engine.execute("oslo", second, k.Share("A park by the quay", lessons=("Ask early.",)), "astrid")
    with suppress(errors.AlreadyDecided):
        engine.execute("oslo", first, k.Decide("G1", Proposal("go")), "bjorn")
    for subject in ("solved", "open"):
        incidents.make(made.store, "oslo", incidents.MAIL_STOPPED, subject, "x", now=clock.now)
    office.solve("oslo", office.incidents("oslo")[0].id, "dag", "mended")
    heartbeat.beat(made.store, "clock", clock.now)
    clock.forward(hours=1)
    made.started(title="Torget")
    engine.sweep()
    with write(made.store) as connection:
        for table in tables.IMMUTABLE:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_update")
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_delete")
    yield made
    made.store.close()


def _letters(made: World) -> None:
    """One letter is sent and one waits, each of a notice of its own; other notices wait."""
    outbox.expand(
        made.store, made.clock.now,
        lambda _, notice: [outbox.Recipient(each, notice.created_at) for each in ("astrid", "dag")],
        limit=1,
    )  # fmt: skip
    sent, waits = letters.claim(made.store, made.clock.now, "worker", lambda *_: "", limit=2)
    draft = Draft(sent, b"Message-ID: <a@example.org>\n\nDear Astrid", "<a@example.org>")
    letters.save_rendered(made.store, [draft], made.clock.now)
    letters.settle(made.store, sent, "sent", made.clock.now)
    letters.release(made.store, [waits], made.clock.now)


@pytest.fixture
def raw(town: World) -> Iterator[sqlite3.Connection]:
    """The file in the hands of somebody whom no key and no check stops."""
    with closing(sqlite3.connect(town.store.database, isolation_level=None)) as found:
        found.execute("PRAGMA foreign_keys=OFF")
        found.execute("PRAGMA ignore_check_constraints=ON")
        yield found


def changes(raw: sqlite3.Connection, table: str, column: str) -> Iterator[tuple[int, Any, Any]]:
    """Other values for a row: which, what it holds, and what it will."""
    where = ROWS.get((table, column), "true")
    held = raw.execute(f'SELECT rowid, "{column}" FROM "{table}" WHERE {where}').fetchall()
    assert held, f"nothing is kept in {table}"
    there = THERE.get(column) or [value for _, value in (held[0], held[-1])]
    if column == "carried_by":
        there = [name for (name,) in raw.execute("SELECT id FROM letter")]
    ends = (held[0], held[-1]) if table in UNLIKE else (held[len(held) // 2],)
    for row, value in held if FULL else ends:
        others = VALUES.get((table, column), (*there, _another(table, column, value)))
        yield from ((row, value, other) for other in dict.fromkeys(others) if other != value)


def _another(table: str, column: str, value: Any) -> Any:
    kind = tables.metadata.tables[table].c[column].type
    if isinstance(kind, DateTime) or isinstance(getattr(kind, "impl", None), DateTime):
        return "2031-01-01 00:00:00.000000"
    if isinstance(kind, Date):
        return "2031-01-01"
    if isinstance(kind, LargeBinary):
        return (value or b"") + b" "
    if isinstance(value, int):
        return 1 - value if value in (0, 1) else value + 1
    return f"{value or ''}x"


def is_found(town: World, raw: sqlite3.Connection, table: str, column: str, change: Any) -> bool:
    """Make a change, see whether it is found, and take it back."""
    row, held, other = change
    statement = f'UPDATE "{table}" SET "{column}"=? WHERE rowid=?'
    raw.execute(statement, (other, row))
    try:
        return bool(examine(town.engine))
    finally:
        raw.execute(statement, (held, row))


def tried(
    town: World, raw: sqlite3.Connection, table: str, column: str
) -> dict[tuple[Any, ...], bool]:
    found = {}
    for change in changes(raw, table, column):
        with suppress(sqlite3.IntegrityError):  # the database itself refuses it
            found[change] = is_found(town, raw, table, column, change)
    return found


@pytest.mark.parametrize("table", sorted(tables.metadata.tables))
def test_another_value_in_any_column_is_found_unless_it_is_said_why_not(
    town: World, raw: sqlite3.Connection, table: str
) -> None:
    for column in tables.metadata.tables[table].columns.keys():  # noqa: SIM118  # names
        found = tried(town, raw, table, column)
        if column in UNPROVED.get(table, {}):
            assert not all(found.values()), f"{table}.{column} is proved after all"
        else:
            missed = [change for change, seen in found.items() if not seen]
            assert not missed, f"{table}.{column}: {missed}"
    assert examine(town.engine) == []


def test_what_is_not_proved_is_named_by_columns_there_are() -> None:
    for table, columns in UNPROVED.items():
        assert set(columns) <= set(tables.metadata.tables[table].columns.keys())
        assert all(columns.values())


@pytest.mark.parametrize(
    "table", sorted(set(tables.metadata.tables) - {"heartbeat", "idempotency", "refusal"})
)
def test_a_row_that_is_gone_is_found(town: World, raw: sqlite3.Connection, table: str) -> None:
    """But for a letter beside others, and trouble that waits: no record tells of those."""
    where = {"incident": "solved_at NOT NULL"}
    raw.execute(f'CREATE TEMP TABLE gone AS SELECT * FROM "{table}" WHERE {where.get(table, "1")}')
    try:
        raw.execute(f'DELETE FROM "{table}" WHERE {where.get(table, "1")}')
        assert examine(town.engine), table
    finally:
        raw.execute(f'INSERT INTO "{table}" SELECT * FROM temp.gone')
