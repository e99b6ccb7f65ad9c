"""An observer whose time, stream and link are the test's: nothing passes and nothing comes but what it says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from ivrctl.acd.ledger import Entry, Ledger
from ivrctl.acd.stay import Gap, Stay
from ivrctl.adapters.ami import Lost, Opened, Told
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.ami.packet import Event, Headers, Response
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.errors import IvrctlError
from ivrctl.service.queues.bookkeeper import Bookkeeper
from ivrctl.service.queues.changes import Changes
from ivrctl.service.queues.observer import ObserverParts, QueueObserver
from ivrctl.site.phones import Phone
from ivrctl.testkit.fake_ami import custom_devices

from ..ami_session.conftest import Time  # noqa: TID252 - test folders are no packages to import from
from .pbx import NOON, Pbx


@dataclass
class ScriptedStream:
    """Tells what it is told to."""

    told: asyncio.Queue[Told] = field(default_factory=asyncio.Queue)
    renewed: list[str] = field(default_factory=list)

    async def take(self) -> list[Told]:
        """All that is there."""
        all_of_it = [await self.told.get()]
        while not self.told.empty():
            all_of_it.append(self.told.get_nowait())
        return all_of_it

    async def run(self) -> None:
        """Nothing by itself."""
        await asyncio.Event().wait()

    def renew(self, why: str) -> None:
        """The session ends, and another begins."""
        self.renewed.append(why)
        for each in (Lost(why), Opened()):
            self.told.put_nowait(each)


@dataclass
class ScriptedLink:
    """Answers from the true Asterisk; when it is told so late, or not at all."""

    pbx: Pbx
    fault: IvrctlError | None = None
    holds: asyncio.Event | None = None
    """A reading that was listed is on its way until this is set."""
    asked: list[str] = field(default_factory=list)
    hurried: int = 0

    async def ask(self, action: Action) -> Answer:
        """As Asterisk answers."""
        self.asked.append(action.name)
        if self.fault is not None:
            raise self.fault
        if action.name == "Ping":
            return Answer(Response((("Response", "Success"), ("Timestamp", f"{self.pbx.now:.6f}"))))
        if action.name == "Getvar":
            device = dict(action.headers)["Variable"].partition("(")[2].removesuffix(")")
            return Answer(Response((("Response", "Success"), ("Value", self.pbx.devices.get(device, "INVALID")))))
        is_of_devices = action.name == "DBGetTree"
        blocks = custom_devices(self.pbx.devices, "1") if is_of_devices else self.pbx.listed("1")
        response, *entries, closing = [_headers(block) for block in blocks]
        answer = Answer(Response(response), tuple(map(Event, entries)), Event(closing))
        if self.holds is not None and not is_of_devices:
            await self.holds.wait()
        return answer

    def retry_now(self) -> None:
        """Note it."""
        self.hurried += 1


@dataclass
class Scripted:
    """All of it."""

    pbx: Pbx = field(default_factory=Pbx)
    skew: float = 0.0
    """Seconds by which our clock is ahead of Asterisk's."""
    time: Time = field(default_factory=Time)
    stream: ScriptedStream = field(default_factory=ScriptedStream)
    ledger: Ledger = field(default_factory=Ledger)
    """What the books begin with."""
    entries: list[Entry] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    pictures: Changes = field(default_factory=Changes)

    def __post_init__(self) -> None:
        """Put the observer together."""
        self.link = ScriptedLink(self.pbx)
        self.books = Bookkeeper(self.entries.append)
        self.books.begin(self.ledger)
        self.observer = QueueObserver(
            ObserverParts(
                stream=self.stream,
                link=self.link,
                books=self.books,
                clock=lambda: moment(self.pbx.now + self.skew),
                seconds=lambda: self.pbx.now,
                pause=self.time.pause,
                on_change=self.changes.append,
                on_picture=self.pictures.tell,
                phone=phone,
            )
        )

    async def __aenter__(self) -> Self:
        """Run."""
        self._running = asyncio.ensure_future(self.observer.run())
        return self

    async def __aexit__(self, *_fault: object) -> None:
        """Stop."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    @property
    def is_running(self) -> bool:
        """Whether there is anything to wait for."""
        return not self._running.done()

    async def tell(self, *told: Told | bytes) -> None:
        """Something is told, and everybody has done with it what he can."""
        for each in told:
            for one in packets(each) if isinstance(each, bytes) else [each]:
                self.stream.told.put_nowait(one)
        await idle()

    async def rests(self) -> float:
        """The pause that the observer makes is over; its seconds."""
        await idle()
        seconds = 0.0
        while not self.time.pauses.empty():
            seconds = self.time.pauses.get_nowait()
        self.pbx.now += seconds
        self.time.end_pause()
        await idle()
        return seconds

    async def minutes(self, count: int = 1) -> None:
        """Time goes by, and readings with it."""
        for _ in range(2 * count):
            await self.rests()

    @property
    def stays(self) -> dict[tuple[str, int], Stay]:
        """The last telling of each."""
        return {(entry.uniqueid, entry.chain): entry for entry in self.entries if isinstance(entry, Stay)}

    @property
    def gaps(self) -> list[Gap]:
        """Those of all queues, as they were told last."""
        told = {entry.began_at: entry for entry in self.entries if isinstance(entry, Gap) and not entry.queue}
        return list(told.values())


async def idle() -> None:
    """Whatever can go on has gone on."""
    for _ in range(25):
        await asyncio.sleep(0)


def phone(number: str) -> Phone | None:
    """Every agent of the 8000s has one, by his number."""
    return Phone(f"PJSIP/{number}", "", number) if number.startswith("8") else None


def moment(seconds: float) -> datetime:
    """In UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def packets(data: bytes) -> list[RawPacket]:
    """What was said, packet by packet."""
    return [
        RawPacket(block.partition(b"\r\n")[0].decode().removeprefix("Event: "), block)
        for block in data.split(b"\r\n\r\n")
        if block
    ]


def _headers(block: bytes) -> Headers:
    lines = block.decode().removesuffix("\r\n\r\n").split("\r\n")
    return tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))


__all__ = ["NOON", "Pbx", "Scripted", "idle", "moment", "packets"]
