"""Messages on a real Asterisk: what Record() leaves, what the dialplan tells of it; the controller is a script."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.audio import duration, find, melody, write_wav
from ivrctl.testkit.softphone import PhoneEvent, Softphone

if TYPE_CHECKING:
    from tests.live.conftest import AgiSession, Phones, ScriptedController

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

LINE = "10010"
TWO_SECONDS = 44 + 2 * 16_000
"""Bytes."""
BEEP = 1.5
"""Seconds until the tone has been played and the recording runs."""


class Message:
    """One caller who is asked for a message."""

    def __init__(self, pbx: Pbx, controller: ScriptedController, longest: int) -> None:
        self.controller = controller
        self.back: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self.file = pbx.recordings.ours / f"test-{id(self)}.wav"
        self._longest = longest

    async def left_by(self, caller: Softphone) -> None:
        """Have a caller handed off to Record(); returns when it records."""
        await self.controller.start(self._ask, self._take)
        await caller.dial(LINE)
        await caller.until(PhoneEvent.ESTABLISHED, within=5)
        await asyncio.sleep(BEEP)

    async def _ask(self, session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.send(f"SET VARIABLE IVRCTL_LEAST {TWO_SECONDS}")
        await session.hand_off("voicemail", f"{self.file.name},0,{self._longest},k")

    async def _take(self, session: AgiSession) -> None:
        self.back.set_result((session.after, await session.variable("IVRCTL_OUTCOME")))
        await session.hand_off("end")


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """What callers say: four seconds."""
    file = tmp_path / "speech.wav"
    write_wav(file, melody(4))
    return file


async def test_a_message_ended_by_hash_is_in_the_file(
    pbx: Pbx, controller: ScriptedController, phones: Phones, speech: Path
) -> None:
    """The caller comes back with DTMF, and the file holds what he said."""
    message, caller = Message(pbx, controller, 30), await phones.caller()
    await message.left_by(caller)
    await caller.speak(speech)
    await asyncio.sleep(4.5)
    await caller.press("#")
    async with Deadline(5):
        assert await message.back == ("voicemail-1", "DTMF")
    assert find(speech, message.file).is_heard


async def test_a_message_ended_by_hanging_up_is_in_the_file(
    pbx: Pbx, controller: ScriptedController, phones: Phones, speech: Path
) -> None:
    """Extension h tells HANGUP, and the file is kept."""
    message, caller = Message(pbx, controller, 30), await phones.caller()
    await message.left_by(caller)
    await caller.speak(speech)
    await asyncio.sleep(4.5)
    await caller.hang_up()
    ended = await controller.until_ended()
    assert ended.request["outcome"] == "HANGUP"
    assert find(speech, message.file).is_heard


async def test_a_message_at_its_longest_ends(pbx: Pbx, controller: ScriptedController, phones: Phones) -> None:
    """Nobody speaks for ever: TIMEOUT, and the file is as long as was allowed."""
    message, caller = Message(pbx, controller, 3), await phones.caller()
    await message.left_by(caller)
    async with Deadline(6):
        assert await message.back == ("voicemail-1", "TIMEOUT")
    assert duration(message.file) == pytest.approx(3, abs=0.3)


@pytest.mark.parametrize("is_hung_up", [False, True])
async def test_a_message_that_is_none_is_short(
    pbx: Pbx, controller: ScriptedController, phones: Phones, is_hung_up: bool
) -> None:
    """Who ends it right after the tone has said nothing, by the hash key or by hanging up."""
    message, caller = Message(pbx, controller, 30), await phones.caller()
    await message.left_by(caller)
    if is_hung_up:
        await caller.hang_up()
        assert (await controller.until_ended()).request["outcome"] == "HANGUP-SHORT"
        return
    await caller.press("#")
    async with Deadline(5):
        assert await message.back == ("voicemail-1", "DTMF-SHORT")
