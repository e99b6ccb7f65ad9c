from __future__ import annotations

from dataclasses import replace

from .days import SALES, agent, call, day, pausing, run


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
