"""The dialplan application AGI(): connect to the controller, introduce the channel, do as it says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from enum import StrEnum

from ivrctl.adapters.deadline import Deadline
from ivrctl.testkit.fake_asterisk.agi_commands import Running, carry_out
from ivrctl.testkit.fake_asterisk.agi_line import AgiLine, Turn
from ivrctl.testkit.fake_asterisk.channel import Channel
from ivrctl.testkit.fake_asterisk.prompts import PromptLengths
from ivrctl.testkit.fake_asterisk.words import split_words

CONNECT_SECONDS = 2.0
"""Asterisk gives a controller so long to accept: in real time, and then on the caller's clock too."""


class AgiStatus(StrEnum):
    """AGISTATUS: of little use, since a controller that died in mid-call counts as a success."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    """There was no connection, or some command failed on a living channel: a missing prompt is enough."""
    HANGUP = "HANGUP"


class AgiSession:
    """One run of AGI() on a channel.

    Args:
        address: host and port of the controller.
        exit_on_hangup: what AGIEXITONHANGUP says: with it Asterisk leaves by itself when the leg is over.
        is_dead: run from extension h: that the caller has left is known, and not told.
    """

    def __init__(
        self,
        channel: Channel,
        address: tuple[str, int],
        prompts: PromptLengths,
        *,
        exit_on_hangup: bool,
        is_dead: bool = False,
    ) -> None:
        self._channel = channel
        self._address = address
        self._prompts = prompts
        self._exit_on_hangup = exit_on_hangup
        self._is_hangup_told = is_dead
        self._has_failed = False
        self._line = AgiLine(channel.interrupt)

    @property
    def log(self) -> Sequence[str]:
        """The session as it went: ``> command``, ``< reply``."""
        return self._line.log

    async def run(self, script: str, arguments: Sequence[str]) -> AgiStatus:
        """Serve the controller until it closes its side, or until the leg is over."""
        if not await self._connect():
            return AgiStatus.FAILURE
        self._channel.on_change.append(self._line.stir)
        try:
            for line in self._introduction(script, arguments):
                self._line.write(line)
            return await self._obey()
        finally:
            self._channel.on_change.remove(self._line.stir)
            self._line.close()

    async def _connect(self) -> bool:
        loop = asyncio.get_running_loop()
        try:
            async with Deadline(CONNECT_SECONDS):
                await loop.create_connection(lambda: self._line, *self._address)
        except TimeoutError:
            await self._channel.listen(CONNECT_SECONDS)
            return False
        except OSError:
            return False
        return True

    async def _obey(self) -> AgiStatus:
        running = Running(self._channel, self._prompts, lambda: self._line.is_readable)
        while True:
            command = await self._line.next_command(self._is_hangup_due)
            if command is Turn.END:
                return self._status()
            if command is Turn.HANGUP:
                self._is_hangup_told = True
                self._line.say("HANGUP")
                if self._exit_on_hangup:
                    self._line.say("HANGUP")
                    return AgiStatus.HANGUP
            elif (reply := await carry_out(split_words(str(command)), running)) is not None:
                self._line.say(reply)
                self._has_failed |= reply.startswith("200 result=-1") and not self._channel.is_leg_over

    def _status(self) -> AgiStatus:
        if self._is_hangup_told:
            return AgiStatus.HANGUP
        return AgiStatus.FAILURE if self._has_failed else AgiStatus.SUCCESS

    def _is_hangup_due(self) -> bool:
        return self._channel.is_leg_over and not self._is_hangup_told

    def _introduction(self, script: str, arguments: Sequence[str]) -> Iterator[str]:
        host, port = self._address
        channel = self._channel
        yield "agi_network: yes"
        yield f"agi_network_script: {script}"
        yield f"agi_request: agi://{host}:{port}/{script}"
        yield f"agi_channel: {channel.name}"
        yield f"agi_language: {channel.language}"
        yield f"agi_type: {channel.name.partition('/')[0]}"
        yield f"agi_uniqueid: {channel.uniqueid}"
        yield "agi_version: 22.10.1"
        yield f"agi_callerid: {channel.ani or 'unknown'}"
        yield "agi_calleridname: unknown"
        yield f"agi_callingpres: {0 if channel.ani else 67}"
        yield from ("agi_callingani2: 0", "agi_callington: 0", "agi_callingtns: 0")
        yield f"agi_dnid: {channel.extension}"
        yield "agi_rdnis: unknown"
        yield f"agi_context: {channel.context}"
        yield f"agi_extension: {channel.extension}"
        yield from ("agi_priority: 1", "agi_enhanced: 0.0", "agi_accountcode: ", "agi_threadid: 139941084595904")
        for number, argument in enumerate(arguments, start=1):
            yield f"agi_arg_{number}: {argument}"
        yield ""
