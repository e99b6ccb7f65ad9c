"""How long callers wait: what app_queue tells of it, and what becomes of it in a call's record."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.softphone import PhoneEvent, Softphone
from ivrctl.testkit.survival.people import signed_on
from ivrctl.testkit.survival.serving import serving
from ivrctl.web.client import ask

if TYPE_CHECKING:
    from tests.live.conftest import AgiSession, Phones, ScriptedController

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

LINE = "10010"
HELD = "QEHOLDTIME"
SITE = """\
site: waits
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
databases: {customers: {url: "sqlite:customers.sqlite"}}
directory:
  lookup:
    sql: select tier, null as brand, null as language, null as name from customers where number = :number
    database: customers
tiers: {vip: {priority: 10, answer: 15s}, ordinary: {priority: 0, answer: 1s}}
queues: {vip: {}}
"""
FLOW = """\
title: Two callers, one desk
lines: {"7101": start}
steps:
  start:
    - verify: {by: caller-number}
      then: {failed: next, unavailable: next}
    - queue: {name: vip, wait: 60s}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""
ORDINARY, VIP = "13800138001", "13800138002"


def connects(pbx: Pbx) -> Iterator[tuple[str, int]]:
    """Whom the queues have connected, in their order, and after how many seconds, as Asterisk's queue_log has it."""
    for line in (pbx.folder / "log/queue_log").read_text().splitlines():
        _epoch, call, _queue, _member, event, *data = line.split("|")
        if event == "CONNECT":
            yield call, int(data[0])


async def queued(session: AgiSession) -> None:
    """Answer, and hand the call to the queue."""
    await session.send("ANSWER")
    await session.hand_off("queue", "vip,c,,,30")


async def waited(controller: ScriptedController, phones: Phones, agent: Softphone, *, seconds: float) -> Softphone:
    """A caller whom the agent lets wait so long, and then talks to."""
    caller = await phones.caller()
    await caller.dial(LINE)
    await agent.until(PhoneEvent.INCOMING, within=5)
    await asyncio.sleep(seconds)
    await agent.accept()
    await caller.until(PhoneEvent.HEARING, within=5)
    await asyncio.sleep(1.5)
    return caller


@asynccontextmanager
async def told_by(controller: ScriptedController) -> AsyncIterator[asyncio.Queue[str]]:
    """The hold time that is read in each session after the first."""
    told: asyncio.Queue[str] = asyncio.Queue()

    async def back(session: AgiSession) -> None:
        await told.put(await session.variable(HELD))
        await session.send("SET VARIABLE IVRCTL_NEXT end")

    await controller.start(queued, back)
    yield told


async def test_hold_time_is_told_when_the_agent_hangs_up_first(
    controller: ScriptedController, phones: Phones, pbx: Pbx
) -> None:
    """It is on the caller's channel after the talk, in whole seconds, as queue_log has it; the talk does not count."""
    agent = await phones.agent("8101")
    async with signed_on(pbx, "vip", "8101"), told_by(controller) as told:
        await waited(controller, phones, agent, seconds=2.5)
        await agent.hang_up()
        async with Deadline(5):
            held = int(await told.get())
    assert 2 <= held <= 4
    assert abs(held - list(connects(pbx))[-1][1]) <= 1


async def test_hold_time_is_told_in_the_leg_that_a_transfer_begins(
    controller: ScriptedController, phones: Phones, pbx: Pbx
) -> None:
    """The channel keeps it: the record of the leg before is closed with it."""
    agent = await phones.agent("8101")
    async with signed_on(pbx, "vip", "8101"), told_by(controller) as told:
        await waited(controller, phones, agent, seconds=1.5)
        await agent.transfer("8001")
        async with Deadline(5):
            held = int(await told.get())
    assert abs(held - list(connects(pbx))[-1][1]) <= 1


async def test_hold_time_is_told_when_the_caller_hangs_up(
    controller: ScriptedController, phones: Phones, pbx: Pbx
) -> None:
    """The h extension has it, too."""
    agent = await phones.agent("8101")
    async with signed_on(pbx, "vip", "8101"), told_by(controller):
        caller = await waited(controller, phones, agent, seconds=1.5)
        await caller.hang_up()
        ended = await controller.until_ended()
    assert abs(int(ended.request["held"]) - list(connects(pbx))[-1][1]) <= 1


async def test_hold_time_of_a_queue_is_not_that_of_an_earlier_one(
    controller: ScriptedController, phones: Phones, pbx: Pbx
) -> None:
    """A caller who leaves the second one unanswered has none."""
    told: asyncio.Queue[str] = asyncio.Queue()

    async def again(session: AgiSession) -> None:
        await told.put(await session.variable(HELD))
        await session.hand_off("queue", "vip,c,,,2", number=2)

    async def back(session: AgiSession) -> None:
        await told.put(await session.variable(HELD))
        await session.send("SET VARIABLE IVRCTL_NEXT end")

    await controller.start(queued, again, back)
    agent = await phones.agent("8101")
    async with signed_on(pbx, "vip", "8101"):
        await waited(controller, phones, agent, seconds=1)
        await agent.hang_up()
        async with Deadline(10):
            first, second = await told.get(), await told.get()
    assert first.isdecimal()
    assert second == ""


async def test_vip_who_came_second_is_answered_first_and_the_records_agree_with_the_queue_log(
    phones: Phones, pbx: Pbx, tmp_path: Path
) -> None:
    """Two callers wait for an agent who talks; the waits in their records are those that Asterisk counted."""
    site = site_with_customers(tmp_path / "site")
    before = len(list(connects(pbx))) if (pbx.folder / "log/queue_log").exists() else 0
    async with serving(site, tmp_path, pbx, ask) as served, signed_on(pbx, "vip", "8101"):
        agent, colleague = await phones.agent("8101"), await phones.agent("8102")
        await agent.dial("8102")
        await colleague.until(PhoneEvent.INCOMING, within=5)
        await colleague.accept()
        await agent.until(PhoneEvent.ESTABLISHED, within=5)
        ordinary, vip = await phones.caller(ORDINARY), await phones.caller(VIP)
        await ordinary.dial("7101")
        await ordinary.until(PhoneEvent.ESTABLISHED, within=5)
        await asyncio.sleep(2)
        await vip.dial("7101")
        await vip.until(PhoneEvent.ESTABLISHED, within=5)
        await asyncio.sleep(1)
        await agent.hang_up()
        for _ in range(2):
            await served_once(agent)
        await served.until(lambda: len(served.records()) == 2, "both calls are recorded", within=10)
        answered = list(connects(pbx))[before:]
        records = {record["uniqueid"]: record for record in served.records()}
    assert [records[call]["caller"] for call, _ in answered] == ["+8613800138002", "+8613800138001"]
    for call, held in answered:
        (wait,) = records[call]["waits"]
        assert (wait["queue"], wait["outcome"]) == ("vip", "answered")
        assert abs(wait["seconds"] - held) <= 1, (wait, held)
    measured = [[records[call][name] for name in ("tier", "promise")] for call, _ in answered]
    assert measured == [["vip", "kept"], ["ordinary", "broken"]]
    assert [records[call]["waits"][0]["priority"] for call, _ in answered] == [10, 0]


def site_with_customers(folder: Path) -> Path:
    """The site, and its directory of two."""
    folder.mkdir()
    (folder / "ivrctl.yaml").write_text(SITE)
    (folder / "desk.ivr.yaml").write_text(FLOW)
    with closing(sqlite3.connect(folder / "customers.sqlite")) as database, database:
        database.execute("create table customers (number text, tier text)")
        database.executemany("insert into customers values (?, ?)", [(ORDINARY, "ordinary"), (VIP, "vip")])
    return folder


async def served_once(agent: Softphone) -> None:
    """Answer a call that rings, talk for a moment, and hang up."""
    await agent.until(PhoneEvent.INCOMING, within=20)
    await agent.accept()
    await agent.until(PhoneEvent.ESTABLISHED, within=5)
    await asyncio.sleep(2)
    await agent.hang_up()
