"""Calls that are refused: each hears why, reaches a person, and has one record with the reason."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import pytest

from ivrctl.adapters.fastagi_server import AgiSession, LossReason, SessionLost
from ivrctl.adapters.fastagi_server.limits import ServerLimits
from ivrctl.model.call import CallRecord, Ending
from ivrctl.service.endings import GIVEN_UP_AFTER, SETTLES_WITHIN, record_left_behind
from ivrctl.service.legs import SCRIPT_ENDED
from ivrctl.testkit.fake_asterisk import Caller

from .controllers import BEGAN, Controller, Start

FULL = "overload: more than 1 calls"
LEAVING = "the controller is leaving"
LEG_LIMIT = 600.0
"""Seconds of TIMEOUT(absolute)."""
AWAY = "the controller was away"
FLOW = """
    lines: {"100": start, "_8XXX": other}
    steps:
      start:
        - menu: {choices: {"1": {say: Press 1., goto: desk}}, first_digit: 60s}
          then: {otherwise: {hangup: unserved}}
      desk:
        - queue: {name: sales, wait: 90s}
          then: {answered: rate, otherwise: {hangup: unserved}}
      rate:
        - play: Thank you.
        - hangup: served
      other:
        - play: About faults.
        - hangup: served
"""


async def full_of(controller_of: Start, calls: int = 1) -> Controller:
    """A controller that takes so many calls at one time."""
    controller = await controller_of(FLOW)
    controller.limits = ServerLimits(calls=calls)
    await controller.lose()
    return controller


async def leaves(caller: Caller) -> None:
    """The caller hangs up, and the dialplan has told what it has to tell."""
    caller.hang_up()
    await caller.ends()


def told(record: CallRecord) -> tuple[Ending, str]:
    """How a call ended, and why."""
    return record.ending, record.reason


async def test_call_too_many_hears_the_fallback_and_is_recorded_with_the_reason(controller_of: Start) -> None:
    """He reaches a person; the record says that he was in no step of the flow."""
    controller = await full_of(controller_of)
    first = controller.call()
    await first.hears("Press 1.", seconds=0.5)
    second = controller.call(ani="13800138001")
    await second.hears("fallback")
    await second.enters_queue("front-desk")
    record = await controller.record()
    assert told(record) == (Ending.FALLBACK, FULL)
    assert (record.ani, record.dnis, record.path, record.trace) == ("+8613800138001", "100", (), ())
    await leaves(second)
    await leaves(first)
    assert [(each.ani, each.reason) for each in controller.records] == [
        ("+8613800138001", FULL),
        ("+8613800138000", "the caller hung up"),
    ]


async def test_refusal_is_over_as_soon_as_a_place_is_free(controller_of: Start) -> None:
    """Nobody is refused longer than the overload lasts: the next call of the same caller is taken."""
    controller = await full_of(controller_of)
    first = controller.call()
    await first.hears("Press 1.", seconds=0.5)
    refused = controller.call(ani="13800138001")
    await refused.hears("fallback")
    await leaves(refused)
    await leaves(first)
    again = controller.call(ani="13800138001")
    await again.hears("Press 1.")
    await leaves(again)
    assert [each.reason for each in controller.records] == [FULL, "the caller hung up", "the caller hung up"]


async def test_controller_that_leaves_says_so_in_the_record(controller_of: Start) -> None:
    """At a shutdown nobody will accept after it."""
    controller = await controller_of(FLOW)
    controller.server.refusing = True
    caller = controller.call()
    await caller.hears("fallback")
    await leaves(caller)
    assert told(await controller.record()) == (Ending.FALLBACK, LEAVING)


async def test_whom_the_limit_takes_out_of_a_flow_has_one_record(controller_of: Start) -> None:
    """He is heard to hang up, comes to a person, and hangs up there: what the fallback tells of him is known."""
    flow = """
        lines: {"100": start}
        steps:
          start:
            - menu: {choices: {"1": {say: Press 1., goto: bye}}, first_digit: 60s}
              then: {otherwise: start}
          bye:
            - hangup: served
    """
    controller = await controller_of(flow)
    caller = controller.call()
    await caller.enters_queue("front-desk", within=2 * LEG_LIMIT)
    assert caller.channel.elapsed > LEG_LIMIT
    await leaves(caller)
    assert [each.leg for each in controller.records] == [each.id for each in caller.legs]
    assert controller.faults == []


async def queued(controller: Controller) -> Caller:
    """A caller in the queue."""
    caller = controller.call()
    await caller.hears("Press 1.", seconds=0.5)
    await caller.press("1")
    await caller.enters_queue("sales")
    return caller


async def test_caller_who_comes_back_unanswered_and_is_refused_has_the_reason_in_his_record(
    controller_of: Start,
) -> None:
    """It is made when he leaves the fallback, with all that was known of him."""
    controller = await full_of(controller_of)
    caller = await queued(controller)
    other = controller.call(ani="13800138001")
    await other.hears("Press 1.", seconds=0.5)
    caller.stays[-1].end("TIMEOUT")
    await caller.hears("fallback")
    assert controller.records == []
    await leaves(caller)
    record = await controller.record()
    assert told(record) == (Ending.FALLBACK, FULL)
    assert record.path == ("main/start", "main/desk")
    assert [(wait.outcome, wait.seconds) for wait in record.waits] == [("timed_out", None)]


async def test_caller_who_has_spoken_to_somebody_was_served_whoever_refuses_the_rest(controller_of: Start) -> None:
    """He misses the thanks, and is not brought into another queue for the sake of them."""
    controller = await full_of(controller_of)
    caller = await queued(controller)
    other = controller.call(ani="13800138001")
    await other.hears("Press 1.", seconds=0.5)
    caller.stays[-1].answer("8101")
    caller.stays[-1].agent_hangs_up()
    await caller.ends()
    assert (await controller.record()).ending is Ending.SERVED


async def test_transferred_caller_who_is_refused_leaves_two_records(controller_of: Start) -> None:
    """The leg before the transfer was served, and the one behind it was not taken."""
    controller = await full_of(controller_of)
    caller = await queued(controller)
    other = controller.call(ani="13800138001")
    await other.hears("Press 1.", seconds=0.5)
    caller.stays[-1].answer("8101")
    caller.stays[-1].transfer("8002")
    await caller.hears("fallback")
    await leaves(caller)
    assert [(each.dnis, *told(each)) for each in controller.records] == [
        ("100", Ending.SERVED, "transferred to 8002"),
        ("8002", Ending.FALLBACK, FULL),
    ]


async def test_call_that_met_no_controller_is_recorded_by_the_next_one(controller_of: Start) -> None:
    """The dialplan brings him to a person by itself, and tells of the end; his call began when he called."""
    controller = await controller_of(FLOW)

    def lost(session: AgiSession) -> AgiSession:
        if session.request.network_script == SCRIPT_ENDED:
            return session
        session.close()
        raise SessionLost(LossReason.CLOSED)

    controller.spoilt = lost
    caller = controller.call()
    await caller.hears("fallback", within=30)
    await caller.wait(20)
    await leaves(caller)
    record = await controller.record()
    assert (told(record), record.ani, record.dnis) == ((Ending.FALLBACK, AWAY), "+8613800138000", "100")
    assert record.began_at <= BEGAN + timedelta(seconds=1)


async def test_flow_that_gives_up_is_recorded_once(controller_of: Start) -> None:
    """The fallback tells of the end of a leg that has its record."""
    controller = await controller_of(
        'lines: {"100": start}\nsteps:\n  start:\n    - play: BROKEN.\n    - hangup: served\n'
    )
    caller = controller.call()
    await caller.hears("fallback")
    await leaves(caller)
    assert (await controller.record()).ending is Ending.FALLBACK


async def test_leg_of_a_line_that_does_not_exist_has_no_record(controller_of: Start) -> None:
    """It is told as a fault: there is no flow that it could belong to."""
    controller = await controller_of(FLOW)
    controller.server.refusing = True
    caller = controller.call("999")
    await caller.hears("fallback")
    await leaves(caller)
    assert (controller.records, controller.faults[0]) == ([], "no line of the site has the number 999")


async def test_refusal_outlives_the_controller_that_made_it(controller_of: Start) -> None:
    """Killed before the record is stored: the journal has it, the caller's end adds none, and the next hands it in."""
    controller = await controller_of(FLOW)
    controller.is_stored_later = True
    await controller.lose()
    controller.server.refusing = True
    caller = controller.call()
    await caller.hears("fallback")
    (first,) = controller.records
    await controller.lose()
    await leaves(caller)
    assert controller.records == [first]
    kept = controller.journal.find(first.leg)
    assert kept is not None
    left_behind = record_left_behind(first.leg, kept, SETTLES_WITHIN, BEGAN)
    assert left_behind is not None
    assert told(left_behind) == (Ending.FALLBACK, LEAVING)


async def test_refusal_that_the_dialplan_did_not_take_note_of_is_no_record_yet(controller_of: Start) -> None:
    """Killed in that moment, the leg comes in once more, is sent to the fallback, and has one record."""
    controller = await controller_of(FLOW)
    controller.is_stored_later = True
    await controller.lose()
    controller.server.refusing = True
    leg = "1.0-1795336241799"
    with socket.create_connection(controller.address) as peer:
        peer.setblocking(False)
        lines = ["network_script: leg", "uniqueid: 1.0", "extension: 100", f"arg_1: {leg}", "arg_2: start"]
        text = "\n".join(f"agi_{line}" for line in ["request: agi://h/leg", "channel: PJSIP/1", *lines])
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(peer, f"{text}\n\n".encode())
        assert b"fallback" in await loop.sock_recv(peer, 1000)
    assert controller.records == []
    kept = controller.journal.find(leg)
    assert kept is not None
    assert record_left_behind(leg, kept, SETTLES_WITHIN, BEGAN) is not None


async def test_refused_leg_that_is_not_heard_of_again_has_the_reason_in_its_record(controller_of: Start) -> None:
    """He came back from a queue, and no controller was there when he left the fallback."""
    controller = await full_of(controller_of)
    caller = await queued(controller)
    other = controller.call(ani="13800138001")
    await other.hears("Press 1.", seconds=0.5)
    caller.stays[-1].end("TIMEOUT")
    await caller.hears("fallback")
    leg = caller.legs[-1].id
    kept = controller.journal.find(leg)
    assert kept is not None
    assert record_left_behind(leg, kept, GIVEN_UP_AFTER, BEGAN) is None
    record = record_left_behind(leg, kept, GIVEN_UP_AFTER + timedelta(seconds=1), BEGAN)
    assert record is not None
    assert told(record) == (Ending.FALLBACK, FULL)


@pytest.mark.parametrize("calls", [3, 20])
async def test_safety_in_a_rush_every_leg_has_one_record(controller_of: Start, calls: int) -> None:
    """SAFETY: of a hundred calls at one time, those that are taken and those that are refused are recorded once."""
    controller = await full_of(controller_of, calls)
    callers = [controller.call(ani=f"138001380{number:02}") for number in range(100)]
    for caller in callers:
        await caller.hears(lambda name: name in {"Press 1.", "fallback"}, seconds=0.1)
    for caller in callers:
        await leaves(caller)
    assert sorted(record.leg for record in controller.records) == sorted(caller.legs[0].id for caller in callers)
    refused = [record for record in controller.records if record.reason == f"overload: more than {calls} calls"]
    assert len(refused) == controller.server.refused == 100 - calls
