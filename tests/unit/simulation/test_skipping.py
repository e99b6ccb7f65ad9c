from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from ivrctl.simulation.day import Day
from ivrctl.simulation.engine import ROUNDS_EVERY, Run
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Policy

from .any_day import days_with_policies
from .days import agent, call, day
from .policies import POLICY, STAFF

EVERY = st.sampled_from([2.5, 5.0, 7.5, 400.0]).map(lambda count: timedelta(seconds=count))


def outcome(of: tuple[Day, dict[str, Policy]], every: timedelta, *, skips: bool) -> Outcome:
    return Run(*of, default_rng(7), every, skips=skips).outcome()


@pytest.mark.thorough
@given(days_with_policies(), EVERY)
def test_rounds_that_are_not_reckoned_would_have_changed_nothing(
    of: tuple[Day, dict[str, Policy]], every: timedelta
) -> None:
    """SAFETY: a run in which every round is reckoned has the same outcome."""
    quick, whole = outcome(of, every, skips=True), outcome(of, every, skips=False)
    assert replace(quick, rounds=0) == replace(whole, rounds=0)
    assert quick.rounds <= whole.rounds


def test_a_rush_has_the_same_outcome_with_every_round() -> None:
    """A handful of rounds are reckoned of hundreds."""
    rush = tuple(call(100.0 + 5 * number, talk=200.0) for number in range(40))
    of = day(*rush, agents=(agent("1"), *STAFF)), {"desk": POLICY}
    quick, whole = (outcome(of, ROUNDS_EVERY, skips=skips) for skips in (True, False))
    assert replace(quick, rounds=0) == replace(whole, rounds=0)
    assert quick.rounds < 20
    assert whole.rounds > 500
