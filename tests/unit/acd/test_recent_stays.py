"""Shares over a window, against a recount of all stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given

from ivrctl.acd.kpi import WrapUps, stay_figures
from ivrctl.acd.recent_stays import LONGEST, RecentStays
from ivrctl.acd.service_level import Rule, Variant, level
from ivrctl.acd.stay import Gap, Stay, StayEnd

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RULE = Rule(answer_in=20 * SECOND, short_abandon=5 * SECOND)


def stay(left: float, waited: float = 10, end: StayEnd = StayEnd.ANSWERED, **more: object) -> Stay:
    left_at = NOON + left * SECOND
    told = {"queue": "sales", "uniqueid": f"1.{left}", "left_at": left_at, **more}
    return Stay(
        linkedid="1",
        number="0123",
        line="100",
        joined_at=left_at - waited * SECOND,
        is_joined_exactly=True,
        position=1,
        end=end,
        **told,  # type: ignore[arg-type]
    )


def recent(*stays: Stay) -> RecentStays:
    found = RecentStays(RULE)
    for each in stays:
        found.take(each)
    return found


def test_window_holds_who_left_in_it() -> None:
    """Whose fate was known in the last five minutes counts, and nobody who left before."""
    known = recent(stay(-301), stay(-300), stay(-299, 25), stay(-60, 30, StayEnd.ABANDONED), stay(0))
    found = known.shares("sales", NOON - 5 * MINUTE, NOON)
    assert (found.whole, found.in_time, found.abandoned) == (3, 1, 1)


def test_who_waits_and_who_hung_up_at_once_is_none_of_it() -> None:
    """As in the service level of the books."""
    waiting = stay(-5, end=StayEnd.WAITING, left_at=None)
    assert recent(waiting, stay(-6, 3, StayEnd.ABANDONED)).shares("sales", NOON - MINUTE, NOON).whole == 0


def test_stay_that_is_told_again_counts_once() -> None:
    """The last telling counts, also where it says another time."""
    known = recent(stay(-70, uniqueid="7"), stay(-30, 40, uniqueid="7"), stay(-30, 40, uniqueid="7"))
    found = known.shares("sales", NOON - 2 * MINUTE, NOON)
    assert (found.whole, found.in_time) == (1, 0)


def test_waits_of_one_caller_add_up_until_he_is_answered() -> None:
    """Who was sent from queue to queue has waited in all of them."""
    first, second = stay(-60, 30, StayEnd.TIMED_OUT, uniqueid="7"), stay(-20, 15, StayEnd.KEY, uniqueid="7", chain=2)
    third = stay(0, 10, StayEnd.WAITING, uniqueid="7", chain=3, left_at=None, tier="gold")
    caller = recent(first, second, third, third).caller("7")
    assert caller is not None
    assert (caller.waited, caller.tier, caller.is_answered) == (45, "gold", False)


def test_it_is_seen_since_the_last_gap() -> None:
    """While a gap lasts nothing is."""
    known = recent()
    assert known.seen_since is None
    known.take(Gap(NOON, NOON + SECOND, "nothing was seen before"))
    assert known.seen_since == NOON + SECOND
    known.take(Gap(NOON + MINUTE, None, "silent"))
    assert known.seen_since is None


def test_another_rule_holds_for_those_before_too() -> None:
    """The site file says another threshold: the window is judged by it at once."""
    known = recent(stay(-10, 25), stay(-20, 3, StayEnd.ABANDONED))
    known.judge_by(Rule(answer_in=30 * SECOND, short_abandon=SECOND))
    known.take(stay(-5, 40))
    found = known.shares("sales", NOON - MINUTE, NOON)
    assert (found.whole, found.in_time, found.abandoned) == (3, 1, 1)


STAYS = st.builds(
    lambda queue, who, left, waited, end, has_left: stay(
        left, waited, end, queue=queue, uniqueid=who, left_at=NOON + left * SECOND if has_left else None
    ),
    st.sampled_from(["sales", "service"]),
    st.sampled_from([f"1.{number}" for number in range(12)]),
    st.integers(-4000, 0) | st.integers(-400, 0),
    st.sampled_from([0, 4, 5, 19, 20, 21, 90, -3]),
    st.sampled_from(StayEnd),
    st.booleans() | st.just(True),
)


def recount(stays: Iterable[Stay], queue: str, begin: datetime, end: datetime) -> tuple[int, int, int]:
    last = {(each.queue, each.uniqueid, each.chain): each for each in stays}.values()
    own = [each for each in last if each.queue == queue and each.left_at and begin < each.left_at <= end]
    found = level(own, Variant.NEGATIVE, RULE)
    abandoned = stay_figures(own, WrapUps((), NOON), RULE.short_abandon, NOON).abandoned
    return found.whole, found.part, round((abandoned.value or 0) * abandoned.of)


@given(st.lists(STAYS, max_size=60), st.integers(1, 3000), st.integers(-600, 0))
def test_shares_are_those_of_a_recount(stays: list[Stay], window: int, end: int) -> None:
    """SAFETY: whatever is told in whatever order, of any window that is not forgotten."""
    begin = max(NOON + (end - window) * SECOND, NOON - LONGEST)
    known = recent(*stays)
    for queue in ("sales", "service"):
        found = known.shares(queue, begin, NOON + end * SECOND)
        expected = recount(stays, queue, begin, NOON + end * SECOND)
        assert (found.whole, found.in_time, found.abandoned) == expected


def test_what_has_ended_long_ago_is_forgotten() -> None:
    """LIVENESS: a day of calls holds no more than the last hour and a few."""
    known = RecentStays(RULE)
    for second in range(0, 86_400, 10):
        known.take(stay(second))
    assert len(known._lines["sales"]._ats) < 360 + 300
    at = NOON + 86_390 * SECOND
    assert known.shares("sales", at - 10 * MINUTE, at).whole == 60
