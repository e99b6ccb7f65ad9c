"""One day of the books, as forecasts need it: counted for groups of queues, each by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import TypeAlias

from ivrctl.acd.books import is_short
from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.acd.kpi import WrapUps
from ivrctl.acd.stay import AgentState, Stay, StayEnd
from ivrctl.adapters.books_store import BooksReader
from ivrctl.forecast.history import History, Seen, count

Queues: TypeAlias = frozenset[str]
"""A group of queues that is forecast together."""

FEWEST_ABANDONED = 50
"""Fewer callers who hung up do not tell how patient callers are."""
_LATE = timedelta(hours=1)
"""What agents do after the last talks of a day lies behind its end."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What some callers waited together, and how many of them hung up; who hung up at once has not waited."""

    seconds: float = 0.0
    abandoned: int = 0

    def __add__(self, other: Waits) -> Waits:
        return Waits(self.seconds + other.seconds, self.abandoned + other.abandoned)

    @property
    def patience(self) -> float:
        """Seconds in the mean after which one who waits hangs up; infinite where too few did.

        All waits over those who hung up: in Erlang A the share who do is the mean wait over the patience (S. Zeltyn,
        A. Mandelbaum, *Call centers with impatient customers*, 2005).
        """
        return inf if self.abandoned < FEWEST_ABANDONED else self.seconds / self.abandoned


@dataclass(frozen=True, slots=True)
class DayRead:
    """A day, by group."""

    histories: Mapping[Queues, History]
    waits: Mapping[Queues, Waits]


@dataclass(frozen=True, slots=True)
class Counting:
    """How days are counted."""

    intervals: Intervals
    groups: Collection[Queues]
    short_abandon: timedelta


async def read_day(books: BooksReader, period: Interval, counting: Counting, now: datetime) -> DayRead:
    """Read and count a day, or the part of one that is there.

    Raises:
        SiteStoreError: the database does not answer.
    """
    late = Interval(period.begin, min(period.end + _LATE, max(now, period.end)))
    wrap_ups = WrapUps((), now)
    async for span in books.span_by_span(late, state=AgentState.WRAP_UP):
        wrap_ups.add(span)
    gaps = await books.gaps(period)
    stays = await books.stays(period)
    wrap_up = _mean_wrap_ups(stays, wrap_ups)
    seen = {group: Seen(period, counting.intervals, group, wrap_up) for group in counting.groups}
    return DayRead(
        {group: count(stays, gaps, seen[group], now) for group in counting.groups},
        {group: _waits(stays, group, counting.short_abandon) for group in counting.groups},
    )


def _mean_wrap_ups(stays: Iterable[Stay], wrap_ups: WrapUps) -> dict[str, float]:
    """By queue, seconds of wrap-up behind a talk, in the mean of the day; none where the books have none."""
    talks: defaultdict[str, int] = defaultdict(int)
    seconds: defaultdict[str, float] = defaultdict(float)
    for stay in stays:
        if stay.end is StayEnd.ANSWERED and stay.talk_ended_at is not None:
            talks[stay.queue] += 1
            seconds[stay.queue] += wrap_ups.after(stay) or 0.0
    return {queue: seconds[queue] / talked for queue, talked in talks.items()}


def _waits(stays: Iterable[Stay], group: Queues, short_abandon: timedelta) -> Waits:
    seconds, abandoned = 0.0, 0
    for stay in stays:
        if stay.queue in group and stay.left_at is not None and not is_short(stay, short_abandon):
            seconds += stay.waited(stay.left_at)
            abandoned += stay.end is StayEnd.ABANDONED
    return Waits(seconds, abandoned)
