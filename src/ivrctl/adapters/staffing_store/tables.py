"""The tables of backup staff."""

from __future__ import annotations

import sqlalchemy as sa

from ivrctl.adapters.site_store.schema import UtcDateTime, metadata

acting = sa.Table(
    "staffing_acting",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("term", sa.BigInteger, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)
"""One row: the controller that acts. ``term`` grows with each that begins to; one of an older term writes no more."""

leases = sa.Table(
    "staffing_leases",
    metadata,
    sa.Column("queue", sa.Text, primary_key=True),
    sa.Column("interface", sa.Text, primary_key=True),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("is_confirmed", sa.Boolean, nullable=False),
    sa.Column("sight", sa.BigInteger, nullable=False),
)
"""A row for each membership that was begun, from before it was until after it has ended."""

memories = sa.Table(
    "staffing_memories",
    metadata,
    sa.Column("policy", sa.Text, primary_key=True),
    sa.Column("memory", sa.JSON, nullable=False),
    sa.Column("kept_at", UtcDateTime, nullable=False),
)

decisions = sa.Table(
    "staffing_decisions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("sentences", sa.JSON, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
)
"""Those that changed something."""

changes = sa.Table(
    "staffing_changes",
    metadata,
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
    sa.Column("sent_at", UtcDateTime, nullable=False, index=True),
    sa.Column("settled_at", UtcDateTime, nullable=True),
    sa.Column("outcome", sa.Text, nullable=False),
)
"""Every action, from before it was sent; ``outcome`` is empty while it is not known."""

orders = sa.Table(
    "staffing_orders",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("given_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("given_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
