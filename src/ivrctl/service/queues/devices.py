"""Whether the phones are there of those who could come in: no queue tells it of an agent who is in none.

They are asked for one by one, which takes half a millisecond each: of those alone who are available for backup. Behind
each reading all of them are, and between readings whoever becomes available or leaves a queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from ivrctl.acd.events import BackupChanged, DevicesRead, Event, MemberRemoved
from ivrctl.acd.picture import DeviceState, Picture
from ivrctl.adapters.ami.device_actions import device_state
from ivrctl.adapters.ami.queue_actions import Asking
from ivrctl.ami.errors import LocalProtocolError
from ivrctl.errors import IvrctlError
from ivrctl.site.phones import Phone

PhoneOf = Callable[[str], Phone | None]
"""From an agent's number to his phone; None for one who is not in the site file."""


class Watching(Protocol):
    """Who has the picture, and takes what was asked for: ``QueueObserver``."""

    picture: Picture

    def now(self) -> datetime:
        """The time at Asterisk."""

    def take_devices(self, read: DevicesRead) -> None:
        """So the phones are."""


class Devices:
    """See the module. ``run`` never returns; the other methods tell it what happens."""

    def __init__(self, link: Asking, phone: PhoneOf) -> None:
        """Begin with nothing to ask.

        Args:
            link: who asks.
            phone: of the site as it is now.
        """
        self._link = link
        self._phone = phone
        self._due = asyncio.Event()
        self._is_all_due = False
        self._numbers: set[str] = set()
        """Whose phone is to be asked for before all are."""
        self._number_of: dict[str, str] = {}
        """By interface, of those who were asked for."""

    def was_read(self) -> None:
        """There is another full reading."""
        self._is_all_due = True
        self._due.set()

    def happened(self, event: Event) -> None:
        """An event that may make somebody's phone matter."""
        if isinstance(event, BackupChanged) and event.is_available:
            self._ask_for(event.number)
        elif isinstance(event, MemberRemoved) and event.interface in self._number_of:
            self._ask_for(self._number_of[event.interface])

    async def run(self, watching: Watching) -> None:
        """Ask, for ever, whenever there is something to ask; what fails is asked for behind the next reading."""
        while True:
            await self._due.wait()
            self._due.clear()
            is_all, self._is_all_due = self._is_all_due, False
            numbers, self._numbers = self._numbers, set()
            with suppress(IvrctlError):
                await (self.ask_all(watching) if is_all else self._ask(watching, numbers, is_all=False))

    async def ask_all(self, watching: Watching) -> None:
        """Ask for all that matter, now.

        Raises:
            IvrctlError: Asterisk cannot be asked, or does not say; what is known stays as it is.
        """
        await self._ask(watching, watching.picture.backup or (), is_all=True)

    def _ask_for(self, number: str) -> None:
        self._numbers.add(number)
        self._due.set()

    async def _ask(self, watching: Watching, numbers: Iterable[str], *, is_all: bool) -> None:
        sight, devices = watching.picture.sight, dict[str, DeviceState]()
        for phone in self._outside(watching.picture, numbers):
            with suppress(LocalProtocolError):  # such an interface is no member of a queue either
                devices[phone.interface] = DeviceState.__members__.get(
                    await device_state(self._link, phone.watched), DeviceState.UNKNOWN
                )
        if watching.picture.sight == sight:  # otherwise another reading has come, and all are asked for once more
            watching.take_devices(DevicesRead(watching.now(), devices, is_all))

    def _outside(self, picture: Picture, numbers: Iterable[str]) -> list[Phone]:
        """The phones of those who are available and in no queue."""
        available = picture.backup or frozenset()
        seated = set[str]().union(*(queue.members for queue in picture.queues.values()))
        phones: list[Phone] = []
        for number in available.intersection(numbers):
            phone = self._phone(number)
            if phone is not None:
                self._number_of[phone.interface] = number
                if phone.interface not in seated:
                    phones.append(phone)
        return phones
