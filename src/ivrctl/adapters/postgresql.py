"""Connections to a PostgreSQL server that may be slow, hang, be killed and come back. Counterpart of ``sqlite_file``.

A task that waits for a hanging server can be cancelled: SQLAlchemy gives the server two seconds to close the
connection politely, which a second cancellation cuts short, and then cuts it off. The server gives a statement up by
itself, by its ``statement_timeout``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ivrctl.adapters.deadline import Deadline
from ivrctl.errors import ConfigurationError

CONNECT_SECONDS = 5.0
"""For a new connection, name resolution and password included."""
CLOSE_SECONDS = 0.5
"""For one connection to be closed by a server that is told so."""
STALE_TRIES = 2
"""Questions that may meet a stale connection before one must be answered: the first that is lost clears the pool."""
LONGEST_REASON = 200
"""Characters of a server's message that are passed on."""
DATA_FAULTS = "22"
"""The class of SQLSTATEs for values that do not fit (PostgreSQL, appendix A)."""
QUERY_CANCELED = "57014"
"""The SQLSTATE of a statement that took longer than ``statement_timeout``."""


def open_server(dsn: str, *, pool_size: int, settings: Mapping[str, str], is_read_only: bool) -> AsyncEngine:
    """The engine for a server; it connects when it is first used.

    Args:
        dsn: libpq's connection URI. It goes to the driver as it is: no engine, log or error holds its password.
        pool_size: connections at most.
        settings: of each session, such as ``timezone``.
        is_read_only: True when every transaction is ``READ ONLY``.

    Raises:
        ConfigurationError: the driver is not installed.
    """
    try:
        engine = create_async_engine(
            "postgresql+asyncpg://",
            connect_args={
                "dsn": dsn,
                "timeout": CONNECT_SECONDS,
                "server_settings": {"application_name": "ivrctl", **settings},
            },
            execution_options={"postgresql_readonly": is_read_only},
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=0,
        )
    except ImportError as error:
        advice = "pip install 'ivrctl[postgresql]'"
        raise ConfigurationError("PostgreSQL needs the driver asyncpg", advice=advice) from error
    return engine


def is_server(engine: AsyncEngine) -> bool:
    """True for an engine of ``open_server``."""
    return engine.dialect.name == "postgresql"


async def close_server(engine: AsyncEngine, pool_size: int) -> None:
    """Close all connections; one after the other is cut off when the server does not answer."""
    for _ in range(pool_size):
        with contextlib.suppress(TimeoutError):
            async with Deadline(CLOSE_SECONDS):
                await engine.dispose()
                return
    await engine.dispose()


def is_lost(error: BaseException) -> bool:
    """True when the connection is gone: the server was stopped or killed."""
    is_ending = type(_drivers_own(error)).__name__ == "InternalClientError"  # it went in the middle of a message
    return is_ending or (isinstance(error, DBAPIError) and error.connection_invalidated)


def is_stale(error: BaseException) -> bool:
    """True when the same question on another connection may be answered.

    A server that was started again has closed the connections in the pool; one whose table was altered wants a
    statement prepared anew.
    """
    return is_lost(error) or type(_drivers_own(error)).__name__ == "InvalidCachedStatementError"


def sqlstate(error: BaseException) -> str:
    """The five characters of PostgreSQL's appendix A; empty for an error that has none."""
    return str(getattr(_drivers_own(error), "sqlstate", None) or "")


def is_of_a_value(error: BaseException) -> bool:
    """True when the statement could not take one of its values, or made one that cannot be."""
    cause = _drivers_own(error)
    # The driver's own DataError has no SQLSTATE: it was raised before anything was sent.
    return sqlstate(error).startswith(DATA_FAULTS) or type(cause).__name__ == "DataError"


def reason(error: BaseException) -> str:
    """What went wrong, in one line, without a value: that would be a caller's."""
    cause = _drivers_own(error)
    if is_of_a_value(error):
        return f"a value does not fit ({type(cause).__name__})"
    if isinstance(cause, ValueError | TypeError):
        # Raised by the driver over what it was given: a URL, which may hold a password, or a value.
        return f"it cannot be asked ({type(cause).__name__})"
    text = (str(cause).splitlines() or [""])[0] or type(cause).__name__
    return text[:LONGEST_REASON]


def _drivers_own(error: BaseException) -> BaseException:
    """Inside SQLAlchemy's error stands its adapter's, and that was raised from the driver's."""
    adapted = error.orig if isinstance(error, DBAPIError) else None
    return (adapted.__cause__ or adapted) if adapted is not None else error


def advisory_lock(key: int) -> sa.TextClause:
    """A statement that waits until no other transaction holds this lock, and keeps it to the transaction's end."""
    return sa.text("select pg_advisory_xact_lock(:key)").bindparams(sa.bindparam("key", key, sa.BigInteger))
