"""The calendar: how many tiers are in at a moment, whatever the triggers say.

A floor begins and ends at moments, not at readings of a clock on a wall: in the night in which clocks are put forward
one that begins at 02:30 begins when that time would have been.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivrctl.staffing.policy import Floor

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Floored:
    """What the calendar wants at a moment."""

    tiers: int = 0
    """The first so many are in."""
    spans: tuple[tuple[int, datetime, datetime], ...] = ()
    """The floors of now: how many tiers, since when, until when."""
    next_edge: datetime | None = None
    """When something of this changes, today or tomorrow; None when nothing does."""

    def since(self, tier: int) -> datetime | None:
        """Since when the tier of this index has to be in; None when it has not."""
        return min((begin for tiers, begin, _ in self.spans if tier < tiers), default=None)

    def until(self, tier: int) -> datetime | None:
        """Until when, at least."""
        return max((end for tiers, _, end in self.spans if tier < tiers), default=None)


def floored(floors: tuple[Floor, ...], time_zone: str, now: datetime) -> Floored:
    """What the calendar wants now.

    Args:
        floors: of a policy.
        time_zone: in which its days and times are meant.
        now: an aware moment.
    """
    if not floors:
        return Floored()
    zone = ZoneInfo(time_zone)
    spans = [span for floor in floors for span in _spans(floor, zone, now)]
    current = tuple(span for span in spans if span[1] <= now < span[2])
    edges = [edge for _, begin, end in spans for edge in (begin, end) if edge > now]
    return Floored(max((tiers for tiers, _, _ in current), default=0), current, min(edges, default=None))


def _spans(floor: Floor, zone: ZoneInfo, now: datetime) -> Iterator[tuple[int, datetime, datetime]]:
    """Those that begin yesterday, today or tomorrow."""
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today, today + _DAY):
        if _fits(floor, day):
            last = day if floor.begins < floor.ends else day + _DAY
            begin, end = _moment(day, floor.begins, zone), _moment(last, floor.ends, zone)
            if begin < end:
                yield floor.tiers, begin, end


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _fits(floor: Floor, day: date) -> bool:
    """Days of the month and days before its end are one list; days of the week are another, and both must fit."""
    if floor.weekdays and day.weekday() not in floor.weekdays:
        return False
    if not floor.days and not floor.days_before_end:
        return True
    return day.day in floor.days or _days_to_end(day) in floor.days_before_end


def _days_to_end(day: date) -> int:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - _DAY - day).days
