from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from ivrctl.simulation.day import Day
from ivrctl.simulation.engine import Run
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Policy

from .any_day import days_with_policies

EVERY = st.sampled_from([2.5, 5.0, 7.5, 400.0]).map(lambda count: timedelta(seconds=count))


def outcome(of: tuple[Day, dict[str, Policy]], every: timedelta, *, skips: bool) -> Outcome:
    return Run(*of, default_rng(7), every, skips=skips).outcome()


@given(days_with_policies(), EVERY)
def test_rounds_that_are_not_reckoned_would_have_changed_nothing(
    of: tuple[Day, dict[str, Policy]], every: timedelta
) -> None:
    """SAFETY: a run in which every round is reckoned has the same outcome."""
    quick, whole = outcome(of, every, skips=True), outcome(of, every, skips=False)
    assert replace(quick, rounds=0) == replace(whole, rounds=0)
    assert quick.rounds <= whole.rounds


@pytest.mark.thorough
@settings(max_examples=1000)
@given(days_with_policies(), EVERY)
def test_a_thousand_days_have_the_same_outcome_with_every_round(
    of: tuple[Day, dict[str, Policy]], every: timedelta
) -> None:
    """SAFETY: the same, at length."""
    assert replace(outcome(of, every, skips=True), rounds=0) == replace(outcome(of, every, skips=False), rounds=0)
