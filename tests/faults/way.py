"""A way to a TCP server whose bytes can be cut, delayed, sent one by one, or swallowed: that to AMI, that to AGI.

It shares no code with either end. ``wire.Wire`` is the same for AGI, read line by line.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

LOOPBACK = "127.0.0.1"
PART = 65_536
_FAR = 1 << 40


class Direction(StrEnum):
    """Where bytes go."""

    THERE = "there"
    """To the server."""
    BACK = "back"
    """From it."""


@dataclass(slots=True)
class Shape:
    """What becomes of the bytes of a connection; by default they pass as they come."""

    is_bytewise: bool = False
    """Each is a segment of its own."""
    delay: Callable[[], float] | None = None
    """Seconds that each segment takes."""
    cut_at: dict[str, int] = field(default_factory=dict)
    """After so many bytes of that direction the connection is reset."""


@dataclass(slots=True)
class Connection:
    """One of those that are carried."""

    shape: Shape
    introduced: tuple[bytes, ...] = ()
    """What has been read of it already, to know whose it is; that passes part by part, as it came."""
    passed: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))


class Way:
    """See the module; an asynchronous context manager, used from one event loop."""

    def __init__(self, target: tuple[str, int]) -> None:
        """Prepare a way to whoever listens there."""
        self.target = target
        self.shape: Callable[[], Shape] = Shape
        """Of a new connection."""
        self.connections = 0
        """All that there have been."""
        self.address: tuple[str, int] = (LOOPBACK, 0)
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen."""
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close what is left."""
        self.stop_listening()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def listen(self) -> None:
        """Take connections, on the same port as before."""
        self._server = await asyncio.start_server(self._accept, *self.address)
        self.address = self._server.sockets[0].getsockname()

    def stop_listening(self) -> None:
        """Refuse connections; those that are there stay."""
        self._server.close()

    @property
    def is_idle(self) -> bool:
        """Whether no connection is there."""
        return not self._tasks

    def cut(self) -> None:
        """Close every connection; new ones are taken."""
        for task in self._tasks:
            task.cancel()

    def swallow(self) -> None:
        """From now on nothing comes through, and nobody is told."""
        self._is_open.clear()

    def let_through(self) -> None:
        """Everything comes through again."""
        self._is_open.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            connection = await self._introduced(reader)
            to, onward = await asyncio.open_connection(*self.target)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return
        for part in connection.introduced:
            onward.write(part)
        ways = {
            asyncio.ensure_future(self._pass(Direction.THERE, reader, onward, connection)),
            asyncio.ensure_future(self._pass(Direction.BACK, to, writer, connection)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in (writer, onward):
                each.close()

    async def _introduced(self, _reader: asyncio.StreamReader) -> Connection:
        """Whose connection it is, by what comes first."""
        return Connection(self.shape())

    async def _part(self, source: asyncio.StreamReader) -> bytes:
        """What passes as one; nothing at the end."""
        return await source.read(PART)

    async def _pass(
        self, way: Direction, source: asyncio.StreamReader, sink: asyncio.StreamWriter, connection: Connection
    ) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while content := await self._part(source):
                await self._is_open.wait()
                await self._carried(way, content, sink, connection)

    async def _carried(
        self, way: Direction, content: bytes, sink: asyncio.StreamWriter, connection: Connection
    ) -> None:
        """Write what passes, in the shape of its connection.

        Raises:
            ConnectionResetError: it was cut here.
        """
        shape = connection.shape
        left = shape.cut_at.get(way, _FAR) - connection.passed[way]
        connection.passed[way] += len(content)
        taken = content[: max(0, left)]
        for part in (taken[n : n + 1] for n in range(len(taken))) if shape.is_bytewise else (taken,):
            if shape.delay is not None:
                await asyncio.sleep(shape.delay())
            if sink.is_closing():
                raise ConnectionResetError
            sink.write(part)
            await sink.drain()
            if shape.is_bytewise:
                await asyncio.sleep(0)
        if left < len(content):
            sink.transport.abort()
            raise ConnectionResetError
