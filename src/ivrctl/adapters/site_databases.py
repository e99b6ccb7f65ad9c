"""The databases that a site's lookups read: read-only, one statement, one row, with a deadline.

Knows nothing of flows: a declared lookup and its parameters go in, a row in our values comes out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ivrctl.errors import ConfigurationError
from ivrctl.lang.types import conform
from ivrctl.model.values import Row, Value
from ivrctl.site.site_file import DatabaseUrl, Lookup, Site

POOL_SIZE = 10
"""Connections per database: a lookup takes milliseconds, and a database that hangs must not collect callers."""


class LookupFault(Exception):  # noqa: N818 - a fault of the peer, named in the field's words
    """The lookup gave no usable answer: it timed out, the database is away, or the row is not as declared."""


class SiteDatabases:
    """The databases of one version of a site, opened when first asked."""

    def __init__(self, site: Site, folder: Path, environ: Mapping[str, str]) -> None:
        """Prepare the databases of a site.

        Args:
            site: names the databases and lookups.
            folder: the site's, for SQLite files and ``{file: …}`` that are named relative to it.
            environ: for ``{env: NAME}``.
        """
        self._site = site
        self._folder = folder
        self._environ = environ
        self._engines: dict[str, AsyncEngine] = {}

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> Row | None:  # noqa: ASYNC109 - the deadline is the site's, and belongs to the question
        """Ask a lookup: its row, or None when there is no such row.

        Raises:
            LookupFault: no answer within ``timeout``, or none that is as declared; the message says which.
        """
        lookup = self._site.lookups[name]
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                found = await self._first_row(lookup, params)
        except TimeoutError:
            raise LookupFault(f"no answer within {timeout.total_seconds():g} s") from None
        except (SQLAlchemyError, OSError) as error:
            raise LookupFault(f"the database {lookup.database} failed: {_first_line(error)}") from error
        except ConfigurationError as error:
            raise LookupFault(str(error)) from error
        return None if found is None else self._conforming(lookup, found)

    async def close(self) -> None:
        """Close every connection."""
        engines, self._engines = self._engines, {}
        for engine in engines.values():
            await engine.dispose()

    async def _first_row(self, lookup: Lookup, params: Mapping[str, Value]) -> Mapping[str, Any] | None:
        async with self._connection(str(lookup.database)) as connection:
            result = await connection.execute(
                text(lookup.sql), {name: _bindable(value) for name, value in params.items()}
            )
            row = result.mappings().first()
            return None if row is None else dict(row)

    @contextlib.asynccontextmanager
    async def _connection(self, database: str) -> AsyncIterator[AsyncConnection]:
        engine = self._engine(database)
        async with engine.connect() as connection:
            try:
                yield connection
            except asyncio.CancelledError:
                await _interrupt(connection)
                raise

    def _engine(self, database: str) -> AsyncEngine:
        if database not in self._engines:
            self._engines[database] = self._open(database)
        return self._engines[database]

    def _open(self, database: str) -> AsyncEngine:
        declared = self._site.databases[database].url
        try:
            url = make_url(self._url(declared))
        except ArgumentError as error:
            raise ConfigurationError(f'the URL of the database "{database}" cannot be read') from error
        if url.get_backend_name() != "sqlite":
            return create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=True)
        path = self._folder / (url.database or "")
        if not path.is_file():
            advice = f"make {path}, or point the database to another file"
            raise ConfigurationError(f'the database "{database}" has no file {path.name}', advice=advice)
        # mode=ro: a lookup reads, and a mistyped name must not make an empty database.
        return create_async_engine(
            f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true",
            pool_size=POOL_SIZE,
            max_overflow=0,
            connect_args={"timeout": 1.0},
        )

    def _url(self, declared: DatabaseUrl) -> str:
        if declared.text is not None:
            return _with_driver(declared.text)
        if declared.env is not None:
            value = self._environ.get(declared.env)
            if value is None:
                raise ConfigurationError(f"the environment variable {declared.env} is not set")
            return _with_driver(value)
        try:
            return _with_driver((self._folder / str(declared.file)).read_text().strip())
        except OSError as error:
            raise ConfigurationError(f"the file {declared.file} cannot be read: {error.strerror}") from error

    def _conforming(self, lookup: Lookup, found: Mapping[str, Any]) -> Row:
        zone = ZoneInfo(self._site.time_zone)
        row: dict[str, Value] = {}
        for name, kind in lookup.returns.items():
            if name not in found:
                raise LookupFault(f'the answer has no "{name}"')
            try:
                row[str(name)] = conform(found[name], kind, zone=zone)
            except ValueError as error:
                raise LookupFault(f'"{name}" is not as declared: {error}') from error
        return row


def _bindable(value: Value) -> object:
    """The value as database drivers take it: SQLite's knows no Decimal."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _with_driver(url: str) -> str:
    """The URL with our asynchronous driver, for the plain form ``sqlite:operator.sqlite``."""
    return "sqlite+aiosqlite:///" + url.removeprefix("sqlite:") if url.startswith("sqlite:") else url


async def _interrupt(connection: AsyncConnection) -> None:
    """Stop what SQLite is doing: its thread would go on with the statement, and hold the connection, for ever."""
    driver = (await connection.get_raw_connection()).driver_connection
    if driver is not None and hasattr(driver, "interrupt"):
        await driver.interrupt()
    await connection.invalidate()


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0][:200]
