"""The books of the queues: stays of callers, spans of agents, gaps; and how far an import of a queue_log has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "stays",
        sa.Column("queue", sa.Text, primary_key=True),
        sa.Column("uniqueid", sa.Text, primary_key=True),
        sa.Column("joined_at", sa.DateTime, primary_key=True, index=True),
        sa.Column("linkedid", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("is_joined_exactly", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("chain", sa.Integer, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False, index=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("left_at", sa.DateTime, nullable=True),
        sa.Column("interface", sa.Text, nullable=False),
        sa.Column("talk_ended_at", sa.DateTime, nullable=True),
        sa.Column("talk_ended_by", sa.Text, nullable=False),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_index("ix_stays_uniqueid", "stays", ["uniqueid"])
    op.create_table(
        "agent_spans",
        sa.Column("interface", sa.Text, primary_key=True),
        sa.Column("began_at", sa.DateTime, primary_key=True, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("ended_at", sa.DateTime, nullable=True, index=True),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_table(
        "gaps",
        sa.Column("began_at", sa.DateTime, primary_key=True),
        sa.Column("queue", sa.Text, primary_key=True),
        sa.Column("ended_at", sa.DateTime, nullable=True),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_table(
        "queue_log_imports",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
