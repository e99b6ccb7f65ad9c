"""Days that are drawn from a description."""

from __future__ import annotations

from datetime import timedelta
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.simulation.day import Day, Strategy
from ivrctl.simulation.days.synthetic import synthetic_day

from .day_examples import day_file, site

HOUR = 3600.0


def drawn(keys: str, seed: int = 1) -> Day:
    """The day of some keys."""
    return synthetic_day("busy", day_file(keys), site(), np.random.default_rng(seed))


def test_calls_come_at_the_rate_of_their_stretch() -> None:
    """Three times as many an hour are three times as many, and nobody calls outside the stretches."""
    day = drawn('queues:\n  sales: {calls: {per_hour: {"09:00-11:00": 300, "13:00-14:00": 900}}}\n')
    moments = np.array([each.at for each in day.arrivals])
    early = np.count_nonzero((moments >= 9 * HOUR) & (moments < 11 * HOUR))
    late = np.count_nonzero((moments >= 13 * HOUR) & (moments < 14 * HOUR))
    assert early + late == len(moments)
    assert abs(early - 600) < 4 * sqrt(600)
    assert abs(late - 900) < 4 * sqrt(900)


def test_half_hours_and_totals_say_the_same_as_hours() -> None:
    """Twenty in half an hour are forty in an hour; a total is divided by its shape."""
    hours = drawn('queues:\n  sales: {calls: {per_hour: {"09:00-12:00": 40}}}\n')
    halves = drawn('queues:\n  sales: {calls: {per_half_hour: {"09:00-12:00": 20}}}\n')
    total = drawn('queues:\n  sales: {calls: {total: 120, shape: {"09:00-12:00": 7}}}\n')
    assert hours.arrivals == halves.arrivals == total.arrivals


def test_total_without_a_shape_comes_evenly_in_the_hours_of_the_day() -> None:
    """Three hundred in twelve hours are twenty-five in each."""
    moments = np.array([each.at for each in drawn("").arrivals])
    assert moments.min() >= 8 * HOUR
    assert moments.max() < 20 * HOUR
    assert abs(np.count_nonzero(moments < 14 * HOUR) - 150) < 4 * sqrt(150)


def test_talks_have_the_mean_and_the_spread_that_are_written() -> None:
    """A lognormal talk of 200 s, spread 100 s; an exponential one has its mean for its spread."""
    calls = "calls: {total: 20000}"
    lognormal = drawn(f"queues:\n  sales: {{{calls}, talk: {{mean: 200s, spread: 100s}}}}\n")
    exponential = drawn(f"queues:\n  sales: {{{calls}, talk: {{mean: 200s}}}}\n")
    for day, spread in ((lognormal, 100), (exponential, 200)):
        talks = np.array([each.talk for each in day.arrivals])
        assert talks.mean() == pytest.approx(200, rel=0.03)
        assert talks.std() == pytest.approx(spread, rel=0.06)


def test_patience_is_exponential_or_without_end() -> None:
    """Half of them hang up before 0.69 of the mean; those who never do wait for ever."""
    day = drawn("queues:\n  sales: {calls: {total: 20000}, patience: 100s}\n")
    assert np.median([each.patience for each in day.arrivals]) == pytest.approx(69.3, rel=0.05)
    never = drawn("queues:\n  sales: {calls: {total: 20}, patience: never}\n")
    assert {each.patience for each in never.arrivals} == {inf}


def test_customers_of_a_tier_have_its_share_priority_and_promise() -> None:
    """A tenth is of the tier that stands before others; the rest are of none."""
    day = drawn("queues:\n  sales: {calls: {total: 20000}, tiers: {vip: 10%, ordinary: 60%}}\n")
    share = sum(each.tier == "vip" for each in day.arrivals) / len(day.arrivals)
    assert share == pytest.approx(0.1, abs=0.01)
    assert {(each.tier, each.priority) for each in day.arrivals} == {("vip", 10), ("ordinary", 0), ("", 0)}
    assert day.promises == {"vip": timedelta(seconds=15), "ordinary": timedelta(seconds=60)}


def test_queue_is_as_it_is_set() -> None:
    """What is written stands in the queue, and what is not has app_queue's defaults."""
    keys = "strategy: rrmemory, ring_for: 20s, retry: 1s, wrap_up: 10s, limit: 50, weight: 2, longest_wait: 5m"
    (queue,) = drawn(f"queues:\n  sales: {{calls: {{total: 300}}, {keys}}}\n").queues
    assert (queue.strategy, queue.ring_for, queue.retry) == (Strategy.RRMEMORY, 20, 1)
    assert (queue.wrap_up, queue.limit, queue.weight, queue.longest_wait) == (10, 50, 2, 300)
    (plain,) = drawn("").queues
    assert (plain.strategy, plain.ring_for, plain.retry, plain.limit) == (Strategy.RINGALL, 15, 5, 0)
    assert (plain.longest_wait, plain.join_empty, plain.leave_when_empty) == (inf, True, False)


def test_agents_of_the_site_serve_their_queues_and_are_available_by_their_groups() -> None:
    """Who works has his penalty; who is in a group is on call; who is both is one person."""
    day = drawn("")
    people = {agent.number: agent for agent in day.agents}
    assert people["8101"].penalties == {"sales": 0}
    assert [(shift.began, shift.ended) for shift in people["8101"].shifts] == [(8 * HOUR, 20 * HOUR)]
    assert people["8101"].on_call
    assert people["8103"].penalties == {}
    assert people["8103"].shifts == ()
    assert [(shift.began, shift.ended) for shift in people["8103"].on_call] == [(8 * HOUR, 20 * HOUR)]
    assert people["8103"].interface == "PJSIP/8103"
    assert len(people) == len(day.agents)


def test_breaks_come_one_after_the_other() -> None:
    """The first has his at the beginning, the last ends with the time, and nobody has two at once."""
    day = drawn(
        "staff:\n  - {count: 3, queues: {sales: 0}, hours: '08:00-12:00, 12:00-16:00', breaks: "
        "[{lasts: 30m, between: '12:00-14:00', reason: lunch}, {lasts: 10m, between: '09:00-10:00'}]}\nbackup: []\n"
    )
    pauses = [[(each.began / 60, each.ended / 60) for each in agent.shifts[0].pauses] for agent in day.agents]
    assert pauses == [[(540, 550), (720, 750)], [(565, 575), (765, 795)], [(590, 600), (810, 840)]]
    assert [each.reason for each in day.agents[0].shifts[0].pauses] == ["", "lunch"]
    assert len(day.agents[0].shifts) == 1


def test_behaviour_of_people_is_as_written() -> None:
    """How many calls they answer, how soon, and whether they come when they are asked."""
    day = drawn(
        "staff:\n  - {agents: ['8101'], answers: 80%, answers_after: 5s, comes_when_asked: 50%, comes_after: 90s}\n"
        "backup:\n  - {group: leaders, hours: '10:00-12:00', answers: 70%, answers_after: 8s}\n"
    )
    agent, leader, _ = day.agents
    assert (agent.answers, agent.answers_after, agent.comes_when_asked, agent.comes_after) == (0.8, 5, 0.5, 90)
    assert (leader.answers, leader.answers_after) == (0.7, 8)
    assert [(shift.began, shift.ended) for shift in leader.on_call] == [(10 * HOUR, 12 * HOUR)]


def test_what_is_not_written_is_told_as_assumed() -> None:
    """Whoever reads a result knows what it rests on."""
    assert len(drawn("").assumed) == 3
    whole = "queues:\n  sales: {calls: {total: 9}, talk: {mean: 1m}, patience: 1m}\nbackup: []\n"
    assert drawn(whole).assumed == ()


@given(seed=st.integers(0, 2**32), total=st.integers(1, 400))
def test_safety_day_follows_from_file_and_seed(seed: int, total: int) -> None:
    """SAFETY: the same seed gives the same day; its callers stand in their order, inside the day and its hours."""
    keys = f"queues:\n  sales: {{calls: {{total: {total}}}, tiers: {{vip: 50%, ordinary: 50%}}}}\n"
    day = drawn(keys, seed)
    assert day == drawn(keys, seed)
    moments = [each.at for each in day.arrivals]
    assert moments == sorted(moments)
    assert all(8 * HOUR <= at < 20 * HOUR for at in moments)
    assert all(each.tier for each in day.arrivals)
