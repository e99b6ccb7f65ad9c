"""The site's database for everything that somebody waits for: transactions with a deadline, faults of one type."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.postgresql import STALE_TRIES, is_server, is_stale
from ivrctl.adapters.site_store.engine import (
    STATEMENT_SECONDS,
    begin_writing,
    brief,
    close_engine,
    open_engine,
)
from ivrctl.adapters.site_store.growth import bring_up
from ivrctl.errors import UnreachableError

FAULTS = (SQLAlchemyError, OSError, TimeoutError)
"""What a database that does not answer raises."""
DEADLINE = timedelta(seconds=STATEMENT_SECONDS)
"""Of a transaction that names none."""

_Result = TypeVar("_Result")


class SiteStoreError(UnreachableError):
    """The site's database gave no answer: it is away, busy or hangs, or the deadline was over. It may answer later."""


class SiteStore:
    """The site's database, used from one event loop; its tables are grown before it is first used."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is connected yet.

        Args:
            url: as ``sqlite_url`` gives, or ``postgresql://…``.

        Raises:
            ConfigurationError: the URL is none, or names a driver that is not installed.
        """
        self._engine = open_engine(url)
        self._is_grown = False
        self._growing = asyncio.Lock()

    async def read(
        self, question: Callable[[AsyncConnection], Awaitable[_Result]], *, within: timedelta = DEADLINE
    ) -> _Result:
        """Ask in a transaction of its own; once more over a connection that the server had closed meanwhile.

        Raises:
            SiteStoreError: no answer within the deadline.
            NewerDatabaseError: the database is of a newer release.
        """
        async with self._faults(within):
            for tries_left in reversed(range(STALE_TRIES + 1)):
                try:
                    await self._grow()
                    async with self._engine.begin() as connection:
                        return await question(connection)
                except FAULTS as error:
                    if not (tries_left and is_stale(error)):
                        raise
        raise AssertionError("the last try answers or raises")

    @contextlib.asynccontextmanager
    async def writing(self, *, within: timedelta = DEADLINE) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: on SQLite alone from its beginning, so that what it reads stays so.

        Raises:
            SiteStoreError: the database did not take it within the deadline; nothing of it is kept, unless the
                connection was lost while it was being committed.
            NewerDatabaseError: the database is of a newer release.
        """
        async with self._faults(within):
            await self._grow()
            async with self._engine.begin() as connection:
                if not is_server(self._engine):
                    await begin_writing(connection)
                yield connection

    @property
    def is_server(self) -> bool:
        """True for PostgreSQL, where other transactions write at the same time."""
        return is_server(self._engine)

    async def forget_what_was_removed(self) -> None:
        """Have removed rows leave SQLite's log too, where nobody reads just now; PostgreSQL sees to it itself."""
        if not is_server(self._engine):
            async with self._faults(DEADLINE), self._engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Let go of the database."""
        await close_engine(self._engine)

    async def _grow(self) -> None:
        if self._is_grown:
            return
        async with self._growing:
            if not self._is_grown:
                await bring_up(self._engine)
                self._is_grown = True

    @contextlib.asynccontextmanager
    async def _faults(self, within: timedelta) -> AsyncIterator[None]:
        try:
            async with Deadline(within.total_seconds()):
                yield
        except FAULTS as error:
            # It may come back as an empty one.
            self._is_grown = False
            is_late = isinstance(error, TimeoutError)
            reason = f"no answer within {within.total_seconds():g} s" if is_late else brief(error)
            raise SiteStoreError(f"the site's database does not answer: {reason}") from error
