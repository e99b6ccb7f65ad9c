"""A way to a TCP server whose bytes can be cut, delayed, sent one by one, or swallowed: that to AMI."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from .wire import LOOPBACK, Shape

_PART = 4096
_FAR = 1 << 40


class Way:
    """See the module. Made by ``opened``; used from one event loop."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.shape: Callable[[], Shape] = Shape
        """Of a new connection; ``there`` and ``back`` are its directions."""
        self.connections = 0
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def opened(cls, target: tuple[str, int]) -> AsyncIterator[Self]:
        """Listen until the end of the block."""
        way = cls(target)
        server = await asyncio.start_server(way._accept, LOOPBACK, 0)
        way.address = server.sockets[0].getsockname()
        try:
            yield way
        finally:
            server.close()
            for task in way._tasks:
                task.cancel()
            await asyncio.gather(*way._tasks, return_exceptions=True)

    address: tuple[str, int]

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
        shape = self.shape()
        try:
            to, onward = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        ways = {
            asyncio.ensure_future(self._pass(reader, onward, shape, shape.cut_at.get("there", _FAR))),
            asyncio.ensure_future(self._pass(to, writer, shape, shape.cut_at.get("back", _FAR))),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in (writer, onward):
                each.close()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, shape: Shape, left: int) -> None:
        with contextlib.suppress(OSError):
            while content := await source.read(_PART):
                await self._is_open.wait()
                taken, left = content[:left], left - len(content)
                for part in (taken[n : n + 1] for n in range(len(taken))) if shape.is_bytewise else (taken,):
                    if shape.delay is not None:
                        await asyncio.sleep(shape.delay())
                    if sink.is_closing():
                        return
                    sink.write(part)
                    await sink.drain()
                if left < 0:
                    sink.transport.abort()
                    return
