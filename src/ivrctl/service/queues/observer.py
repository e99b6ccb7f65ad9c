"""Follows the events, reads everything at connect, each minute and on doubt; keeps the picture and feeds the books."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from ivrctl.acd.events import Event, QueuesRead, SightLost
from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.facts import facts
from ivrctl.acd.fold import fold
from ivrctl.acd.ledger import Entry, Ledger
from ivrctl.acd.picture import Picture
from ivrctl.acd.stay import Stay
from ivrctl.adapters.ami.event_inbox import Doubt, Lost, Opened, Told
from ivrctl.adapters.ami.queue_actions import Asking, queue_status
from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.events import AmiEvent, Reload, Shutdown, parse
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.errors import IvrctlError
from ivrctl.model.queue_facts import QueueFacts, QueueFactsByName
from ivrctl.service.queues.callers import KnownCallers
from ivrctl.service.queues.clock import PeerClock
from ivrctl.service.queues.translate import happened, read

READ_EVERY = 60.0
"""Seconds between readings, when nothing calls for one."""
SHORTEST_PAUSE = 1.0
"""Seconds between two readings, whatever calls for one; after long readings it is longer, by ``REST``."""
REST = 10.0
"""A reading that took so long is followed by a pause ten times as long: app_queue holds its locks meanwhile."""
AT_A_TIME = 200
"""Events after which others have their turn: some milliseconds."""


class Stream(Protocol):
    """Who tells what happens: ``adapters.ami.EventStream``."""

    async def take(self) -> list[Told]:
        """Wait until there is something to be told."""

    async def run(self) -> None:
        """Keep a session, for ever."""

    def retry_now(self) -> None:
        """Asterisk is back: end the pause."""


class Link(Asking, Protocol):
    """Who asks: ``adapters.ami.ActionLink``."""

    def retry_now(self) -> None:
        """Asterisk is back: end the pause."""


@dataclass(frozen=True, slots=True)
class ObserverParts:
    """What an observer works with."""

    stream: Stream
    link: Link
    keep: Callable[[Entry], None]
    """Has an entry written into the books."""
    clock: Callable[[], datetime]
    """Ours; aware."""
    seconds: Callable[[], float]
    """A steady clock."""
    pause: Callable[[asyncio.Event, float], Awaitable[None]]
    """Waits for an event, but no more than some seconds."""
    on_change: Callable[[str], None] = lambda _sentence: None
    """Told in a sentence when sight is lost and when it is back."""


@dataclass(slots=True)
class _Counts:
    """What an operator may want to know."""

    events: int = 0
    readings: int = 0
    unreadable: int = 0
    failed_readings: int = 0


class QueueObserver:
    """See the package. ``run`` never returns."""

    def __init__(self, parts: ObserverParts, ledger: Ledger | None = None) -> None:
        """Begin with nothing seen.

        Args:
            parts: what it works with.
            ledger: with what was open when a controller looked last; one that begins anew by default.
        """
        self._parts = parts
        self._clock = PeerClock(parts.clock)
        self._ledger = ledger or Ledger()
        self.callers = KnownCallers()
        self.expected = ExpectedWaits()
        self.picture = Picture()
        self.counts = _Counts()
        self.is_writing = True
        """False for one whose successor keeps the books already."""
        self._due = asyncio.Event()
        self._is_blind = True
        self._since_asked: list[Event] | None = None
        """What has happened since a reading was asked for; None while none is."""

    async def run(self) -> None:
        """Follow what happens, and read."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._parts.stream.run())
            tasks.create_task(self._follow())
            tasks.create_task(self._keep_reading())

    def now(self) -> datetime:
        """The time at Asterisk."""
        return self._clock.now()

    def facts(self) -> QueueFactsByName:
        """What flows are told of queues: each is reckoned when it is asked for."""
        return _Facts(self)

    # events

    async def _follow(self) -> None:
        while True:
            told = await self._parts.stream.take()
            for number, each in enumerate(told, 1):
                self.take(each)
                if number % AT_A_TIME == 0:
                    await asyncio.sleep(0)

    def take(self, told: Told) -> None:
        """Something that the stream tells; nothing of it raises."""
        match told:
            case Opened():
                self._parts.link.retry_now()
                self._is_blind = True
                self._due.set()
            case Doubt(why):
                self._doubt(why)
            case Lost(why):
                self._lose_sight(why)
            case RawPacket():
                self._happened(told)

    def _happened(self, packet: RawPacket) -> None:
        self.counts.events += 1
        try:
            event = parse(packet)
            translated = None if event is None else happened(event, self.now())
        except (UnreadableEventError, ValueError) as error:
            self.counts.unreadable += 1
            self._doubt(str(error))
            return
        if event is not None and event.at is not None:
            self._clock.heard(event.at)
        if translated is not None:
            self._fold(translated)
        elif isinstance(event, Shutdown):
            self._lose_sight("Asterisk ends")
        elif event is not None and _is_of_queues(event):
            self._due.set()

    def _doubt(self, _why: str) -> None:
        self._is_blind = True
        self._due.set()

    def _lose_sight(self, why: str) -> None:
        self._is_blind = True
        if self.picture.stale_since is None and self.picture.read_at is not None:
            self._parts.on_change(f"the queues are not seen: {why}")
        # What was seen last is true until then; that nothing more came was noticed later.
        self._fold(SightLost(self.picture.seen_at or self.now(), why))

    def _fold(self, event: Event) -> None:
        if self._since_asked is not None and not isinstance(event, QueuesRead):
            self._since_asked.append(event)
        self.picture = fold(self.picture, event)
        self._tell(self._ledger.take(event))
        if self.picture.doubts:
            self._due.set()

    def _tell(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            named = self.callers.named(entry) if isinstance(entry, Stay) else entry
            if isinstance(named, Stay):
                self.expected.take(named)
            if self.is_writing:
                self._parts.keep(named)

    # readings

    async def _keep_reading(self) -> None:
        while True:
            await self._parts.pause(self._due, READ_EVERY)
            self._due.clear()
            took = await self._read()
            self._tell(self._ledger.settle(self.now()))
            await self._parts.pause(asyncio.Event(), max(SHORTEST_PAUSE, took * REST))

    async def _read(self) -> float:
        """Read everything; the seconds that it took. What cannot be read now is tried once more soon."""
        began, at, was_blind = self._parts.seconds(), self.now(), self._is_blind
        self._since_asked, self._is_blind = [], False
        try:
            reading = read(await queue_status(self._parts.link), at, is_after_gap=was_blind)
        except (IvrctlError, ValueError):
            self.counts.failed_readings += 1
            self._is_blind = self._is_blind or was_blind
            # While no session is there, the next one asks.
            if self.picture.stale_since is None:
                self._due.set()
        else:
            self._take_reading(reading)
        finally:
            self._since_asked = None
        return self._parts.seconds() - began

    def _take_reading(self, reading: QueuesRead) -> None:
        was_known = self.picture.is_known
        later = [event for event in self._since_asked or () if event.at >= reading.at]
        if any(isinstance(event, SightLost) for event in later):
            return
        self._since_asked = None
        self.counts.readings += 1
        for event in (reading, *later):
            self._fold(event)
        if not was_known and self.picture.is_known:
            self._parts.on_change(f"the queues are seen: {len(self.picture.queues)}")


def _is_of_queues(event: AmiEvent) -> bool:
    """True when queues may be others now."""
    return isinstance(event, Reload) and event.module.lower() in {"all", "app_queue", "app_queue.so"}


@dataclass(frozen=True, slots=True)
class _Facts(Mapping[str, QueueFacts]):
    """What flows are told of queues, by name."""

    observer: QueueObserver
    names: Mapping[str, object] = field(init=False)

    def __post_init__(self) -> None:
        """Those that are there now."""
        object.__setattr__(self, "names", self.observer.picture.queues if self.observer.picture.is_known else {})

    def __getitem__(self, name: str) -> QueueFacts:
        if name not in self.names:
            raise KeyError(name)
        seen = facts(self.observer.picture, name, self.observer.now(), self.observer.expected)
        expected: timedelta | None = None if seen.expected_wait is None else seen.expected_wait.p50
        return QueueFacts(seen.staff, seen.available, seen.waiting, seen.longest_wait, expected, seen.age)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
