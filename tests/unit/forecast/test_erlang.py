"""Erlang B, C and A against published tables, against the chain of states itself, and their properties."""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta
from math import exp, inf, isfinite, lgamma, log

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivrctl.forecast.erlang import Load, Served, Target, erlang_b, erlang_c, people_required, served

MINUTE = timedelta(minutes=1)

loads = st.builds(Load, st.floats(1e-4, 20), st.floats(10, 600))
few_agents = st.integers(1, 200)
patiences = st.floats(5, 5000)
NOISE = 1e-6
"""Of the quadrature, where a thousand calls come for one agent."""


@pytest.mark.parametrize(
    ("lost", "lines"),
    [
        (0.01, {5: 1.36, 10: 4.46, 20: 12.03, 50: 37.90, 100: 84.06}),
        (0.02, {5: 1.66, 10: 5.08, 20: 13.18, 50: 40.26, 100: 87.97}),
    ],
)
def test_b_is_that_of_the_traffic_tables(lost: float, lines: dict[int, float]) -> None:
    """Offered traffic for 1 and 2 % blocking, as in every Erlang B table (R. F. Rey, AT&T, 1983, among others)."""
    for agents, erlangs in lines.items():
        assert erlang_b(erlangs, agents) == pytest.approx(lost, rel=0.01)


def test_c_is_that_of_a_published_example() -> None:
    """100 calls of 180 s in half an hour and 14 agents: the example of the R package ErlangC, and of pyworkforce."""
    found = served(Load.of(100, timedelta(minutes=30), 180), 14)
    assert found.waits == pytest.approx(0.1741319, abs=1e-7)
    assert found.in_time == pytest.approx(0.8883500191794669, abs=1e-12)
    assert found.asa == pytest.approx(7.83593701177724, abs=1e-10)
    assert found.occupancy == pytest.approx(0.7142857, abs=1e-7)
    assert people_required(Load.of(100, timedelta(minutes=30), 180), Target()) == 14


def test_c_of_one_agent_is_the_single_server_queue() -> None:
    """With one agent, who waits is the load, and waits load / (1 - load) handling times."""
    found = served(Load(0.75 / 60, 60), 1)
    assert (found.waits, found.asa) == pytest.approx((0.75, 180))


def test_a_is_that_of_the_published_comparison() -> None:
    """Table 1 of Garnett, Mandelbaum and Reiman: 48 calls a minute of 1 minute, 50 agents, 2 minutes of patience.

    *Designing a call center with impatient customers*, M&SOM 4 (2002): C waits 20.8 s at 96 %; A loses 3.1 %, waits
    3.7 s at 93 %.
    """
    load = Load.of(48, MINUTE, 60)
    endless, impatient = served(load, 50), served(load, 50, patience=120)
    assert (round(endless.wait, 1), round(endless.occupancy, 2)) == (20.8, 0.96)
    figures = round(impatient.abandoned, 3), round(impatient.wait, 1), round(impatient.occupancy, 2)
    assert figures == (0.031, 3.7, 0.93)


def test_ninth_in_ten_wait_no_longer_than_published() -> None:
    """The same table: nine of ten wait up to 58.1 s in C, and up to 12.5 s in A, whether answered or not."""
    load = Load.of(48, MINUTE, 60)
    assert served(load, 50, answer_in=timedelta(seconds=58.1)).in_time == pytest.approx(0.9, abs=1e-3)
    assert _waiting(_queue(load, 50, 120), load, 50, 120, 12.5) == pytest.approx(0.1, abs=1e-3)


@settings(max_examples=15)
@given(st.floats(0.01, 2), st.floats(10, 600), few_agents, patiences)
def test_a_is_the_chain_of_its_states(busy: float, handling: float, agents: int, patience: float) -> None:
    """SAFETY: the figures of A follow from the birth-and-death chain, reckoned state by state."""
    load = Load(busy * agents / handling, handling)
    found, queue = served(load, agents, patience), _queue(load, agents, patience)
    lost = sum(waiting * state for waiting, state in enumerate(queue)) / patience / load.rate
    assert found.waits == pytest.approx(sum(queue), rel=1e-8, abs=1e-12)
    assert found.abandoned == pytest.approx(lost, rel=1e-7, abs=1e-12)


@given(st.floats(0, 500), st.integers(1, 600))
def test_c_is_a_share(erlangs: float, agents: int) -> None:
    """SAFETY: between 0 and 1, and never below B: who would have been lost waits."""
    assert 0 <= erlang_b(erlangs, agents) <= erlang_c(erlangs, agents) <= 1


@given(st.floats(0, 500), st.floats(0, 500), st.integers(1, 600))
def test_c_grows_with_the_load(less: float, more: float, agents: int) -> None:
    """LIVENESS: with more load no fewer wait, and with one agent more no more."""
    less, more = sorted((less, more))
    assert erlang_c(less, agents) <= erlang_c(more, agents) + 1e-12
    assert erlang_c(less, agents + 1) <= erlang_c(less, agents) + 1e-12


@example(Load(8.0, 151.0), 1, 5.0)
@example(Load(6.0, 137.0), 1, 5.0)
@given(loads, few_agents, st.one_of(patiences, st.just(inf)))
def test_figures_are_possible(load: Load, agents: int, patience: float) -> None:
    """SAFETY: shares lie between 0 and 1, waits are not negative, and in time are none who hung up."""
    found = served(load, agents, patience)
    for share in (found.waits, found.in_time, found.abandoned, found.occupancy):
        assert 0 <= share <= 1
    assert found.in_time + found.abandoned <= 1 + 1e-9
    assert found.asa >= 0
    assert found.wait == pytest.approx(found.abandoned * patience if isfinite(patience) else found.asa)


@given(loads, few_agents, patiences)
def test_one_more_agent_serves_no_worse(load: Load, agents: int, patience: float) -> None:
    """LIVENESS: with one more, more are in time, fewer hang up and agents are less busy."""
    before, after = served(load, agents, patience), served(load, agents + 1, patience)
    assert after.in_time >= before.in_time - NOISE
    assert after.abandoned <= before.abandoned + NOISE
    # An agent is as busy as those who are answered make him: what their share is wrong by counts once for each Erlang.
    assert after.occupancy <= before.occupancy + NOISE * max(1.0, load.erlangs)


@given(st.floats(0.01, 0.98), st.floats(10, 600), few_agents)
def test_a_tends_to_c_with_patience(busy: float, handling: float, agents: int) -> None:
    """LIVENESS: where agents suffice, the figures of very patient callers are those of endlessly patient ones."""
    load = Load(busy * agents / handling, handling)
    assert astuple(served(load, agents, 1e11)) == pytest.approx(astuple(served(load, agents)), rel=1e-4, abs=1e-6)


def test_c_of_more_load_than_agents_never_answers_in_time() -> None:
    """The queue grows without end, so that in the long run nobody is in time."""
    assert served(Load(1, 60), 60) == Served(1.0, 0.0, 0.0, inf, inf, 1.0)


def test_a_of_more_load_than_agents_loses_the_rest() -> None:
    """Twice the load: half of the callers hang up, and agents are never free."""
    found = served(Load(10_000 / 300, 300), 5000, 180)
    assert (found.waits, found.abandoned, found.occupancy) == pytest.approx((1, 0.5, 1))


def test_nobody_there_answers_nobody() -> None:
    """Without agents all hang up, after their patience."""
    assert served(Load(1, 60), 0, 90) == Served(1.0, 0.0, 1.0, inf, 90, 0.0)


def test_no_calls_wait_nowhere() -> None:
    """Without calls one agent is idle, and nobody is needed."""
    assert served(Load(0, 60), 1) == Served(0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    assert people_required(Load(0, 60), Target()) == 0


@given(loads, st.floats(0.05, 0.99), st.floats(0.3, 1), st.one_of(patiences, st.just(inf)))
def test_people_required_are_the_fewest(load: Load, share: float, occupancy: float, patience: float) -> None:
    """SAFETY: with them the target is kept, and with one fewer it is not."""
    target = Target(share, timedelta(seconds=20), occupancy=occupancy)
    people = people_required(load, target, patience)
    enough, few = served(load, people, patience), served(load, people - 1, patience)
    assert enough.in_time >= share
    assert enough.occupancy <= occupancy
    assert enough.abandoned <= target.abandoned
    assert few.in_time < share or few.occupancy > occupancy or few.abandoned > target.abandoned


def test_thousands_of_agents_are_reckoned_as_few_are() -> None:
    """8,000 erlangs: three standard deviations more agents than load serve nearly all; no figure overflows."""
    load = Load(8000 / 240, 240)
    assert erlang_c(8000, 8268) < 0.003 < erlang_c(8000, 8200)
    assert 8000 < people_required(load, Target()) < 8200
    assert 7500 < people_required(load, Target(), patience=60) < 8000


def test_target_may_be_kept_by_callers_who_hang_up() -> None:
    """In a large centre a fifth may hang up, and 80 % are in time; so a target says how many may."""
    load = Load(8000 / 240, 240)
    lax, strict = people_required(load, Target(abandoned=1), patience=60), people_required(load, Target(), patience=60)
    assert served(load, lax, 60).abandoned == pytest.approx(0.2, abs=1e-3)
    assert served(load, strict, 60).abandoned == pytest.approx(0.05, abs=1e-3)


@pytest.mark.parametrize(("agents", "patience"), [(-1, inf), (1, 0.0), (1, -1.0)])
def test_queue_that_cannot_be_is_refused(agents: int, patience: float) -> None:
    """Fewer than nobody, and no patience at all, are mistakes of a caller."""
    with pytest.raises(ValueError, match="no queue"):
        served(Load(1, 60), agents, patience)


@pytest.mark.parametrize(("rate", "handling"), [(-1, 60), (1, 0), (1, -5), (inf, 60), (1, inf)])
def test_load_that_cannot_be_is_refused(rate: float, handling: float) -> None:
    """Negative or endless calls, and calls that take no time."""
    with pytest.raises(ValueError, match="no load"):
        Load(rate, handling)


@pytest.mark.parametrize(("share", "occupancy"), [(0, 1), (1, 1), (0.8, 0), (0.8, 1.1)])
def test_target_that_cannot_be_is_refused(share: float, occupancy: float) -> None:
    """All of them in time is kept by no number of people."""
    with pytest.raises(ValueError, match="share"):
        Target(share, occupancy=occupancy)


def _queue(load: Load, agents: int, patience: float) -> list[float]:
    """The shares of the time in which all are busy and 0, 1, 2 … wait, from the states of M/M/n+M one by one."""
    logs = [k * log(load.erlangs) - lgamma(k + 1) for k in range(agents + 1)]
    top = max(logs)
    while len(logs) < agents + 2 or logs[-1] > top - 50:
        top = max(top, logs[-1])
        logs.append(logs[-1] + log(load.rate / (agents / load.handling + (len(logs) - agents) / patience)))
    states = [exp(one - top) for one in logs]
    whole = sum(states)
    return [state / whole for state in states[agents:]]


def _waiting(queue: list[float], load: Load, agents: int, patience: float, after: float) -> float:
    """The share of callers who wait still after a time: those before one go in small steps, while he is patient."""
    steps = 1000
    before, step = queue[:60], after / steps
    for _ in range(steps):
        gone = [state * step * (agents / load.handling + k / patience) for k, state in enumerate(before)]
        before = [state - out + more for state, out, more in zip(before, gone, [*gone[1:], 0.0], strict=True)]
    return sum(before) * exp(-after / patience)
