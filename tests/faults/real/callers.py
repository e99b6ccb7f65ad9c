"""Callers with softphones: they call again and again, and one who is asked for a number keys it when he hears that."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivrctl.testkit import audio
from ivrctl.testkit.softphone import PhoneEvent, Softphone, SoftphoneError

ANSWERED_WITHIN, LONGEST_CALL, GAP = 10.0, 90.0, 0.3
"""Seconds after which a caller gives up, until he is answered and behind; and between two calls of one caller."""
LISTENS_EVERY, RECOGNISES_AFTER, REMEMBERS = 0.4, 1.2, 3.0
"""Seconds: how often he listens, how much of a question he needs, and how much of what was said he thinks of."""


@dataclass(frozen=True, slots=True)
class Called:
    """One call, as its caller saw it; times of day in seconds."""

    number: str
    line: str
    began: float
    ended: float
    has_ended: bool
    silence: float
    keyed: str = ""
    """What he was to key: nobody else has it."""
    was_answered: bool = True
    heard: tuple[str, ...] = ()
    """What was recognised in his recording, of what somebody listened for."""


@dataclass(slots=True)
class Caller:
    """Somebody at his phone, who calls a line until it is enough."""

    phone: Softphone
    line: str
    has_died: asyncio.Event
    """Set while Asterisk dies: he hangs up then."""
    sounds: Mapping[str, Path] = field(default_factory=dict)
    """What is said on this line, by text."""
    answered_within: float = ANSWERED_WITHIN
    calls: list[Called] = field(default_factory=list)

    async def call(self, keys: Mapping[str, str], noted: str = "") -> None:
        """One call.

        Args:
            keys: what he keys, by what he is asked; the first of them is his number.
            noted: what is listened for in his recording.
        """
        began, phone = time.time(), self.phone
        try:
            await phone.dial(self.line)
            await phone.until(PhoneEvent.ESTABLISHED, within=self.answered_within)
            self.calls.append(await self._heard_out(began, keys, noted))
        except SoftphoneError:
            with contextlib.suppress(SoftphoneError):
                await phone.hang_up()
            ended = time.time()
            self.calls.append(
                Called(phone.identity.number, self.line, began, ended, has_ended=False, silence=0, was_answered=False)
            )
        await asyncio.sleep(GAP)

    async def _heard_out(self, began: float, keys: Mapping[str, str], noted: str) -> Called:
        phone = self.phone
        keying = asyncio.ensure_future(self._key(keys)) if keys else None
        has_ended = await self._until_over()
        ended = time.time()
        if keying is not None:
            keying.cancel()
            await asyncio.gather(keying, return_exceptions=True)
        silence = await asyncio.to_thread(audio.longest_silence, phone.heard)
        heard = (noted,) if noted and await asyncio.to_thread(self._hears, noted, phone.received) else ()
        keyed = next(iter(keys.values()), "")
        return Called(
            phone.identity.number, self.line, began, ended, has_ended, silence.seconds, keyed=keyed, heard=heard
        )

    async def _until_over(self) -> bool:
        """Wait for the end of the call; whether the other side ended it, or would have."""
        phone = self.phone
        closing = asyncio.ensure_future(phone.until(PhoneEvent.CLOSED, within=LONGEST_CALL))
        dying = asyncio.ensure_future(self.has_died.wait())
        await asyncio.wait({closing, dying}, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if not closing.done():
            await phone.hang_up()
        try:
            await closing
        except SoftphoneError:
            await phone.hang_up()
            return False
        return True

    def _hears(self, text: str, recording: Path) -> bool:
        return text in self.sounds and audio.find(self.sounds[text], recording).is_heard

    async def _key(self, keys: Mapping[str, str]) -> None:
        """Listen for the beginning of each question, and key what it asks for; asked again, key it again."""
        questions = {text: _beginning(self.sounds[text]) for text in keys if text in self.sounds}
        after = 0
        while True:
            await asyncio.sleep(LISTENS_EVERY)
            heard = await asyncio.to_thread(audio.read_wav, self.phone.heard)
            lately = heard[max(after, len(heard) - int(REMEMBERS * audio.RATE)) :]
            for text, question in questions.items():
                if len(lately) > len(question) and (await asyncio.to_thread(audio.find, question, lately)).is_heard:
                    with contextlib.suppress(SoftphoneError):
                        await self.phone.press(keys[text])
                    after = len(await asyncio.to_thread(audio.read_wav, self.phone.heard))
                    break


def _beginning(file: Path) -> audio.Samples:
    return audio.read_wav(file)[: int(RECOGNISES_AFTER * audio.RATE)]
