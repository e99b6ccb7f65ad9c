"""The directory of customers: who they are, their numbers, their identifiers, and how far an import has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "customers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("pin_hash", sa.Text, nullable=True),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
    owner = sa.ForeignKey("customers.id", ondelete="CASCADE")
    op.create_table(
        "customer_numbers",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("customer", sa.Text, owner, nullable=False, index=True),
    )
    op.create_table(
        "customer_identifiers",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("customer", sa.Text, sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    )
    op.create_table(
        "customer_imports",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
