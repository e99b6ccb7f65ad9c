"""What a search over the numbers of a policy goes through: scales, settings, moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.simulation.recommendation.scales import scale_of
from ivrctl.simulation.recommendation.space import Move, Space
from ivrctl.staffing.policy import Measure, Trigger
from ivrctl.staffing.policy_files.numbers import EngageValue, ReleaseValue, TimingKey, TimingValue, numbers_of

from ..simulation.policies import POLICY, QUALITY  # noqa: TID252 - test folders are no packages to import from

THREE = replace(
    POLICY,
    tiers=(*POLICY.tiers, replace(QUALITY, name="retention")),
    triggers=(
        Trigger(Measure.LONGEST_WAIT, (30.0, 60.0, None), 10.0),
        Trigger(Measure.SERVICE_LEVEL, (0.85, 0.75, 0.65), 0.92),
    ),
    timing=replace(POLICY.timing, changes_per_hour=200),
)
SPACE = Space(THREE, timedelta(seconds=90))
WAIT = EngageValue(Measure.LONGEST_WAIT, 0)
LEVEL = EngageValue(Measure.SERVICE_LEVEL, 0)


def moved(name: str, times: int = 1) -> dict[str, list[float]]:
    """The numbers of each row behind a move."""
    move = next(each for each in (*SPACE.wide, *SPACE.narrow) if each.name == name)
    there = SPACE.moved(SPACE.start, move.times(times))
    assert there is not None
    policy = SPACE.policy(there)
    return {row.measure: [row.release, *(each for each in row.engage if each is not None)] for row in policy.triggers}


@pytest.mark.parametrize(
    ("place", "value", "scale"),
    [
        (WAIT, 30.0, (5, 10, 15, 20, 30, 45, 60, 90, 120, 180)),
        (LEVEL, 0.85, (1.0, 0.98, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)),
        (ReleaseValue(Measure.SERVICE_LEVEL), 0.92, (1.0, 0.98, 0.95, 0.92, 0.9, 0.85, 0.8, 0.75, 0.7)),
        (TimingValue(TimingKey.RELEASE_AFTER), 650.0, (3600, 2700, 1800, 1200, 900, 650, 600, 420, 300, 240, 180)),
        (TimingValue(TimingKey.ENGAGE_AFTER), 3600.0, (600, 900, 1200, 1800, 2700, 3600)),
    ],
)
def test_a_scale_goes_from_most_reserve_to_least(place: EngageValue, value: float, scale: tuple[float, ...]) -> None:
    """The number itself is on it, round or not; no other is more than five values away, or out of its range."""
    found = scale_of(place, value)
    assert found == scale


def test_the_given_policy_is_where_a_search_begins() -> None:
    """A tier that a row never brings has no number in it."""
    assert SPACE.policy(SPACE.start) == THREE
    assert SPACE.numbers(SPACE.start) == numbers_of(THREE)
    assert EngageValue(Measure.LONGEST_WAIT, 2) not in SPACE.places


def test_tiers_behind_one_that_comes_later_are_taken_along() -> None:
    """No tier is wanted before the one before it."""
    assert moved("leaders", 2)[Measure.LONGEST_WAIT] == [10.0, 60.0, 60.0]
    assert moved("leaders", 2)[Measure.SERVICE_LEVEL] == [0.92, 0.75, 0.75, 0.65]
    assert moved("row service_level", 5)[Measure.SERVICE_LEVEL] == [0.92, 0.6, 0.5, 0.4]


def test_tiers_before_one_that_comes_sooner_are_taken_along_and_so_is_the_release_value() -> None:
    """All of them stay in order."""
    assert moved("quality", -4)[Measure.SERVICE_LEVEL] == [0.98, 0.95, 0.95, 0.65]


def test_a_first_tier_does_not_move_behind_every_promise() -> None:
    """What the checker would warn of is no setting: the longest promise is 90 s."""
    later = Move("later", ((SPACE.places.index(WAIT), 3),))
    assert SPACE.moved(SPACE.start, later) is None


def test_times_are_shortened_so_far_as_the_bound_on_changes_lets() -> None:
    """A ceiling that the load alone could not reach before it cannot reach afterwards."""
    narrow = Space(replace(THREE, timing=replace(THREE.timing, changes_per_hour=20)))
    shorter = next(move for move in narrow.wide if move.name == TimingKey.STAY_AT_LEAST)
    assert SPACE.moved(SPACE.start, shorter) is not None
    assert narrow.moved(narrow.start, shorter) is None


moves = st.lists(st.tuples(st.integers(0, len(SPACE.wide + SPACE.narrow) - 1), st.integers(-3, 3)), max_size=8)


@given(moves)
def test_wherever_moves_lead_the_policy_is_provable(way: list[tuple[int, int]]) -> None:
    """SAFETY: rows are in order, release values on the calm side, and the bound on changes is kept."""
    at = SPACE.start
    for index, times in way:
        at = SPACE.moved(at, (*SPACE.wide, *SPACE.narrow)[index].times(times)) or at
        assert SPACE.is_provable(at)
        for row in SPACE.policy(at).triggers:
            sign = -1 if row.measure.is_low_bad else 1
            severities = [sign * row.release, *(sign * each for each in row.engage if each is not None)]
            assert severities == sorted(severities)
            assert severities[0] < severities[1]


@given(moves)
def test_what_is_put_back_is_the_given_policy(way: list[tuple[int, int]]) -> None:
    """SAFETY: all changed numbers put back, nothing is left."""
    at = SPACE.start
    for index, times in way:
        at = SPACE.moved(at, (*SPACE.wide, *SPACE.narrow)[index].times(times)) or at
    assert SPACE.put_back(at, SPACE.changed(at)) == SPACE.start
