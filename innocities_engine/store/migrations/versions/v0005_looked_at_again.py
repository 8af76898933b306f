"""What is due next is kept as time alone changes it, so every project is looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(sa.text("UPDATE project SET wake_at = changed_at"))
