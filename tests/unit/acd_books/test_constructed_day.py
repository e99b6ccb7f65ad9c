"""Every figure of the constructed day, against what anybody can reckon from its table."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivrctl.acd import kpi
from ivrctl.acd.agent_times import agent_times
from ivrctl.acd.books import Dimension, Lacking, Row, Scheme, rows, total
from ivrctl.acd.service_level import Rule, Variant, differences, judge, level
from ivrctl.acd.stay import AgentState, StayEnd

from .constructed_day import DAY, FIRST, GAPS, HALF_HOURS, NOW, SECOND, SHORT, SPANS, STAYS, ZONE, T

RULE = Rule(T, SHORT)
VIP = [stay for stay in STAYS if stay.queue == "vip"]


def _rows(*by: Dimension) -> dict[tuple[str, ...], Row]:
    """Rows by what they are apart by: the time of day first."""
    scheme = Scheme(DAY, HALF_HOURS, frozenset(by), SHORT)
    return {_name(row): row for row in rows(STAYS, GAPS, scheme, NOW)}


def _name(row: Row) -> tuple[str, ...]:
    cell = row.cell
    begin = () if cell.interval is None else (f"{cell.interval.begin.astimezone(ZONE):%H:%M}",)
    return (*begin, *(part for part in (cell.queue, cell.tier, cell.agent) if part is not None))


def _ends(row: Row) -> dict[str, int]:
    return {end.value: count for end, count in row.ends.items()}


def test_day_is_fourteen_calls_and_every_one_has_an_end() -> None:
    """14 = 4 answered + 3 abandoned + 1 of each other end; one is unknown, so 13 are known."""
    day = total(STAYS, GAPS, Scheme(DAY, HALF_HOURS, short_abandon=SHORT), NOW)
    others = {end.value: 1 for end in StayEnd if end not in {StayEnd.ANSWERED, StayEnd.ABANDONED}}
    assert (day.offered, _ends(day)) == (14, {"answered": 4, "abandoned": 3, **others})
    assert (day.short_abandons, day.known, day.gap) == (1, 13, 1)
    assert [(lack.kind, lack.seconds) for lack in day.lacks] == [(Lacking.UNSEEN, 120.0), (Lacking.ENDS_UNKNOWN, 0.0)]


def test_half_hours_of_queues() -> None:
    """A call belongs to the half hour in which it joined; only the one that was not seen through is incomplete."""
    found = _rows(Dimension.INTERVAL, Dimension.QUEUE)
    assert {name: (row.offered, row.is_complete) for name, row in found.items()} == {
        ("10:00", "vip"): (6, True),
        ("10:30", "general"): (2, True),
        ("10:30", "vip"): (3, True),
        ("11:00", "general"): (3, False),
    }
    assert _ends(found["10:00", "vip"]) == {"answered": 3, "abandoned": 3}
    assert _ends(found["10:30", "vip"]) == {"timed_out": 1, "key": 1, "withdrawn": 1}
    assert _ends(found["10:30", "general"]) == {"empty": 1, "called_back": 1}
    assert _ends(found["11:00", "general"]) == {"answered": 1, "waiting": 1, "unknown": 1}


def test_tiers_and_agents() -> None:
    """Callers of no tier, and calls that nobody answered, are rows, too."""
    assert {name: row.offered for name, row in _rows(Dimension.TIER).items()} == {("",): 9, ("gold",): 5}
    assert {name: row.offered for name, row in _rows(Dimension.AGENT).items()} == {
        ("",): 10,
        (FIRST,): 2,
        (SECOND,): 2,
    }


@pytest.mark.parametrize(
    ("variant", "part", "whole"),
    [
        # Offered and known, without the short abandon (4): 1 2 3 5 6 7 8 9. Answered in 20 s: 1 and 2.
        (Variant.NEGATIVE, 2, 8),
        # Without 5, who hung up in time.
        (Variant.IGNORE, 2, 7),
        # With 5 as one who was served in time.
        (Variant.POSITIVE, 3, 8),
        # Completed: 1 2 3; of 3 Asterisk sees 20 whole seconds.
        (Variant.ASTERISK, 3, 3),
        # And abandoned: 4 5 6 7 9, of whom 4 and 5 in time. The exit key (8) is nowhere.
        (Variant.ASTERISK2, 5, 8),
    ],
)
def test_service_levels_of_vip(variant: Variant, part: int, whole: int) -> None:
    """Five figures of the same nine calls."""
    found = level(VIP, variant, RULE)
    assert (found.part, found.whole) == (part, whole)
    assert found.figure.value == part / whole


def test_differences_are_told_call_by_call() -> None:
    """Of nine calls two count alike in all five; of each other one it is said how and why."""
    found = {one.stay.uniqueid.rpartition(".")[2]: one.judged for one in differences(VIP, RULE)}
    assert list(found) == ["3", "4", "5", "6", "7", "8", "9"]
    assert found["3"][Variant.NEGATIVE].why == "answered after 20.4 s"
    assert found["3"][Variant.ASTERISK].why == "answered after 20 whole seconds"
    assert found["4"][Variant.NEGATIVE].why == "hung up after 3.0 s: a short abandon is left out"
    assert found["4"][Variant.ASTERISK2].why == "hung up after 3 whole seconds: counted as abandoned"
    assert found["8"][Variant.ASTERISK2].why == "left by key after 8 whole seconds: an exit key is in no counter"


def test_talk_that_lasts_counts_here_and_not_yet_in_asterisk() -> None:
    """Call 12 was answered after 90 s and still talks."""
    talking = STAYS[11]
    assert judge(talking, Variant.NEGATIVE, RULE).is_counted
    assert judge(talking, Variant.ASTERISK, RULE).why == "answered after 90 whole seconds: counted when the talk ends"


def test_figures_of_the_calls() -> None:
    """Of 14, one waits, one is unknown and one was a short abandon: shares are of 11."""
    found = kpi.stay_figures(STAYS, kpi.WrapUps(SPANS, NOW), SHORT, NOW)
    assert found.answered.value == 4 / 11
    assert found.abandoned.value == 2 / 11
    assert found.answered_soon.value == 1 / 11  # call 1
    assert found.speed_of_answer.value == pytest.approx((10 + 20 + 20.4 + 90) / 4)
    assert found.longest_wait.value == 540.0  # call 13, by 11:10
    assert (found.wait_p50.value, found.wait_p80.value) == (20.0, 90.0)  # of 10, 20, 20.4, 90
    assert found.talk_time.value == 70.0  # (60 + 120 + 30) / 3; 12 still talks
    assert found.handling_time.value == 90.0  # (60 + 30 + 120 + 0 + 30 + 30) / 3


def test_time_of_agents() -> None:
    """8101 was there for an hour, 8102 for 65 minutes by 11:10."""
    times = {time.agent: time for time in agent_times(SPANS, Scheme(DAY, HALF_HOURS, frozenset(Dimension)), NOW)}
    assert times.keys() == {FIRST, SECOND}
    whole = {
        time.agent: time for time in agent_times(SPANS, Scheme(DAY, HALF_HOURS, frozenset({Dimension.AGENT})), NOW)
    }
    first, second = whole[FIRST], whole[SECOND]
    assert {state.value: time.total_seconds() for state, time in first.spent.items()} == {
        "talking": 90.0,
        "ringing": 5.0,
        "wrap_up": 60.0,
        "paused": 1800.0,
        "idle": 1645.0,
    }
    assert first.paused == {"lunch": timedelta(minutes=30)}
    assert (first.signed_on, second.signed_on) == (timedelta(seconds=3600), timedelta(seconds=3900))
    assert second.of(AgentState.TALKING) == timedelta(seconds=630)


def test_time_of_an_agent_in_half_hours() -> None:
    """The lunch from 10:11:20.4 to 10:41:20.4 is in two of them."""
    by = frozenset({Dimension.AGENT, Dimension.INTERVAL})
    times = [time for time in agent_times(SPANS, Scheme(DAY, HALF_HOURS, by), NOW) if time.agent == FIRST]
    shown = [
        (f"{time.interval.begin.astimezone(ZONE):%H:%M}", time.signed_on, time.of(AgentState.PAUSED))
        for time in times
        if time.interval
    ]
    assert shown == [
        ("09:30", timedelta(minutes=10), timedelta()),
        ("10:00", timedelta(minutes=30), timedelta(seconds=1119.6)),
        ("10:30", timedelta(minutes=20), timedelta(seconds=680.4)),
    ]


def test_shares_of_agents_time() -> None:
    """Talking 720 s, wrap-up 60 s, ringing 5 s, idle 3025 s, of 7500 s."""
    times = agent_times(SPANS, Scheme(DAY, HALF_HOURS), NOW)
    assert kpi.occupancy(times).value == pytest.approx(780 / 3805)
    assert kpi.talk_share(times).value == pytest.approx(720 / 7500)
    assert kpi.working_share(times).value == pytest.approx(3810 / 7500)
