"""Which controller keeps the books, and how it leaves them to the next one so that nothing is missing in them.

One does so at a time, by a lock that ends with its process. A successor watches the queues from its start on and holds
what happens, until the controller before it has left the books; what happened between the two is told to it once more.
Where that one has died nobody knows what it saw last, and the books have a gap.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from ivrctl.adapters.process_lock import ProcessLock

LOOK_EVERY = 0.1
"""Seconds between looks whether the other one has left."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a controller says that has left the books."""

    at: datetime
    """It saw everything that was told up to then, by Asterisk's clock."""
    seen_at: datetime
    """The last event that stands in them."""


class HandOver:
    """The right to keep the books."""

    def __init__(self, lock: ProcessLock | None) -> None:
        """Ask for nothing yet.

        Args:
            lock: of the site's controllers; None for one that is alone.
        """
        self._lock = lock
        self._has_left = False

    @property
    def has_predecessor(self) -> bool:
        """True while another controller keeps the books, or may: one that has left them begins them no more.

        Raises:
            OSError: the lock cannot be asked for.
        """
        return self._has_left or (self._lock is not None and not self._lock.is_held())

    async def taken(self, pause: Callable[[asyncio.Event, float], Awaitable[None]]) -> Left | None:
        """Wait until the books are ours; how they were left, or None where nobody says."""
        while self.has_predecessor:
            await pause(asyncio.Event(), LOOK_EVERY)
        return None if self._lock is None else _left(self._lock.note)

    def leave(self, left: Left | None) -> None:
        """They are somebody else's.

        Args:
            left: None where we had not begun them.
        """
        self._has_left = True
        if self._lock is not None:
            told = {} if left is None else {"at": left.at.isoformat(), "seen_at": left.seen_at.isoformat()}
            self._lock.let_go(json.dumps(told) if told else "")


def _left(note: str) -> Left | None:
    try:
        told = json.loads(note)
        return Left(datetime.fromisoformat(told["at"]), datetime.fromisoformat(told["seen_at"]))
    except (ValueError, TypeError, KeyError):
        return None  # it has died, or is of another release
