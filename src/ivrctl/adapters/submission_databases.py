"""The databases that a site's submissions write: one statement in one transaction, once by its key.

Counterpart of ``site_databases``, which only reads. Knows nothing of the outbox: whoever asks tries again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from ivrctl.adapters.database_url import declared_url, postgresql_dsn, sqlite_path
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.lookup_question import plain, typed
from ivrctl.adapters.postgresql import close_server, is_of_a_value, is_server, open_server, reason, sqlstate
from ivrctl.adapters.sqlite_file import open_file
from ivrctl.errors import ConfigurationError
from ivrctl.lang.types import TEXT
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused
from ivrctl.model.values import Value
from ivrctl.site.site_file import Site
from ivrctl.site.submissions import KEY, Submission

POOL_SIZE = 4
"""Connections per database: so many things of one submission are on their way at one time."""
LONGEST = 10.0
"""Seconds for one statement and its commit."""
LOCKED_SECONDS = 2.0
"""How long SQLite waits for somebody else who writes."""
INTEGRITY = "23"
"""The class of SQLSTATEs for constraints (PostgreSQL, appendix A)."""
RAISED = "P0001"
"""The SQLSTATE of what a trigger or a procedure raises: about this one, and not about every other."""


class SubmissionDatabases:
    """The databases of one version of a site, opened when something is first written."""

    def __init__(self, site: Site, folder: Path, environ: Mapping[str, str], *, longest: float = LONGEST) -> None:
        """Prepare; the arguments are those of ``SiteDatabases``, and how long one may take, in seconds."""
        self._site = site
        self._folder = folder
        self._environ = environ
        self._longest = longest
        self._engines: dict[str, AsyncEngine] = {}

    async def write(self, submission: Submission, key: str, params: Mapping[str, Value]) -> Delivery:
        """Run its statement, with the key as ``:key``."""
        database = str(submission.database)
        try:
            engine = self._engine(database)
            async with Deadline(self._longest):
                await _written(engine, submission, {**params, KEY: key})
        except TimeoutError:
            return Failed(f"the database {database} did not answer within {self._longest:g} s")
        except ConfigurationError as error:
            return Failed("; ".join(filter(None, (str(error), error.advice))), is_away=True)
        except (SQLAlchemyError, OSError, ValueError) as error:
            return _judged(error, database)
        return Delivered()

    async def close(self) -> None:
        """Close every connection."""
        engines, self._engines = self._engines, {}
        for engine in engines.values():
            await (close_server(engine, POOL_SIZE) if is_server(engine) else engine.dispose())

    def _engine(self, database: str) -> AsyncEngine:
        if database not in self._engines:
            self._engines[database] = self._open(database)
        return self._engines[database]

    def _open(self, database: str) -> AsyncEngine:
        url = declared_url(self._site.databases[database].url, self._folder, self._environ)
        path, dsn = sqlite_path(url, self._folder), postgresql_dsn(url)
        if path is not None:
            # A mistyped name must not make an empty database.
            return open_file(database, path, POOL_SIZE, LOCKED_SECONDS)
        if dsn is None:
            advice = "such as sqlite:FILE or postgresql://HOST/DATABASE"
            raise ConfigurationError(f'the URL of the database "{database}" cannot be read', advice=advice)
        # The server gives a statement up by itself, so that a transaction of ours does not stay open there.
        settings = {"timezone": str(self._site.time_zone), "statement_timeout": str(int(self._longest * 1000))}
        return open_server(dsn, pool_size=POOL_SIZE, settings=settings, is_read_only=False)


async def _written(engine: AsyncEngine, submission: Submission, params: Mapping[str, Value]) -> None:
    on_server = is_server(engine)
    bound = {name: plain(value, is_server=on_server) for name, value in params.items()}
    sql = str(submission.sql)
    statement = typed(sql, {**submission.params, KEY: TEXT}) if on_server else sa.text(sql)
    async with engine.begin() as connection:
        await connection.execute(statement, bound)


def _judged(error: Exception, database: str) -> Delivery:
    """A value or a constraint is of this one alone; anything else would be the same for every other."""
    why = f"the database {database} failed: {reason(error)}"
    if is_of_a_value(error) or isinstance(error, IntegrityError) or sqlstate(error).startswith(INTEGRITY):
        return Refused(why)
    return Failed(why, is_away=sqlstate(error) != RAISED)
