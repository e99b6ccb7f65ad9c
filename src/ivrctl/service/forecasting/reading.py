"""One day of the books, as forecasts need it: counted for groups of queues, each by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import TypeAlias

from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.adapters.books_store import BooksReader, QuarterCount
from ivrctl.forecast.history import Counted, History, Seen, whole_intervals

Queues: TypeAlias = frozenset[str]
"""A group of queues that is forecast together."""

FEWEST_ABANDONED = 50
"""Fewer callers who hung up do not tell how patient callers are."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What some callers waited beyond the time of short abandons, and how many of them hung up then."""

    seconds: float = 0.0
    abandoned: int = 0

    def __add__(self, other: Waits) -> Waits:
        return Waits(self.seconds + other.seconds, self.abandoned + other.abandoned)

    @property
    def patience(self) -> float:
        """Seconds in the mean after which one who waits hangs up; infinite where too few did.

        All waits over those who hung up: in Erlang A the share who do is the mean wait over the patience (S. Zeltyn,
        A. Mandelbaum, *Call centers with impatient customers*, 2005). Patience is exponential, so what is left of it
        after the first seconds is the same in the mean.
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
    """Count a day, or the part of one that is there.

    Raises:
        SiteStoreError: the database does not answer.
    """
    gaps = await books.gaps(period)
    quarters = await books.quarters(period, counting.short_abandon)
    histories, waits = {}, {}
    for group in counting.groups:
        seen = Seen(period, counting.intervals, group)
        own = [quarter for quarter in quarters if quarter.queue in group]
        counted = _counted(own, counting.intervals)
        known = (counted.get(interval, Counted(interval, 0)) for interval in whole_intervals(gaps, seen, now))
        histories[group] = History.of(counting.intervals, known)
        waits[group] = Waits(sum(one.waited for one in own), sum(one.abandoned for one in own))
    return DayRead(histories, waits)


def _counted(quarters: Iterable[QuarterCount], intervals: Intervals) -> dict[Interval, Counted]:
    """Quarters together, by the interval in which they lie."""
    within: defaultdict[Interval, list[QuarterCount]] = defaultdict(list)
    for quarter in quarters:
        within[intervals.of(quarter.begin)].append(quarter)
    return {
        interval: Counted(
            interval,
            sum(one.offered for one in those),
            sum(one.handled for one in those),
            sum(one.handling for one in those),
        )
        for interval, those in within.items()
    }
