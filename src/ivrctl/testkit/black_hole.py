"""A way to a TCP server that can swallow every packet: nothing is refused then, nothing is acknowledged, nothing comes.

    async with BlackHole.opened(("127.0.0.1", 5038)) as way:
        ...                                                 # connect to 127.0.0.1:way.port
        way.swallow()
        way.let_through()

The sockets are this process's own, and a filter of theirs drops what comes before TCP sees it (``SO_ATTACH_FILTER`` of
socket(7)): it takes no rights and no other program, and Linux does with it what it does where a cable is cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

_ATTACH, _DETACH = 26, 27
"""``SO_ATTACH_FILTER`` and ``SO_DETACH_FILTER`` of asm-generic/socket.h; Python names neither."""
_RETURN = 0x06
_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", _RETURN, 0, 0, 0))
"""A program of the classic packet filter: of each packet no byte is kept."""
_PROGRAM = struct.pack("HP", 1, ctypes.addressof(_NOTHING))
_PART = 65_536


class BlackHole:
    """See the module. Use it from one event loop."""

    def __init__(self, target: tuple[str, int]) -> None:
        """Prepare it.

        Args:
            target: host and port of the server.
        """
        self.port = 0
        self._target = target
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._sockets: set[socket.socket] = set()
        """Those that peers of ours speak to, and the one that they knock at."""
        self._connections: set[asyncio.Task[object]] = set()

    @classmethod
    @asynccontextmanager
    async def opened(cls, target: tuple[str, int]) -> AsyncIterator[Self]:
        """A way to this server, until the end of the block."""
        way = cls(target)
        server = await asyncio.start_server(way._connected, "127.0.0.1", 0)
        way.port = server.sockets[0].getsockname()[1]
        way._sockets.update(server.sockets)
        try:
            yield way
        finally:
            way.let_through()
            server.close()
            for each in way._connections:
                each.cancel()
            await asyncio.gather(*way._connections, return_exceptions=True)
            await server.wait_closed()

    def swallow(self) -> None:
        """From now on nothing comes through, in either direction, nor is a new connection answered."""
        self._is_open.clear()
        for each in self._sockets:
            each.setsockopt(socket.SOL_SOCKET, _ATTACH, _PROGRAM)

    def let_through(self) -> None:
        """Everything comes through again; what was sent meanwhile is sent once more by TCP."""
        if not self._is_open.is_set():
            for each in self._sockets:
                each.setsockopt(socket.SOL_SOCKET, _DETACH, 0)
            self._is_open.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own, task = writer.get_extra_info("socket"), asyncio.current_task()
        self._sockets.add(own)
        writers = [writer]
        if task is not None:
            self._connections.add(task)
        try:
            to, onward = await asyncio.open_connection(*self._target)
            writers.append(onward)
            ways = {asyncio.ensure_future(each) for each in (self._carry(reader, onward), self._carry(to, writer))}
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass  # nobody is there: ours is closed, too
        finally:
            self._sockets.discard(own)
            for each in writers:
                each.close()
                with contextlib.suppress(OSError):
                    await each.wait_closed()
            if task is not None:
                self._connections.discard(task)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(_PART):
            await self._is_open.wait()
            sink.write(data)
            await sink.drain()
