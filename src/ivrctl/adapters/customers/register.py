"""What somebody who keeps the directory does with one customer, and reading all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.customers.batches import lock_customers
from ivrctl.adapters.customers.stored import Stored, stored
from ivrctl.adapters.customers.tables import customers, identifiers, numbers
from ivrctl.adapters.site_store import SiteStore
from ivrctl.model.customer import CustomerDetails

PAGE = 500
"""Customers that are read at one time."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of a customer, and what stays of him."""

    numbers: tuple[str, ...]
    identifiers: int
    had_pin: bool


class CustomerRegister:
    """The customers of a site, for whoever keeps them."""

    def __init__(self, store: SiteStore) -> None:
        """Work in this database; it is closed by whoever opened it."""
        self._store = store

    async def details(self, customer: str) -> CustomerDetails | None:
        """Everything about one; None when nobody has this key.

        Raises:
            SiteStoreError: the database does not answer.
        """

        async def ask(connection: AsyncConnection) -> CustomerDetails | None:
            found = await stored(connection, [customer])
            return _details(found[customer]) if found else None

        return await self._store.read(ask)

    async def erase(self, customer: str) -> Erased | None:
        """Remove one with everything that is his; None when nobody has this key.

        Raises:
            SiteStoreError: the database did not take it.
        """
        async with self._store.writing() as connection:
            await lock_customers(self._store, connection)
            found = (await stored(connection, [customer])).get(customer)
            if found is None:
                return None
            for table in (numbers, identifiers):
                await connection.execute(sa.delete(table).where(table.c.customer == customer))
            await connection.execute(sa.delete(customers).where(customers.c.id == customer))
        await self._store.forget_what_was_removed()
        had_pin = found.customer.pin_hash is not None
        return Erased(tuple(sorted(found.numbers)), len(found.identifiers), had_pin)

    async def set_pin_hash(self, customer: str, pin_hash: str | None, now: datetime) -> bool:
        """Keep another PIN for one, or none; False when nobody has this key.

        Raises:
            SiteStoreError: the database did not take it.
        """
        changed = sa.update(customers).where(customers.c.id == customer).values(pin_hash=pin_hash, updated_at=now)
        async with self._store.writing() as connection:
            await lock_customers(self._store, connection)
            return bool((await connection.execute(changed)).rowcount)

    async def kinds(self) -> tuple[str, ...]:
        """The kinds of identifiers that somebody has."""

        async def ask(connection: AsyncConnection) -> tuple[str, ...]:
            query = sa.select(identifiers.c.kind).distinct().order_by(identifiers.c.kind)
            return tuple((await connection.execute(query)).scalars())

        return await self._store.read(ask)

    async def count(self) -> int:
        """How many customers there are."""

        async def ask(connection: AsyncConnection) -> int:
            return int(await connection.scalar(sa.select(sa.func.count()).select_from(customers)) or 0)

        return await self._store.read(ask)

    async def all(self) -> AsyncIterator[CustomerDetails]:
        """All of them in the order of their keys, a page at a time.

        Raises:
            SiteStoreError: the database does not answer.
        """
        last = ""
        while page := await self._page(last):
            for details in page:
                yield details
            last = page[-1].customer.id

    async def _page(self, after: str) -> list[CustomerDetails]:
        query = sa.select(customers.c.id).where(customers.c.id > after).order_by(customers.c.id).limit(PAGE)

        async def ask(connection: AsyncConnection) -> list[CustomerDetails]:
            ids = list((await connection.execute(query)).scalars())
            found = await stored(connection, ids)
            return [_details(found[one]) for one in ids]

        return await self._store.read(ask)


def _details(found: Stored) -> CustomerDetails:
    return CustomerDetails(found.customer, tuple(sorted(found.numbers)), tuple(sorted(found.identifiers)))
