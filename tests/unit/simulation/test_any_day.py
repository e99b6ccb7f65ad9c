from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from ivrctl.simulation import desk
from ivrctl.simulation.day import Day
from ivrctl.simulation.engine import simulate
from ivrctl.simulation.outcome import Outcome, QueueFigures
from ivrctl.staffing.policy import Policy

from .any_day import LASTS, days, days_with_policies
from .watched import WatchedRun, picked


def watched(of: tuple[Day, dict[str, Policy]]) -> Outcome:
    """The outcome of a run in which everything held at each moment."""
    run = WatchedRun(*of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.strategies, "pick", picked)
        outcome = run.outcome()
    assert run.ends == Counter(range(1, len(of[0].arrivals) + 1))
    return outcome


def balances(figures: QueueFigures) -> bool:
    ends = figures.answered + figures.abandoned + figures.timed_out + figures.refused + figures.left_empty
    return (
        figures.offered == ends and figures.in_time <= figures.answered and figures.short_abandons <= figures.abandoned
    )


@pytest.mark.thorough
@given(days_with_policies())
def test_all_that_must_hold_does_at_each_moment_of_any_day(of: tuple[Day, dict[str, Policy]]) -> None:
    """SAFETY and LIVENESS: what is looked at behind each event, and the books of the whole day.

    Nobody is in two talks, or rung twice; whoever is free is on his benches, and nobody else; nobody waits while he
    may be rung, but for retry and looks; nobody is rung while somebody with a lower penalty may be; who is called in is
    wanted, or waits to go; policies see what a plain picture shows; everybody who joins leaves once.
    """
    outcome = watched(of)
    assert outcome.total.offered == len(of[0].arrivals)
    assert all(map(balances, (outcome.total, *outcome.queues.values(), *(one for _, one in outcome.intervals))))
    assert sum(one.offered for one in outcome.queues.values()) == outcome.total.offered
    assert sum(one.answered for _, one in outcome.intervals) == outcome.total.answered
    assert outcome.simulated >= timedelta(seconds=LASTS)


@pytest.mark.thorough
@given(days_with_policies())
def test_changes_never_exceed_the_ceiling(of: tuple[Day, dict[str, Policy]]) -> None:
    """SAFETY: in any hour, and such a day is shorter. Who signs off himself is no change of the machine's."""
    outcome = simulate(*of, default_rng(3))
    for name, policy in of[1].items():
        made = [
            change.at
            for change in outcome.changes
            if change.policy == name and change.queue and change.why != "he has signed off"
        ]
        within = max((sum(at <= other < at + 3600 for other in made) for at in made), default=0)
        assert within <= policy.timing.changes_per_hour


@pytest.mark.thorough
@given(days_with_policies())
def test_who_came_has_gone_or_is_in(of: tuple[Day, dict[str, Policy]]) -> None:
    """SAFETY: comings and goings of one person in one queue alternate, and so do those of a tier."""
    outcome = simulate(*of, default_rng(3))
    is_in: dict[tuple[str, ...], bool] = {}
    for change in outcome.changes:
        seat = change.policy, change.number, change.queue
        assert change.is_in is not is_in.get(seat, False)
        is_in[seat] = change.is_in
    for move in outcome.moves:
        assert move.is_in is not is_in.get((move.policy, move.tier), False)
        is_in[move.policy, move.tier] = move.is_in


@pytest.mark.thorough
@given(days_with_policies(), st.integers(0, 3))
def test_same_arguments_have_the_same_outcome(of: tuple[Day, dict[str, Policy]], seed: int) -> None:
    """SAFETY: all that is known of a run, to the last digit."""
    assert repr(simulate(*of, default_rng(seed))) == repr(simulate(*of, default_rng(seed)))


@settings(max_examples=5)
@given(days())
def test_books_of_any_day_balance(of: Day) -> None:
    """SAFETY: everybody who calls has one end, without any policy too."""
    outcome = watched((of, {}))
    assert all(map(balances, (outcome.total, *outcome.queues.values())))
    assert outcome.total.offered == len(of.arrivals)
