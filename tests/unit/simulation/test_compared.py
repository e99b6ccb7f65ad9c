"""Figures of several policies over several seeds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.simulation.compared import (
    Runs,
    Spread,
    changes,
    difference,
    interruptions,
    mean_interruptions,
    most_interrupted,
    of_queue,
    of_tiers,
    reserve_minutes,
    sliced,
    stays_in,
)
from ivrctl.simulation.outcome import Outcome, QueueFigures, TierFigures, TierMove

LEADERS, QUALITY = ("rush", "leaders"), ("rush", "quality")


def outcome(
    in_time: int = 80,
    tiers: dict[tuple[str, str], TierFigures] | None = None,
    moves: tuple[TierMove, ...] = (),
    intervals: tuple[tuple[float, QueueFigures], ...] = (),
) -> Outcome:
    """A run of a hundred callers."""
    total = QueueFigures(offered=100, answered=90, in_time=in_time, abandoned=10, waited=900)
    return Outcome({"sales": total}, total, intervals, tiers or {}, moves, (), 0, None, timedelta(hours=24))


def runs(*outcomes: Outcome) -> Runs:
    return Runs("new", ("rush",), outcomes)


def level(one: Outcome) -> float | None:
    return one.total.service_level


def test_spread_is_the_middle_and_what_it_lies_between() -> None:
    """Of five seeds; a seed without the figure is left out, and nothing is a spread of nothing."""
    assert Spread.of_values([3, 1, None, 10, 2]) == Spread(2.5, 1, 10, 4)
    assert Spread.of_values([None]) is None
    assert runs(outcome(70), outcome(90), outcome(80)).spread(level) == Spread(0.8, 0.7, 0.9, 3)


def test_difference_is_taken_seed_by_seed() -> None:
    """The level differs by twenty points from seed to seed, and the policy is worth one on each of them."""
    old, new = runs(outcome(60), outcome(70), outcome(80)), runs(outcome(61), outcome(71), outcome(81))
    found = difference(old, new, level)
    assert found is not None
    assert (found.median, found.least, found.most) == pytest.approx((0.01, 0.01, 0.01))


def test_people_are_counted_over_tiers() -> None:
    """Who is called in by two tiers is interrupted by both."""
    one = outcome(
        tiers={
            LEADERS: TierFigures(reserve_minutes=30, changes=4, interruptions={"8103": 2, "8104": 1}),
            QUALITY: TierFigures(reserve_minutes=10, changes=2, interruptions={"8103": 1, "8106": 2}),
        }
    )
    assert interruptions(one) == {"8103": 3, "8104": 1, "8106": 2}
    assert (most_interrupted(one), mean_interruptions(one)) == (3, 2)
    assert (reserve_minutes(one), changes(one)) == (40, 6)
    assert (most_interrupted(outcome()), mean_interruptions(outcome())) == (0, None)


def test_figures_of_tiers_and_queues_that_are_not_there_are_none() -> None:
    """A day without a policy has no reserve of its leaders, and no figure of a queue that nobody knows."""
    one = outcome(tiers={LEADERS: TierFigures(reserve_minutes=30)})
    read = of_tiers([LEADERS, ("other", "leaders")], lambda each, key: each.tiers[key].reserve_minutes)
    assert (read(one), read(outcome())) == (30, None)
    assert of_queue("sales", lambda figures: figures.service_level)(one) == 0.8
    assert of_queue("support", lambda figures: figures.service_level)(one) is None


def test_tier_is_in_between_its_moves_and_to_the_end() -> None:
    """Twice in, the second time until the day is over."""
    moves = [
        TierMove(100, *LEADERS, True, ""),
        TierMove(200, *QUALITY, True, ""),
        TierMove(400, *LEADERS, False, ""),
        TierMove(900, *LEADERS, True, ""),
    ]
    assert list(stays_in(LEADERS, outcome(moves=tuple(moves)), 1000)) == [(100, 400), (900, 1000)]


def test_day_is_sliced_over_all_seeds() -> None:
    """Callers in the mean, the service level of all together, and the share of the time in which a tier was in."""
    quarter = 900.0
    first = outcome(
        tiers={LEADERS: TierFigures()},
        moves=(TierMove(450, *LEADERS, True, ""), TierMove(900, *LEADERS, False, "")),
        intervals=((0.0, QueueFigures(offered=10, answered=10, in_time=10)), (900.0, QueueFigures(offered=4))),
    )
    second = outcome(
        tiers={LEADERS: TierFigures()}, intervals=((0.0, QueueFigures(offered=30, answered=30, in_time=10)),)
    )
    one, two, three = sliced(runs(first, second), quarter, 3 * quarter)
    assert (one.offered, one.service_level, one.tiers) == (20, 0.5, {LEADERS: 0.25})
    assert (two.offered, two.service_level, two.tiers) == (2, 0.0, {LEADERS: 0.0})
    assert (three.offered, three.service_level) == (0, None)


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_safety_middle_lies_between_least_and_most(values: list[float]) -> None:
    """SAFETY: least <= median <= most, of as many as there are."""
    found = Spread.of_values(values)
    assert found is not None
    assert found.least <= found.median <= found.most
    assert found.of == len(values)
