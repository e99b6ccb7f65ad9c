"""Connections to the site's database: what is SQLite's or PostgreSQL's own stands here, and only here."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from enum import Enum, auto
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ivrctl.adapters.database_url import postgresql_dsn
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.postgresql import (
    close_server,
    is_lost,
    is_of_a_value,
    is_server,
    open_server,
    reason,
    sqlstate,
)
from ivrctl.adapters.sqlite_connection import see_connections_end
from ivrctl.adapters.sqlite_file import follow
from ivrctl.errors import ConfigurationError, IvrctlError

STATEMENT_SECONDS = 10.0
"""A statement that takes longer has met a database that hangs."""
POOL_SIZE = 5
"""Connections to a server: one writes, the others show calls."""

_DATABASE_FAULTS = (OperationalError, InterfaceError, PoolTimeoutError, OSError, TimeoutError, IvrctlError)
"""The last for a database of a newer release."""
_RECORD_FAULTS = (DataError, ValueError, TypeError)
FAULTS = (SQLAlchemyError, *_DATABASE_FAULTS, *_RECORD_FAULTS)
"""All that an insert may raise."""


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file; its folder must exist."""
    return sa.URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


def open_engine(url: str) -> AsyncEngine:
    """The engine for a URL; it connects when it is first used.

    Raises:
        ConfigurationError: the URL is neither SQLite's nor PostgreSQL's, or names a driver that is not installed.
    """
    if url.startswith("postgres"):
        return _open_server(url)
    try:
        engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise ConfigurationError(
            f"the database URL of the store cannot be used: {brief(error)}",
            advice="such as sqlite+aiosqlite:////var/lib/ivrctl/calls.sqlite",
        ) from error
    if engine.url.database:
        follow(Path(engine.url.database), engine)
    see_connections_end(engine)
    sa.event.listen(engine.sync_engine, "connect", _tune_sqlite)
    return engine


def _open_server(url: str) -> AsyncEngine:
    dsn = postgresql_dsn(url)
    if dsn is None:
        advice = "such as postgresql://HOST/DATABASE; in a password, @ / ? # are %40 %2F %3F %23"
        raise ConfigurationError("the database URL of the store cannot be used", advice=advice)
    settings = {"statement_timeout": str(int(STATEMENT_SECONDS * 1000))}
    return open_server(dsn, pool_size=POOL_SIZE, settings=settings, is_read_only=False)


@contextlib.asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that is given up after ``STATEMENT_SECONDS``.

    Raises:
        DBAPIError, OSError, TimeoutError: the database is away, busy or hangs.
    """
    async with Deadline(STATEMENT_SECONDS), engine.begin() as connection:
        yield connection


async def begin_writing(connection: AsyncConnection) -> None:
    """Have a transaction on SQLite be the one that writes, from its beginning; another one that does is waited for."""
    await connection.exec_driver_sql("BEGIN IMMEDIATE")


async def close_engine(engine: AsyncEngine) -> None:
    """Let go of all connections."""
    await (close_server(engine, POOL_SIZE) if is_server(engine) else engine.dispose())


class Fault(Enum):
    """Whose fault an insert that failed is."""

    DATABASE = auto()
    """It is away, busy, full, or the table is not what it should be: the same insert may work later."""
    RECORD = auto()
    """What the record holds cannot be stored, today or later."""
    UNCLEAR = auto()
    """Told record by record: a driver's own class, or another process stored the same leg in this very moment."""


def fault_of(error: Exception) -> Fault:
    """Tell them apart; what PostgreSQL says with an SQLSTATE of any other class than values is the database's."""
    if is_of_a_value(error):
        return Fault.RECORD
    if is_lost(error) or sqlstate(error):
        return Fault.UNCLEAR if isinstance(error, IntegrityError) else Fault.DATABASE
    if isinstance(error, _DATABASE_FAULTS):
        return Fault.DATABASE
    # A StatementError that is no driver's error was raised while binding a record's values.
    is_binding = isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return Fault.RECORD if is_binding or isinstance(error, _RECORD_FAULTS) else Fault.UNCLEAR


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """WAL: readers and the writer do not wait for each other, nor an old controller that drains for a new one."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    # What is removed is overwritten in the file: a customer who is erased is not to be found in its free pages.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def brief(error: BaseException) -> str:
    """The first line: SQLAlchemy adds the statement with its values, which are a caller's."""
    if sqlstate(error) or is_of_a_value(error):
        return reason(error)
    return (str(error).splitlines() or [type(error).__name__])[0]
