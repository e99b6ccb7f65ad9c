from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivrctl.flow.call import World
from ivrctl.flow.commands import HandOffToQueue
from ivrctl.flow.engine import Run
from ivrctl.flow.position import Position
from ivrctl.flow.program import Program
from ivrctl.model.call import Wait
from ivrctl.model.promise import MAX_WAITS

from .playbook import CALLER, NOW, SITE, BackElsewhere, HangUp, Lost, call, compiled, ends, queues

STEPS = """
    start:
      - queue: {name: sales, wait: 90s, priority: 5}
        then: {answered: {hangup: served}, otherwise: next}
      - queue: {name: support}
        then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""
TIERS = SITE + "tiers: {vip: {priority: 10, answer: 15s}, ordinary: {answer: 60s}}\n"
BY_TIER = """
lines: {"100": start}
steps:
  start:
    - queue: {name: sales}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""


def later(seconds: float) -> World:
    """The world so long after the call began."""
    return World(NOW + timedelta(seconds=seconds))


def begun(program: Program) -> Position:
    """A new call."""
    position = program.begin(CALLER, "100", NOW)
    assert position is not None
    return position


@pytest.mark.parametrize(("tier", "priority"), [("vip", 10), ("ordinary", 0), (None, 0), ("gone", 0)])
def test_priority_that_is_not_written_is_that_of_the_tier(tier: str | None, priority: int) -> None:
    """A caller whom nobody knows, and one whose tier the site has no more, wait with 0."""
    program = compiled({"main": BY_TIER}, TIERS)
    run = Run(program, replace(begun(program), customer={"tier": tier}))
    command = run.resume(None, later(0))
    assert isinstance(command, HandOffToQueue)
    assert command.priority == priority


def test_priority_that_is_written_counts_for_every_tier() -> None:
    """Also where it is 0."""
    program = compiled({"main": BY_TIER.replace("{name: sales}", "{name: sales, priority: 0}")}, TIERS)
    command = Run(program, replace(begun(program), customer={"tier": "vip"})).resume(None, later(0))
    assert isinstance(command, HandOffToQueue)
    assert command.priority == 0


def test_wait_begins_with_the_hand_off() -> None:
    """It is open until the call comes back, and is in the position that the journal has."""
    playbook = call(STEPS)
    assert playbook << queues("sales", wait=90, priority=5)
    assert playbook.position.waits == (Wait("sales", 5, NOW),)


@pytest.mark.parametrize("outcome", ["timed_out", "left", "empty", "full", "failed", "key_1"])
def test_wait_that_nobody_ended_lasts_until_the_way_back(outcome: str) -> None:
    """Whatever app_queue has left from an earlier one."""
    program = compiled({"main": 'lines: {"100": start}\nsteps:' + STEPS})
    waiting = Run(program, begun(program))
    waiting.resume(None, later(2))
    back = Run(program, waiting.position, handed_back=outcome, held=77)
    back.resume(None, later(32.5))
    assert back.position.waits[0] == Wait("sales", 5, NOW + timedelta(seconds=2), 30.5, outcome)


@pytest.mark.parametrize("held", [12, None])
def test_wait_that_was_answered_has_the_time_that_the_queue_tells(held: int | None) -> None:
    """The talk is no part of it, and where nobody knows it is not guessed."""
    program = compiled({"main": 'lines: {"100": start}\nsteps:' + STEPS})
    waiting = Run(program, begun(program))
    waiting.resume(None, later(0))
    back = Run(program, waiting.position, handed_back="answered", held=held)
    back.resume(None, later(300))
    assert back.position.waits == (Wait("sales", 5, NOW, held, "answered"),)


def test_each_stay_is_a_wait_of_its_own() -> None:
    """The last one is open while the caller is in it."""
    playbook = call(STEPS)
    assert (
        playbook << queues("sales", wait=90, priority=5) >> BackElsewhere("timed_out") << queues("support", handoff=2)
    )
    assert [(each.queue, each.outcome) for each in playbook.position.waits] == [("sales", "timed_out"), ("support", "")]


def test_hand_off_that_never_happened_is_no_wait() -> None:
    """A controller that was lost before the dialplan knew of it has handed nobody to a queue."""
    playbook = call(STEPS)
    assert playbook << queues("sales", wait=90, priority=5) >> Lost() << queues("sales", wait=90, priority=5, handoff=2)
    assert playbook.position.waits == (Wait("sales", 5, NOW),)


def test_wait_of_a_caller_who_hangs_up_is_closed_by_whoever_knows_when() -> None:
    """The engine says how the call ended; the time is not its own."""
    playbook = call(STEPS)
    assert playbook << queues("sales", wait=90, priority=5) >> HangUp() << ends("abandoned", "the caller hung up")
    left = playbook.position.out_of_queue("abandoned", NOW + timedelta(seconds=8), None)
    assert left.waits == (Wait("sales", 5, NOW, 8.0, "abandoned"),)
    assert left.out_of_queue("abandoned", NOW + timedelta(seconds=9), None) is left


def test_clock_that_was_set_back_makes_no_wait_negative() -> None:
    """A time server may correct the machine while somebody waits."""
    left = Position("v", "", "100", NOW, "en", ()).into_queue("sales", 0, NOW).out_of_queue("full", later(-3).now, None)
    assert left.waits[0].seconds == 0.0


def test_waits_of_a_call_are_bounded() -> None:
    """A flow that tries full queues for hours does not make its journal grow."""
    position = Position("v", "", "100", NOW, "en", ())
    for number in range(MAX_WAITS + 5):
        position = position.into_queue(f"q{number}", 0, NOW).out_of_queue("full", NOW, None)
    assert [position.waits[0].queue, position.waits[-1].queue] == ["q5", f"q{MAX_WAITS + 4}"]
    assert len(position.waits) == MAX_WAITS
