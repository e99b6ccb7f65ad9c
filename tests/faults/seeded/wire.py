"""The way between the fake Asterisk and the controllers, where every byte passes: cut, delayed, in pieces, watched.

It shares no code with either end.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self, TypeAlias

LOOPBACK = "127.0.0.1"
_PART = 65_536


class Moment(StrEnum):
    """Where a command is when somebody acts."""

    BEFORE = "before"
    """It has left the controller, and Asterisk has not seen it."""
    DURING = "during"
    """Asterisk carries it out."""
    BEHIND = "behind"
    """Asterisk has answered, and the controller has not seen the answer."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A command of a call, or its answer, on its way."""

    uniqueid: str
    number: int
    """Which of the commands of this call, over all its sessions; the first is 1."""
    moment: Moment
    line: str


Watch: TypeAlias = Callable[[Passing], Awaitable[None]]


async def unwatched(_passing: Passing) -> None:
    """Nobody acts."""


@dataclass(slots=True)
class Shape:
    """What becomes of the bytes of a session; by default they pass as they come."""

    is_bytewise: bool = False
    """Each is a segment of its own."""
    delay: Callable[[], float] | None = None
    """Seconds that each segment takes."""
    cut_at: dict[str, int] = field(default_factory=dict)
    """``commands`` or ``replies``: after so many bytes of that direction the session is reset."""


@dataclass(slots=True)
class _Session:
    """One AGI session."""

    shape: Shape
    uniqueid: str = ""
    leg: str = ""
    passed: dict[str, int] = field(default_factory=lambda: {"commands": 0, "replies": 0})


class Wire:
    """See the module; an asynchronous context manager."""

    def __init__(self, target: tuple[str, int]) -> None:
        """Prepare a way to whoever listens there."""
        self.target = target
        self.watch: Watch = unwatched
        self.shape: Callable[[str], Shape] = lambda _uniqueid: Shape()
        """Of a new session, by its call's uniqueid."""
        self.commands: defaultdict[str, int] = defaultdict(int)
        """How many each call has had."""
        self.taken: set[str] = set()
        """The legs of which a controller has said anything."""
        self.sessions = 0
        self.address: tuple[str, int] = (LOOPBACK, 0)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen."""
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Reset what is left."""
        self.stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def listen(self) -> None:
        """Take connections, on the same port as before."""
        self._server = await asyncio.start_server(self._accept, *self.address)
        self.address = self._server.sockets[0].getsockname()

    def stop_listening(self) -> None:
        """Refuse connections; those that are there stay."""
        self._server.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        block: list[bytes] = []
        try:
            while not block or block[-1].strip():
                block.append(await reader.readuntil(b"\n"))
            session = self._introduced(block)
            to, onward = await asyncio.open_connection(*self.target)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return
        for each in block:
            # As Asterisk sends it: line by line.
            onward.write(each)
        ways = {
            asyncio.ensure_future(self._pass("commands", to, writer, session)),
            asyncio.ensure_future(self._pass("replies", reader, onward, session)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in (writer, onward):
                each.close()

    def _introduced(self, block: list[bytes]) -> _Session:
        told = dict(line.decode().strip().partition(": ")[::2] for line in block)
        uniqueid = told.get("agi_uniqueid", "")
        return _Session(self.shape(uniqueid), uniqueid, told.get("agi_arg_1", ""))

    async def _pass(
        self, way: str, source: asyncio.StreamReader, sink: asyncio.StreamWriter, session: _Session
    ) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                line = await source.readuntil(b"\n")
                if way == "commands":
                    self.commands[session.uniqueid] += 1
                    self.taken.add(session.leg)
                    await self._watched(session, Moment.BEFORE, line)
                    await self._write(way, line, sink, session)
                    await self._watched(session, Moment.DURING, line)
                else:
                    await self._watched(session, Moment.BEHIND, line)
                    await self._write(way, line, sink, session)

    async def _watched(self, session: _Session, moment: Moment, line: bytes) -> None:
        number = self.commands[session.uniqueid]
        await self.watch(Passing(session.uniqueid, number, moment, line.decode(errors="replace").rstrip("\n")))

    async def _write(self, way: str, line: bytes, sink: asyncio.StreamWriter, session: _Session) -> None:
        shape = session.shape
        left = shape.cut_at.get(way, _PART) - session.passed[way]
        session.passed[way] += len(line)
        parts = [line[n : n + 1] for n in range(min(left, len(line)))] if shape.is_bytewise else [line[: max(0, left)]]
        for part in parts:
            if shape.delay is not None:
                await asyncio.sleep(shape.delay())
            if sink.is_closing():
                raise ConnectionResetError
            sink.write(part)
            await sink.drain()
            if shape.is_bytewise:
                await asyncio.sleep(0)
        if left < len(line):
            sink.transport.abort()
            raise ConnectionResetError
