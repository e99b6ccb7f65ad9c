"""The database behind the call store: what is SQLite's own stands here, and only here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ivrctl.errors import ConfigurationError

STATEMENT_SECONDS = 10.0
"""A statement that takes longer has met a database that hangs."""


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
        sa.event.listen(engine.sync_engine, "connect", _tune_sqlite)
    return engine


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
