from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from innocities_engine import errors
from innocities_engine.doctor import examine
from innocities_engine.store import schema, tables
from innocities_engine.store.transactions import Store, open_store, read, write
from tests.store.given import World


def test_the_steps_lead_to_the_tables_that_are_declared(store: Store) -> None:
    with read(store) as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_the_newest_form_is_the_newest_step() -> None:
    steps = (Path(schema.__file__).parent / "migrations" / "versions").glob("v*.py")

    assert max(step.name[1:5] for step in steps) == schema.HEAD


def test_what_is_never_changed_has_its_triggers(store: Store) -> None:
    with read(store) as connection:
        found = set(
            connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE type='trigger'"
            ).scalars()
        )

    assert found == {sql for name in tables.IMMUTABLE for sql in tables.immutability(name)}


def test_bringing_tables_up_to_date_twice_changes_nothing(store: Store) -> None:
    assert schema.upgrade(store) == schema.HEAD
    schema.require_current(store)


def test_tables_of_the_first_form_are_brought_up_to_date_with_all_they_hold(world: World) -> None:
    project = world.started()
    with write(world.store) as connection:
        connection.exec_driver_sql("DROP TABLE shared")
        connection.exec_driver_sql("ALTER TABLE person DROP COLUMN links")
        connection.exec_driver_sql("DROP INDEX ix_letter_notice")
        connection.exec_driver_sql("DROP INDEX ix_letter_carried")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num='0001'")
    with pytest.raises(errors.Unavailable, match="db upgrade"):
        schema.require_current(world.store)

    assert schema.upgrade(world.store) == "0001"

    with read(world.store) as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    assert [each.id for each in world.engine.projects("oslo", "astrid")] == [project]
    assert examine(world.engine) == []


def test_every_project_is_looked_at_again_where_lists_did_not_follow_the_clock(
    world: World,
) -> None:
    running, ended = world.started(), world.started()
    with write(world.store) as connection:
        connection.exec_driver_sql("UPDATE project SET wake_at = NULL")
        connection.exec_driver_sql("UPDATE project SET live = 0 WHERE id = ?", (ended,))
        connection.exec_driver_sql("UPDATE alembic_version SET version_num='0004'")
    schema.upgrade(world.store)
    assert {project for _, project in world.engine.due()} == {running, ended}


def test_tables_of_a_newer_release_are_refused(store: Store) -> None:
    with write(store) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num='9999'")

    with pytest.raises(errors.Unavailable, match="newer release"):
        schema.require_current(store)
    with pytest.raises(errors.Unavailable, match="newer release"):
        schema.upgrade(store)


def test_a_database_without_tables_is_refused_until_it_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path)

    with pytest.raises(errors.Unavailable, match="db upgrade"):
        schema.require_current(store)
    store.close()
