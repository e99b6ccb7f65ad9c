from __future__ import annotations

from dataclasses import replace

import pytest

from ivrctl.errors import ConfigurationError
from ivrctl.simulation.day import Pause, Shift

from .days import SALES, agent, call, day, pausing, run
from .policies import POLICY


def test_caller_whom_somebody_free_answers_does_not_wait() -> None:
    """He is rung for when he joins, and his talk lasts as long as it was to."""
    total = run(day(call(10, talk=30), agents=(agent("1"),))).total
    assert (total.answered, total.waited, total.talked) == (1, 0.0, 30.0)


def test_second_caller_waits_for_the_end_of_the_first_talk() -> None:
    """There is one agent."""
    total = run(day(call(10, talk=30), call(20), agents=(agent("1"),))).total
    assert (total.answered, total.waited) == (2, 20.0)


def test_caller_waits_through_wrap_up_too() -> None:
    """The agent is left alone after his talk."""
    total = run(day(call(10, talk=30), call(20), agents=(agent("1"),), queues=(replace(SALES, wrap_up=15.0),))).total
    assert total.waited == 35.0


def test_waiting_caller_looks_each_second_whether_it_is_his_turn() -> None:
    """He joined at 20.25, and the agent is free at 40: he looks at 40.25."""
    looking = replace(SALES, looks_every=1.0)
    total = run(day(call(10, talk=30), call(20.25), agents=(agent("1"),), queues=(looking,))).total
    assert total.waited == 20.0


def test_caller_hangs_up_when_his_patience_ends() -> None:
    """Under the threshold it is a short abandon."""
    total = run(day(call(10, talk=30), call(20, patience=4), call(21, patience=6), agents=(agent("1"),))).total
    assert (total.answered, total.abandoned, total.short_abandons) == (1, 2, 1)


def test_caller_is_taken_out_when_the_flow_has_waited_long_enough() -> None:
    """He has timed out; who has less patience hangs up before."""
    queue = replace(SALES, longest_wait=10.0)
    total = run(day(call(10, 60), call(20), call(20, patience=9), agents=(agent("1"),), queues=(queue,))).total
    assert (total.answered, total.timed_out, total.abandoned) == (1, 1, 1)


def test_phone_that_nobody_answers_rings_out_and_is_rung_again_after_retry() -> None:
    """15 seconds of ringing, 5 of rest, and so on until he hangs up."""
    deaf = agent("1", answers=0.0)
    total = run(day(call(0, patience=90), agents=(deaf,))).total
    assert (total.answered, total.abandoned, total.longest_wait) == (0, 1, 90.0)


def test_queue_without_anybody_refuses() -> None:
    """Nobody is there, or everybody pauses; with joinempty callers wait."""
    away = agent("1", shifts=pausing(0, 30))
    assert run(day(call(10))).total.refused == 1
    assert run(day(call(10), agents=(away,))).total.refused == 1
    total = run(day(call(10), agents=(away,), queues=(replace(SALES, join_empty=True),))).total
    assert (total.answered, total.waited) == (1, 20.0)


def test_full_queue_refuses() -> None:
    """One talks, one waits, the third cannot join."""
    total = run(day(call(1), call(2), call(3), agents=(agent("1"),), queues=(replace(SALES, limit=1),))).total
    assert (total.answered, total.refused) == (2, 1)


def test_callers_with_priority_are_served_first() -> None:
    """The third one has it, and does not wait for the second."""
    important = call(3, talk=5, priority=5)
    figures = run(day(call(0, talk=10), call(2, talk=20), important, agents=(agent("1"),)))
    assert figures.total.waited == (10 - 3) + (15 - 2)


def test_queue_with_more_weight_is_served_first() -> None:
    """Its caller came later."""
    vip = replace(SALES, name="vip", weight=10)
    both = agent("1", {"sales": 0, "vip": 0})
    of = day(call(0, talk=10), call(1, talk=5), call(2, talk=5, queue="vip"), agents=(both,), queues=(SALES, vip))
    queues = run(of).queues
    assert (queues["vip"].waited, queues["sales"].waited) == (8.0, 14.0)


def test_caller_leaves_when_everybody_has_gone() -> None:
    """Unless the queue keeps him: then he waits for an hour of nothing."""
    shift = (Shift(0.0, 30.0),)
    gone = agent("1", shifts=shift)
    total = run(day(call(10, talk=60), call(20), agents=(gone,))).total
    assert (total.answered, total.left_empty, total.longest_wait) == (1, 1, 10.0)
    patient = replace(SALES, leave_when_empty=False)
    total = run(day(call(10, talk=60), call(20), agents=(gone,), queues=(patient,))).total
    assert (total.answered, total.left_empty) == (1, 1)


def test_talk_outlasts_the_shift() -> None:
    """Who signs off while he talks is rung no more, and the talk goes on."""
    total = run(day(call(10, talk=600), agents=(agent("1", shifts=(Shift(0.0, 30.0),)),))).total
    assert (total.answered, total.talked) == (1, 600.0)


def test_occupancy_is_of_those_who_work() -> None:
    """Half an hour of talk in an hour at work; in a pause nobody is idle."""
    of = day(call(0, talk=1800), agents=(agent("1", shifts=(Shift(0.0, 3600.0),)),))
    assert run(of).busy_share == 0.5
    pausing_then = agent("1", shifts=(Shift(0.0, 3600.0, (Pause(1800.0, 3600.0),)),))
    assert run(day(call(0, talk=900), agents=(pausing_then,))).busy_share == 0.5
    assert run(day()).busy_share is None


def test_figures_of_quarters_are_by_joining() -> None:
    """The second caller joined in the first quarter, and was answered in the second."""
    outcome = run(day(call(10, talk=1000), call(800), call(2000), agents=(agent("1"),)))
    assert [(begins, figures.answered) for begins, figures in outcome.intervals] == [(0.0, 2), (1800.0, 1)]


def test_day_without_the_queue_that_somebody_names_is_refused() -> None:
    """A policy for it would wait for it for ever."""
    with pytest.raises(ConfigurationError, match="a caller names the queue vip"):
        run(day(call(1, queue="vip")))
    with pytest.raises(ConfigurationError, match="agent 1 names the queue vip"):
        run(day(agents=(agent("1", {"vip": 0}),)))
    with pytest.raises(ConfigurationError, match="the policy desk names the queue vip"):
        run(day(), {"desk": replace(POLICY, queues=("vip",))})
