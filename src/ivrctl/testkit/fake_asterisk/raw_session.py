r"""The same AGI lines against the fake and against a real Asterisk, so that the two can be compared.

A raw session is a list of steps: a text is a command, sent and waited for; bytes are sent as they are; a number is a
pause in seconds, in which everything that comes is noted. A ``RawController`` is a FastAGI server that plays it to
whichever Asterisk connects, and notes the transcript::

    raw = RawController(["ANSWER", 'STREAM FILE "one" ""', b"NOOP\nNOOP\n", 0.5])
    address = await raw.listen()      # point AGI(agi://…) of either Asterisk here
    transcript = await raw.transcript()
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from typing import TypeAlias

from ivrctl.adapters.deadline import Deadline
from ivrctl.testkit.fake_asterisk.agi_session import AgiSession
from ivrctl.testkit.fake_asterisk.channel import Channel
from ivrctl.testkit.fake_asterisk.clock import ScaledClock
from ivrctl.testkit.fake_asterisk.prompts import PromptLengths

RawStep: TypeAlias = str | bytes | float
RawSession: TypeAlias = Sequence[RawStep]
CallerAct: TypeAlias = tuple[float, str]
"""Seconds after the answer, and a key or ``hang up``."""

REPLY_SECONDS = 10.0
"""How long a command may take, in the session's seconds."""
HANG_UP = "hang up"
_USAGE = re.compile(r"(?s)(< 520-[^\n]*)\n.*?\n(< 520 End of proper usage\.)")


class RawController:
    """A FastAGI server for one session.

    Args:
        session: what to send.
        speed: how many of the session's seconds are one real second.
    """

    def __init__(self, session: RawSession, *, speed: float = 1.0) -> None:
        self._session = session
        self._speed = speed
        self._server: asyncio.Server | None = None
        self._transcript: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> tuple[str, int]:
        """Open the port; the address to connect to."""
        self._server = await asyncio.start_server(self._play, host, port)
        name = self._server.sockets[0].getsockname()
        return str(name[0]), int(name[1])

    async def transcript(self, within: float = 60.0) -> list[str]:
        """Wait until the session has been played; every line both ways, ``> `` sent and ``< `` received.

        Raises:
            TimeoutError: nobody connected, or the session did not end.
        """
        try:
            async with Deadline(within):
                return await self._transcript
        finally:
            if self._server is not None:
                self._server.close()

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines: list[str] = []
        try:
            await reader.readuntil(b"\n\n")
            for step in self._session:
                lines += await self._step(step, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            lines.append("< end")
        finally:
            writer.close()
            if not self._transcript.done():
                self._transcript.set_result(lines)

    async def _step(self, step: RawStep, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[str]:
        match step:
            case str():
                writer.write(step.encode() + b"\n")
                return [f"> {step}", *await self._received(reader, REPLY_SECONDS, stop_at_reply=True)]
            case bytes():
                writer.write(step)
                return [f"> {line}" for line in step.decode().splitlines()]
            case _:
                return await self._received(reader, step, stop_at_reply=False)

    async def _received(self, reader: asyncio.StreamReader, seconds: float, *, stop_at_reply: bool) -> list[str]:
        """The lines of the next seconds, or up to the end of a reply."""
        lines: list[str] = []
        try:
            async with Deadline(seconds / self._speed):
                while line := await reader.readline():
                    lines.append(f"< {line.decode().rstrip()}")
                    if stop_at_reply and re.match(rb"[25]\d\d ", line):
                        return lines
                lines.append("< end")
        except TimeoutError:
            pass
        return lines


async def run_raw(
    session: RawSession,
    prompts: PromptLengths,
    *,
    caller: Sequence[CallerAct] = (),
    exit_on_hangup: bool = False,
    speed: float = 2.0,
) -> list[str]:
    """Play a raw session to the fake: one AGI() on a channel of its own, outside of the dialplan loop.

    Args:
        session: what the controller sends.
        prompts: how long each prompt plays.
        caller: what the caller does, and when.
        exit_on_hangup: what AGIEXITONHANGUP says.
        speed: how many of the session's seconds are one real second; a turn of either side should be nothing in it.

    Returns:
        The transcript, as a ``RawController`` notes it.
    """
    controller = RawController(session, speed=speed)
    address = await controller.listen()
    clock = ScaledClock(speed=speed)
    channel = Channel("Local/raw", "1.1", "", "agi", "test", "en", clock, 0.0, variables={"EXTEN": "agi"})
    acting = _Acting(channel, caller)
    channel.on_change.append(acting.look)
    run = AgiSession(channel, address, prompts, exit_on_hangup=exit_on_hangup).run("leg", ("L1", "start"))
    _, transcript = await asyncio.gather(run, controller.transcript())
    return transcript


def normalised(transcript: Sequence[str]) -> list[str]:
    """A transcript without what may differ between two Asterisks: usage texts, and where exactly a prompt was cut.

    Positions are rounded to a quarter of a second, so a caller should act in the middle between two of them.
    """
    text = _USAGE.sub(r"\1\n\2", "\n".join(transcript))
    return _ENDPOS.sub(lambda match: f"endpos~{round(int(match[1]) / _QUARTER) / 4:g}s", text).split("\n")


_ENDPOS = re.compile(r"endpos=(\d+)")
_QUARTER = 2000
"""Samples in a quarter of a second."""


class _Acting:
    """Starts the caller's acts when the channel has been answered."""

    def __init__(self, channel: Channel, acts: Sequence[CallerAct]) -> None:
        self._channel = channel
        self._acts = acts
        self._has_begun = False

    def look(self) -> None:
        """The channel has changed."""
        if self._has_begun or not self._channel.is_up:
            return
        self._has_begun = True
        now = self._channel.clock.now()
        for after, act in self._acts:
            self._channel.clock.call_at(now + after, partial(self._do, act))

    def _do(self, act: str) -> None:
        if act == HANG_UP:
            self._channel.end_leg()
        else:
            self._channel.key(act)
