"""A call whose flow asks a real interface, over a fake Asterisk in real time: commands, faults, and the wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.site_lookups import SiteLookups
from ivrctl.model.call import Ending
from ivrctl.testkit.fake_asterisk import ScaledClock
from ivrctl.testkit.interface_server import InterfaceServer
from ivrctl.testkit.interface_server.answers import FAULTY, UNDECLARED

from .controllers import SITE, Controller, compiled, said

# Interfaces take real time, and deadlines with them.
pytestmark = pytest.mark.thorough

ROUTING = (
    SITE
    + """
http: {crm: {url: {env: CRM_URL}}}
"""
)
ROUTE = """  route:
    http: crm
    path: "/good/{number}"
    params: {number: phone}
    returns: {command: [queue, extension, announce, refuse], queue: "queue?", extension: "extension?"}
"""
FLOW = """
    lines: {"100": start, "101": hurried}
    steps:
      start:
        - lookup: {query: route, with: {number: "{caller.number}"}, timeout: 2s}
          save: route
          then: {missing: unknown, failed: failed}
        - goto: queue
          when: route.command == "queue"
        - goto: refused
          when: route.command == "refuse"
        - menu: {prompt: Announced., choices: {"1": {say: One., goto: one}, "2": {say: Two., goto: two}}}
          then: {otherwise: {hangup: unserved}}
      queue:
        - queue: {name: "{route.queue}"}
          when: route.queue != none
          then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
        - hangup: unserved
      refused: [{play: You are not served.}, {hangup: {as: refused, reason: the interface refuses}}]
      hurried:
        - lookup: {query: route, with: {number: "{caller.number}"}, timeout: 500ms}
          save: route
          then: {missing: unknown, failed: failed}
        - hangup: served
      one: [{play: You pressed one.}, {hangup: served}]
      two: [{play: You pressed two.}, {hangup: served}]
      unknown: [{play: Nobody knows you.}, {hangup: unserved}]
      failed: [{play: It failed.}, {hangup: unserved}]
"""

DEADLINE, GRACE = 0.5, 0.1
"""Seconds of line 101, and within which a fault is told behind it."""
SILENCE = 0.25
"""Seconds that play out meanwhile: keys count while a command runs."""


class Asking(Controller):
    """A controller whose flows ask the interface."""

    interface: InterfaceServer


@pytest.fixture
async def controller(tmp_path: Path) -> AsyncIterator[Asking]:
    program = compiled(FLOW, ROUTING.replace("lookups:\n", f"lookups:\n{ROUTE}"))
    async with InterfaceServer() as interface:
        asking = Asking(program, tmp_path / "journal", ScaledClock())
        lookups = SiteLookups(program.site, tmp_path, {"CRM_URL": interface.url})
        asking.interface, asking.lookups = interface, lookups
        await asking.start()
        yield asking
        await asking.close()
        await lookups.close()


async def test_number_is_pushed_and_the_command_for_a_queue_is_obeyed(controller: Asking) -> None:
    """The national number goes out, the call goes to the queue that came back."""
    caller = controller.call()
    await caller.enters_queue("sales")
    caller.hang_up()
    assert (await controller.record()).path == ("main/start", "main/queue")
    assert [asked.target for asked in controller.interface.asked] == ["/good/13800138000"]


async def test_command_to_refuse_is_obeyed_and_recorded(controller: Asking) -> None:
    """The record says why."""
    controller.interface.row = {"command": "refuse"}
    await controller.call().ends()
    record = await controller.record()
    assert (record.ending, record.reason) == (Ending.REFUSED, "the interface refuses")


@pytest.mark.parametrize("kind", [*UNDECLARED, *FAULTY])
async def test_caller_hears_that_it_failed(controller: Asking, kind: str) -> None:
    """Whatever the interface does, the flow goes on with ``failed``, and the fault is told."""
    controller.interface.always = kind
    caller = controller.call("101")
    heard = await caller.hears("It failed.")
    assert heard.started < DEADLINE + GRACE + SILENCE
    caller.hang_up()
    await controller.record()
    assert len(controller.faults) == 1


async def test_caller_whom_the_interface_does_not_know_hears_so(controller: Asking) -> None:
    """``missing`` is no fault."""
    controller.interface.always = "not-found"
    await controller.call().ends()
    assert said(await controller.record()) == ["Nobody knows you."]
    assert controller.faults == []


async def test_caller_of_a_slow_interface_hears_one_moment(controller: Asking) -> None:
    """After a second, and once."""
    controller.interface.always, controller.interface.row = "slow", {"command": "announce"}
    caller = controller.call()
    moment = await caller.hears("One moment.")
    assert 1.0 <= moment.started <= 1.4
    caller.hang_up()
    await controller.record()


async def test_keys_typed_meanwhile_answer_the_menu_behind_it(controller: Asking) -> None:
    """Who knows the way is not slowed down by an interface that is slow."""
    controller.interface.always, controller.interface.row = "slow", {"command": "announce"}
    caller = controller.call()
    await caller.wait(0.5)
    await caller.press("2")
    await caller.hears("You pressed two.")
    assert caller.channel.lost_keys == []
    caller.hang_up()
    await controller.record()


async def test_caller_who_hangs_up_takes_the_request_with_him(controller: Asking) -> None:
    """An interface that hangs keeps no connection of a call that is over."""
    controller.interface.always = "hanging"
    caller = controller.call()
    async with Deadline(5):
        await controller.interface.arrived.wait()
        caller.hang_up()
        assert (await controller.record()).ending is Ending.ABANDONED
        await controller.interface.left.wait()
