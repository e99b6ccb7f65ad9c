"""What holds of the books for any set of stays, gaps and spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.agent_times import agent_times
from ivrctl.acd.books import Dimension, Scheme, rows, total
from ivrctl.acd.intervals import DAY, LENGTHS, Interval, Intervals, day_of
from ivrctl.acd.service_level import Rule, Variant, differences, judge, level
from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd

pytestmark = pytest.mark.thorough

ZONES = ("Europe/Berlin", "Asia/Shanghai", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Beirut")
"""Havana puts its clock back at midnight's edge, Lord Howe by half an hour, Beirut leaves midnight out."""
SPRING, AUTUMN = datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC)
NOW = datetime(2026, 11, 4, tzinfo=UTC)
MOMENTS = st.sampled_from((SPRING, AUTUMN)).flatmap(
    lambda begin: st.integers(0, 12 * 86_400 * 10**6).map(lambda tick: begin + timedelta(microseconds=tick))
)
AGENTS = ("PJSIP/8101", "PJSIP/8102")


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    """Any stay that can be in a database, also one that contradicts itself."""
    joined, end = draw(MOMENTS), draw(st.sampled_from(list(StayEnd)))
    waited = draw(st.none() | st.integers(-5_000, 400_000))
    left = None if waited is None else joined + timedelta(milliseconds=waited)
    talked = draw(st.none() | st.integers(0, 900))
    return Stay(
        queue=draw(st.sampled_from(("vip", "general"))),
        uniqueid="1.1",
        linkedid="1.1",
        number="",
        line="",
        joined_at=joined,
        is_joined_exactly=draw(st.booleans()),
        position=1,
        tier=draw(st.sampled_from(("", "gold"))),
        end=end,
        key=draw(st.sampled_from(("", "1"))),
        left_at=left,
        interface=draw(st.sampled_from(AGENTS)) if end is StayEnd.ANSWERED else "",
        talk_ended_at=None if left is None or talked is None else left + timedelta(seconds=talked),
    )


@st.composite
def spans(draw: st.DrawFn) -> AgentSpan:
    began = draw(MOMENTS)
    ended = began + timedelta(microseconds=draw(st.integers(0, 86_400 * 10**6)))
    return AgentSpan(draw(st.sampled_from(AGENTS)), draw(st.sampled_from(list(AgentState))), "", began, ended)


@st.composite
def gaps(draw: st.DrawFn) -> Gap:
    began = draw(MOMENTS)
    ended = began + timedelta(seconds=draw(st.integers(0, 90_000)))
    return Gap(
        began,
        draw(st.sampled_from((None, ended))) if began >= NOW - timedelta(days=2) else ended,
        "lost",
        draw(st.sampled_from(("", "vip"))),
    )


ZONE = st.sampled_from(ZONES).map(ZoneInfo)
LENGTH = st.sampled_from(LENGTHS)
BY = st.sets(st.sampled_from(list(Dimension))).map(frozenset)
SOME_STAYS = st.lists(stays(), max_size=25)
YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), NOW)


@given(SOME_STAYS, st.lists(gaps(), max_size=3), ZONE, LENGTH, BY)
def test_every_row_balances_or_says_what_it_lacks(
    some: list[Stay], lost: list[Gap], zone: ZoneInfo, length: timedelta, by: frozenset[Dimension]
) -> None:
    """SAFETY: offered = the sum of all ends, in every row; what is not known is the gap, and then it is incomplete."""
    for row in rows(some, lost, Scheme(YEAR, Intervals(zone, length), by), NOW):
        assert row.offered == sum(row.ends.values()) == row.known + row.gap
        assert row.gap == row.of(StayEnd.UNKNOWN)
        assert not (row.gap and row.is_complete)
        assert row.short_abandons <= row.of(StayEnd.ABANDONED)


@given(SOME_STAYS, ZONE, LENGTH, BY)
def test_no_stay_is_lost_or_doubled_however_rows_are_apart(
    some: list[Stay], zone: ZoneInfo, length: timedelta, by: frozenset[Dimension]
) -> None:
    """SAFETY: the rows together are the whole, end by end."""
    scheme = Scheme(YEAR, Intervals(zone, length), by)
    whole, parts = total(some, (), scheme, NOW), rows(some, (), scheme, NOW)
    assert sum(row.offered for row in parts) == whole.offered == len(some)
    assert sum((Counter(row.ends) for row in parts), Counter()) == Counter(whole.ends)
    assert sum(row.short_abandons for row in parts) == whole.short_abandons


@given(SOME_STAYS, ZONE)
def test_sums_over_queues_are_sums_over_agents_and_unanswered(some: list[Stay], zone: ZoneInfo) -> None:
    """SAFETY: an answered call has one agent, and every other one nobody."""
    intervals = Intervals(zone, DAY)
    queues = rows(some, (), Scheme(YEAR, intervals, frozenset({Dimension.QUEUE})), NOW)
    agents = rows(some, (), Scheme(YEAR, intervals, frozenset({Dimension.AGENT})), NOW)
    unanswered = sum(row.offered for row in agents if row.cell.agent == "")
    answered = sum(row.of(StayEnd.ANSWERED) for row in agents if row.cell.agent)
    assert sum(row.offered for row in queues) == answered + unanswered
    assert sum(row.of(StayEnd.ANSWERED) for row in queues) == answered


@given(SOME_STAYS, ZONE)
def test_splitting_an_interval_changes_no_total(some: list[Stay], zone: ZoneInfo) -> None:
    """SAFETY: every quarter of an hour lies in one half hour, that in one hour, that in one day."""
    for shorter, longer in pairwise(LENGTHS):
        summed: Counter[tuple[Interval, StayEnd]] = Counter()
        for row in rows(some, (), Scheme(YEAR, Intervals(zone, shorter), frozenset({Dimension.INTERVAL})), NOW):
            assert row.cell.interval is not None
            container = Intervals(zone, longer).of(row.cell.interval.begin)
            assert row.cell.interval.end <= container.end
            summed.update({(container, end): count for end, count in row.ends.items()})
        whole: Counter[tuple[Interval, StayEnd]] = Counter()
        for row in rows(some, (), Scheme(YEAR, Intervals(zone, longer), frozenset({Dimension.INTERVAL})), NOW):
            assert row.cell.interval is not None
            whole.update({(row.cell.interval, end): count for end, count in row.ends.items()})
        assert summed == whole


@given(st.lists(spans(), max_size=8), ZONE, LENGTH)
def test_time_of_agents_is_cut_and_never_lost(some: list[AgentSpan], zone: ZoneInfo, length: timedelta) -> None:
    """SAFETY: the intervals of an agent together are his time, to the microsecond."""
    by = frozenset({Dimension.AGENT})
    whole = agent_times(some, Scheme(YEAR, Intervals(zone, length), by), NOW)
    parts = agent_times(some, Scheme(YEAR, Intervals(zone, length), by | {Dimension.INTERVAL}), NOW)
    for time in whole:
        for state in AgentState:
            own = (part.of(state) for part in parts if part.agent == time.agent)
            assert sum(own, timedelta()) == time.of(state)


@given(MOMENTS, ZONE, LENGTH)
def test_every_moment_lies_in_the_interval_that_it_is_given(at: datetime, zone: ZoneInfo, length: timedelta) -> None:
    """SAFETY: and the neighbours begin where it ends, and end where it begins."""
    intervals = Intervals(zone, length)
    found = intervals.of(at)
    assert at in found
    assert intervals.of(found.begin) == found
    assert intervals.of(found.end).begin == found.end
    assert intervals.of(found.begin - timedelta(microseconds=1)).end == found.begin


@given(SOME_STAYS, st.integers(0, 60), st.integers(0, 10))
def test_service_levels_are_what_the_judgements_add_up_to(some: list[Stay], t: int, short: int) -> None:
    """SAFETY: who is good is counted; and what counts alike in all five explains nothing."""
    rule = Rule(timedelta(seconds=t), timedelta(seconds=short))
    found = {variant: level(some, variant, rule) for variant in Variant}
    for one in found.values():
        assert 0 <= one.part <= one.whole <= len(some)
    negative, ignore, positive = (found[variant] for variant in (Variant.NEGATIVE, Variant.IGNORE, Variant.POSITIVE))
    assert negative.part == ignore.part <= positive.part
    assert ignore.whole <= negative.whole == positive.whole
    told = {id(one.stay) for one in differences(some, rule)}
    for stay in some:
        counts = {(one.is_counted, one.is_good) for one in (judge(stay, variant, rule) for variant in Variant)}
        assert (id(stay) in told) == (len(counts) > 1)


@pytest.mark.parametrize(
    ("zone", "day", "hours", "half_hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23.0, 46),
        ("Europe/Berlin", date(2026, 10, 25), 25.0, 50),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5, 47),
        ("Asia/Beirut", date(2026, 3, 29), 23.0, 46),
        ("Asia/Shanghai", date(2026, 10, 25), 24.0, 48),
    ],
)
def test_days_on_which_the_clock_is_changed(zone: str, day: date, hours: float, half_hours: int) -> None:
    """They are shorter or longer, and so many half hours long."""
    whole = day_of(day, ZoneInfo(zone))
    found: Sequence[Interval] = list(Intervals(ZoneInfo(zone), timedelta(minutes=30)).within(whole))
    assert whole.length == timedelta(hours=hours)
    assert len(found) == half_hours
    assert (found[0].begin, found[-1].end) == (whole.begin, whole.end)


def test_hour_that_comes_twice_is_two_rows() -> None:
    """A call at 02:10 of each is in a row of its own."""
    zone = ZoneInfo("Europe/Berlin")
    both = [datetime(2026, 10, 25, 2, 10, tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    found = {Intervals(zone, timedelta(hours=1)).of(at) for at in both}
    assert sorted(f"{one.begin.astimezone(zone):%H:%M%z}" for one in found) == ["02:00+0100", "02:00+0200"]
