from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ivrctl.flow.position import Position
from ivrctl.flow.program import Program
from ivrctl.model.call import CallRecord, Ending, Wait

from .controllers import BEGAN, SITE, Controller, Start

TIERS = SITE + "tiers: {vip: {priority: 10, answer: 15s, callback: 15m}}\n"
ANSWERING = 0.7
"""Seconds that the answer of the line and a reaction take: they are between the hand-off and the way back, too."""

DESK = """
    lines: {"100": start, "_8XXX": other}
    steps:
      start:
        - queue: {name: sales, wait: 90s, choices: {"1": message}}
          then: {answered: {hangup: served}, otherwise: message}
      message:
        - voicemail: {box: office, longest: 60s}
          then: {otherwise: {hangup: unserved}}
        - hangup: unserved
      other:
        - play: About faults.
        - hangup: served
"""


@dataclass(frozen=True, slots=True)
class OfVips(Program):
    """A program whose callers are known from the start, as if somebody had verified them."""

    def begin(self, caller: str, number: str, now: datetime, **options: Any) -> Position | None:
        """A new call of a customer."""
        position = Program.begin(self, caller, number, now, **options)
        return None if position is None else replace(position, customer={"tier": "vip"})


async def desk_of_vips(controller_of: Start) -> Controller:
    """A controller of ``DESK`` whose callers are all of the tier ``vip``."""
    controller = await controller_of(DESK, TIERS)
    program = controller.program
    await controller.lose(program=OfVips(**{each.name: getattr(program, each.name) for each in fields(program)}))
    return controller


def only_wait(record: CallRecord) -> tuple[str, int, float | None, str]:
    """Queue, priority, seconds and outcome of the one stay."""
    (wait,) = record.waits
    return wait.queue, wait.priority, wait.seconds, wait.outcome


@pytest.mark.parametrize(("seconds", "promise"), [(12, "kept"), (20, "broken")])
async def test_hold_time_of_the_queue_is_in_the_record_and_the_promise_is_measured_by_it(
    controller_of: Start, seconds: int, promise: str
) -> None:
    """The caller waits with the priority of his tier; the talk that follows counts for nothing."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    assert stay.priority == "10"
    await caller.wait(seconds)
    stay.answer("8101")
    await caller.wait(100)
    stay.agent_hangs_up()
    await caller.ends()
    record = await controller.record()
    assert (record.tier, record.promise) == ("vip", promise)
    assert record.waits == (Wait("sales", 10, BEGAN, seconds, "answered"),)


async def test_caller_who_hangs_up_in_the_talk_has_his_hold_time_too(controller_of: Start) -> None:
    """The h extension reads it from the same channel."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    await caller.wait(7)
    stay.answer("8101")
    await caller.wait(60)
    caller.hang_up()
    record = await controller.record()
    assert (only_wait(record), record.promise) == (("sales", 10, 7, "answered"), "kept")


async def test_caller_whom_the_agent_transfers_has_his_hold_time_in_the_leg_that_ends(controller_of: Start) -> None:
    """The next leg begins without a wait."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    await caller.wait(9)
    stay.answer("8101")
    await caller.wait(10)
    stay.transfer("8002")
    await caller.hears("About faults.")
    await caller.ends()
    former, latter = controller.records
    assert (only_wait(former), former.promise) == (("sales", 10, 9, "answered"), "kept")
    assert (latter.waits, latter.promise) == ((), "")


async def test_queue_that_does_not_tell_its_hold_time_leaves_it_unknown(controller_of: Start) -> None:
    """A queues.conf without setqueueentryvar: nothing is guessed."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    stay.answer("8101")
    caller.channel.variables["QEHOLDTIME"] = ""
    stay.agent_hangs_up()
    await caller.ends()
    record = await controller.record()
    assert (only_wait(record), record.promise) == (("sales", 10, None, "answered"), "unknown")


@pytest.mark.parametrize("told", ["abc", "-3", "9" * 40, "١٢"])
async def test_hold_time_that_is_none_is_not_taken_for_one(controller_of: Start, told: str) -> None:
    """A channel variable can be set by other dialplans, to anything."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    stay.answer("8101")
    caller.channel.variables["QEHOLDTIME"] = told
    stay.agent_hangs_up()
    await caller.ends()
    assert only_wait(await controller.record()) == ("sales", 10, None, "answered")


@pytest.mark.parametrize(("seconds", "promise"), [(14, ""), (16, "broken")])
async def test_caller_who_hangs_up_while_waiting_has_waited_until_then(
    controller_of: Start, seconds: int, promise: str
) -> None:
    """Before the promised time is over he is not counted."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    await caller.enters_queue("sales")
    await caller.wait(seconds)
    caller.hang_up()
    record = await controller.record()
    assert (record.ending, record.promise) == (Ending.ABANDONED, promise)
    assert only_wait(record) == ("sales", 10, pytest.approx(seconds, abs=ANSWERING), "abandoned")


async def test_caller_who_leaves_a_message_is_due_a_call_back(controller_of: Start) -> None:
    """From the end of his call on, as his tier is promised; the wait that a key ended lasted until the key."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    await caller.enters_queue("sales")
    await caller.wait(8)
    await caller.press("1")
    await caller.is_recorded()
    await caller.wait(20)
    caller.hang_up()
    record = await controller.record()
    assert only_wait(record) == ("sales", 10, pytest.approx(8, abs=ANSWERING), "key_1")
    assert (record.promise, record.callback_due) == ("", record.ended_at + timedelta(minutes=15))


async def test_wait_goes_on_through_a_loss_of_the_controller(controller_of: Start) -> None:
    """It stands in the journal: whoever is there when the talk is over has the whole of it."""
    controller = await desk_of_vips(controller_of)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    await controller.lose()
    await caller.wait(11)
    stay.answer("8101")
    stay.agent_hangs_up()
    await caller.ends()
    assert only_wait(await controller.record()) == ("sales", 10, 11, "answered")


async def test_second_queue_does_not_take_the_hold_time_of_the_first(controller_of: Start) -> None:
    """The dialplan clears it before each: a caller who gives up in the second was not answered in it."""
    flow = """
        lines: {"100": start}
        steps:
          start:
            - queue: {name: sales}
              then: {answered: again, otherwise: {hangup: unserved}}
          again:
            - queue: {name: sales, wait: 30s}
              then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    """
    controller = await controller_of(flow, TIERS)
    caller = controller.call()
    first = await caller.enters_queue("sales")
    await caller.wait(5)
    first.answer("8101")
    first.agent_hangs_up()
    await caller.enters_queue("sales")
    assert caller.channel.variables["QEHOLDTIME"] == ""
    await caller.wait(6)
    caller.hang_up()
    waits = (await controller.record()).waits
    assert [(each.outcome, each.seconds) for each in waits] == [
        ("answered", 5),
        ("abandoned", pytest.approx(6, abs=ANSWERING)),
    ]
