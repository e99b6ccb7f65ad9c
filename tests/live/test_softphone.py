"""Softphones: what they do is what Asterisk and the other phone see and hear."""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import sys
import wave
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.pbx import Pbx, rx
from ivrctl.adapters.pbx.process import start_time
from ivrctl.testkit.audio import RATE, duration, find, longest_silence, tone, write_wav
from ivrctl.testkit.softphone import PhoneEvent, Softphone, SoftphoneError

if TYPE_CHECKING:
    from tests.live.conftest import AgiSession, Phones, ScriptedController

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

CHIME = tone(900, 1300, seconds=1)
GONG = tone(700, 2100, seconds=1)


async def talk(one: Softphone, other: Softphone) -> None:
    """Have two agents in a conversation."""
    await one.dial(other.identity.number)
    await other.until(PhoneEvent.INCOMING, within=5)
    await other.accept()
    for phone in (one, other):
        await phone.until(PhoneEvent.HEARING, within=5)


async def test_two_agents_talk(phones: Phones) -> None:
    """Each hears what the other says, and not himself."""
    one, other = await phones.agent("8101"), await phones.agent("8102")
    await talk(one, other)
    for phone, sound in ((one, CHIME), (other, GONG)):
        write_wav(phone.folder / "say.wav", sound)
        await phone.speak(phone.folder / "say.wav")
    await asyncio.sleep(2)
    await one.hang_up()
    await other.until(PhoneEvent.CLOSED, within=2)
    assert find(CHIME, other.heard).is_heard
    assert find(GONG, one.heard).is_heard
    assert not find(CHIME, one.heard).is_begun


async def test_what_was_heard_has_the_time_of_the_call(
    pbx: Pbx, controller: ScriptedController, phones: Phones
) -> None:
    """Asterisk sends nothing while it waits for a key: the pause is in the recording all the same.

    To 0.2 s on a quiet machine; between other tests this process notes its own times late.
    """
    write_wav(pbx.prompts.ours / "chime.wav", CHIME)
    said_at = []

    async def script(session: AgiSession) -> None:
        await session.send("ANSWER")
        for _ in range(2):
            await session.send("WAIT FOR DIGIT 1500")
            said_at.append(asyncio.get_running_loop().time())
            await session.send('STREAM FILE /srv/ivrctl/prompts/chime ""')
        await session.hand_off("end")

    await controller.start(script)
    caller = await phones.caller()
    await caller.dial("10010")
    await caller.until(PhoneEvent.CLOSED, within=10)
    first = find(CHIME, caller.heard).at_seconds
    second = find(CHIME, caller.heard, after=first + 0.5).at_seconds
    assert caller.heard_since + first == pytest.approx(said_at[0], abs=0.7)
    assert second - first == pytest.approx(said_at[1] - said_at[0], abs=0.7)
    assert longest_silence(caller.heard).seconds == pytest.approx(1.5, abs=0.7)


async def test_a_recording_can_be_listened_to_during_the_call(phones: Phones) -> None:
    """It lags by less than half a second: at the best of many looks, for a phone that is not let run writes nothing."""
    one, other = await phones.agent("8101"), await phones.agent("8102")
    now = asyncio.get_running_loop().time
    began = now()
    await talk(one, other)
    await asyncio.sleep(1.5)
    lags = []
    for _ in range(10):
        await asyncio.sleep(0.1)
        lags.append(now() - other.heard_since - duration(other.heard))
    assert min(lags) < 0.4
    assert duration(other.heard) < now() - began


async def test_each_call_has_a_recording_of_its_own(phones: Phones) -> None:
    """The second call's recording begins anew, the first call's stays."""
    one, other = await phones.agent("8101"), await phones.agent("8102")
    recordings = []
    for _ in range(2):
        await talk(one, other)
        await one.hang_up()
        await other.until(PhoneEvent.CLOSED, within=2)
        recordings.append((other.heard, other.received))
    assert len({file for both in recordings for file in both}) == 4
    assert all(0 < duration(file) < 2 for both in recordings for file in both)


async def test_all_keys_arrive(controller: ScriptedController, phones: Phones) -> None:
    """All twelve, in order, as RFC 4733 events."""
    keys = []

    async def listen(session: AgiSession) -> None:
        await session.send("ANSWER")
        while len(keys) < 12:
            keys.append(chr(int((await session.send("WAIT FOR DIGIT 5000")).removeprefix("200 result="))))
        await session.hand_off("end")

    await controller.start(listen)
    caller = await phones.caller()
    await caller.dial("10010")
    await caller.until(PhoneEvent.ESTABLISHED, within=5)
    await caller.press("1234567890*#")
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert "".join(keys) == "1234567890*#"


async def test_a_phone_starts_quickly(pbx: Pbx) -> None:
    """A scenario with several phones does not wait for them: 0.1 s seen, registered."""
    began = asyncio.get_running_loop().time()
    async with Softphone.agent(pbx, "8101"):
        assert asyncio.get_running_loop().time() - began < 2


async def test_a_closed_phone_is_gone(pbx: Pbx, phones: Phones) -> None:
    """Its process has ended, its registration is taken back, and what it kept for itself is removed."""
    async with Softphone.agent(pbx, "8102") as gone:
        folder = gone.folder
    other = await phones.agent("8101")
    await other.dial("8102")
    closed = await other.until(PhoneEvent.CLOSED, within=5)
    assert re.match("[456]", closed.detail)
    assert not folder.exists()


async def test_a_phone_that_is_closed_in_a_call_hangs_up(pbx: Pbx, phones: Phones) -> None:
    """The other side is not left talking to nobody."""
    other = await phones.agent("8101")
    async with Softphone.agent(pbx, "8102") as leaver:
        await talk(leaver, other)
    await other.until(PhoneEvent.CLOSED, within=2)


def test_a_phone_ends_with_the_loop_in_which_it_was_held(pbx: Pbx) -> None:
    """An event loop that ends cancels all tasks at once, also those that wait for the phone's end."""

    async def held(opened: asyncio.Event) -> None:
        async with Softphone.caller(pbx) as phone:
            # It cannot be told to leave, like one that has only just begun.
            await phone._control.close()
            opened.set()
            await asyncio.Event().wait()

    async def leaves() -> None:
        opened = asyncio.Event()
        holding = asyncio.ensure_future(held(opened))
        await opened.wait()
        assert not holding.done()
        raise InterruptedError

    with pytest.raises(InterruptedError):
        asyncio.run(leaves())


async def test_a_wrong_password_is_told(pbx: Pbx) -> None:
    """A phone that cannot register does not start."""
    phone = Softphone.agent(pbx, "8101")
    phone.identity = replace(phone.identity, password="guess")
    with pytest.raises(SoftphoneError, match="REGISTER_FAILED"):
        await phone.__aenter__()


async def test_an_extension_that_nobody_has_is_refused(pbx: Pbx) -> None:
    """Before anything is started."""
    with pytest.raises(SoftphoneError, match="9999 is not an agent"):
        Softphone.agent(pbx, "9999")


async def test_a_phone_that_rings_can_be_refused(phones: Phones) -> None:
    """The caller sees that it is busy."""
    one, other = await phones.agent("8101"), await phones.agent("8102")
    await one.dial("8102")
    await other.until(PhoneEvent.INCOMING, within=5)
    await other.hang_up()
    assert "486" in (await one.until(PhoneEvent.CLOSED, within=5)).detail


async def test_what_does_not_happen_is_told_with_what_did(phones: Phones) -> None:
    """The error of `until` names the event, the time, what was seen, and ends with the phone's log."""
    phone = await phones.agent("8101")
    with pytest.raises(
        SoftphoneError, match=r"INCOMING did not come within 0.1 s; seen so far: REGISTERED[\s\S]*200 OK"
    ):
        await phone.until(PhoneEvent.INCOMING, within=0.1)


async def test_what_cannot_come_any_more_is_not_waited_for(phones: Phones) -> None:
    """The call has ended without an answer: no deadline needs to pass."""
    phone = await phones.agent("8101")
    await phone.dial("8102")
    with pytest.raises(SoftphoneError, match="ESTABLISHED cannot come: the call ended"):
        await phone.until(PhoneEvent.ESTABLISHED, within=50)


async def test_an_event_is_seen_once(phones: Phones) -> None:
    """Waiting for a second CLOSED does not find the first."""
    phone = await phones.agent("8101")
    await phone.dial("8102")
    await phone.until(PhoneEvent.CLOSED, within=5)
    with pytest.raises(SoftphoneError, match="CLOSED did not come"):
        await phone.until(PhoneEvent.CLOSED, within=0.1)


async def test_a_command_that_makes_no_sense_is_told(phones: Phones) -> None:
    """There is no call that a key could go to."""
    phone = await phones.caller()
    with pytest.raises(SoftphoneError, match="sndcode 1"):
        await phone.press("1")


async def test_sound_of_another_form_is_refused(phones: Phones, tmp_path: Path) -> None:
    """It would be heard at the wrong pitch."""
    with wave.open(str(tmp_path / "cd.wav"), "wb") as other:
        other.setnchannels(2)
        other.setsampwidth(2)
        other.setframerate(44100)
        other.writeframes(bytes(4 * RATE))
    with pytest.raises(SoftphoneError, match="8 kHz"):
        await (await phones.caller()).speak(tmp_path / "cd.wav")


async def test_nothing_was_heard_before_the_first_call(phones: Phones) -> None:
    """There is no time to begin from."""
    phone = await phones.caller()
    with pytest.raises(SoftphoneError, match="no call"):
        _ = phone.heard_since
    with pytest.raises(SoftphoneError, match="no call"):
        _ = phone.received
    assert phone.samples_received == 0


async def test_a_phone_ends_with_whoever_holds_it(pbx: Pbx, tmp_path: Path) -> None:
    """The process that started it is killed: the phone does not go on calling."""
    program = HOLDER.format(name=pbx.name, folder=tmp_path / "phone")
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout is not None
    baresip = int(await holder.stdout.readline())
    assert start_time(baresip) is not None
    ended = await asyncio.to_thread(kill_and_wait, holder.pid, baresip)
    await holder.wait()
    assert ended


def kill_and_wait(holder: int, baresip: int) -> bool:
    process = os.pidfd_open(baresip)
    os.kill(holder, signal.SIGKILL)
    try:
        return bool(select.select([process], [], [], 10)[0])
    finally:
        os.close(process)


HOLDER = """
import asyncio
from pathlib import Path
from ivrctl.adapters.pbx import find
from ivrctl.testkit.softphone import Softphone

async def hold():
    async with Softphone.caller(find("{name}"), folder=Path("{folder}")) as phone:
        print(phone._process._process.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


async def test_many_calls_in_a_row(phones: Phones) -> None:
    """Twenty calls between two phones, accepted at once and a little later: none is lost, no phone dies."""
    one, other = await phones.agent("8101"), await phones.agent("8102")
    for number in range(20):
        await one.dial("8102")
        await other.until(PhoneEvent.INCOMING, within=5)
        await asyncio.sleep(0.05 * (number % 4))
        await other.accept()
        await one.until(PhoneEvent.HEARING, within=5)
        await one.hang_up()
        await other.until(PhoneEvent.CLOSED, within=5)


async def test_keys_last_as_long_as_a_finger(pbx: Pbx, controller: ScriptedController, phones: Phones) -> None:
    """Asterisk sees each key for 0.1 to 0.3 s, as from a telephone, so nothing that listens for keys is favoured."""

    async def listen(session: AgiSession) -> None:
        await session.send("ANSWER")
        for _ in range(3):
            await session.send("WAIT FOR DIGIT 5000")
        await session.hand_off("end")

    await asyncio.to_thread(rx, pbx, "logger add channel keys.log dtmf")
    try:
        await controller.start(listen)
        caller = await phones.caller()
        await caller.dial("10010")
        await caller.until(PhoneEvent.ESTABLISHED, within=5)
        await caller.press("159")
        await caller.until(PhoneEvent.CLOSED, within=5)
    finally:
        await asyncio.to_thread(rx, pbx, "logger remove channel keys.log")
    keys = pbx.log.with_name("keys.log")
    lengths = [int(ms) for ms in re.findall(r"DTMF end '\d' received on \S+, duration (\d+) ms", keys.read_text())]
    keys.unlink()
    assert len(lengths) == 3
    assert all(100 <= ms <= 300 for ms in lengths)
