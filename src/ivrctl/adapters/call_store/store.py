"""What the rest of the program sees of the call records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ivrctl.adapters.call_store.table import calls, record_in
from ivrctl.adapters.call_store.writer import Backlog, RecordWriter
from ivrctl.adapters.postgresql import STALE_TRIES, is_stale
from ivrctl.adapters.site_store.engine import brief, close_engine, open_engine, transaction
from ivrctl.adapters.site_store.write_loop import Sleep
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.model.call import CallRecord, Ending

MOST_WAITING = 10_000
"""Records that wait for the database: some ten megabytes, and a quarter of a minute at the highest rate measured."""
CLOSE_SECONDS = 5.0
"""For the last records of a controller that leaves; its drain lasts a minute at most."""
MOST_CANDIDATES = 10
"""Legs named in an error about an ambiguous prefix."""


class AmbiguousLegError(IvrctlError):
    """A prefix fits several legs; ``candidates`` are some of them."""

    def __init__(self, prefix: str, candidates: Sequence[str]) -> None:
        """Name the candidates in the advice."""
        super().__init__(f"{prefix} is the beginning of several legs", advice="one of " + ", ".join(candidates))
        self.candidates = tuple(candidates)


def _silent(_text: str) -> None:
    """Nobody asked to hear of trouble."""


class CallStore:
    """The call records of one site, used from one event loop."""

    def __init__(
        self,
        url: str,
        *,
        on_trouble: Callable[[str], None] = _silent,
        on_settled: Callable[[str], None] = _silent,
        most_waiting: int = MOST_WAITING,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Prepare the engine; nothing is connected yet.

        Args:
            url: as ``sqlite_url`` gives, or ``postgresql://…``.
            on_trouble: told in one sentence when the database is away, answers again, or a record is lost.
            on_settled: told of every leg whose record is in the database, or can never be.
            most_waiting: records to hold while it is away; further ones are not taken.
            sleep: waits between tries, in seconds.

        Raises:
            ConfigurationError: the URL is none, or names a driver that is not installed.
        """
        self._engine = open_engine(url)
        self._writer = RecordWriter(
            self._engine, on_trouble=on_trouble, on_settled=on_settled, most_waiting=most_waiting, sleep=sleep
        )

    @property
    def backlog(self) -> Backlog:
        """How many records wait and how many were lost."""
        return self._writer.backlog

    async def open(self) -> None:
        """Bring the database to this release's schema, and begin to write. A database that is away is waited for."""
        await self._writer.open()

    @property
    def is_full(self) -> bool:
        """True while no further record is taken."""
        return self._writer.is_full

    def add(self, record: CallRecord) -> bool:
        """Have a record stored soon; it costs the call nothing. The same leg twice is stored once.

        Returns:
            False when too many wait already: ``on_settled`` will not hear of it, and it is to be handed in again.
        """
        return self._writer.add(record)

    async def flushed(self) -> None:
        """Return when every record added so far is stored or lost."""
        await self._writer.flushed()

    async def recent(self, limit: int) -> list[CallRecord]:
        """The calls that ended last, the newest first.

        Raises:
            UnreachableError: the database does not answer.
        """
        query = sa.select(calls).order_by(calls.c.ended_at.desc(), calls.c.leg).limit(limit)
        return [record_in(row) for row in await self._rows(query)]

    async def get(self, leg: str) -> CallRecord | None:
        """The record of a leg, named whole or by a beginning that no other leg has; None when there is none.

        Raises:
            AmbiguousLegError: several legs begin so.
            UnreachableError: the database does not answer.
        """
        exact = await self._rows(sa.select(calls).where(calls.c.leg == leg))
        if exact:
            return record_in(exact[0])
        beginning = calls.c.leg.startswith(leg, autoescape=True)
        rows = await self._rows(sa.select(calls).where(beginning).order_by(calls.c.leg).limit(MOST_CANDIDATES))
        if len(rows) > 1:
            raise AmbiguousLegError(leg, [row["leg"] for row in rows])
        return record_in(rows[0]) if rows else None

    async def counts(self, since: datetime | None = None) -> dict[Ending, int]:
        """How many calls ended how, of those that ended at ``since`` or later; every ending is named.

        Raises:
            UnreachableError: the database does not answer.
        """
        query = sa.select(calls.c.ending, sa.func.count().label("number")).group_by(calls.c.ending)
        if since is not None:
            query = query.where(calls.c.ended_at >= since)
        counted = {row["ending"]: int(row["number"]) for row in await self._rows(query)}
        return {ending: counted.get(ending.value, 0) for ending in Ending}

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        """Write what waits, for at most so many seconds, and let go of the database."""
        await self._writer.close(within)
        await close_engine(self._engine)

    async def _rows(self, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        for tries_left in reversed(range(STALE_TRIES + 1)):
            try:
                async with transaction(self._engine) as connection:
                    rows: Sequence[sa.RowMapping] = (await connection.execute(query)).mappings().all()
                    return rows
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                if not (tries_left and is_stale(error)):
                    raise UnreachableError(f"the database of call records does not answer: {brief(error)}") from error
        raise AssertionError("the last try answers or raises")
