"""AGI says HANGUP of one who hung up, of one whom the dialplan's limit took out of the flow, and of one redirected."""

from __future__ import annotations

import asyncio

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.model.call import Ending
from ivrctl.testkit.fake_asterisk.dialplan import DialplanGlobals

from .controllers import Controller, Start, said

HOLDS = """
    lines: {"100": start, "_8XXX": other}
    steps:
      start:
        - set: {call.subject: faults}
        - play: Hello.
        - menu: {attempts: 3, first_digit: 20s, choices: {"1": {say: Press 1., hangup: served}}}
          then: {otherwise: {hangup: unserved}}
      other:
        - play: About faults.
          when: call.subject == "faults"
        - hangup: served
"""
SHORT = DialplanGlobals(leg_seconds=10)


def ends(controller: Controller) -> list[tuple[str, Ending, str]]:
    """Every record: the line, how it ended, and why."""
    return [(record.dnis, record.ending, record.reason) for record in controller.records]


async def test_whom_the_limit_brings_to_a_person_has_not_hung_up(controller_of: Start) -> None:
    """His record says the fallback, and it is there before he is done with the person."""
    controller = await controller_of(HOLDS, numbers=SHORT, told_within=0.05)
    caller = controller.call()
    stay = await caller.enters_queue("front-desk")
    stay.answer("8101")
    record = await controller.record()
    assert (record.ending, record.reason) == (Ending.FALLBACK, "the limit of a leg was reached (IVRCTL_LEG_LIMIT)")
    assert said(record)[0] == "Hello."
    assert not caller.has_ended
    await caller.wait(300)
    caller.hang_up()
    await caller.ends()
    assert len(controller.records) == 1


async def test_whom_the_limit_took_out_and_who_left_at_once_was_in_the_fallback(controller_of: Start) -> None:
    """The dialplan tells before anybody has waited for it."""
    controller = await controller_of(HOLDS, numbers=SHORT)
    caller = controller.call()
    await caller.wait_until(lambda: caller.is_in_fallback)
    caller.hang_up()
    await caller.ends()
    assert [ending for _, ending, _ in ends(controller)] == [Ending.FALLBACK]


async def test_who_is_redirected_out_of_a_flow_was_transferred_and_keeps_his_fields(controller_of: Start) -> None:
    """As one whom an agent transfers: two legs, two records."""
    controller = await controller_of(HOLDS)
    caller = controller.call()
    await caller.hears("Hello.", seconds=1.0)
    caller.redirect("8002")
    await caller.hears("About faults.")
    await caller.ends()
    assert ends(controller) == [
        ("100", Ending.UNSERVED, "transferred to 8002"),
        ("8002", Ending.SERVED, ""),
    ]


async def test_who_is_redirected_to_a_place_that_is_none_of_ours_has_not_hung_up(controller_of: Start) -> None:
    """A supervisor takes him over: nobody tells of him again, and he did not give up."""
    controller = await controller_of(HOLDS, told_within=0.05)
    caller = controller.call()
    await caller.hears("Hello.", seconds=1.0)
    caller.take_away()
    record = await controller.record()
    assert record.reason == "left the flow, and the dialplan did not say where to"


async def test_who_hangs_up_while_his_controller_is_killed_has_one_record(controller_of: Start) -> None:
    """The leg stands in the journal until the dialplan has told of it: the next controller hears that."""
    controller = await controller_of(HOLDS)
    caller = controller.call()
    await caller.hears("Hello.", seconds=1.0)
    await controller.lose()
    caller.hang_up()
    await caller.ends()
    assert ends(controller) == [("100", Ending.ABANDONED, "the caller hung up")]


@pytest.mark.parametrize("is_stored_later", [False, True])
async def test_who_hangs_up_behind_an_upgrade_has_one_record(controller_of: Start, is_stored_later: bool) -> None:
    """The next controller is told, and the one whose flow he was in sees in the journal that he has his record."""
    controller = await controller_of(HOLDS, told_within=0.5)
    controller.is_stored_later = is_stored_later
    await controller.lose()
    caller = controller.call()
    await caller.hears("Hello.", seconds=1.0)
    former = controller.succeed()
    caller.hang_up()
    await caller.ends()
    async with Deadline(5):
        while former.live:  # noqa: ASYNC110 - nobody is told when its last call is over
            await asyncio.sleep(0.01)
    assert ends(controller) == [("100", Ending.ABANDONED, "the caller hung up")]


async def test_who_reached_a_person_before_his_limit_did_so_because_nobody_was_reached(controller_of: Start) -> None:
    """The network was cut on Asterisk's side alone: here he still seems to be in the flow when the fallback tells."""
    controller = await controller_of(HOLDS)
    caller = controller.call()
    await caller.hears("Hello.", seconds=1.0)
    reader, writer = await asyncio.open_connection(*controller.address)
    block = {"network": "yes", "network_script": "ended", "request": "agi://h/ended", "channel": "PJSIP/1"}
    block |= {"uniqueid": caller.channel.uniqueid, "arg_1": caller.legs[-1].id, "arg_2": "start"}
    writer.write("".join([*(f"agi_{name}: {value}\n" for name, value in block.items()), "\n"]).encode())
    async with Deadline(5):
        while line := await reader.readline():
            writer.write(b"200 result=1 (fallback)\n" if line.startswith(b"GET") else b"200 result=1\n")
    writer.close()
    caller.hang_up()
    await caller.ends()
    assert ends(controller) == [("100", Ending.FALLBACK, "the controller was away")]
