"""The records of calls, as the first release made them by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table, or take over the one that is there with its rows: the first release wrote no history."""
    if sa.inspect(op.get_bind()).has_table("calls"):
        return
    op.create_table(
        "calls",
        sa.Column("leg", sa.Text, primary_key=True),
        sa.Column("uniqueid", sa.Text, nullable=False),
        sa.Column("ani", sa.Text, nullable=False),
        sa.Column("dnis", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("began_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime, nullable=False, index=True),
        sa.Column("ending", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("path", sa.JSON, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("trace", sa.JSON, nullable=False),
    )
