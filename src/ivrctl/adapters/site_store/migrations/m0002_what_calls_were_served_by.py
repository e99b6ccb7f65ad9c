"""Regions, tier, waits and notices of a call; an older record has none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, with defaults: a controller of the release before leaves them out of its last records."""
    for name in ("regions", "waits", "notices"):
        op.add_column("calls", sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
    op.add_column("calls", sa.Column("tier", sa.Text, nullable=False, server_default=""))
