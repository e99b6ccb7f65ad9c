"""The middle of days, what level they have, and how far they are from what was expected."""

from __future__ import annotations

from math import isnan, nan
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.forecast.season import bounded, middle, ratio
from ivrctl.forecast.spread import Spread

known = st.lists(st.integers(0, 500), min_size=1, max_size=12)


def _middle(values: list[float], needed: int = 1) -> float:
    return float(middle(np.array(values, float)[:, None], needed)[0])


@pytest.mark.parametrize(
    ("values", "expected"),
    [([7], 7), ([2, 4], 3), ([1, 2, 90], 2), ([0, 2, 4, 90], 3), ([9, 1, 2, 3, 4, 5, 0, 90], 3.5), ([1, nan, 3], 2)],
)
def test_middle_is_the_mean_of_the_middle_half(values: list[float], expected: float) -> None:
    """Of three it is the median, of eight the mean of four; what is not known is not in it."""
    assert _middle(values) == expected


@given(known, st.randoms(use_true_random=False))
def test_middle_lies_among_them_in_any_order(values: list[int], chance: Random) -> None:
    """SAFETY: no order of days changes it, and it is none that no day had."""
    found = _middle([float(value) for value in values])
    assert min(values) <= found <= max(values)
    chance.shuffle(values)
    assert _middle([float(value) for value in values]) == pytest.approx(found)


@given(st.lists(st.integers(10, 20), min_size=6, max_size=6), st.lists(st.integers(0, 10**6), min_size=2, max_size=2))
def test_two_odd_days_of_eight_move_it_no_further_than_the_others(values: list[int], odd: list[int]) -> None:
    """SAFETY: whatever two days had, it lies within what the six others had."""
    assert min(values) <= _middle([float(value) for value in (*values, *odd)]) <= max(values)


@given(st.integers(0, 5), st.integers(1, 5))
def test_too_few_known_have_no_middle(count: int, needed: int) -> None:
    """SAFETY: a number is made up from no fewer than are needed."""
    assert isnan(_middle([1.0] * count + [nan] * (6 - count), needed)) == (count < needed)


def test_ratio_is_over_what_both_know() -> None:
    """An interval that one of them does not know is in neither sum; nothing over nothing is none."""
    assert ratio(np.array([4, nan, 9]), np.array([2, 5, nan])) == 2
    assert ratio(np.array([0, 0]), np.array([1, 1])) is None
    assert ratio(np.array([nan]), np.array([1.0])) is None


@given(st.floats(0.001, 0.2), st.floats(1, 50), st.integers(0, 10**5), st.integers(0, 10**5), st.floats(0, 10**5))
def test_level_is_monotone_bounded_and_drawn_to_one(
    between: float, within: float, came: int, more: int, due: float
) -> None:
    """SAFETY: more calls so far never lower it; it lies between 1 and what came over what was due, or at the bound."""
    spread = Spread(between, within)
    level = spread.level(came, due)
    assert 1 / 3 <= level <= spread.level(came + more, due) + 1e-12 <= 3 + 1e-9
    if due > 0:
        low, high = sorted((1.0, came / due))
        assert bounded(low) - 1e-9 <= level <= bounded(high) + 1e-9


def test_nothing_due_says_nothing() -> None:
    """At midnight, and of a desk that has not opened, the level is one."""
    assert Spread(0.01, 1).level(0, 0) == 1


def test_more_seen_leaves_less_unknown() -> None:
    """In the evening the band of an hour is narrower than in the morning, and never narrower than chance."""
    spread, calls = Spread(0.01, 1), np.array([100.0])
    morning, evening = spread.sigma(calls, 0)[0], spread.sigma(calls, 5000)[0]
    assert 10 < evening < morning == pytest.approx((100 + 0.01 * 100**2) ** 0.5)


@settings(max_examples=5)
@given(st.floats(0.05, 0.3), st.floats(1, 8), st.integers(0, 10**6))
def test_spread_of_drawn_days_is_found_again(level: float, within: float, seed: int) -> None:
    """LIVENESS: of days drawn with known variances, both are found to within chance."""
    chance, due = np.random.default_rng(seed), np.full((400, 40), 200.0)
    means = due * chance.gamma(level**-2, level**2, (400, 1))
    came = chance.normal(means, np.sqrt(within * means))
    found = Spread.of(came, due)
    assert found.within == pytest.approx(within, rel=0.15)
    assert found.between**0.5 == pytest.approx(level, rel=0.25)


def test_too_few_days_have_the_usual_spread() -> None:
    """One day, or days without calls, say nothing of how far days are apart."""
    assert Spread.of(np.empty((0, 0)), np.empty((0, 0))) == Spread()
    assert Spread.of(np.ones((1, 4)), np.ones((1, 4))) == Spread()
    assert Spread.of(np.zeros((9, 4)), np.ones((9, 4))) == Spread()
