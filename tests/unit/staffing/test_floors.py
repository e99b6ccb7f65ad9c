"""Floors of the calendar: days of the month, days before its end, days of the week, and hours in a zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from ivrctl.staffing.floors import floored
from ivrctl.staffing.policy import Floor

MORNING = Floor(2, time(9), time(12))


def tiers(floor: Floor, at: str, zone: str = "UTC") -> int:
    return floored((floor,), zone, datetime.fromisoformat(at).replace(tzinfo=UTC)).tiers


@pytest.mark.parametrize(("at", "expected"), [("08:59:59", 0), ("09:00", 2), ("11:59:59", 2), ("12:00", 0)])
def test_floor_begins_and_ends_to_the_second(at: str, expected: int) -> None:
    """The end is exclusive."""
    assert tiers(MORNING, f"2026-03-02 {at}") == expected


def test_floor_beyond_midnight_belongs_to_the_day_it_began() -> None:
    """One of Fridays, from ten to two, is in on Saturday at one, and not on Friday at one."""
    night = Floor(1, time(22), time(2), weekdays=frozenset({4}))
    assert tiers(night, "2026-03-06 23:00") == 1
    assert tiers(night, "2026-03-07 01:00") == 1
    assert tiers(night, "2026-03-06 01:00") == 0
    assert tiers(night, "2026-03-07 23:00") == 0


def test_midnight_is_the_end_of_the_day() -> None:
    """A whole day is from midnight to midnight."""
    whole = Floor(1, time(0), time(0), days=frozenset({2}))
    assert [tiers(whole, f"2026-03-0{day} 12:00") for day in (1, 2, 3)] == [0, 1, 0]
    assert tiers(Floor(1, time(18), time(0)), "2026-03-02 23:59") == 1


def test_days_from_the_end_follow_the_month() -> None:
    """The last day and the one before, in a short month and a long one; and the first three of any."""
    ends = Floor(1, time(9), time(12), days=frozenset({1, 2, 3}), days_before_end=frozenset({0, 1}))
    days = [day for day in range(1, 29) if tiers(ends, f"2026-02-{day:02} 10:00")]
    assert days == [1, 2, 3, 27, 28]
    assert [day for day in range(1, 32) if tiers(ends, f"2026-12-{day:02} 10:00")] == [1, 2, 3, 30, 31]
    assert tiers(ends, "2028-02-29 10:00") == 1


def test_days_and_weekdays_must_both_fit() -> None:
    """A Monday among the first three."""
    both = Floor(1, time(9), time(12), days=frozenset({1, 2, 3}), weekdays=frozenset({0}))
    assert [day for day in range(1, 32) if tiers(both, f"2026-03-{day:02} 10:00")] == [2]


def test_hours_are_those_of_the_zone() -> None:
    """Nine in Shanghai is one o'clock in the morning in UTC."""
    assert tiers(MORNING, "2026-03-02 01:00", "Asia/Shanghai") == 2
    assert tiers(MORNING, "2026-03-02 09:00", "Asia/Shanghai") == 0


def test_floor_in_the_hour_that_is_left_out_begins_all_the_same() -> None:
    """Clocks are put forward from two to three: half past two begins when it would have been."""
    early = Floor(1, time(2, 30), time(4))
    assert tiers(early, "2026-03-29 01:29", "Europe/Berlin") == 0
    assert tiers(early, "2026-03-29 01:30", "Europe/Berlin") == 1
    assert tiers(early, "2026-03-29 02:00", "Europe/Berlin") == 0
    assert tiers(Floor(1, time(2), time(3)), "2026-03-29 01:00", "Europe/Berlin") == 0


def test_of_several_floors_the_highest_counts() -> None:
    """And it is known since when and until when each tier has to be in, and when that changes next."""
    floors = (MORNING, Floor(1, time(8), time(20)))
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    found = floored(floors, "UTC", now)
    assert found.tiers == 2
    assert (found.since(0), found.until(0)) == (now - timedelta(hours=2), now + timedelta(hours=10))
    assert (found.since(1), found.until(1)) == (now - timedelta(hours=1), now + timedelta(hours=2))
    assert (found.since(2), found.until(2)) == (None, None)
    assert found.next_edge == now + timedelta(hours=2)
    assert floored((), "UTC", now).next_edge is None
