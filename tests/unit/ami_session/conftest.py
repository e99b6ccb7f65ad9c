"""A fake AMI, a clock that a test moves, and streams of events that end with the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from ivrctl.adapters.ami import EventStream, Login, Pace, Told
from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.errors import ConfigurationError
from ivrctl.testkit.fake_ami import FakeAmi

WANTED = {"QueueCallerJoin": (), "Hangup": ()}


@dataclass
class Time:
    """A clock, and pauses that last until the test ends them."""

    now: float = 0.0
    chance: float = 0.5
    pauses: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    """As they begin, in seconds."""
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, hurry: asyncio.Event, seconds: float) -> None:
        """Wait for the test, or for whoever hurries."""
        self.pauses.put_nowait(seconds)
        waiting = [asyncio.ensure_future(self._over.wait()), asyncio.ensure_future(hurry.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if not hurry.is_set():
                self.now += seconds
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        self._over.clear()

    async def next_pause(self) -> float:
        """The pause that begins, in seconds."""
        async with Deadline(5):
            return await self.pauses.get()

    async def passes(self) -> float:
        """The next pause, which has passed."""
        seconds = await self.next_pause()
        self.end_pause()
        return seconds

    def end_pause(self) -> None:
        """The pause that lasts has passed."""
        self._over.set()

    def pace(self) -> Pace:
        """For a stream."""
        return Pace(self.pause, lambda: self.now, lambda: self.chance)


@dataclass
class Listener:
    """A stream that runs, and what it has told."""

    stream: EventStream
    alarms: list[ConfigurationError]
    told: list[Told] = field(default_factory=list)

    async def tells(self, count: int) -> list[str]:
        """The next things that are told, by their names and reasons."""
        while len(self.told) < count:
            async with Deadline(5):
                self.told += await self.stream.take()
        now, self.told = self.told[:count], self.told[count:]
        return [_said(told) for told in now]

    async def tells_until(self, last: str) -> list[str]:
        """What is told, up to something."""
        said: list[str] = []
        while not said or said[-1] != last:
            said += await self.tells(1)
        return said


def _said(told: Told) -> str:
    match told:
        case RawPacket():
            return f"{told.name} {told.get('Uniqueid')}"
        case _:
            why = getattr(told, "why", "")
            return f"{type(told).__name__} {why}".strip()


Listening = Callable[..., Listener]


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAmi]:
    """An Asterisk that is well."""
    async with FakeAmi() as fake:
        yield fake


@pytest.fixture
def time() -> Time:
    """The test's clock."""
    return Time()


@pytest.fixture
async def listen(asterisk: FakeAmi, time: Time) -> AsyncIterator[Listening]:
    """Starts a stream; it ends with the test."""
    running: list[asyncio.Task[None]] = []

    def start(secret: str = "right", **how: object) -> Listener:  # noqa: S107 - of a fake on loopback
        alarms: list[ConfigurationError] = []
        login = Login("ivrctl", secret)
        stream = EventStream(asterisk.address, login, WANTED, alarm=alarms.append, pace=time.pace(), **how)  # type: ignore[arg-type]
        running.append(asyncio.ensure_future(stream.run()))
        return Listener(stream, alarms)

    yield start
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
