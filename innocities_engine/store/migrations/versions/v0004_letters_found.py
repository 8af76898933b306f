"""The letters of a notice, and those that another letter carries, are found without reading all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

CARRIED = sa.text("carried_by IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_letter_notice", "letter", ["organisation_id", "notice_id"])
    op.create_index(
        "ix_letter_carried", "letter", ["organisation_id", "carried_by"],
        sqlite_where=CARRIED, postgresql_where=CARRIED,
    )  # fmt: skip
