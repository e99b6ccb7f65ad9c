"""One lookup on its way to a server: its parameters bound, its statement run, given up in time.

Counterpart of ``sqlite_reader``; ``site_databases`` asks, and reads the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ivrctl.adapters.postgresql import STALE_TRIES, is_stale
from ivrctl.lang.types import BOOLEAN, DATE, DATETIME, DURATION, MONEY, NUMBER, Type, without_none
from ivrctl.model.values import Secret, Value
from ivrctl.site.lookups import Lookup, Statement

Found: TypeAlias = "list[Mapping[str, Any]]"
"""Rows as the driver answers them, by the names of their columns."""

SERVER_EARLIER = 0.1
"""Seconds, or this share of a shorter time, by which a server gives up before we do: its connection stays usable."""

_SERVER_TYPES: Mapping[Type, sa.types.TypeEngine[Any]] = {
    NUMBER: sa.Numeric(),
    MONEY: sa.Numeric(),
    DATE: sa.Date(),
    DATETIME: sa.DateTime(timezone=True),
    DURATION: sa.Interval(),
    BOOLEAN: sa.Boolean(),
}
"""A parameter has the type that the site declares, also when it is none; all others are text."""


class Question:
    """One statement, its parameters and its deadline."""

    def __init__(
        self,
        engine: AsyncEngine,
        asked: Statement,
        lookup: Lookup,
        params: Mapping[str, Value],
        timeout: timedelta,
    ) -> None:
        """Prepare to ask; the time runs from now on, within a running event loop."""
        self._engine = engine
        self._sql = typed(asked.sql, lookup.params)
        self._bound = {name: plain(value, is_server=True) for name, value in params.items()}
        self._most = lookup.rows or 1
        self._until = asyncio.get_running_loop().time() + timeout.total_seconds()
        self._is_given_up = False

    async def rows(self) -> Found:
        """Run the statement; the first rows of its answer, as many as are declared: one without ``rows``."""
        for _ in range(STALE_TRIES):
            try:
                return await self._ask()
            except DBAPIError as error:
                # A lookup reads: to ask it again changes nothing.
                if self._is_given_up or not is_stale(error):
                    raise
        return await self._ask()

    async def stop(self, asking: asyncio.Task[Any]) -> None:
        """Make an end of it: the task that waits is cancelled; the server gives up by its ``statement_timeout``."""
        self._is_given_up = True
        asking.cancel()
        await asyncio.wait({asking})

    async def _ask(self) -> Found:
        """Ask with the server's own deadline."""
        async with self._engine.connect() as connection:
            remaining = max(self._until - asyncio.get_running_loop().time(), 0.0)
            earlier = min(SERVER_EARLIER, remaining * SERVER_EARLIER)
            await connection.execute(_DEADLINE, {"milliseconds": str(max(1, int((remaining - earlier) * 1000)))})
            return await self._run(connection)

    async def _run(self, connection: AsyncConnection) -> Found:
        answer = await connection.execute(self._sql, self._bound)
        return [dict(row) for row in answer.mappings().fetchmany(self._most)]


_DEADLINE = sa.text("select set_config('statement_timeout', :milliseconds, true)")
"""``SET LOCAL`` in a form that stays prepared."""


def typed(sql: str, params: Mapping[str, Type]) -> sa.TextClause:
    """A statement for a server, whose parameters have the types that the site declares."""
    kinds = {str(name): _SERVER_TYPES.get(without_none(kind), sa.Text()) for name, kind in params.items()}
    return sa.text(sql).bindparams(*(sa.bindparam(name, type_=kind) for name, kind in kinds.items()))


def plain(value: Value, *, is_server: bool) -> object:
    """A parameter as its driver takes it; a secret is uncovered here and nowhere before."""
    known = value.text if isinstance(value, Secret) else value
    return known if is_server else _bindable(known)


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
