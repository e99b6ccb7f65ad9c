"""The database behind the call store: what is SQLite's own stands here, and only here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ivrctl.adapters.sqlite_file import follow
from ivrctl.errors import ConfigurationError

STATEMENT_SECONDS = 10.0
"""A statement that takes longer has met a database that hangs."""
THREAD_SECONDS = 1.0
"""For a connection's thread to end; one that hangs in a file system is left behind."""


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file; its folder must exist."""
    return sa.URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


def open_engine(url: str) -> AsyncEngine:
    """The engine for an asynchronous SQLAlchemy URL; it connects when it is first used.

    Raises:
        ConfigurationError: the URL is none, or names a driver that is not installed.
    """
    try:
        engine = create_async_engine(url, pool_pre_ping=True)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise ConfigurationError(
            f"the call store's database URL cannot be used: {brief(error)}",
            advice="such as sqlite+aiosqlite:////var/lib/ivrctl/calls.sqlite",
        ) from error
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            follow(Path(engine.url.database), engine)
        sa.event.listen(engine.sync_engine, "do_connect", _connect_sqlite_our_way)
        sa.event.listen(engine.sync_engine, "connect", _tune_sqlite)
    return engine


def _connect_sqlite_our_way(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    options["async_creator_fn"] = _connect_sqlite


async def _connect_sqlite(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """Connect; when that fails or is given up, see the connection's thread end.

    aiosqlite leaves it running for a moment, in which it speaks to an event loop that may be closed by then.
    """
    connection = aiosqlite.connect(*arguments, **options)
    thread = connection._thread  # noqa: SLF001 - there is no other way to it; SQLAlchemy makes it a daemon so too
    thread.daemon = True
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(thread.join, THREAD_SECONDS)
        raise


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """WAL: readers and the writer do not wait for each other, nor an old controller that drains for a new one."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def brief(error: BaseException) -> str:
    """The first line: SQLAlchemy adds the statement with its values, which are a caller's."""
    return (str(error).splitlines() or [type(error).__name__])[0]
