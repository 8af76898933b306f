"""The letters of a notice are found without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_letter_notice", "letter", ["organisation_id", "notice_id"])
