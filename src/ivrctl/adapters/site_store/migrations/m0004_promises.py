"""What became of the promise to a call's tier; of an older record nobody has measured it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, with defaults: a controller of the release before leaves them out of its last records."""
    op.add_column("calls", sa.Column("promise", sa.Text, nullable=False, server_default=""))
    op.add_column("calls", sa.Column("callback_due", sa.DateTime, nullable=True))
