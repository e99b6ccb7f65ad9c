"""The locks of one customer's accounts, for whoever keeps the directory: seen, and ended by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.guess_books.keys import BookKeys
from ivrctl.adapters.guess_books.stored import TURN_LOCK, books_table
from ivrctl.adapters.postgresql import advisory_lock
from ivrctl.adapters.site_store import SiteStore
from ivrctl.identity import Book, Guessing


@dataclass(frozen=True, slots=True)
class Guessed:
    """What was guessed at one account, as far as it counts."""

    kind: str
    """Of identifier: the account itself is not said again."""
    in_row: int
    """Wrong guesses in a row."""
    until: datetime | None
    """When its lock ends; None for one that is not locked."""


class AccountLocks:
    """The accounts of a customer by their books."""

    def __init__(self, store: SiteStore, guessing: Guessing, keys: BookKeys) -> None:
        """Look into this database, with the keys of the site whose books they are."""
        self._store = store
        self._guessing = guessing
        self._keys = keys

    async def of(self, identifiers: Iterable[tuple[str, str]], now: datetime) -> tuple[Guessed, ...]:
        """The accounts, of these kinds and values, at which wrong guesses count; nothing is changed.

        Raises:
            SiteStoreError: the database does not answer.
        """
        kinds = self._kinds(identifiers)

        async def ask(connection: AsyncConnection) -> Sequence[sa.RowMapping]:
            query = sa.select(books_table).where(books_table.c.key.in_(kinds))
            return (await connection.execute(query)).mappings().all()

        return self._guessed(await self._store.read(ask), kinds, now)

    async def end(self, identifiers: Iterable[tuple[str, str]], now: datetime) -> tuple[Guessed, ...]:
        """As if nobody had guessed at these accounts; what they were before.

        Raises:
            SiteStoreError: the database did not take it.
        """
        kinds = self._kinds(identifiers)
        books = books_table.c.key.in_(kinds)
        async with self._store.writing() as connection:
            if self._store.is_server:
                # A turn writes what it has read: none comes between.
                await connection.execute(advisory_lock(TURN_LOCK))
            found = (await connection.execute(sa.select(books_table).where(books))).mappings().all()
            await connection.execute(sa.delete(books_table).where(books))
        return self._guessed(found, kinds, now)

    def _kinds(self, identifiers: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Key of a book to the kind of its account."""
        return {self._keys.of(kind, value, "").account: kind for kind, value in identifiers}

    def _guessed(self, rows: Sequence[sa.RowMapping], kinds: dict[str, str], now: datetime) -> tuple[Guessed, ...]:
        found = []
        for row in rows:
            book = Book(row["since"], row["last"], row["wrong"], row["in_row"]).by_clock(now)
            until = self._guessing.account.locked_until(book)
            is_locked = until is not None and now < until
            if is_locked or (book.in_row and now < self._guessing.account.forgotten_at(book)):
                found.append(Guessed(kinds[row["key"]], book.in_row, until if is_locked else None))
        return tuple(sorted(found, key=lambda each: each.kind))
