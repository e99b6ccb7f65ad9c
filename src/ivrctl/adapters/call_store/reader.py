"""Reads call records by time and channel, beside a controller that writes them: for figures and what is behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.acd.call_figures import LONGEST_CALL
from ivrctl.acd.intervals import Interval
from ivrctl.adapters.call_store.table import calls, record_in
from ivrctl.adapters.site_store import SiteStore
from ivrctl.model.call import CallRecord

WITHIN = timedelta(seconds=60)
"""For one page, of a disk that is cold, with a controller beside it."""
PAGE = 1_000
"""Records in one answer; one with its trace takes some kilobytes."""
MOST_NAMED = 500
"""Channels in one question: SQLite takes some thousands of values."""


class CallReader:
    """The call records of one site."""

    def __init__(self, store: SiteStore) -> None:
        """Read from this database."""
        self._store = store

    async def began_in(self, period: Interval) -> list[CallRecord]:
        """The records of calls that began in a period, the earliest first.

        Raises:
            SiteStoreError: the database does not answer.
        """
        found = [record async for record in self.call_by_call(period)]
        return sorted(found, key=lambda record: (record.began_at, record.leg))

    async def call_by_call(self, period: Interval) -> AsyncIterator[CallRecord]:
        """The same, one after the other as they ended: a month needs no more memory than a day.

        Raises:
            SiteStoreError: the database does not answer.
        """
        order = (calls.c.ended_at, calls.c.leg)
        ended = sa.and_(calls.c.ended_at >= period.begin, calls.c.ended_at < period.end + LONGEST_CALL)
        began = sa.and_(calls.c.began_at >= period.begin, calls.c.began_at < period.end)
        query = sa.select(calls).where(ended, began).order_by(*order).limit(PAGE)
        beyond: sa.ColumnElement[bool] | None = None
        while True:
            records = await self._records(query if beyond is None else query.where(beyond))
            for record in records:
                yield record
            if len(records) < PAGE:
                return
            last = records[-1]
            ended_at = sa.bindparam(None, last.ended_at, calls.c.ended_at.type)
            beyond = sa.tuple_(*order) > sa.tuple_(ended_at, sa.literal(last.leg))

    async def of_channels(self, uniqueids: Sequence[str]) -> dict[str, list[CallRecord]]:
        """The records of some channels: one that came back from a transfer has several."""
        found: dict[str, list[CallRecord]] = {}
        for first in range(0, len(uniqueids), MOST_NAMED):
            named = calls.c.uniqueid.in_(list(uniqueids[first : first + MOST_NAMED]))
            for record in await self._records(sa.select(calls).where(named).order_by(calls.c.began_at)):
                found.setdefault(record.uniqueid, []).append(record)
        return found

    async def _records(self, query: sa.Select[Any]) -> list[CallRecord]:
        async def ask(connection: AsyncConnection) -> list[CallRecord]:
            return [record_in(row) for row in (await connection.execute(query)).mappings()]

        return await self._store.read(ask, within=WITHIN)
