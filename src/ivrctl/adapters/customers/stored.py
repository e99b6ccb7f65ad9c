"""What the directory holds of several customers, read in few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.customers.tables import customer_in, customers, identifiers, numbers
from ivrctl.model.customer import Customer, CustomerEntry


@dataclass(slots=True)
class Stored:
    """One customer as he is in the database."""

    customer: Customer
    numbers: set[str] = field(default_factory=set)
    identifiers: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose the numbers and identifiers are that some rows name."""

    numbers: dict[str, str]
    """To the customer's key."""
    identifiers: dict[tuple[str, str], str]
    """Kind and value to the customer's key."""


async def stored(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Stored]:
    """The customers of these keys, by key; those that are not there are missing."""
    chosen = await connection.execute(sa.select(customers).where(customers.c.id.in_(ids)))
    found = {row["id"]: Stored(customer_in(row)) for row in chosen.mappings()}
    for row in await connection.execute(sa.select(numbers).where(numbers.c.customer.in_(ids))):
        found[row.customer].numbers.add(row.number)
    for row in await connection.execute(sa.select(identifiers).where(identifiers.c.customer.in_(ids))):
        found[row.customer].identifiers.add((row.kind, row.value))
    return found


async def owners(connection: AsyncConnection, entries: Iterable[CustomerEntry]) -> Owners:
    """Who has what these rows name."""
    entries = list(entries)
    wanted = {number for entry in entries for number in entry.numbers or ()}
    pairs = sorted({(kind, value) for entry in entries for kind, value in entry.identifiers.items() if value})
    by_number = await connection.execute(sa.select(numbers).where(numbers.c.number.in_(wanted)))
    named: dict[tuple[str, str], str] = {}
    for kind, group in groupby(pairs, key=lambda pair: pair[0]):
        is_meant = (identifiers.c.kind == kind) & identifiers.c.value.in_([value for _, value in group])
        for row in await connection.execute(sa.select(identifiers).where(is_meant)):
            named[row.kind, row.value] = row.customer
    return Owners({row.number: row.customer for row in by_number}, named)
