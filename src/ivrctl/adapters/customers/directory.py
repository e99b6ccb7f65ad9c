"""What calls ask of the directory: one customer, within the time that the call has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.customers.tables import customer_in, customers, identifiers, numbers
from ivrctl.adapters.site_store import SiteStore
from ivrctl.model.customer import Customer

ANSWER_WITHIN = timedelta(seconds=3)
"""For one question, where the asker names no deadline: a caller waits for it."""


class CustomerDirectory:
    """The customers of a site."""

    def __init__(self, store: SiteStore) -> None:
        """Ask in this database; it is closed by whoever opened it."""
        self._store = store

    async def by_number(self, e164: str, *, within: timedelta = ANSWER_WITHIN) -> Customer | None:
        """The customer who has this number, in E.164; None when nobody has.

        Raises:
            SiteStoreError: the database does not answer within the deadline.
            NewerDatabaseError: the database is of a newer release.
        """
        query = sa.select(customers).join(numbers).where(numbers.c.number == e164)
        return await self._one(query, within)

    async def by_identifier(self, kind: str, value: str, *, within: timedelta = ANSWER_WITHIN) -> Customer | None:
        """The customer whom an identifier of this kind names, such as ``member``; None when it names nobody.

        Raises:
            SiteStoreError: the database does not answer within the deadline.
            NewerDatabaseError: the database is of a newer release.
        """
        is_meant = (identifiers.c.kind == kind) & (identifiers.c.value == value)
        return await self._one(sa.select(customers).join(identifiers).where(is_meant), within)

    async def _one(self, query: sa.Select[Any], within: timedelta) -> Customer | None:
        async def ask(connection: AsyncConnection) -> Customer | None:
            row = (await connection.execute(query)).mappings().one_or_none()
            return None if row is None else customer_in(row)

        return await self._store.read(ask, within=within)
