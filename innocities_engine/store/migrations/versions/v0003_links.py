"""How often the links of a person were taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("person", sa.Column("links", sa.Integer(), server_default="0", nullable=False))
