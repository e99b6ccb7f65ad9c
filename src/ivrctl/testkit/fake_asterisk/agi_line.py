"""Asterisk's end of a FastAGI socket, with its way of reading.

Asterisk looks whether the *socket* is readable, then takes *one line* from a buffer that it fills only when it holds no
whole line. So the second of two commands in one segment lies unseen until a third arrives (measured on Asterisk 22; it
then answers both). A controller that pipelines works by accident or not at all, here as there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import cast


class Turn(Enum):
    """What is there to be done when no command is."""

    HANGUP = auto()
    """The leg is over and the controller is to be told."""
    END = auto()
    """The controller has closed its side."""


class AgiLine(asyncio.Protocol):
    """The socket to the controller.

    Args:
        on_readable: called when something came, also the end: it interrupts a running media command.
    """

    def __init__(self, on_readable: Callable[[], None]) -> None:
        self._on_readable = on_readable
        self._arrived: deque[bytes] = deque()
        """Segments that lie in the kernel."""
        self._buffer = b""
        """What was read and not yet taken as a line."""
        self._has_ended = False
        self._stirred: asyncio.Event = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self.log: list[str] = []
        """The session as it went: ``> command`` from the controller, ``< reply`` to it."""

    @property
    def is_readable(self) -> bool:
        """What select(2) says of the socket: the buffer of read bytes does not count."""
        return bool(self._arrived) or self._has_ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._arrived.append(data)
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop; a reset ends the session like a close."""
        del exc
        self._has_ended = True
        self._tell()

    def stir(self) -> None:
        """Something else than the socket needs ``next_command`` to look up."""
        self._stirred.set()

    async def next_command(self, is_hangup_due: Callable[[], bool]) -> str | Turn:
        """Wait for a line, for the end, or for a hang-up that the controller is to be told of."""
        while True:
            if is_hangup_due():
                return Turn.HANGUP
            if self.is_readable and (line := self._take_line()) is not None:
                self.log.append(f"> {line}")
                return line
            if self._has_ended and not self._arrived:
                return Turn.END
            self._stirred.clear()
            await self._stirred.wait()

    def say(self, line: str) -> None:
        """Send one line in a write of its own, as Asterisk does."""
        self.log.extend(f"< {part}" for part in line.split("\n"))
        self.write(line)

    def write(self, line: str) -> None:
        """Send one line that is not part of the log: the request block."""
        if self._transport is not None and not self._has_ended:
            self._transport.write(line.encode("utf-8", "surrogateescape") + b"\n")

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    def _take_line(self) -> str | None:
        while b"\n" not in self._buffer and self._arrived:
            self._buffer += self._arrived.popleft()
        line, end, rest = self._buffer.partition(b"\n")
        if not end:
            return None
        self._buffer = rest
        return line.decode("utf-8", "surrogateescape")

    def _tell(self) -> None:
        self._stirred.set()
        self._on_readable()
