"""What came in the past: stays are counted where everything was seen, and nowhere else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.forecast.history import History, Seen, count
from ivrctl.forecast.table import Table

from .seasons import HALF_HOURS, MONDAY, ONE_DAY, at, busy_week, history, hours

MORNING = Seen(hours(MONDAY, 8, 12), HALF_HOURS)
NOON = at(MONDAY, 12)
SECOND = timedelta(seconds=1)


def stay(joined: datetime, queue: str = "hotline", talk: float | None = 120, waited: float = 10) -> Stay:
    """Somebody who was answered after a wait, or hung up then."""
    left = joined + SECOND * waited
    end = StayEnd.ABANDONED if talk is None else StayEnd.ANSWERED
    over = None if talk is None else left + SECOND * talk
    return Stay(queue, f"{joined.timestamp()}", "1", "", "", joined, True, 1, end=end, left_at=left, talk_ended_at=over)


def calls(found: History, day: date = MONDAY) -> dict[str, int]:
    """By the clock, who joined."""
    return {f"{one.interval.begin.astimezone(HALF_HOURS.zone):%H:%M}": one.offered for one in found.on(day)}


def test_stays_count_where_they_joined() -> None:
    """Whoever is answered in the next half hour belongs to that in which he came, with his talk."""
    found = count([stay(at(MONDAY, 8, 29), waited=120), stay(at(MONDAY, 8, 31), talk=None)], [], MORNING, NOON)
    assert list(calls(found).items())[:3] == [("08:00", 1), ("08:30", 1), ("09:00", 0)]
    assert [(one.handled, one.handling) for one in found.on(MONDAY)][:2] == [(1, 120.0), (0, 0.0)]


def test_seen_interval_without_calls_has_none() -> None:
    """Eight half hours in which nobody came are known to be quiet."""
    assert list(calls(count([], [], MORNING, NOON)).values()) == [0] * 8


def test_gap_leaves_its_intervals_out() -> None:
    """SAFETY: what went unseen for a second is not known, however many were seen in the rest."""
    gap = Gap(at(MONDAY, 9, 59), at(MONDAY, 10, 31), "no connection")
    found = calls(count([stay(at(MONDAY, 10, 10))], [gap], MORNING, NOON))
    assert sorted(found) == ["08:00", "08:30", "09:00", "11:00", "11:30"]


def test_gap_of_another_queue_leaves_nothing_out() -> None:
    """Only of the counted queues, or of all."""
    seen = Seen(MORNING.period, HALF_HOURS, frozenset({"hotline"}))
    gap = Gap(at(MONDAY, 9), at(MONDAY, 10), "unknown", queue="other")
    assert len(calls(count([], [gap], seen, NOON))) == 8
    assert len(calls(count([], [gap], MORNING, NOON))) == 6


def test_gap_that_lasts_leaves_out_all_from_its_beginning() -> None:
    """Until now nothing was seen."""
    assert sorted(calls(count([], [Gap(at(MONDAY, 9, 10), None, "down")], MORNING, NOON))) == ["08:00", "08:30"]


def test_interval_that_is_not_over_is_not_counted() -> None:
    """At a quarter to ten, half past nine is not known."""
    assert sorted(calls(count([], [], MORNING, at(MONDAY, 9, 45)))) == ["08:00", "08:30", "09:00"]


def test_interval_in_which_the_books_begin_is_not_counted() -> None:
    """From ten past eight on they are kept: the first half hour is not whole."""
    seen = Seen(Interval(at(MONDAY, 8, 10), NOON), HALF_HOURS)
    assert min(calls(count([stay(at(MONDAY, 8, 20))], [], seen, NOON))) == "08:30"


def test_other_queues_are_not_counted() -> None:
    """Nor is their wrap-up that of these."""
    seen = Seen(MORNING.period, HALF_HOURS, frozenset({"hotline"}), {"hotline": 30.0, "other": 600.0})
    found = count([stay(at(MONDAY, 8)), stay(at(MONDAY, 8, 1), "other")], [], seen, NOON).on(MONDAY)[0]
    assert (found.offered, found.handled, found.handling) == (1, 1, 150.0)


def test_talk_that_lasts_or_contradicts_itself_is_no_handling_time() -> None:
    """Both callers came; how long they take is not known."""
    lasting = Stay("hotline", "1", "1", "", "", at(MONDAY, 8), True, 1, end=StayEnd.ANSWERED, left_at=at(MONDAY, 8, 1))
    backwards = stay(at(MONDAY, 8, 2), talk=-60)
    found = count([lasting, backwards], [], MORNING, NOON).on(MONDAY)[0]
    assert (found.offered, found.handled, found.handling) == (2, 0, 0.0)


@given(
    st.lists(st.integers(0, 4 * 3600 - 1), max_size=60, unique=True),
    st.lists(st.tuples(st.integers(0, 4 * 3600), st.integers(1, 3000)), max_size=3),
)
def test_counted_are_those_of_whole_intervals(joined: list[int], gaps: list[tuple[int, int]]) -> None:
    """SAFETY: an interval is counted exactly when no gap touches it, and then with everybody who joined in it."""
    begin = at(MONDAY, 8)
    stays = [stay(begin + SECOND * second) for second in joined]
    lost = [Gap(begin + SECOND * since, begin + SECOND * (since + lasts), "") for since, lasts in gaps]
    found = {one.interval: one.offered for one in count(stays, lost, MORNING, NOON).on(MONDAY)}
    for interval in HALF_HOURS.within(MORNING.period):
        is_whole = not any(
            gap.began_at < interval.end and interval.begin < gap.ended_at for gap in lost if gap.ended_at
        )
        assert (interval in found) == is_whole
        if is_whole:
            assert found[interval] == sum(one.joined_at in interval for one in stays)


def test_histories_are_joined_day_by_day() -> None:
    """A day counted anew takes the place of what was known of it."""
    monday, tuesday = history([MONDAY], busy_week), history([MONDAY + ONE_DAY], busy_week)
    again = history([MONDAY], lambda _day, _hour: 1)
    both = tuesday.joined(monday)
    assert both.days == (MONDAY, MONDAY + ONE_DAY)
    assert both.joined(again).on(MONDAY) == again.on(MONDAY)
    assert both.joined(again).on(MONDAY + ONE_DAY) == tuesday.on(MONDAY + ONE_DAY)
    assert (both.before(MONDAY + ONE_DAY).days, both.since(MONDAY + ONE_DAY).days) == ((MONDAY,), (MONDAY + ONE_DAY,))


def test_histories_of_other_intervals_cannot_be_joined() -> None:
    """Quarters and halves of an hour do not add up by themselves."""
    with pytest.raises(ValueError, match="different intervals"):
        history([MONDAY], busy_week).joined(History(Intervals(HALF_HOURS.zone, ONE_DAY)))


def test_table_has_a_row_a_day_and_a_column_an_interval() -> None:
    """What is not known is not a number."""
    table = Table.of(history([MONDAY], lambda day, hour: None if hour == 3 else busy_week(day, hour)))
    assert table.offered.shape == (1, 48)
    assert [column for column in range(48) if isnan(table.offered[0][column])] == [6, 7]
    assert table.offered[0][26] == busy_week(MONDAY, 13)
