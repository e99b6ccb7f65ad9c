"""Whom app_queue would ring, by strategy: told by the numbers of those who answer one call after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from numpy.random import default_rng

from ivrctl.simulation.day import Arrival, Shift, SimulatedAgent, Strategy
from ivrctl.simulation.engine import ROUNDS_EVERY, Run
from ivrctl.simulation.people import DeskCaller, DeskMember

from .days import SALES, agent, call, day

S = Strategy
ORDERLY = [strategy for strategy in Strategy if strategy is not Strategy.WRANDOM]


class Told(Run):
    """A run that keeps who answered whom."""

    answers: list[str]

    def answered(self, caller: DeskCaller, by: DeskMember, now: float) -> None:
        """One more."""
        self.answers.append(by.agent.model.number)
        super().answered(caller, by, now)


def answers(strategy: Strategy, calls: Sequence[Arrival], *agents: SimulatedAgent, seed: int = 1) -> list[str]:
    """Who answered them, in the order of their answers."""
    of = day(*calls, agents=agents, queues=(replace(SALES, strategy=strategy, retry=1.0),))
    told = Told(of, {}, default_rng(seed), ROUNDS_EVERY)
    told.answers = []
    told.outcome()
    return told.answers


def spaced(count: int, talk: float = 10.0, every: float = 20.0) -> list[Arrival]:
    """Each when the one before is over."""
    return [call(10.0 + every * number, talk) for number in range(count)]


ABC = (agent("a"), agent("b"), agent("c"))


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (S.RRMEMORY, "abcabc"),
        (S.RRORDERED, "abcabc"),
        (S.LEASTRECENT, "abcabc"),
        (S.FEWESTCALLS, "abcabc"),
        (S.LINEAR, "aaaaaa"),
    ],
)
def test_free_members_take_turns(strategy: Strategy, expected: str) -> None:
    """Three of them, one call after the other: with linear each call begins with the first."""
    assert "".join(answers(strategy, spaced(6), *ABC)) == expected


def test_leastrecent_prefers_whose_talk_ended_longest_ago() -> None:
    """The first talks for a minute; the second has ended two talks by then."""
    calls = [call(10, talk=60), call(11, talk=10), call(30, talk=10), call(100, talk=1)]
    assert answers(S.LEASTRECENT, calls, agent("a"), agent("b")) == ["a", "b", "b", "b"]


def test_fewestcalls_counts_talks() -> None:
    """The first has had one long talk, the second two short ones."""
    calls = [call(10, talk=60), call(11, talk=10), call(30, talk=10), call(100, talk=1)]
    assert answers(S.FEWESTCALLS, calls, agent("a"), agent("b")) == ["a", "b", "b", "a"]


def test_rrmemory_goes_on_behind_one_who_did_not_answer() -> None:
    """The first phone rings in vain; the same caller is answered by the second, and the next one by the third."""
    assert answers(S.RRMEMORY, spaced(3, every=60.0), agent("a", answers=0.0), *ABC[1:]) == ["b", "c", "b"]


def test_linear_goes_on_for_the_same_caller_only() -> None:
    """Every call rings the first in vain, and is answered by the second."""
    assert answers(S.LINEAR, spaced(3, every=60.0), agent("a", answers=0.0), *ABC[1:]) == ["b", "b", "b"]


def test_ringall_is_answered_by_the_quickest() -> None:
    """All of the lowest penalty ring."""
    quick = agent("b", answers_after=2.0)
    slow, other = agent("a", answers_after=4.0), agent("c", {"sales": 1})
    assert answers(S.RINGALL, spaced(2), slow, quick, other) == ["b", "b"]


@pytest.mark.parametrize("strategy", ORDERLY)
def test_higher_penalty_is_rung_only_while_nobody_with_a_lower_one_is_free(strategy: Strategy) -> None:
    """Three calls at a time, two members with the lower penalty."""
    calls = [call(10 + part, talk=10) for part in range(3)] + [call(50, talk=10)]
    found = answers(strategy, calls, agent("c", {"sales": 5}), agent("a"), agent("b"))
    assert found[2] == "c"
    assert "c" not in found[:2] + found[3:]


def test_wrandom_only_rings_a_higher_penalty_less_often() -> None:
    """Of numbers between 0 and 1 and between 0 and 2 the latter is less in a quarter of the cases."""
    found = Counter(answers(S.WRANDOM, spaced(160), agent("a"), agent("c", {"sales": 1})))
    assert 25 <= found["c"] <= 55


def test_random_rings_anybody() -> None:
    """Each of three about as often, in an order of its seed."""
    found = answers(S.RANDOM, spaced(150), *ABC)
    assert all(35 <= count <= 65 for count in Counter(found).values())
    assert found == answers(S.RANDOM, spaced(150), *ABC)
    assert found != answers(S.RANDOM, spaced(150), *ABC, seed=2)


def test_round_robin_goes_on_where_it_was_when_somebody_leaves() -> None:
    """The second leaves while he talks: the third is next, and those who come later are last."""
    leaving = agent("b", shifts=(Shift(0.0, 35.0),))
    late = agent("d", shifts=(Shift(45.0, 9999.0),))
    assert answers(S.RRMEMORY, spaced(6), agent("a"), leaving, agent("c"), late) == ["a", "b", "c", "d", "a", "c"]


def test_members_of_two_queues_wrap_up_in_both() -> None:
    """By the wrap-up time of the queue in which they talked."""
    support = replace(SALES, name="support", wrap_up=30.0)
    both = agent("a", {"sales": 0, "support": 0})
    of = day(call(10, talk=10, queue="support"), call(15, talk=10), agents=(both,), queues=(SALES, support))
    told = Told(of, {}, default_rng(1), ROUNDS_EVERY)
    told.answers = []
    assert told.outcome().queues["sales"].waited == 35.0
