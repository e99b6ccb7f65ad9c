"""Backup staff: which controller acts, the memberships it has begun, what it remembers, and what it did and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "staffing_acting",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("term", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "staffing_leases",
        sa.Column("queue", sa.Text, primary_key=True),
        sa.Column("interface", sa.Text, primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("is_confirmed", sa.Boolean, nullable=False),
        sa.Column("sight", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "staffing_memories",
        sa.Column("policy", sa.Text, primary_key=True),
        sa.Column("memory", sa.JSON, nullable=False),
        sa.Column("kept_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "staffing_decisions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("sentences", sa.JSON, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("plan", sa.JSON, nullable=False),
    )
    op.create_table(
        "staffing_changes",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("interface", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("penalty", sa.Integer, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("is_counted", sa.Boolean, nullable=False),
        sa.Column("sent_at", sa.DateTime, nullable=False, index=True),
        sa.Column("settled_at", sa.DateTime, nullable=True),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_table(
        "staffing_orders",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False, index=True),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
