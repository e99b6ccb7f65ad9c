"""What came in the past, by interval: only what was wholly seen. Unseen is not without calls.

Counterpart of ``acd.books``, whose rows say what became of each stay; a forecast needs their number and how long they
took, of many days, and so a history can be kept day by day and joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from ivrctl.acd.books import disagrees
from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.acd.stay import Gap, Stay, StayEnd

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Counted:
    """One interval that was wholly seen."""

    interval: Interval
    offered: int
    """Who joined in it."""
    handled: int = 0
    """Those of them who were answered and whose talk is over."""
    handling: float = 0.0
    """Seconds of all those: talk and wrap-up."""


@dataclass(frozen=True, slots=True)
class History:
    """Intervals of some queues together. What is not there is not known."""

    intervals: Intervals
    by_day: Mapping[date, tuple[Counted, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Days in order, and the intervals of each; a day of which nothing is known is not there."""

    @classmethod
    def of(cls, intervals: Intervals, counted: Iterable[Counted]) -> History:
        """From intervals in any order, each once."""
        by_day: defaultdict[date, list[Counted]] = defaultdict(list)
        for one in counted:
            by_day[one.interval.begin.astimezone(intervals.zone).date()].append(one)
        return cls(intervals, {day: tuple(sorted(by_day[day], key=_begin)) for day in sorted(by_day)})

    @property
    def days(self) -> tuple[date, ...]:
        """Those of which anything is known, in order."""
        return tuple(self.by_day)

    def on(self, day: date) -> tuple[Counted, ...]:
        """What is known of a day, in order."""
        return self.by_day.get(day, ())

    def before(self, day: date) -> History:
        """The days before one."""
        return History(self.intervals, {past: counted for past, counted in self.by_day.items() if past < day})

    def since(self, day: date) -> History:
        """A day and those after it."""
        return History(self.intervals, {each: counted for each, counted in self.by_day.items() if each >= day})

    def joined(self, other: History) -> History:
        """Both together; where both know an interval, the other's."""
        if self.intervals != other.intervals:
            raise ValueError("histories of different intervals cannot be joined")
        counted = {one.interval: one for each in (self, other) for day in each.by_day.values() for one in day}
        return History.of(self.intervals, counted.values())


def _begin(counted: Counted) -> datetime:
    return counted.interval.begin


@dataclass(frozen=True, slots=True)
class Seen:
    """What a history is counted from."""

    period: Interval
    """From when on the books are kept; no interval that begins before or ends after is counted."""
    intervals: Intervals
    queues: frozenset[str] = frozenset()
    """Whose callers are counted; empty for all."""
    wrap_up: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """By queue, seconds of wrap-up behind a talk (``wrapuptime``)."""

    def is_of_it(self, queue: str) -> bool:
        """True for a queue that is counted."""
        return not self.queues or queue in self.queues


def count(stays: Iterable[Stay], gaps: Sequence[Gap], seen: Seen, now: datetime) -> History:
    """Count a time of the books.

    Args:
        stays: in any order, each once; others than those of the period and the queues do no harm.
        gaps: those that touch the period.
        seen: what is counted.
        now: an interval that is not over is not counted, and until now a gap lasts that has not ended.
    """
    found: defaultdict[Interval, list[Stay]] = defaultdict(list)
    for stay in stays:
        if seen.is_of_it(stay.queue) and stay.joined_at in seen.period:
            found[seen.intervals.of(stay.joined_at)].append(stay)
    counted = (_counted(interval, found.get(interval, []), seen) for interval in whole_intervals(gaps, seen, now))
    return History.of(seen.intervals, counted)


def whole_intervals(gaps: Sequence[Gap], seen: Seen, now: datetime) -> Iterator[Interval]:
    """The intervals of the period that are over and without a gap of any of the queues: of no other is anything known.

    Args:
        gaps: those that touch the period.
        seen: what is counted.
        now: as for ``count``.
    """
    lost = [(gap.began_at, gap.ended_at or now) for gap in gaps if not gap.queue or seen.is_of_it(gap.queue)]
    for interval in seen.intervals.within(seen.period):
        is_within = seen.period.begin <= interval.begin and interval.end <= min(seen.period.end, now)
        if is_within and not any(interval.common(*each) > _NOTHING for each in lost):
            yield interval


def _counted(interval: Interval, stays: list[Stay], seen: Seen) -> Counted:
    handled = [stay for stay in stays if stay.end is StayEnd.ANSWERED and stay.is_over and not disagrees(stay)]
    handling = sum(stay.talked(interval.end) + seen.wrap_up.get(stay.queue, 0.0) for stay in handled)
    return Counted(interval, len(stays), len(handled), handling)
