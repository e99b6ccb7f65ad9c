"""Callers and agents with softphones: they call, wait, answer and talk until they are told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ivrctl.adapters.pbx import Pbx, rx
from ivrctl.testkit import audio
from ivrctl.testkit.softphone import PhoneEvent, Softphone, SoftphoneError

LONGEST_CALL = 90.0
"""Seconds after which a caller whom nobody serves hangs up."""
RING_SECONDS = 1.0
TALK_SECONDS = 3.0
GAP = 0.3
"""Seconds between two calls of one caller."""


@dataclass(frozen=True, slots=True)
class CallMade:
    """One call, as its caller saw it."""

    number: str
    line: str
    has_ended: bool
    """True when the other side hung up, in its own time."""
    seconds: float
    longest_silence: float
    silent_at: float
    """Seconds into the call at which that silence began."""
    recording: Path


@dataclass(slots=True)
class Caller:
    """Somebody who calls a line again and again."""

    phone: Softphone
    line: str
    calls: list[CallMade] = field(default_factory=list)

    async def call_until(self, enough: asyncio.Event) -> None:
        """Call, hear it out, call again; the call during which it is enough is heard out too."""
        while not enough.is_set():
            self.calls.append(await self.call())
            await asyncio.sleep(GAP)

    async def call(self) -> CallMade:
        """One call to its end."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self.phone.dial(self.line)
        has_ended = True
        try:
            await self.phone.until(PhoneEvent.CLOSED, within=LONGEST_CALL)
        except SoftphoneError:
            has_ended = False
            await self.phone.hang_up()
            await self.phone.until(PhoneEvent.CLOSED, within=5)
        heard = self.phone.heard
        silence = await asyncio.to_thread(audio.longest_silence, heard)
        return CallMade(
            self.phone.identity.number,
            self.line,
            has_ended,
            loop.time() - began,
            silence.seconds,
            silence.start,
            heard,
        )


async def answer_calls(phone: Softphone, speech: Path) -> None:
    """Be an agent until cancelled: let it ring, accept, talk, hang up."""
    while True:
        await phone.until(PhoneEvent.INCOMING, within=3600)
        await asyncio.sleep(RING_SECONDS)
        try:
            await phone.accept()
            await phone.until(PhoneEvent.ESTABLISHED, within=5)
            await phone.speak(speech)
            await asyncio.sleep(TALK_SECONDS)
            await phone.hang_up()
        except SoftphoneError:
            # The caller has left before.
            continue


@asynccontextmanager
async def signed_on(pbx: Pbx, queue: str, *agents: str) -> AsyncIterator[None]:
    """Agents are members of a queue meanwhile."""
    for agent in agents:
        await asyncio.to_thread(rx, pbx, f"queue add member PJSIP/{agent} to {queue}")
    try:
        yield
    finally:
        for agent in agents:
            await asyncio.to_thread(rx, pbx, f"queue remove member PJSIP/{agent} from {queue}")


def make_speech(file: Path) -> Path:
    """What an agent says: a tone as long as a talk, so that a talk is no silence."""
    audio.write_wav(file, audio.tone(440, 700, seconds=TALK_SECONDS + 1))
    return file
