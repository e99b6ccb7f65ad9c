"""The databases that a site's lookups read: read-only, one statement, one row, with a deadline.

Knows nothing of flows: a declared lookup and its parameters go in, a row in our values comes out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ivrctl.adapters.sqlite_file import follow
from ivrctl.errors import ConfigurationError
from ivrctl.lang.types import EXTENSION, QUEUE, Type, conform, without_none
from ivrctl.model.values import Row, RowOrRows, Value, to_json
from ivrctl.site.site_file import DatabaseUrl, Lookup, Site

_Result = TypeVar("_Result")
_Found: TypeAlias = "list[Mapping[str, Any]]"

POOL_SIZE = 10
"""Connections per database: a lookup takes milliseconds, and a database that hangs must not collect callers."""


INTERRUPTED_EVERY = 0.02
"""Seconds between two tries to interrupt a statement."""

MAX_ROWS_BYTES = 16_000
"""Of all rows of one answer together: they stand in the journal at each step until the flow ends, and what a caller can
listen to is less."""

LOCKED_SECONDS = 1.0
"""How long SQLite waits for somebody who writes."""


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
        self._under_way: set[asyncio.Task[Any]] = set()

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - the deadline is the site's, and belongs to the question
        """Ask a lookup: its row, or its rows where it is declared with ``rows``; None when there is no such row.

        Raises:
            LookupFault: no answer within ``timeout``, or none that is as declared; the message says which.
        """
        lookup = self._site.lookups[name]
        try:
            found = await self._answer(_Question(self._engine(str(lookup.database)), lookup, params), timeout)
        except TimeoutError:
            raise LookupFault(f"no answer within {timeout.total_seconds():g} s") from None
        except (SQLAlchemyError, OSError) as error:
            raise LookupFault(f"the database {lookup.database} failed: {_first_line(error)}") from error
        except ConfigurationError as error:
            raise LookupFault(str(error)) from error
        rows = tuple(self._conforming(lookup, row) for row in found)
        if not rows:
            return None
        if lookup.rows is None:
            return rows[0]
        if len(json.dumps(to_json(rows))) > MAX_ROWS_BYTES:
            raise LookupFault(f"its {len(rows)} rows have more than {MAX_ROWS_BYTES // 1000} kB")
        return rows

    async def close(self) -> None:
        """Give up what is still asked, and close every connection."""
        engines, self._engines = self._engines, {}
        while self._under_way:
            await asyncio.wait(self._under_way)
        for engine in engines.values():
            await engine.dispose()

    async def _answer(self, question: _Question, timeout: timedelta) -> _Found:  # noqa: ASYNC109 - as above
        asking = self._keep(question.rows())
        try:
            await asyncio.wait({asking}, timeout=timeout.total_seconds())
            if not asking.done():
                raise TimeoutError
            return asking.result()
        finally:
            # Out of time, or the caller has hung up: neither waits until the database lets go.
            if not asking.done():
                self._keep(question.stop(asking))

    def _keep(self, work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
        """Begin something that may outlive its caller; what becomes of it then is nobody's concern."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return task

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
            return _server_engine(database, url)
        path = self._folder / (url.database or "")
        if not path.is_file():
            advice = f"make {path}, or point the database to another file"
            raise ConfigurationError(f'the database "{database}" has no file {path.name}', advice=advice)
        return _file_engine(path)

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
            self._check_routing(str(name), without_none(kind), row[str(name)])
        return row

    def _check_routing(self, name: str, kind: Type, value: Value) -> None:
        """A queue or an extension that a database names must be the site's: it is where the call may go."""
        if kind == QUEUE and value is not None and value not in self._site.queues:
            raise LookupFault(f'"{name}" is no queue of the site')
        if kind == EXTENSION and value is not None and self._site.dial_string(str(value)) is None:
            raise LookupFault(f'"{name}" is no extension of the site')


class _Question:
    """One statement on its way through a database."""

    def __init__(self, engine: AsyncEngine, lookup: Lookup, params: Mapping[str, Value]) -> None:
        self._engine = engine
        self._sql = text(lookup.sql)
        self._most = lookup.rows or 1
        bindable = _bindable if engine.dialect.name == "sqlite" else _as_it_is
        self._bound = {name: bindable(value) for name, value in params.items()}
        self._interrupt: Callable[[], Awaitable[None]] | None = None
        """Stops the statement that runs; None while none does, or when its driver heeds a cancelled task."""

    async def rows(self) -> _Found:
        """Run the statement; the first rows of its answer, as many as are declared."""
        async with self._engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            self._interrupt = getattr(driver, "interrupt", None)
            try:
                answer = await connection.execute(self._sql, self._bound)
                return [dict(row) for row in answer.mappings().fetchmany(self._most)]
            finally:
                self._interrupt = None

    async def stop(self, asking: asyncio.Task[Any]) -> None:
        """Make an end of it, and of the statement in the database.

        SQLite works in a thread, and all that a cancelled task would do waits behind the statement there: so the
        statement is interrupted. One that has not begun cannot be, so that is tried until it has ended.
        """
        while not asking.done():
            if self._interrupt is None:
                asking.cancel()
            else:
                await self._interrupt()
            await asyncio.wait({asking}, timeout=INTERRUPTED_EVERY)


def _bindable(value: Value) -> object:
    """The value as SQLite stores it: it knows neither decimals nor dates."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value.isoformat(" ")
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return value


def _as_it_is(value: Value) -> object:
    """A server's driver knows decimals and dates."""
    return value


def _file_engine(path: Path) -> AsyncEngine:
    # mode=ro: a lookup reads, and a mistyped name must not make an empty database.
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"}),
        pool_size=POOL_SIZE,
        max_overflow=0,
        connect_args={"timeout": LOCKED_SECONDS},
    )
    follow(path, engine)
    return engine


def _server_engine(database: str, url: URL) -> AsyncEngine:
    try:
        return create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=True)
    except ImportError as error:
        advice = f"pip install {error.name}"
        raise ConfigurationError(f'the database "{database}" needs the driver {error.name}', advice=advice) from error


def _with_driver(url: str) -> str:
    """The URL with our asynchronous driver; also of the short form ``sqlite:operator.sqlite``."""
    scheme, _, rest = url.partition(":")
    match scheme:
        case "sqlite":
            return f"sqlite+aiosqlite:{rest}" if rest.startswith("//") else f"sqlite+aiosqlite:///{rest}"
        case "postgresql" | "postgres":
            return f"postgresql+asyncpg:{rest}"
        case _:
            return url


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0][:200]
