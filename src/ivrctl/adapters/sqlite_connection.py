"""Connections to SQLite that come to an end, whatever was going on in them when they were given up.

Each has a thread of aiosqlite's. Two things of it would let an event loop wait for ever, or speak to one that is
closed: both happen when a deadline strikes while a file is locked, which is when nobody looks. And one that is given up
in the middle of a transaction would keep its lock: nobody could write any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

_THREAD_SECONDS = 1.0
"""For a connection's thread to end; one that hangs in a file system is left behind."""
_CHUNK = 64
"""Rows that the thread hands over at a time, as ``aiosqlite.connect`` has it."""


class _LettingGo(sqlite3.Connection):
    """One that holds no lock any more once it is closed.

    SQLite keeps a connection that is closed with its transaction for as long as one of its statements is there
    (sqlite3_close_v2), and an exception that somebody looks at later keeps the statement at which it was raised.
    """

    def close(self) -> None:
        """Give up what was not committed, and close; one that is closed already says so, and stays it."""
        with contextlib.suppress(sqlite3.Error):
            if self.in_transaction:
                self.rollback()
        super().close()


class SqliteConnection(aiosqlite.Connection):
    """One that can be stopped, and closed afterwards, or both at once."""

    _stopping = False

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread. Nobody waits for it a second time: a thread that has ended answers no more."""
        if self._stopping:
            return None
        self._stopping = True
        return super().stop()

    async def close(self) -> None:
        """Close it, when what was asked of it before is done.

        Raises:
            ValueError: it is being stopped, and closed by that.
        """
        # aiosqlite would let go of what the thread is to close.
        if self._stopping:
            raise ValueError("the connection is closed: it was stopped")
        await super().close()


def see_connections_end(engine: AsyncEngine) -> None:
    """Have all connections of an engine be such ones.

    Args:
        engine: of SQLite; none of its connections is open yet.
    """
    event.listen(engine.sync_engine, "do_connect", _ours)


def _ours(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    options["async_creator_fn"] = connect


async def connect(database: str, **options: Any) -> SqliteConnection:
    """Connect; when that fails or is given up, see the connection's thread end.

    aiosqlite leaves it running for a moment, in which it speaks to an event loop that may be closed by then.

    Args:
        database: a path or URI.
        options: of ``sqlite3.connect``.
    """
    connection = SqliteConnection(partial(sqlite3.connect, database, factory=_LettingGo, **options), _CHUNK)
    thread = connection._thread  # noqa: SLF001 - there is no other way to it; SQLAlchemy makes it a daemon so too
    thread.daemon = True
    try:
        await connection
    except BaseException:
        await asyncio.to_thread(thread.join, _THREAD_SECONDS)
        raise
    return connection
