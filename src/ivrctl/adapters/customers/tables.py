"""The tables of customers, and a customer as a row of his."""

from __future__ import annotations

import sqlalchemy as sa

from ivrctl.adapters.site_store.schema import UtcDateTime, metadata
from ivrctl.model.customer import Customer

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("pin_hash", sa.Text, nullable=True),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
"""One row for each customer; what is not known of him is empty, as in a file that is imported."""

numbers = sa.Table(
    "customer_numbers",
    metadata,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("customer", sa.Text, sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""The numbers that call for a customer, in E.164: each for one."""

identifiers = sa.Table(
    "customer_identifiers",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("customer", sa.Text, sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""What else a customer can say of himself, such as his member number. It is kept as it is: a caller who keys it is
found by an exact comparison, and a hash of so few digits would hide nothing."""

imports = sa.Table(
    "customer_imports",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
"""How far an import has come that has not reached its end: by what is imported."""

TEXTS = ("name", "brand", "tier", "region", "language")
"""The columns of a customer that may be unknown."""


def customer_in(row: sa.RowMapping) -> Customer:
    """The customer that a row holds."""
    known = {name: row[name] or None for name in TEXTS}
    return Customer(id=row["id"], pin_hash=row["pin_hash"], **known)
