"""Books in the site's database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.guess_books.keys import Keys
from ivrctl.adapters.postgresql import advisory_lock, is_stale
from ivrctl.adapters.site_store import SiteStore, SiteStoreError
from ivrctl.adapters.site_store.schema import UtcDateTime, metadata
from ivrctl.identity import Book, Books, Guessing

TURN_LOCK = 0x69766770
"""The advisory lock of a turn: ``ivgp`` in ASCII. Every guess turns the book of the site, so that a lock of each row
would let no more of them in at once; a turn takes a millisecond."""

books_table = sa.Table(
    "guess_books",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("last", UtcDateTime, nullable=False),
    sa.Column("wrong", sa.Integer, nullable=False),
    sa.Column("in_row", sa.Integer, nullable=False),
    sa.Column("forgotten_at", UtcDateTime, nullable=False, index=True),
)
"""One row for each book; the columns are the fields of ``Book``."""

_Result = TypeVar("_Result")


class StoredBooks:
    """The books of a site; used from one event loop, and shared with every other controller of the site."""

    def __init__(self, store: SiteStore, guessing: Guessing) -> None:
        """Keep them in this database; it is closed by whoever opened it.

        Args:
            store: the site's database.
            guessing: says when a book is forgotten.
        """
        self._store = store
        self._guessing = guessing

    async def turn(
        self,
        keys: Keys,
        change: Callable[[Books], tuple[Books, _Result]],
        *,
        now: datetime,
        within: timedelta,
    ) -> _Result:
        """Hand the books in, keep those that come back, and throw away those that are forgotten.

        Args:
            keys: of the books.
            change: gives the books as they are to be, and an answer; called again where the server had closed the
                connection meanwhile.
            now: aware.
            within: after this it has failed.

        Raises:
            SiteStoreError: the database did not take it in time: nothing was changed, or nobody knows.
            NewerDatabaseError: the database is of a newer release.
        """
        try:
            return await self._turn(keys, change, now, within)
        except SiteStoreError as error:
            if not (isinstance(error.__cause__, Exception) and is_stale(error.__cause__)):
                raise
        return await self._turn(keys, change, now, within)

    async def _turn(
        self, keys: Keys, change: Callable[[Books], tuple[Books, _Result]], now: datetime, within: timedelta
    ) -> _Result:
        async with self._store.writing(within=within) as connection:
            if self._store.is_server:
                await connection.execute(advisory_lock(TURN_LOCK))
            before = await _read(connection, keys)
            after, answer = change(before)
            for key, was, book in zip(keys, _each(before), _each(after), strict=True):
                if book is not None and book != was:
                    await self._write(connection, key, book, is_new=was is None)
            await connection.execute(sa.delete(books_table).where(books_table.c.forgotten_at <= now))
            return answer

    async def _write(self, connection: AsyncConnection, key: str, book: Book, *, is_new: bool) -> None:
        row = {
            "since": book.since,
            "last": book.last,
            "wrong": book.wrong,
            "in_row": book.in_row,
            "forgotten_at": self._guessing.forgotten_at(key.partition(":")[0], book),
        }
        if is_new:
            await connection.execute(sa.insert(books_table).values(key=key, **row))
        else:
            await connection.execute(sa.update(books_table).where(books_table.c.key == key).values(**row))


async def _read(connection: AsyncConnection, keys: Keys) -> Books:
    rows = (await connection.execute(sa.select(books_table).where(books_table.c.key.in_(keys)))).mappings()
    found = {row["key"]: Book(row["since"], row["last"], row["wrong"], row["in_row"]) for row in rows}
    return Books(*(found.get(key) for key in keys))


def _each(books: Books) -> tuple[Book | None, Book | None, Book | None]:
    return books.account, books.caller, books.site
