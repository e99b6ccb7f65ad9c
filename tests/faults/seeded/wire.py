"""The way between the fake Asterisk and the controllers, line by line: each command can be watched on its way."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from ..way import Connection, Direction, Shape, Way


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
class _Session(Connection):
    """One AGI session."""

    uniqueid: str = ""
    leg: str = ""


class Wire(Way):
    """See the module."""

    def __init__(self, target: tuple[str, int]) -> None:
        """Prepare a way to whoever listens there."""
        super().__init__(target)
        self.watch: Watch = unwatched
        self.shape_of: Callable[[str], Shape] = lambda _uniqueid: Shape()
        """Of a new session, by its call's uniqueid."""
        self.commands: defaultdict[str, int] = defaultdict(int)
        """How many each call has had."""
        self.taken: set[str] = set()
        """The legs of which a controller has said anything."""

    async def _introduced(self, reader: asyncio.StreamReader) -> Connection:
        block: list[bytes] = []
        while not block or block[-1].strip():
            block.append(await self._part(reader))
        told = dict(line.decode().strip().partition(": ")[::2] for line in block)
        uniqueid = told.get("agi_uniqueid", "")
        leg = told.get("agi_arg_1", "")
        return _Session(self.shape_of(uniqueid), tuple(block), uniqueid=uniqueid, leg=leg)

    async def _part(self, source: asyncio.StreamReader) -> bytes:
        return await source.readuntil(b"\n")

    async def _carried(
        self, way: Direction, content: bytes, sink: asyncio.StreamWriter, connection: Connection
    ) -> None:
        assert isinstance(connection, _Session)
        if way is Direction.THERE:
            await self._watched(connection, Moment.BEHIND, content)
            await super()._carried(way, content, sink, connection)
            return
        self.commands[connection.uniqueid] += 1
        self.taken.add(connection.leg)
        await self._watched(connection, Moment.BEFORE, content)
        await super()._carried(way, content, sink, connection)
        await self._watched(connection, Moment.DURING, content)

    async def _watched(self, session: _Session, moment: Moment, line: bytes) -> None:
        number = self.commands[session.uniqueid]
        await self.watch(Passing(session.uniqueid, number, moment, line.decode(errors="replace").rstrip("\n")))
