"""The bound that is printed: nothing that happens in queues or to people makes a policy change more in an hour."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.staffing.bound import HOUR, bound_of, in_words, turns
from ivrctl.staffing.policy import Bring, Floor, Measure, Policy, Tier, Timing, Trigger
from ivrctl.staffing.view import Presence

from .desk import HOTLINE, MINUTE, Desk, group

SMALL = Policy(
    name="small",
    queues=("broadband",),
    window=5 * MINUTE,
    tiers=(
        Tier("leaders", Bring.ADD, group("8201", "8202"), queues=("broadband",)),
        Tier("quality", Bring.ADD, group("8301", "8302", "8303"), queues=("broadband",), keep_back=1),
    ),
    triggers=(Trigger(Measure.LONGEST_WAIT, (30, 60), 15),),
    timing=Timing(MINUTE, 10 * MINUTE, 15 * MINUTE, 10 * MINUTE, 1000),
)

minutes = st.integers(0, 25).map(lambda number: number * MINUTE)
floors = st.builds(
    Floor,
    tiers=st.integers(1, 2),
    begins=st.builds(time, st.integers(9, 11), st.sampled_from([0, 5, 30, 50])),
    ends=st.builds(time, st.integers(12, 14)),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Of any timing, with up to two floors."""
    timing = Timing(draw(minutes), draw(minutes), draw(minutes), draw(minutes), 1000)
    return replace(SMALL, timing=timing, floors=tuple(draw(st.lists(floors, max_size=2))))


steps = st.lists(
    st.tuples(st.sampled_from([20, 60, 200, 500, 900]), st.sampled_from([0, 15, 20, 40, 70]), st.integers(0, 31)),
    min_size=10,
    max_size=40,
)
"""Seconds that pass, the longest wait then, and who of the five is ready."""


def _most_turns(desk: Desk) -> int:
    """Seats that are wanted, or wanted no more, within the worst hour of a story."""
    turned: list[datetime] = []
    for before, after in itertools.pairwise(desk.decisions):
        turned += [after.at] * len(before.desired.keys() ^ after.desired.keys())
    turned += [desk.decisions[0].at] * len(desk.decisions[0].desired)
    return max((sum(at <= other < at + HOUR for other in turned) for at in turned), default=0)


@pytest.mark.thorough
@given(policies(), steps)
def test_whatever_people_do_the_bound_holds(policy: Policy, story: list[tuple[int, int, int]]) -> None:
    """SAFETY: figures jump, people sign on and off as they like: no more changes than timing and sizes let."""
    desk, bound = Desk(policy), bound_of(policy)
    for seconds, longest_wait, ready in story:
        for place, interface in enumerate(sorted(desk.presence)):
            desk.presence[interface] = Presence.READY if ready >> place & 1 else Presence.NOT_SIGNED_ON
        desk.set(longest_wait=longest_wait).wait(timedelta(seconds=seconds))
    assert bound.by_people is None or _most_turns(desk) + bound.seats <= bound.by_people


@pytest.mark.thorough
@given(policies(), steps)
def test_whatever_the_load_does_the_bound_of_the_tiers_holds(policy: Policy, story: list[tuple[int, int, int]]) -> None:
    """SAFETY: while people stay available, figures alone make no more changes than the narrower bound."""
    desk, bound = Desk(policy), bound_of(policy)
    for seconds, longest_wait, _ in story:
        desk.set(longest_wait=longest_wait).wait(timedelta(seconds=seconds))
    assert bound.by_tiers is None or _most_turns(desk) + bound.seats <= bound.by_tiers


def test_bound_is_reached_by_who_signs_on_and_off_as_fast_as_he_can() -> None:
    """He comes when his rest is over, and goes a moment later: only the removal that waited is left of the bound."""
    alone = replace(SMALL, tiers=(replace(SMALL.tiers[0], people=group("8201")),))
    desk = Desk(replace(alone, triggers=(Trigger(Measure.LONGEST_WAIT, (30,), 15),))).set(longest_wait=70)
    desk.wait(MINUTE)
    for _ in range(8):
        desk.presence["PJSIP/8201"] = Presence.NOT_SIGNED_ON
        desk.wait(timedelta(milliseconds=1))
        desk.presence["PJSIP/8201"] = Presence.READY
        desk.wait(10 * MINUTE)
    assert _most_turns(desk) + 1 == bound_of(desk.policy).by_people == 13


def test_bound_of_the_tiers_is_reached_by_a_load_that_swings() -> None:
    """The load comes back as soon as the tier has rested, and is gone as soon as it is in."""
    desk = Desk(replace(SMALL, triggers=(Trigger(Measure.LONGEST_WAIT, (30, None), 15),)))
    for _ in range(5):
        desk.set(longest_wait=70).wait(MINUTE)
        desk.set(longest_wait=0).wait(15 * MINUTE)
        desk.set(longest_wait=70).wait(9 * MINUTE)
    leaders = replace(desk.policy, tiers=desk.policy.tiers[:1], triggers=(Trigger(Measure.LONGEST_WAIT, (30,), 15),))
    assert _most_turns(desk) + 2 == bound_of(leaders).by_tiers


@settings(max_examples=200)
@given(st.integers(1, 30), st.integers(0, 12), st.integers(0, 12))
def test_turns_are_counted_as_trying_counts_them(lasts: int, is_in: int, is_home: int) -> None:
    """SAFETY: the formula is what the best of all ways gives, begun with either turn."""
    found = turns(lasts * MINUTE, is_in * MINUTE, is_home * MINUTE)
    if is_in + is_home == 0:
        assert found is None
        return
    assert found == max(_tried(lasts, is_in, is_home), _tried(lasts, is_home, is_in))


def _tried(lasts: int, gap: int, following: int) -> int:
    at = count = 0
    while at < lasts:
        count, at, gap, following = count + 1, at + gap, following, gap
    return count


def test_bound_of_four_tiers() -> None:
    """Eight people in two queues: with a rest of ten minutes the ceiling is what bounds them."""
    bound = bound_of(HOTLINE)
    assert (bound.seats, bound.by_tiers, bound.by_people, bound.most) == (16, 16 * 6, 16 * 13, 40)
    assert in_words(bound) == (
        "at most 40 memberships begin or end in any hour, the ceiling "
        "(16 seats; timing alone allows 208, and 96 while people stay available)"
    )


def test_long_rest_bounds_more_than_the_ceiling() -> None:
    """Where people rest for an hour each seat changes twice, and once more for what waited."""
    rested = replace(HOTLINE, timing=replace(HOTLINE.timing, rest_at_least=HOUR))
    assert bound_of(rested).by_people == 16 * 3
    calm = replace(rested, timing=replace(rested.timing, changes_per_hour=1000))
    assert bound_of(calm).most == 48
    assert in_words(bound_of(calm)).startswith("at most 48 memberships begin or end in any hour, by timing")


def test_nothing_but_the_ceiling_bounds_people_who_never_rest() -> None:
    """Somebody who signs on and off by the second is called in and sent home by the second."""
    restless = replace(HOTLINE, timing=replace(HOTLINE.timing, rest_at_least=timedelta(0)))
    assert bound_of(restless).by_people is None
    assert bound_of(restless).most == 40
    assert "timing alone allows any number, and 144 while" in in_words(bound_of(restless))


def test_each_floor_that_can_begin_within_an_hour_is_two_changes_more() -> None:
    """Whoever went home before it begins comes again without a rest."""
    nine, ten, evening = (Floor(1, time(hour), time(hour + 1)) for hour in (9, 10, 20))
    of = [bound_of(replace(SMALL, floors=each)).by_people for each in ((), (nine,), (nine, ten), (nine, evening))]
    assert of == [5 * 13, 5 * 13 + 2 * 2, 5 * 13 + 2 * 4, 5 * 13 + 2 * 2]


def test_policy_that_asks_alone_changes_nothing() -> None:
    """People who are members already end their pause themselves."""
    asking = replace(HOTLINE, tiers=HOTLINE.tiers[:1])
    assert bound_of(asking).most == 0
    assert in_words(bound_of(asking)) == "changes no membership: whoever comes in is a member already"
