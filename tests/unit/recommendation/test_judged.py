"""What a policy costs and what it keeps, over several days."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.simulation.recommendation.judged import DayFigures, Judged, Promise, day_figures, difference

from ..simulation.days import agent, call, day, run  # noqa: TID252 - test folders are no packages to import from
from ..simulation.policies import POLICY, STAFF  # noqa: TID252 - test folders are no packages to import from

PROMISE = Promise(0.8, 0.05)


def figures(level: float, lost: int = 0, *reserve: float) -> DayFigures:
    """A day of a hundred callers."""
    return DayFigures(level, 100, lost, reserve)


def test_minutes_of_later_tiers_are_dearer() -> None:
    """Each tier's minutes count as often as its place in the order says."""
    assert figures(0.8, 0, 10.0, 20.0, 30.0).cost == 10 + 40 + 90
    assert figures(0.8, 0, 10.0, 20.0, 30.0).minutes == 60
    assert figures(0.8).cost == 0


def test_the_worst_quarter_of_days_counts_beside_the_one_in_the_middle() -> None:
    """Two bad days of eight are a quarter."""
    judged = Judged.of([figures(level) for level in (0.9, 0.7, 0.9, 0.8, 0.9, 0.9, 0.9, 0.9)])
    assert (judged.level, judged.worst) == (0.9, pytest.approx(0.75))
    assert not PROMISE.is_kept(judged)
    assert PROMISE.is_kept(Judged.of([figures(0.8)] * 4))


def test_callers_who_hang_up_are_counted_over_all_days() -> None:
    """A day with more callers counts more."""
    judged = Judged.of([DayFigures(0.9, 300, 3), DayFigures(0.9, 100, 9)])
    assert judged.lost_share == 12 / 400


def test_of_two_that_break_the_promise_the_one_that_breaks_it_less_is_better() -> None:
    """And of two that keep it, the cheaper one; who keeps it is better than who does not, whatever it costs."""
    near, far = Judged.of([figures(0.79, 0, 900.0)]), Judged.of([figures(0.7, 0, 1.0)])
    cheap, dear = Judged.of([figures(0.81, 0, 50.0)]), Judged.of([figures(0.99, 0, 70.0)])
    assert sorted([far, near, dear, cheap], key=PROMISE.key) == [cheap, dear, near, far]


def test_more_callers_who_hang_up_break_the_promise_too() -> None:
    """However well the others are served."""
    assert PROMISE.key(Judged.of([figures(0.99, 6)])) == (10, 0.0)
    assert PROMISE.is_kept(Judged.of([figures(0.99, 5)]))


def test_a_difference_is_taken_day_by_day() -> None:
    """Of days that differ by the same, it is sure, however much the days themselves differ."""
    old = [figures(0.6, 10, 5.0), figures(0.9, 2, 50.0)]
    new = [figures(0.7, 9, 4.0), figures(1.0, 1, 49.0)]
    found = difference(old, new)
    assert found.level.value == pytest.approx(0.1)
    assert found.level.error == pytest.approx(0, abs=1e-9)
    assert (found.cost.value, found.minutes.value, found.cost.is_chance) == (-1, -1, False)
    assert found.lost_share.value == pytest.approx(-0.01)


def test_what_counts_of_a_run_is_read_from_its_outcome() -> None:
    """The tiers of the policy alone, and all queues together."""
    outcome = run(
        day(*(call(20.0 * number, talk=300.0) for number in range(30)), agents=(agent("61"), *STAFF)), {"desk": POLICY}
    )
    found = day_figures(outcome, "desk")
    assert found.level == outcome.total.service_level
    assert found.lost == outcome.total.abandoned - outcome.total.short_abandons
    assert found.reserve == tuple(tier.reserve_minutes for tier in outcome.tiers.values())
    assert found.minutes > 0
    assert found.interruptions == 3
    assert day_figures(outcome, "another").reserve == ()


def test_a_day_without_callers_breaks_no_promise() -> None:
    """Nobody waited."""
    found = day_figures(run(day()), "desk")
    assert (found.level, found.lost_share, found.cost) == (1.0, 0.0, 0)


days_of = st.lists(
    st.builds(DayFigures, st.floats(0, 1), st.just(100), st.integers(0, 100), st.tuples(st.floats(0, 1000))), min_size=1
)


@given(days_of)
def test_a_promise_of_what_there_is_is_kept(days: list[DayFigures]) -> None:
    """SAFETY: a policy keeps the promise that its own figures make."""
    judged = Judged.of(days)
    assert Promise(min(judged.level, judged.worst), judged.lost_share).is_kept(judged)
    assert judged.worst <= judged.level + 1e-12
