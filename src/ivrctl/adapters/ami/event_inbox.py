"""What the events side has to tell, until somebody takes it: bounded, and never in the reader's way.

Who takes keeps a picture, and the picture is true only from a full reading on::

    Opened     read everything; what happens meanwhile is in the inbox, behind this
    Doubt      events were lost, or cannot have been understood: read everything
    Lost       nothing is seen from here on
    RawPacket  something happened; ``ami.events.parse`` reads it

Events from before a reading may be in it already: apply those that are younger. Nothing is ever told twice.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.ami.raw_packet import RawPacket

CAPACITY = 50_000
"""Events. A reading of 10,000 members takes seconds, in which thousands happen; each holds about a kilobyte."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session has begun, and Asterisk is up."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """The session goes on, but what is believed may be wrong."""

    why: str
    dropped: int = 0
    """Events that are known to be missing."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The session has ended, or none can be had."""

    why: str
    silent: float = 0.0
    """Seconds since it was heard of last: sight was lost then."""


Told: TypeAlias = Opened | Doubt | Lost | RawPacket


class EventInbox:
    """Filled by the reader of the socket, emptied by one who takes all there is."""

    __slots__ = ("_arrived", "_capacity", "_dropped", "_told")

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._told: deque[Told] = deque()
        self._arrived = asyncio.Event()
        self._dropped = 0

    def tell(self, notice: Opened | Doubt | Lost) -> None:
        """Add what is no event."""
        self._told.append(notice)
        self._arrived.set()

    def happened(self, events: Sequence[RawPacket]) -> None:
        """Add events. When they are too many all are dropped, and a doubt takes their place."""
        if len(self._told) + len(events) > self._capacity:
            self._overflow(len(events))
        else:
            self._told.extend(events)
        self._arrived.set()

    async def take(self) -> list[Told]:
        """Wait until there is something, and take all of it, in order."""
        await self._arrived.wait()
        self._arrived.clear()
        told = list(self._told)
        self._told.clear()
        self._dropped = 0
        return told

    def _overflow(self, more: int) -> None:
        notices = [told for told in self._told if not isinstance(told, RawPacket)]
        self._dropped += len(self._told) - len(notices) + more
        doubts = f"{self._dropped} events came faster than they were taken, and were dropped"
        kept = [notice for notice in notices if not isinstance(notice, Doubt)]
        self._told = deque([*kept, Doubt(doubts, self._dropped)])
