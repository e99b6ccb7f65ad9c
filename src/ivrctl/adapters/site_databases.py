"""The databases that a site's lookups read: read-only, one statement, a row or a bounded list of rows, with a deadline.

Knows nothing of flows: a declared lookup and its parameters go in, a row in our values comes out, or a tuple of them.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from ivrctl.adapters.database_url import declared_url, postgresql_dsn, sqlite_path
from ivrctl.adapters.lookup_answer import LookupFault, conforming, too_late
from ivrctl.adapters.lookup_question import Found, Question, plain
from ivrctl.adapters.postgresql import QUERY_CANCELED, close_server, open_server, reason, sqlstate
from ivrctl.adapters.sqlite_at_once import AtOnce, on_the_disk_of
from ivrctl.adapters.sqlite_reader import SqliteReader
from ivrctl.errors import ConfigurationError
from ivrctl.model.values import RowOrRows, Secret, Value
from ivrctl.site.lookups import Lookup, Statement
from ivrctl.site.site_file import Site

_Result = TypeVar("_Result")

POOL_SIZE = 10
"""Connections per database: a lookup takes milliseconds, and a database that hangs must not collect callers."""

LOCKED_SECONDS = 1.0
"""How long SQLite waits for somebody who writes."""


class SiteDatabases:
    """The databases of one version of a site, opened when first asked."""

    def __init__(self, site: Site, folder: Path, environ: Mapping[str, str], *, waited_for: Path | None = None) -> None:
        """Prepare the databases of a site.

        Args:
            site: names the databases and lookups.
            folder: the site's, for SQLite files and ``{file: …}`` that are named relative to it.
            environ: for ``{env: NAME}``.
            waited_for: a folder on a disk that the event loop waits for anyway; None for none.
        """
        self._waited_for = waited_for
        self._site = site
        self._folder = folder
        self._environ = environ
        self._opened: dict[str, SqliteReader | AsyncEngine] = {}
        self._under_way: set[asyncio.Task[Any]] = set()

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - the deadline is the site's, and belongs to the question
        """Ask a lookup: its row, or its rows where it is declared with ``rows``; None when there is no such row.

        Raises:
            LookupFault: no answer within ``timeout``, or none that is as declared; the message says which.
        """
        lookup = self._site.lookups[name]
        asked = lookup.statement
        if asked is None:
            raise LookupFault("it asks no database")
        try:
            database = self._database(str(asked.database))
            if isinstance(database, SqliteReader):
                found = await self._read(database, asked, lookup, params, timeout)
            else:
                found = await self._answer(Question(database, asked, lookup, params, timeout), timeout)
        except TimeoutError:
            raise too_late(timeout) from None
        except (SQLAlchemyError, sqlite3.Error, OSError, ValueError, OverflowError) as error:
            if sqlstate(error) == QUERY_CANCELED:
                raise too_late(timeout) from error
            raise LookupFault(f"the database {asked.database} failed: {_in_words(error, params)}") from error
        except ConfigurationError as error:
            raise LookupFault(_with_advice(error)) from error
        return conforming(found, lookup, self._site)

    def unusable(self) -> list[str]:
        """Why a database cannot even be opened, a sentence for each: a variable, driver or file is missing."""
        faults = []
        for database in self._site.databases:
            try:
                self._database(str(database))
            except ConfigurationError as error:
                faults.append(_with_advice(error))
        return faults

    async def close(self) -> None:
        """Give up what is still asked, and close every connection."""
        opened, self._opened = self._opened, {}
        while self._under_way:
            await asyncio.wait(self._under_way)
        for database in opened.values():
            await (database.close() if isinstance(database, SqliteReader) else close_server(database, POOL_SIZE))

    async def _read(
        self,
        file: SqliteReader,
        asked: Statement,
        lookup: Lookup,
        params: Mapping[str, Value],
        timeout: timedelta,  # noqa: ASYNC109 - as above
    ) -> Found:
        bound = {name: plain(value, is_server=False) for name, value in params.items()}
        sql, most = named(asked.sql), lookup.rows or 1
        rows = file.rows_at_once(sql, bound, most)
        if rows is not None:
            return rows
        reading = file.ask(sql, bound, most)
        try:
            await asyncio.wait({reading.rows}, timeout=timeout.total_seconds())
            if not reading.rows.done():
                raise TimeoutError
            return reading.rows.result()
        finally:
            # Out of time, or the caller has hung up: neither waits until the database lets go.
            if not reading.rows.done():
                self._keep(reading.stop())

    async def _answer(self, question: Question, timeout: timedelta) -> Found:  # noqa: ASYNC109 - as above
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

    def _database(self, database: str) -> SqliteReader | AsyncEngine:
        if database not in self._opened:
            self._opened[database] = self._open(database)
        return self._opened[database]

    def _open(self, database: str) -> SqliteReader | AsyncEngine:
        try:
            url = declared_url(self._site.databases[database].url, self._folder, self._environ)
        except ConfigurationError as error:
            raise ConfigurationError(f'the database "{database}": {error}', advice=error.advice) from error
        path, dsn = sqlite_path(url, self._folder), postgresql_dsn(url)
        if path is not None:
            # A lookup reads, and a mistyped name must not make an empty database.
            is_quick = self._waited_for is not None and on_the_disk_of(self._waited_for, path)
            return SqliteReader(database, path, POOL_SIZE, LOCKED_SECONDS, AtOnce(path) if is_quick else None)
        if dsn is None:
            advice = "such as sqlite:FILE or postgresql://HOST/DATABASE; in a password, @ / ? # are %40 %2F %3F %23"
            raise ConfigurationError(f'the URL of the database "{database}" cannot be read', advice=advice)
        # A moment without a zone is the site's, as it is in SQLite.
        settings = {"timezone": str(self._site.time_zone)}
        return open_server(dsn, pool_size=POOL_SIZE, settings=settings, is_read_only=True)


@lru_cache(maxsize=256)
def named(sql: str) -> str:
    """A statement as SQLite takes it: parameters by name, and what SQLAlchemy's texts escape as it is meant."""
    return str(sa.text(sql).compile(dialect=sqlite.dialect(paramstyle="named")))


def _in_words(error: BaseException, params: Mapping[str, Value]) -> str:
    """What a database says; where it was handed a secret without its digits: SQLite's functions quote what they got."""
    words = reason(error)
    return re.sub("[0-9]+", "…", words) if any(isinstance(value, Secret) for value in params.values()) else words


def _with_advice(error: ConfigurationError) -> str:
    return "; ".join(filter(None, (str(error), error.advice)))
