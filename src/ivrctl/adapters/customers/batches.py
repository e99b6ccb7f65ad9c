"""Batches of an import: each is one transaction that also says how far the import has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.customers.changes import Changes, changes
from ivrctl.adapters.customers.stored import owners, stored
from ivrctl.adapters.customers.tables import customers, identifiers, imports, numbers
from ivrctl.adapters.postgresql import advisory_lock
from ivrctl.adapters.site_store import SiteStore
from ivrctl.model.customer import CustomerEntry

CUSTOMERS_LOCK = 0x69767264
"""The advisory lock of whoever writes customers: what he reads before he writes stays so."""
MARK_KEPT = timedelta(days=30)
"""How long it is known of a broken-off import how far it had come."""


async def lock_customers(store: SiteStore, connection: AsyncConnection) -> None:
    """Be the only one who writes customers, to the end of the transaction: on SQLite that is so already."""
    if store.is_server:
        await connection.execute(advisory_lock(CUSTOMERS_LOCK))


class ImportBatches:
    """The batches of one import."""

    def __init__(self, store: SiteStore, digest: str, is_in_file: Callable[[str], bool]) -> None:
        """Write into this database.

        Args:
            store: the site's.
            digest: of what is imported: of another file, or for a site that has changed, it begins anew.
            is_in_file: True for a customer of whom the file says everything.
        """
        self._store = store
        self._digest = digest
        self._is_in_file = is_in_file
        insert = postgresql.insert if store.is_server else sqlite.insert
        self._insert_customer = _or_update(insert(customers), customers.c.id)
        self._insert_mark = _or_update(insert(imports), imports.c.digest)

    async def last_line(self) -> int:
        """The line to which an import that was broken off has come; 0 for one that begins."""

        async def ask(connection: AsyncConnection) -> int:
            line = await connection.scalar(sa.select(imports.c.line).where(imports.c.digest == self._digest))
            return int(line or 0)

        return await self._store.read(ask)

    async def hashes(self, ids: Sequence[str]) -> Mapping[str, str | None]:
        """The hashes of PINs that are kept for these customers."""
        query = sa.select(customers.c.id, customers.c.pin_hash).where(customers.c.id.in_(ids))

        async def ask(connection: AsyncConnection) -> Mapping[str, str | None]:
            return {row.id: row.pin_hash for row in await connection.execute(query)}

        return await self._store.read(ask)

    async def compare(self, entries: Sequence[CustomerEntry], hashes: Mapping[str, str]) -> Changes:
        """What ``write`` would change."""

        async def ask(connection: AsyncConnection) -> Changes:
            return await self._changes(connection, entries, hashes)

        return await self._store.read(ask)

    async def write(
        self, entries: Sequence[CustomerEntry], hashes: Mapping[str, str], *, last_line: int, now: datetime
    ) -> Changes:
        """Write a batch and how far it comes, whole or not at all.

        Args:
            entries: of customers who each stand once in them.
            hashes: of the PINs that are new, by customer.
            last_line: of the file, up to which all is done with it.
            now: the time of the changes.

        Raises:
            SiteStoreError: the database did not take it.
        """
        async with self._store.writing() as connection:
            await lock_customers(self._store, connection)
            made = await self._changes(connection, entries, hashes)
            await self._apply(connection, made, now)
            mark = {"digest": self._digest, "rows": len(entries), "line": last_line, "updated_at": now}
            await connection.execute(self._insert_mark, mark)
        return made

    async def finish(self, now: datetime) -> None:
        """It has come to its end; of imports that never will nothing is known any more after a month."""
        is_over = (imports.c.digest == self._digest) | (imports.c.updated_at < now - MARK_KEPT)
        async with self._store.writing() as connection:
            await connection.execute(sa.delete(imports).where(is_over))

    async def _changes(
        self, connection: AsyncConnection, entries: Sequence[CustomerEntry], hashes: Mapping[str, str]
    ) -> Changes:
        known = await stored(connection, [entry.customer for entry in entries])
        return changes(entries, known, await owners(connection, entries), hashes, self._is_in_file)

    async def _apply(self, connection: AsyncConnection, made: Changes, now: datetime) -> None:
        if made.rows:
            await connection.execute(self._insert_customer, [{**row, "updated_at": now} for row in made.rows])
        # First all that goes, so that what one customer loses another one of the batch can have.
        if made.lost_numbers:
            await connection.execute(sa.delete(numbers).where(numbers.c.number.in_(made.lost_numbers)))
        if made.lost_identifiers:
            gone = sa.delete(identifiers).where(
                identifiers.c.kind == sa.bindparam("lost_kind"), identifiers.c.value == sa.bindparam("lost_value")
            )
            pairs = [{"lost_kind": kind, "lost_value": value} for kind, value in sorted(made.lost_identifiers)]
            await connection.execute(gone, pairs)
        if made.new_numbers:
            rows = [{"number": number, "customer": customer} for number, customer in made.new_numbers]
            await connection.execute(sa.insert(numbers), rows)
        if made.new_identifiers:
            columns = ("kind", "value", "customer")
            rows = [dict(zip(columns, found, strict=True)) for found in made.new_identifiers]
            await connection.execute(sa.insert(identifiers), rows)


def _or_update(statement: postgresql.Insert | sqlite.Insert, key: sa.Column[str]) -> postgresql.Insert | sqlite.Insert:
    """Insert a row, or bring the one with the same key to what this one says."""
    others = {column.name: column for column in statement.excluded if column.name != key.name}
    return statement.on_conflict_do_update(index_elements=[key], set_=others)
