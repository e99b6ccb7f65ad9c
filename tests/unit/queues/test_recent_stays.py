from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.service.queues import recent_stays
from ivrctl.service.queues.recent_stays import KEPT, RecentStays

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _stay(uniqueid: str, minute: float, queue: str = "sales") -> Stay:
    joined_at = NOON + timedelta(minutes=minute)
    return Stay(queue, uniqueid, "", "", "", joined_at, is_joined_exactly=True, position=1)


def _answered(stay: Stay, minute: float) -> Stay:
    return replace(stay, end=StayEnd.ANSWERED, left_at=NOON + timedelta(minutes=minute))


def test_each_stay_is_there_once_as_it_was_told_last() -> None:
    """A caller who waits and is answered is one stay, and an answered one."""
    recent, stay = RecentStays(), _stay("1.1", 0)
    recent.take(stay)
    recent.take(_answered(stay, 1))
    assert list(recent.since(["sales"], NOON)) == [_answered(stay, 1)]


def test_a_window_has_what_began_ended_or_goes_on_in_it() -> None:
    """Who waits since before counts; who was answered before does not."""
    recent = RecentStays()
    before, waits, new = _answered(_stay("1.1", 0), 1), _stay("1.2", 0), _stay("1.3", 4)
    for stay in (before, waits, new):
        recent.take(stay)
    assert list(recent.since(["sales"], NOON + timedelta(minutes=2))) == [waits, new]
    assert list(recent.since(["billing"], NOON)) == []


def test_what_is_old_is_let_go() -> None:
    """A busy day does not stay in memory."""
    recent = RecentStays()
    many = recent_stays.SWEPT_AT
    for number in range(many - 1):
        recent.take(_answered(_stay(f"1.{number}", 0), 1))
    recent.take(_stay("2.1", KEPT.total_seconds() / 60 + 2))
    assert len(list(recent.since(["sales"], NOON))) == 1
