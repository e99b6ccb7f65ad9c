"""What ``ivrctl call`` stands on: one call of a softphone, told to whoever waits for it, and stopped at his word."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.dialling import CallPlan, place_call

if TYPE_CHECKING:
    from tests.live.conftest import AgiSession, ScriptedController

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

PLAN = CallPlan("10010", "+8613800138000", longest=60)


def nobody(_path: str) -> dict[str, Any]:
    """The API of a controller that has no flows, such as the scripted one."""
    return {"legs": [], "calls": []}


async def holds_the_line(session: AgiSession) -> None:
    """Answer, and wait for a key that nobody presses."""
    await session.send("ANSWER")
    await session.send("WAIT FOR DIGIT 60000")


async def test_a_call_is_told_while_it_lasts_and_stopped_at_a_word(
    controller: ScriptedController, pbx: Pbx, tmp_path: Path
) -> None:
    """The caller hangs up long before the call would be over, and what was heard until then is the answer."""
    await controller.start(holds_the_line)
    told: list[str] = []
    stop = asyncio.Event()

    def tell(sentence: str) -> None:
        told.append(sentence)
        if sentence.startswith("answered"):
            stop.set()

    placed = await place_call(pbx, nobody, PLAN, tmp_path, tell=tell, stop=stop)
    assert (placed.is_answered, placed.is_interrupted) == (True, True)
    assert placed.seconds < 10
    assert told[0] == "dialling 10010 as +8613800138000"
    assert told[1] == "answered, listening; up to 60 s"


async def test_a_call_that_the_pbx_refuses_says_how(pbx: Pbx, tmp_path: Path) -> None:
    """In the words of SIP."""
    placed = await place_call(pbx, nobody, CallPlan("nobody", "+8613800138000"), tmp_path)
    assert not placed.is_answered
    assert "404" in placed.refusal
