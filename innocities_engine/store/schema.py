"""Decide which form the tables have: create them, bring an older form up to date in one
transaction, and refuse a form that is newer than this program.  The steps themselves stand in
`migrations`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from innocities_engine import errors
from innocities_engine.store.transactions import Store, read, write

HEAD: Final = "0005"  # the newest step; a test holds it and the folder together
VERSIONS: Final = "alembic_version"


def upgrade(store: Store) -> str:
    """Bring the tables to the newest form; return the form they had, "" for none."""
    with write(store) as connection:
        before = form(connection)
        _refuse_newer(before)
        if before != HEAD:
            _run(connection)
        return before


def require_current(store: Store) -> None:
    """Refuse to work on tables of another form than this program knows."""
    with read(store) as connection:
        found = form(connection)
    _refuse_newer(found)
    if found != HEAD:
        said = "the database is of an older form; run “db upgrade” first"
        raise errors.Unavailable(said).named("older")


def form(connection: Connection) -> str:
    """Tell which form the tables have."""
    if not inspect(connection).has_table(VERSIONS):
        return ""
    return connection.scalar(text(f"SELECT version_num FROM {VERSIONS}")) or ""  # noqa: S608  # a constant


def _refuse_newer(found: str) -> None:
    if found > HEAD:
        raise errors.Unavailable(
            f"the database is of form {found}, made by a newer release; this one knows {HEAD}"
        ).named("newer", form=found, known=HEAD)


def _run(connection: Connection) -> None:
    # Imported here, otherwise every command would pay for what one needs.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
