"""Histories for tests: days of half hours by a rule, and what is forecast of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivrctl.acd.intervals import Interval, Intervals, day_of
from ivrctl.forecast.forecast import Forecast
from ivrctl.forecast.history import Counted, History

SHANGHAI = ZoneInfo("Asia/Shanghai")
HALF_HOURS = Intervals(SHANGHAI, timedelta(minutes=30))
MONDAY = date(2026, 6, 8)
"""A day to forecast, in the middle of a month; no holiday is near."""
ONE_DAY = timedelta(days=1)

Calls = Callable[[date, int], int | None]
"""By day and hour, how many calls each of its half hours has; None for a time that was not seen."""


def history(days: Iterable[date], calls: Calls, talk: float = 180.0, intervals: Intervals = HALF_HOURS) -> History:
    """Days by a rule; all calls are answered."""
    return History.of(intervals, (one for day in days for one in counted(day, calls, talk, intervals)))


def counted(day: date, calls: Calls, talk: float = 180.0, intervals: Intervals = HALF_HOURS) -> list[Counted]:
    """One day by a rule."""
    found = []
    for interval in intervals.within(day_of(day, intervals.zone)):
        offered = calls(day, interval.begin.astimezone(intervals.zone).hour)
        if offered is not None:
            found.append(Counted(interval, offered, offered, offered * talk))
    return found


def weeks_before(day: date, weeks: int) -> list[date]:
    """All days of so many weeks before one."""
    return [day - ONE_DAY * back for back in range(7 * weeks, 0, -1)]


def busy_week(day: date, hour: int) -> int:
    """Calls from 8 to 20 h, most at noon; on a weekend half of them."""
    if not 8 <= hour < 20:
        return 0
    return (60 - 6 * abs(hour - 13)) // (2 if day.weekday() >= 5 else 1)


def by_hour(found: Forecast, intervals: Intervals = HALF_HOURS) -> dict[int, float]:
    """Calls that are expected in an hour."""
    hours: dict[int, float] = {}
    for one in found.expected:
        hour = one.interval.begin.astimezone(intervals.zone).hour
        hours[hour] = hours.get(hour, 0.0) + one.offered
    return hours


def at(day: date, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment of a day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def hours(day: date, begin: int, end: int) -> Interval:
    """A time of a day."""
    return Interval(at(day, begin), at(day, end))
