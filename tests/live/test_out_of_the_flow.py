"""Callers who leave a flow alive: by the limit of their leg, and by a redirect. AGI hears the same as of a hang-up."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.ami import AmiSession, Login
from ivrctl.adapters.pbx import Pbx, credentials, rx
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.ami.actions import Action
from ivrctl.testkit.softphone import PhoneEvent, Softphone
from ivrctl.testkit.survival.lines import ANSWERS, TARGET, copy_site
from ivrctl.testkit.survival.serving import Serving, serving
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

SITE = Path(__file__).parents[2] / "flows"
CALLER = "13933330002"


@dataclass(frozen=True, slots=True)
class Scene:
    """A controller, and a caller who hears the first words of a flow."""

    served: Serving
    caller: Softphone

    async def records(self, count: int) -> list[dict[str, Any]]:
        """All of them, the oldest first, once there are so many."""
        await self.served.until(lambda: len(self.served.records()) == count, "the legs are recorded", within=10)
        # A record can be read a moment before its leg is closed.
        await self.served.until(lambda: self.served.ask("/status")["status"]["open_legs"] == 0, "all is over", within=5)
        return list(reversed(self.served.records()))


@asynccontextmanager
async def in_a_flow(pbx: Pbx, folder: Path) -> AsyncIterator[Scene]:
    """Have a caller in a flow of a controller."""
    site = copy_site(SITE, folder / "site")
    build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(site), "--pbx", pbx.name]
    await asyncio.to_thread(subprocess.run, build, check=True, capture_output=True)
    async with (
        serving(site, folder, pbx, ask) as served,
        Softphone.caller(pbx, CALLER, folder=folder / "caller") as caller,
    ):
        await caller.dial(ANSWERS)
        await caller.until(PhoneEvent.ESTABLISHED, within=20)
        yield Scene(served, caller)


async def channel_of(pbx: Pbx) -> str:
    """The caller's channel."""
    known = credentials(pbx)
    session = await AmiSession.open((LOOPBACK, pbx.ami_port), Login(known.ami_user, known.ami_secret))
    try:
        answer = await session.ask(Action.of("CoreShowChannels"))
    finally:
        session.close()
    (channel,) = [
        each.text("Channel") for each in answer.named("CoreShowChannel") if each.text("CallerIDNum") == CALLER
    ]
    return channel


async def test_who_reaches_the_limit_of_his_leg_has_a_record_of_the_fallback(pbx: Pbx, tmp_path: Path) -> None:
    """It is made while he is with the person whom the dialplan found for him, and once."""
    await asyncio.to_thread(rx, pbx, "dialplan set global IVRCTL_LEG_LIMIT 2")
    try:
        async with in_a_flow(pbx, tmp_path) as scene:
            (record,) = await scene.records(1)
            assert record["ending"] == "fallback"
            assert record["reason"] == "the limit of a leg was reached (IVRCTL_LEG_LIMIT)"
            assert scene.caller.is_in_call
            await scene.caller.hang_up()
            await scene.caller.until(PhoneEvent.CLOSED, within=5)
            # What the fallback's h extension tells is known: the leg's record stays the only one.
            await scene.served.until(lambda: scene.served.ask("/status")["status"]["connections"] == 0, "told", 5)
            assert await scene.records(1) == [record]
    finally:
        await asyncio.to_thread(rx, pbx, "dialplan set global IVRCTL_LEG_LIMIT 600")


async def test_who_is_redirected_into_another_line_was_transferred(pbx: Pbx, tmp_path: Path) -> None:
    """Two legs of one channel, as of a blind transfer."""
    await asyncio.to_thread(rx, pbx, "module load res_clioriginate.so")
    async with in_a_flow(pbx, tmp_path) as scene:
        await scene.served.until(lambda: scene.served.ask("/live")["legs"], "the caller is in a flow", within=5)
        channel = await channel_of(pbx)
        await asyncio.to_thread(rx, pbx, f"channel redirect {channel} ivrctl-lines,{TARGET},1")
        await scene.caller.until(PhoneEvent.CLOSED, within=20)
        former, last = await scene.records(2)
    assert (former["line"], former["reason"]) == (ANSWERS, f"transferred to {TARGET}")
    assert (last["line"], last["ending"]) == (TARGET, "served")
    assert last["uniqueid"] == former["uniqueid"]


async def test_who_is_redirected_to_a_place_that_is_none_of_ours_has_not_hung_up(pbx: Pbx, tmp_path: Path) -> None:
    """Here to a phone that rings: he is in a call, and his leg has its record."""
    await asyncio.to_thread(rx, pbx, "module load res_clioriginate.so")
    async with in_a_flow(pbx, tmp_path) as scene, Softphone.agent(pbx, "8102", folder=tmp_path / "agent") as agent:
        await scene.served.until(lambda: scene.served.ask("/live")["legs"], "the caller is in a flow", within=5)
        channel = await channel_of(pbx)
        await asyncio.to_thread(rx, pbx, f"channel redirect {channel} from-agents-numbers,8102,1")
        await agent.until(PhoneEvent.INCOMING, within=10)
        (record,) = await scene.records(1)
        assert scene.caller.is_in_call
    assert record["reason"] == "left the flow, and the dialplan did not say where to"
