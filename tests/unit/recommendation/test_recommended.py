"""A search over the thresholds of a policy: what it finds, what it never does, and what it says of it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from ivrctl.simulation.recommendation.judged import Judged
from ivrctl.simulation.recommendation.recommended import (
    LEAST_FOR_EACH_SEED,
    DaySets,
    Recommendation,
    Verdict,
    recommend,
)
from ivrctl.simulation.recommendation.space import Space
from ivrctl.simulation.recommendation.tries import NOBODY, Try
from ivrctl.staffing.bound import bound_of
from ivrctl.staffing.policy import Measure, Policy, Trigger

from ..simulation.policies import BREAK, POLICY, QUALITY  # noqa: TID252 - test folders are no packages to import from
from .centre_of_formulas import Centre

TWO = replace(POLICY, timing=replace(POLICY.timing, changes_per_hour=200))
"""Two tiers, one row: six numbers."""
FOUR = replace(
    TWO,
    tiers=(BREAK, *POLICY.tiers, replace(QUALITY, name="retention")),
    triggers=(
        Trigger(Measure.LONGEST_WAIT, (30.0, 60.0, 90.0, 120.0), 15.0),
        Trigger(Measure.SERVICE_LEVEL, (0.85, 0.75, 0.65, None), 0.92),
    ),
)
SEEDS = 8


def recommended(
    policy: Policy = TWO, level: float = 0.75, most: int = 300, seeds: int = SEEDS, **of: float
) -> tuple[Recommendation, Centre]:
    """What is recommended in a centre of formulas, and the centre."""
    centre = Centre(Space(policy), **of)  # type: ignore[arg-type]  # numbers, all of them
    return recommend(centre.space, level, centre.run, DaySets.of(seeds), most, default_rng(1)), centre


def test_a_cheaper_policy_that_keeps_the_promise_is_found() -> None:
    """It costs less, on the searched days and on others; and no more callers hang up."""
    found, _ = recommended(chance=0.001)
    assert found.verdict is Verdict.BETTER
    assert found.promise.is_kept(found.best.judged)
    assert found.best.judged.cost < 0.97 * found.given.judged.cost
    assert found.best.judged.lost_share <= found.given.judged.lost_share
    assert found.checked is not None
    assert found.checked.difference.cost.value < 0


def test_a_promise_that_is_broken_is_nearer_afterwards_though_it_costs_more() -> None:
    """What the promise costs is what is recommended."""
    found, _ = recommended(level=0.83, chance=0.001)
    assert found.verdict is Verdict.BETTER
    assert not found.promise.is_kept(found.given.judged)
    assert found.promise.broken_by(found.best.judged) < found.promise.broken_by(found.given.judged)
    assert found.best.judged.cost > found.given.judged.cost


def test_each_change_says_what_it_does() -> None:
    """The recommended policy, less the one in which that number is put back."""
    found, centre = recommended(chance=0.001)
    given = centre.space.numbers(centre.space.start)
    assert {change.place: change.now for change in found.changes} == dict(found.best.numbers)
    assert all(change.was == given[change.place] != change.now for change in found.changes)
    assert any(change.does is not None and not change.does.cost.is_chance for change in found.changes)


def test_what_was_good_by_chance_alone_is_not_recommended() -> None:
    """Where figures are little else than chance, some of what looks better is not so on other days."""
    verdicts = [recommended(chance=0.05, seeds=4, most=60, first_day=100 * number)[0].verdict for number in range(8)]
    assert Verdict.NOT_CONFIRMED in verdicts


def test_where_nothing_is_better_the_given_policy_stays() -> None:
    """A policy that nobody needs costs nothing, and no other costs less."""
    nobody_comes = replace(TWO, triggers=(Trigger(Measure.LONGEST_WAIT, (None, None), 10.0),))
    free, _ = recommended(nobody_comes, level=0.7, most=100)
    assert (free.verdict, free.checked, free.changes) == (Verdict.NOTHING_BETTER, None, ())
    assert free.best == free.given


def test_days_for_the_search_for_finalists_and_for_the_check_are_others() -> None:
    """Half of the searched days, in rungs; all of them; and as many that nobody has searched."""
    days = DaySets.of(16, 2)
    assert [len(rung) for rung in days.rungs.days] == [4, 8, 16]
    assert days.searched == tuple(range(32))
    assert days.others == tuple(range(32, 64))
    assert [len(rung) for rung in DaySets.of(4).rungs.days] == [1, 2]


@pytest.mark.thorough
def test_what_is_recommended_among_four_tiers_is_better_in_truth() -> None:
    """As much as chance moves a real day: what is confirmed is cheaper without chance too, and serves as well."""
    found = [recommended(FOUR, 0.8, 600, 16, first_day=1000 * number) for number in range(3)]
    better = [(each, centre) for each, centre in found if each.verdict is Verdict.BETTER]
    assert better
    for each, centre in better:
        exact = replace(centre, chance=0.0, asked=[])
        old, new = (
            Judged.of(exact.run([Try(setting, day) for day in range(50)]))
            for setting in (centre.space.start, centre.space.setting(each.best.numbers))
        )
        assert new.cost < old.cost
        assert new.lost_share < old.lost_share + 0.002


@settings(max_examples=4)
@given(
    level=st.sampled_from([0.7, 0.75, 0.84, 0.95]),
    most=st.integers(LEAST_FOR_EACH_SEED * SEEDS, 200),
    chance=st.sampled_from([0, 0.004, 0.02]),
)
def test_never_worse_than_the_given_policy_on_the_searched_days(level: float, most: int, chance: float) -> None:
    """SAFETY: on the same days it breaks the promise no more, and where it keeps it, it costs no more."""
    found, _ = recommended(level=level, most=most, chance=chance)
    assert found.promise.key(found.best.judged) <= found.promise.key(found.given.judged)
    assert len(found.best.judged.days) == len(found.given.judged.days) == SEEDS


@settings(max_examples=4)
@given(seeds=st.sampled_from([4, 5, 7]), more=st.integers(0, 60))
def test_no_more_tries_than_were_allowed(seeds: int, more: int) -> None:
    """SAFETY: a search ends, after so many runs of a day at most; and none is made twice."""
    most = LEAST_FOR_EACH_SEED * seeds + more
    found, centre = recommended(most=most, seeds=seeds)
    assert found.runs == len(centre.asked) <= most
    assert len(set(centre.asked)) == len(centre.asked)


@settings(max_examples=4)
@given(most=st.integers(70, 150))
def test_nothing_that_cannot_be_proved_is_even_tried(most: int) -> None:
    """SAFETY: every setting that is run is one that the checker lets through, with no greater bound on changes."""
    _, centre = recommended(FOUR, most=most)
    for setting in {each.setting for each in centre.asked} - {NOBODY}:
        assert centre.space.is_provable(setting)
        assert bound_of(centre.space.policy(setting)).most <= bound_of(FOUR).most


@settings(max_examples=2)
@given(most=st.integers(70, 150))
def test_the_same_arguments_have_the_same_result(most: int) -> None:
    """SAFETY: nothing is left to the moment."""
    assert recommended(most=most)[0] == recommended(most=most)[0]


@settings(max_examples=4)
@given(most=st.integers(70, 200))
def test_no_point_of_the_curve_is_dominated(most: int) -> None:
    """SAFETY: who wants to be served better pays more."""
    curve = [point.judged for point in recommended(most=most)[0].curve]
    assert all(one.cost < beyond.cost and one.level < beyond.level for one, beyond in itertools.pairwise(curve))
