"""When everything is read, and how: at connect, each minute and on doubt, and never while nothing is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from ivrctl.acd.events import Event, QueuesRead
from ivrctl.adapters.ami.device_actions import custom_devices
from ivrctl.adapters.ami.queue_actions import Asking, QueueActionRefusedError, asterisk_time, queue_status
from ivrctl.errors import ConfigurationError, IvrctlError
from ivrctl.service.queues.clock import PeerClock
from ivrctl.service.queues.translate import available, read_in_slices

REST = 10.0
"""A reading is followed by a pause ten times as long: app_queue holds its locks meanwhile, and others want them."""
SHORTEST_REST, LONGEST_REST = 1.0, 8.0
"""Seconds of that pause, which only a new session ends: what is in doubt is known again within ten seconds."""
FIRST_RETRY, LAST_RETRY = 0.25, 8.0
"""Seconds behind a reading that failed; twice as long each time. The session for actions may be a moment behind."""


class Link(Asking, Protocol):
    """Who asks: ``adapters.ami.ActionLink``."""

    def retry_now(self) -> None:
        """Asterisk is back: end the pause."""


class Taking(Protocol):
    """Who takes what was read: ``QueueObserver``."""

    async def take_reading(self, reading: QueuesRead, since: Sequence[Event]) -> None:
        """Everything was read; what happens until this returns is added to what was told since it was asked for."""

    def reading_failed(self, why: str, *, is_doubted: bool) -> None:
        """Nothing was read; with doubts, what is believed may be wrong for longer."""

    def time_passed(self) -> None:
        """Now and then."""

    def reads_every(self) -> float:
        """Seconds between readings, when nothing calls for one."""


@dataclass(slots=True)
class _Asked:
    """A reading that is under way."""

    at: datetime
    was_doubted: bool
    since: list[Event] = field(default_factory=list)
    is_void: bool = False
    """True when something that nobody has seen happened meanwhile: another reading follows."""


class Readings:
    """See the module. ``run`` never returns; the other methods tell it what happens."""

    def __init__(
        self,
        link: Link,
        clock: PeerClock,
        *,
        ours: Callable[[], datetime],
        seconds: Callable[[], float],
        pause: Callable[[asyncio.Event, float], Awaitable[None]],
    ) -> None:
        """Begin without a session.

        Args:
            link: who asks.
            clock: Asterisk's; put right by each reading.
            ours: our clock; aware.
            seconds: a steady clock.
            pause: waits for an event, but no more than some seconds.
        """
        self._link = link
        self._clock = clock
        self._ours = ours
        self._seconds = seconds
        self._pause = pause
        self._due = asyncio.Event()
        self._is_new = asyncio.Event()
        """Set from a session's beginning to the reading that it calls for."""
        self._is_followed = False
        self._is_doubted = True
        self._asked: _Asked | None = None
        self._failures = 0
        self._is_refused = False
        """True while Asterisk refuses the login of who asks: a person must mend it, and it logs each attempt."""

    def opened(self) -> None:
        """Events come from now on."""
        self._is_followed = self._is_doubted = True
        self._is_new.set()
        self._void()
        self._due.set()

    def lost(self) -> None:
        """Events come no longer: nothing is read until they do."""
        self._is_followed = False
        self._is_doubted = True
        self._void()

    def dropped(self) -> None:
        """Events have come and were not taken."""
        self.doubted()
        self._void()

    def doubted(self) -> None:
        """What is believed may be wrong."""
        self._is_doubted = True
        self._due.set()

    def happened(self, event: Event, *, does_not_fit: bool) -> None:
        """An event was folded.

        Args:
            event: this one.
            does_not_fit: the picture has doubts. A reading that is under way may be what settles them.
        """
        if self._asked is not None:
            self._asked.since.append(event)
        elif does_not_fit:
            self.doubted()

    async def run(self, taking: Taking) -> None:
        """Read, for ever."""
        while True:
            await self._pause(self._due, taking.reads_every())
            self._due.clear()
            taking.time_passed()
            if self._is_followed:
                self._is_new.clear()
                await self._pause(self._is_new, await self._read(taking))

    async def _read(self, taking: Taking) -> float:
        """Read everything; the seconds until it may be done again."""
        began = self._seconds()
        asked, self._is_doubted = _Asked(self._clock.now(), self._is_doubted), False
        self._asked = asked
        try:
            reading = await self._ask(asked)
            self._failures, self._is_refused = 0, False
            if not asked.is_void:
                await taking.take_reading(reading, asked.since)
        except (IvrctlError, ValueError) as error:
            self._is_refused = isinstance(error, ConfigurationError)
            return self._failed(taking, asked, str(error))
        finally:
            self._asked = None
        return min(max(SHORTEST_REST, (self._seconds() - began) * REST), LONGEST_REST)

    async def _ask(self, asked: _Asked) -> QueuesRead:
        if asked.was_doubted and not self._is_refused:
            self._link.retry_now()
        asked_at = self._ours()
        at = await asterisk_time(self._link)
        if at is not None:
            self._clock.answered(at, asked_at)
        asked.at = self._clock.now()
        backup = await self._backup()
        read = await queue_status(self._link)
        slices = read_in_slices(read, asked.at)
        while True:
            try:
                next(slices)
            except StopIteration as whole:
                reading: QueuesRead = whole.value
                return replace(reading, backup=backup)
            await asyncio.sleep(0)

    async def _backup(self) -> frozenset[str] | None:
        """Who is available for backup; None where Asterisk refuses to say: the queues are seen all the same."""
        try:
            return available(await custom_devices(self._link))
        except QueueActionRefusedError:
            return None

    def _failed(self, taking: Taking, asked: _Asked, why: str) -> float:
        """It is tried again soon; or by the next session, which is there at once when this one was lost meanwhile."""
        is_doubted = self._is_doubted = self._is_doubted or asked.was_doubted
        pause = min(FIRST_RETRY * 2.0**self._failures, LAST_RETRY)
        self._failures = min(self._failures + 1, 16)
        self._due.set()
        taking.reading_failed(why, is_doubted=is_doubted)
        return pause

    def _void(self) -> None:
        if self._asked is not None:
            self._asked.is_void = True
