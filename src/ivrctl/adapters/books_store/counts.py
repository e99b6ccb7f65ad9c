"""Stays counted by the database itself, by queue and quarter of an hour: months of them in the time of a few rows.

Every zone's clock differs from UTC by whole quarters of an hour, so quarters of UTC lie wholly in the intervals of any
site. Counterpart of ``forecast.history.count``, which counts stays that were read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from ivrctl.acd.intervals import Interval
from ivrctl.acd.kpi import WRAP_UP_STARTS_WITHIN
from ivrctl.acd.stay import AgentState, StayEnd
from ivrctl.adapters.books_store.tables import agent_spans, stays
from ivrctl.adapters.site_store import SiteStore

QUARTER = timedelta(minutes=15)
WITHIN = timedelta(seconds=60)
"""For a day: a disk that is cold, and a controller beside it."""


@dataclass(frozen=True, slots=True)
class QuarterCount:
    """Who joined one queue in one quarter of an hour; a quarter in which nobody did has none."""

    queue: str
    begin: datetime
    offered: int
    handled: int
    """Those who were answered and whose talk is over, without those whose parts contradict each other."""
    handling: float
    """Seconds of their talks, and of the wrap-ups that began when these ended."""
    waited: float
    """Seconds of all who have left, each beyond the time within which one hangs up at once.

    Who hung up at once is left out of ``abandoned``, so nobody's first seconds count: most are answered in them, and
    with them callers would look many times as patient as they are.
    """
    abandoned: int
    """Who hung up; not those who did so at once."""


async def count_quarters(store: SiteStore, period: Interval, short_abandon: timedelta) -> list[QuarterCount]:
    """Count who joined in a period.

    Args:
        store: of the site.
        period: which begins and ends with a quarter of an hour.
        short_abandon: who hung up sooner did so at once.

    Raises:
        SiteStoreError: the database does not answer.
    """

    async def ask(connection: AsyncConnection) -> list[QuarterCount]:
        rows = await connection.execute(_query(period, short_abandon))
        return [_count(*row) for row in rows]

    return await store.read(ask, within=WITHIN)


def _count(queue: str, quarter: int, *figures: Any) -> QuarterCount:
    offered, handled, handling, waited, abandoned = figures
    begin = datetime.fromtimestamp(quarter * QUARTER.total_seconds(), UTC)
    return QuarterCount(queue, begin, offered, int(handled), float(handling), float(waited), int(abandoned))


def _query(period: Interval, short_abandon: timedelta) -> sa.Select[Any]:
    waited = seconds(stays.c.left_at) - seconds(stays.c.joined_at)
    talked = seconds(stays.c.talk_ended_at) - seconds(stays.c.left_at)
    hung_up = stays.c.outcome == StayEnd.ABANDONED.value
    short = short_abandon.total_seconds()
    is_handled = sa.and_(
        stays.c.outcome == StayEnd.ANSWERED.value,
        stays.c.left_at >= stays.c.joined_at,
        stays.c.talk_ended_at >= stays.c.left_at,
    )
    has_waited = sa.and_(stays.c.left_at.is_not(None), waited >= short)
    quarter = whole_seconds(stays.c.joined_at) // int(QUARTER.total_seconds())
    return (
        sa.select(
            stays.c.queue,
            quarter,
            sa.func.count(),
            _sum(is_handled, 1),
            _sum(is_handled, talked + sa.func.coalesce(_wrap_up(), 0.0)),
            _sum(has_waited, waited - short),
            _sum(sa.and_(hung_up, has_waited), 1),
        )
        .where(stays.c.joined_at >= period.begin, stays.c.joined_at < period.end)
        .group_by(stays.c.queue, quarter)
    )


def _wrap_up() -> sa.ScalarSelect[Any]:
    """Seconds of wrap-up that began when a talk ended; events of the two come one after the other."""
    slack, ended = WRAP_UP_STARTS_WITHIN.total_seconds(), stays.c.talk_ended_at
    lasted = seconds(agent_spans.c.ended_at) - seconds(agent_spans.c.began_at)
    return (
        sa.select(sa.func.sum(lasted))
        .where(
            agent_spans.c.interface == stays.c.interface,
            agent_spans.c.state == AgentState.WRAP_UP.value,
            agent_spans.c.began_at >= shifted(ended, sa.literal_column(str(-slack))),
            agent_spans.c.began_at <= shifted(ended, sa.literal_column(str(slack))),
        )
        .correlate(stays)
        .scalar_subquery()
    )


def _sum(condition: sa.ColumnElement[bool], what: Any) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, what), else_=0)), 0)


class seconds(GenericFunction[float]):  # noqa: N801 - a function of SQL
    """A time as seconds, for differences: each database has its own way."""

    type = sa.Float()
    inherit_cache = True


class whole_seconds(GenericFunction[int]):  # noqa: N801 - a function of SQL
    """A time as whole seconds since the epoch, cut off."""

    type = sa.BigInteger()
    inherit_cache = True


class shifted(GenericFunction[datetime]):  # noqa: N801 - a function of SQL
    """A time some seconds later, in the form of a column of times."""

    type = sa.DateTime()
    inherit_cache = True


@compiles(seconds, "sqlite")
def _(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(86400.0 * julianday({compiler.process(element.clauses, **kw)}))"


@compiles(seconds, "postgresql")
def _(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **kw)}) AS double precision)"


@compiles(whole_seconds, "sqlite")
def _(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **kw)}) AS integer)"


@compiles(whole_seconds, "postgresql")
def _(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **kw)})) AS bigint)"


@compiles(shifted, "sqlite")
def _(element: Any, compiler: Any, **kw: Any) -> str:
    at, by = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"strftime('%Y-%m-%d %H:%M:%f', {at}, '{by} seconds')"


@compiles(shifted, "postgresql")
def _(element: Any, compiler: Any, **kw: Any) -> str:
    at, by = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({at} + make_interval(secs => {by}))"
