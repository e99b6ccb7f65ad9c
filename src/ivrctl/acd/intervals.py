"""The intervals of a day, by the site's clock: 15, 30 or 60 minutes, or whole days; every instant lies in exactly one.

An interval begins on the wall clock: at 10:00, 10:30 …. Where the clock is put forward or back, an interval ends there
and the next one begins: an hour that comes twice is two, and a day has 23 or 25 hours. So intervals of a length lie
wholly in those of a multiple of it, and no total changes when they are split.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
"""The length that is a day of the calendar, however long it is."""
LENGTHS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), DAY)
"""What an interval can be: what the field's reports have."""

_TICK = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A time from ``begin`` on, without ``end``.

    Both are in UTC: Python takes the two hours of an autumn night for one where it compares times of one zone.
    """

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Keep both in UTC, whatever they came in."""
        object.__setattr__(self, "begin", self.begin.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def __contains__(self, at: datetime) -> bool:
        """True for an instant in it."""
        return self.begin <= at < self.end

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.begin

    def common(self, began: datetime, ended: datetime) -> timedelta:
        """How much of a time lies in it."""
        return max(timedelta(), min(self.end, ended) - max(self.begin, began))


@dataclass(frozen=True, slots=True)
class Intervals:
    """All intervals of one length."""

    zone: ZoneInfo
    length: timedelta
    """One of ``LENGTHS``."""

    def of(self, at: datetime) -> Interval:
        """The interval in which an instant lies."""
        local = at.astimezone(self.zone)
        return day_of(local.date(), self.zone) if self.length == DAY else self._part(local)

    def within(self, period: Interval) -> Iterator[Interval]:
        """The intervals that touch a period, in their order."""
        at = period.begin
        while at < period.end:
            found = self.of(at)
            yield found
            at = found.end

    def _part(self, local: datetime) -> Interval:
        """Reckoned by the offset that is in force, and cut where it changes."""
        minutes = self.length // timedelta(minutes=1)
        passed = (local.hour * 60 + local.minute) % minutes
        into = timedelta(minutes=passed, seconds=local.second, microseconds=local.microsecond)
        at = local.astimezone(UTC)
        begin = at - into
        end = begin + self.length
        return Interval(self._since(begin, at), self._until(at, end))

    def _since(self, begin: datetime, at: datetime) -> datetime:
        """The beginning, or the moment behind it from which the clock goes as it does at ``at``."""
        return begin if self._offset(begin) == self._offset(at) else self._change(begin, at)

    def _until(self, at: datetime, end: datetime) -> datetime:
        """The end, or the moment before it from which the clock goes otherwise than at ``at``."""
        last = end - _TICK
        return end if self._offset(last) == self._offset(at) else self._change(at, last)

    def _change(self, before: datetime, after: datetime) -> datetime:
        """The moment between the two, a whole second, at which the clock is put forward or back."""
        before = before.replace(microsecond=0)
        steps, known = (after - before) // _SECOND + 1, self._offset(before)
        least, most = 0, steps
        while most - least > 1:
            middle = (least + most) // 2
            if self._offset(before + middle * _SECOND) == known:
                least = middle
            else:
                most = middle
        return before + most * _SECOND

    def _offset(self, at: datetime) -> timedelta | None:
        return at.astimezone(self.zone).utcoffset()


def day_of(day: date, zone: ZoneInfo) -> Interval:
    """A day of the calendar; a midnight that the clock leaves out is the moment behind the gap."""
    after = day + DAY
    return Interval(
        datetime(day.year, day.month, day.day, tzinfo=zone), datetime(after.year, after.month, after.day, tzinfo=zone)
    )
