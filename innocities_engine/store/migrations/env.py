"""Run one step of the tables' history on the connection that was handed in."""

from __future__ import annotations

from alembic import context

from innocities_engine.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
