"""Reads the books: entries by time, queue and call, from the site's database itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.acd.intervals import Interval
from ivrctl.acd.stay import AgentSpan, Gap, Stay, StayEnd
from ivrctl.adapters.books_store.counts import QuarterCount, count_quarters
from ivrctl.adapters.books_store.tables import (
    GAP,
    LIVE,
    SPAN,
    STAY,
    Entry,
    agent_spans,
    gap_in,
    gaps,
    span_in,
    stay_in,
    stays,
)
from ivrctl.adapters.site_store import SiteStore

PAGE = 5_000
"""Rows in one answer: nobody who writes waits for a whole month to be read."""
WITHIN = timedelta(seconds=30)
"""For one page: a disk that is cold, and a controller beside it."""


class BooksReader:
    """The books of one site."""

    def __init__(self, store: SiteStore) -> None:
        """Read from this database."""
        self._store = store

    async def stays(self, period: Interval, queue: str | None = None) -> list[Stay]:
        """The stays that joined in a period, in the order in which they did."""
        return [stay async for stay in self.stay_by_stay(period, queue)]

    async def stay_by_stay(self, period: Interval, queue: str | None = None) -> AsyncIterator[Stay]:
        """The same, one after the other: a year needs no more memory than a day.

        Raises:
            SiteStoreError: the database does not answer.
        """
        order = (stays.c.joined_at, stays.c.queue, stays.c.uniqueid)
        query = sa.select(*STAY).where(stays.c.joined_at >= period.begin, stays.c.joined_at < period.end)
        query = query.order_by(*order).limit(PAGE)
        if queue is not None:
            query = query.where(stays.c.queue == queue)
        last: Stay | None = None
        while True:
            beyond = None if last is None else sa.tuple_(*order) > _place(last)
            rows = await self._rows(query if beyond is None else query.where(beyond))
            for row in rows:
                last = stay_in(row)
                yield last
            if len(rows) < PAGE:
                return

    async def count_stays(self, period: Interval) -> int:
        """How many stays joined in a period.

        Raises:
            SiteStoreError: the database does not answer.
        """
        joined = sa.and_(stays.c.joined_at >= period.begin, stays.c.joined_at < period.end)
        ((count,),) = await self._rows(sa.select(sa.func.count()).select_from(stays).where(joined))
        return int(count)

    async def quarters(self, period: Interval, short_abandon: timedelta) -> list[QuarterCount]:
        """Who joined in a period, counted by queue and quarter of an hour: ``counts`` says how.

        Raises:
            SiteStoreError: the database does not answer.
        """
        return await count_quarters(self._store, period, short_abandon)

    async def stays_of(self, call: str) -> list[Stay]:
        """The stays of a call, by the id of a channel, or the id that its channels share."""
        which = sa.or_(stays.c.uniqueid == call, stays.c.linkedid == call)
        return [stay_in(row) for row in await self._rows(sa.select(*STAY).where(which).order_by(stays.c.joined_at))]

    async def under_way(self, since: datetime) -> list[Entry]:
        """What a ledger goes on with that begins anew, of what the ledger before it has seen.

        Args:
            since: stays that joined since then are among it, too, when they are over: chains go on by them.
        """
        is_talking = sa.and_(stays.c.outcome == StayEnd.ANSWERED.value, stays.c.talk_ended_at.is_(None))
        is_open = sa.or_(stays.c.outcome == StayEnd.WAITING.value, is_talking, stays.c.joined_at >= since)
        of_stays = sa.select(*STAY).where(is_open, stays.c.source == LIVE).order_by(stays.c.joined_at)
        lasts = sa.and_(agent_spans.c.ended_at.is_(None), agent_spans.c.source == LIVE)
        of_spans = sa.select(*SPAN).where(lasts).order_by(agent_spans.c.interface)
        of_gaps = sa.select(*GAP).where(gaps.c.ended_at.is_(None)).order_by(gaps.c.began_at)
        return [
            *(stay_in(row) for row in await self._rows(of_stays)),
            *(span_in(row) for row in await self._rows(of_spans)),
            *(gap_in(row) for row in await self._rows(of_gaps)),
        ]

    async def seen_at(self) -> datetime | None:
        """The latest time that the ledger has written of; None when it never has."""
        latest = (
            sa.select(sa.func.max(column)).where(column.table.c.source == LIVE)
            for column in (stays.c.joined_at, stays.c.left_at, stays.c.talk_ended_at, agent_spans.c.began_at)
        )
        found = [at for query in latest for (at,) in await self._rows(query)]
        return max((at for at in found if at is not None), default=None)

    async def began_at(self) -> datetime | None:
        """The earliest time that anything is written of, seen or imported; None of empty books."""
        earliest = (sa.select(sa.func.min(column)) for column in (stays.c.joined_at, agent_spans.c.began_at))
        found = [at for query in earliest for (at,) in await self._rows(query)]
        return min((at for at in found if at is not None), default=None)

    async def spans(self, period: Interval, agent: str | None = None) -> list[AgentSpan]:
        """The spans of agents that touch a period."""
        return [span async for span in self.span_by_span(period, agent)]

    async def span_by_span(self, period: Interval, agent: str | None = None) -> AsyncIterator[AgentSpan]:
        """The same, one after the other, by agent and beginning.

        Raises:
            SiteStoreError: the database does not answer.
        """
        order = (agent_spans.c.interface, agent_spans.c.began_at)
        query = sa.select(*SPAN).where(_touches(agent_spans, period)).order_by(*order).limit(PAGE)
        if agent is not None:
            query = query.where(agent_spans.c.interface == agent)
        last: AgentSpan | None = None
        while True:
            beyond = None if last is None else sa.tuple_(*order) > _place_of_span(last)
            rows = await self._rows(query if beyond is None else query.where(beyond))
            for row in rows:
                last = span_in(row)
                yield last
            if len(rows) < PAGE:
                return

    async def gaps(self, period: Interval, queue: str | None = None) -> list[Gap]:
        """The gaps that touch a period; of a queue also those of all queues."""
        query = sa.select(*GAP).where(_touches(gaps, period))
        if queue is not None:
            query = query.where(gaps.c.queue.in_(["", queue]))
        return [gap_in(row) for row in await self._rows(query.order_by(gaps.c.began_at, gaps.c.queue))]

    async def queues(self) -> list[str]:
        """The queues that the books know."""
        rows = await self._rows(sa.select(stays.c.queue).distinct().order_by(stays.c.queue))
        return [queue for (queue,) in rows]

    async def _rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        async def ask(connection: AsyncConnection) -> Sequence[sa.Row[Any]]:
            rows: Sequence[sa.Row[Any]] = (await connection.execute(query)).all()
            return rows

        return await self._store.read(ask, within=WITHIN)


def _place(stay: Stay) -> sa.Tuple:
    joined = sa.bindparam(None, stay.joined_at, stays.c.joined_at.type)
    return sa.tuple_(joined, sa.literal(stay.queue), sa.literal(stay.uniqueid))


def _place_of_span(span: AgentSpan) -> sa.Tuple:
    return sa.tuple_(sa.literal(span.interface), sa.bindparam(None, span.began_at, agent_spans.c.began_at.type))


def _touches(table: sa.Table, period: Interval) -> sa.ColumnElement[bool]:
    ended = sa.or_(table.c.ended_at.is_(None), table.c.ended_at > period.begin)
    return sa.and_(table.c.began_at < period.end, ended)
