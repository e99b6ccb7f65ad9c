"""Follows the events and takes the readings: one picture, and the books beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ivrctl.acd.events import DevicesRead, Event, Overlooked, QueuesRead, SightLost
from ivrctl.acd.fold import fold
from ivrctl.acd.known_talks import with_talks
from ivrctl.acd.picture import Picture
from ivrctl.adapters.ami.event_inbox import Doubt, Lost, Opened, Told
from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.events import AmiEvent, Reload, Shutdown, parse
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.model.queue_facts import QueueFactsByName
from ivrctl.service.queues.bookkeeper import Bookkeeper
from ivrctl.service.queues.clock import PeerClock
from ivrctl.service.queues.devices import Devices, PhoneOf
from ivrctl.service.queues.flow_facts import FlowFacts
from ivrctl.service.queues.hearing import ANEW, DEAF, MISSED, Hearing
from ivrctl.service.queues.readings import Link, Readings
from ivrctl.service.queues.translate import happened

AT_A_TIME = 100
"""Events after which others have their turn: some milliseconds."""
MOST_FAULTS = 20
"""Kinds of faults of events that are told."""
RELOADS = frozenset({"all", "app_queue", "app_queue.so"})
"""Modules whose reload may make other queues; in lower case."""


class Stream(Protocol):
    """Who tells what happens: ``adapters.ami.EventStream``."""

    async def take(self) -> list[Told]:
        """Wait until there is something to be told."""

    async def run(self) -> None:
        """Keep a session, for ever."""

    def renew(self, why: str) -> None:
        """End the session that there is; the next one follows."""


@dataclass(frozen=True, slots=True)
class ObserverParts:
    """What an observer works with."""

    stream: Stream
    link: Link
    books: Bookkeeper
    clock: Callable[[], datetime]
    """Ours; aware."""
    seconds: Callable[[], float]
    """A steady clock."""
    pause: Callable[[asyncio.Event, float], Awaitable[None]]
    """Waits for an event, but no more than some seconds."""
    on_change: Callable[[str], None] = lambda _sentence: None
    """Told in a sentence when sight is lost and when it is back."""
    on_picture: Callable[[], None] = lambda: None
    """Told that there is another picture; at each event, so it does next to nothing."""
    phone: PhoneOf = lambda _number: None
    """Where an agent of the site is reached."""


@dataclass(slots=True)
class Counts:
    """What an operator may want to know."""

    events: int = 0
    readings: int = 0
    unreadable: int = 0
    failed_readings: int = 0
    sights: int = 0
    """How often the queues were seen that were not seen before: one more than sight was lost and regained."""


class QueueObserver:
    """See the package. ``run`` never returns."""

    def __init__(self, parts: ObserverParts) -> None:
        """Begin with nothing seen.

        Args:
            parts: what it works with.
        """
        self._parts = parts
        self._clock = PeerClock(parts.clock)
        self._readings = Readings(parts.link, self._clock, ours=parts.clock, seconds=parts.seconds, pause=parts.pause)
        self._devices = Devices(parts.link, parts.phone)
        self._hearing = Hearing()
        self._is_unread_told = False
        self._unreadable: set[str] = set()
        self.picture = Picture()
        self.counts = Counts()

    async def run(self) -> None:
        """Follow what happens, and read."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._parts.stream.run())
            tasks.create_task(self._follow())
            tasks.create_task(self._readings.run(self))
            tasks.create_task(self._devices.run(self))

    def read_again(self) -> None:
        """Somebody doubts what is seen: have everything read soon."""
        self._readings.doubted()

    async def ask_devices(self) -> None:
        """Ask now for the phones of who is available for backup and in no queue; see ``Picture.devices``.

        Raises:
            IvrctlError: Asterisk cannot be asked, or does not say; what is known stays as it is.
        """
        await self._devices.ask_all(self)

    def now(self) -> datetime:
        """The time at Asterisk."""
        return self._clock.now()

    def facts(self) -> QueueFactsByName:
        """What flows are told of queues."""
        return FlowFacts(self.picture, self.now(), self._parts.books.expected)

    async def _follow(self) -> None:
        while True:
            for number, told in enumerate(await self._parts.stream.take(), 1):
                self.take(told)
                if number % AT_A_TIME == 0:
                    await asyncio.sleep(0)

    def take(self, told: Told) -> None:
        """Something that the stream tells; nothing of it raises."""
        match told:
            case RawPacket():
                self._happened(told)
            case Opened():
                self._hearing.opened(self._parts.seconds())
                self._readings.opened()
            case Doubt(why, dropped) if dropped:
                self._readings.dropped()
                self._lose_sight(why, self.picture.seen_at or self.now())
            case Doubt():
                self._readings.doubted()
            case Lost(why, silent):
                self._readings.lost()
                self._lose_sight(why, self.now() - timedelta(seconds=silent))

    # told by the readings

    async def take_reading(self, reading: QueuesRead, since: Sequence[Event]) -> None:
        """Everything was read: it is so, and what happened behind it comes once more; first here, then in the books."""
        was_known, self._is_unread_told = self.picture.is_known, False
        self.counts.readings += 1
        unseen_since = self.picture.read_at if self._hearing.has_missed(self.picture, reading) else None
        told = [reading, *_behind(reading, since), *self._deafness(reading)]
        picture = self.picture
        for event in told:
            picture = fold(picture, event)
        self._show(picture)
        if not was_known and picture.is_known:
            self.counts.sights += 1
            self._parts.on_change(f"the queues are seen: {len(self.picture.queues)}")
        elif was_known and not picture.is_known:
            self._parts.on_change(f"the queues are not seen: {picture.stale_because}")
        self._devices.was_read()
        await asyncio.sleep(0)
        if unseen_since is not None:
            self._parts.books.take(Overlooked(reading.at, unseen_since, MISSED))
        for event in told:
            self._parts.books.take(event)
        self.remember()
        if self.picture.doubts:
            self._readings.doubted()
        if self._hearing.is_to_log_in_anew(self._parts.seconds()):
            self._parts.stream.renew(ANEW)

    def _deafness(self, reading: QueuesRead) -> list[Event]:
        """What a reading shows is true for that moment only, where no events follow it."""
        return [SightLost(reading.at, DEAF)] if self._hearing.is_deaf else []

    def reads_every(self) -> float:
        """Seconds between readings, when nothing calls for one."""
        return self._hearing.every

    def take_devices(self, read: DevicesRead) -> None:
        """Phones were asked for."""
        self._show(fold(self.picture, read))

    def reading_failed(self, why: str, *, is_doubted: bool) -> None:
        """Nothing was read: where there are doubts, nothing is known."""
        self.counts.failed_readings += 1
        sentence, was_seen = f"the queues cannot be read: {why}", self.picture.stale_since is None
        if is_doubted:
            self._lose_sight(sentence, self.now())
        if not (is_doubted and was_seen) and not self._is_unread_told:
            self._parts.on_change(sentence)
        self._is_unread_told = True

    def remember(self) -> None:
        """Who talks by the books does so: no reading tells of a talk that began before us."""
        self._show(with_talks(self.picture, self._parts.books.open_stays))

    def time_passed(self) -> None:
        """What is overdue in the books is so."""
        self._parts.books.settle(self.now())

    # events

    def _happened(self, packet: RawPacket) -> None:
        self.counts.events += 1
        try:
            event = parse(packet)
            translated = None if event is None else happened(event, self.now())
        except (UnreadableEventError, ValueError) as error:
            self.counts.unreadable += 1
            self._tell_unreadable(packet, error)
            self._readings.doubted()
            return
        if event is not None and event.at is not None:
            self._tell_time(event.at)
        if translated is not None:
            self._fold(translated)
        elif event is not None:
            self._of_asterisk(event)

    def _tell_unreadable(self, packet: RawPacket, error: Exception) -> None:
        """Each fault once: whoever reports it has what is needed, and no peer fills a log."""
        fault = str(error) if isinstance(error, UnreadableEventError) else f"{packet.name}: a value is none of its kind"
        if fault not in self._unreadable and len(self._unreadable) < MOST_FAULTS:
            self._unreadable.add(fault)
            self._parts.on_change(f"an event cannot be read, and the queues are read anew: {fault}")

    def _tell_time(self, at: datetime) -> None:
        self._clock.heard(at)
        if self._clock.is_far_ahead_of(at):
            self._readings.doubted()

    def _of_asterisk(self, event: AmiEvent) -> None:
        match event:
            case Shutdown():
                self._readings.lost()
                self._lose_sight("Asterisk ends", event.at or self.now())
            case Reload() if event.module.lower() in RELOADS:
                self._readings.doubted()

    def _lose_sight(self, why: str, at: datetime) -> None:
        """From a moment on; of what was read since then nothing is taken back."""
        if self.picture.stale_since is None:
            self._parts.on_change(f"the queues are not seen: {why}")
        self._fold(SightLost(max(at, self.picture.read_at or at), why))

    def _fold(self, event: Event) -> None:
        self._show(fold(self.picture, event))
        self._devices.happened(event)
        if self._hearing.happened(event):
            self._readings.doubted()
        self._parts.books.take(event)
        self._readings.happened(event, does_not_fit=self.picture.doubts > 0)

    def _show(self, picture: Picture) -> None:
        if picture is not self.picture:
            self.picture = picture
            self._parts.on_picture()


def _behind(reading: QueuesRead, since: Sequence[Event]) -> list[Event]:
    return [event for event in since if event.at >= reading.at]
