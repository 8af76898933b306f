"""Decide how parts of an installation say that they are alive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, update

from innocities_engine.store import tables
from innocities_engine.store.transactions import Store, read, write


def beat(store: Store, name: str, now: datetime) -> None:
    """Say that a part is alive."""
    with write(store) as connection:
        said = connection.execute(
            update(tables.heartbeat).where(tables.heartbeat.c.name == name).values(at=now)
        )
        if not said.rowcount:
            connection.execute(insert(tables.heartbeat).values(name=name, at=now))


def beats(store: Store) -> Mapping[str, datetime]:
    """Tell when each part last said that it is alive."""
    c = tables.heartbeat.c
    with read(store) as connection:
        return {row.name: row.at for row in connection.execute(select(c.name, c.at))}
