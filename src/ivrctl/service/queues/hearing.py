"""Whether Asterisk tells of queues at all: an AMI user's rights and filters may keep it from us, and no reply says so.

Until something of queues was heard everything is read often. A caller whom a reading shows, who joined a while ago and
of whom no event told, proves that events are missing.
"""

from __future__ import annotations

from datetime import datetime

from ivrctl.acd.events import (
    CallerExited,
    CallerJoined,
    CallerRead,
    ChannelEnded,
    DevicesRead,
    Event,
    Overlooked,
    QueuesRead,
    SightLost,
)
from ivrctl.acd.order import MOMENT, SAME_STAY, ago
from ivrctl.acd.picture import Picture, Queue

EVERY = 60.0
"""Seconds between readings, when nothing calls for one."""
UNHEARD_EVERY = 8.0
"""The same in a session that has told nothing of queues yet: what is shown is right within ten seconds all the same."""
LOG_IN_EVERY = 60.0
"""Seconds of a session that tells nothing: rights that were mended count from the next login on."""
MISSED = "events of callers went unseen"
DEAF = (
    "Asterisk does not tell of callers who join: the AMI user lacks `agent` in its read, or lines of its eventfilter; "
    "ivrctl doctor says which"
)
ANEW = "it is opened anew, since it does not tell of callers who join"
_OF_OTHERS = CallerExited | ChannelEnded | SightLost | Overlooked | QueuesRead | DevicesRead
"""What says nothing about the events of queues."""


class Hearing:
    """Of one observer, over all its sessions."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self.is_deaf = False
        """True from a caller of whom nothing was told in a session that told of none, until one is heard."""
        self._has_heard = False
        self._has_heard_joining = False
        self._opened = 0.0
        self._followed_from: datetime | None = None
        """The first reading of a session: of whoever joins behind it an event tells."""
        self._unheard: frozenset[str] = frozenset()
        """Those of whom the last reading told first."""

    @property
    def every(self) -> float:
        """Seconds between readings."""
        return EVERY if self._has_heard and not self.is_deaf else UNHEARD_EVERY

    def opened(self, seconds: float) -> None:
        """A session begins, at a steady clock's time; who heard nothing in the one before is deaf until he hears."""
        self._has_heard = self._has_heard_joining = False
        self._opened, self._followed_from = seconds, None

    def is_to_log_in_anew(self, seconds: float) -> bool:
        """True when the session has told nothing for long enough."""
        return self.is_deaf and seconds >= self._opened + LOG_IN_EVERY

    def happened(self, event: Event) -> bool:
        """Something was told; true when that ends a deafness."""
        if isinstance(event, _OF_OTHERS):
            return False
        self._has_heard = True
        if not isinstance(event, CallerJoined):
            return False
        was_deaf, self.is_deaf, self._has_heard_joining = self.is_deaf, False, True
        return was_deaf

    def has_missed(self, picture: Picture, reading: QueuesRead) -> bool:
        """True when a reading shows somebody who joined unheard; ``picture`` is what was believed before it."""
        if not picture.is_known or self._followed_from is None:
            self._followed_from = reading.at
            return False
        followed = reading.at - MOMENT, self._followed_from + SAME_STAY
        unheard = frozenset(
            caller.uniqueid
            for queue in reading.queues
            if (believed := picture.queues.get(queue.settings.name)) is not None
            for caller in queue.callers
            if _is_unheard(caller, believed, reading.at, followed)
        )
        is_new, self._unheard = bool(unheard - self._unheard), unheard
        if is_new:
            self.is_deaf = not self._has_heard_joining
        return is_new


def _is_unheard(caller: CallerRead, believed: Queue, at: datetime, followed: tuple[datetime, datetime]) -> bool:
    """True for one whose joining cannot be under way any more, and was not told: at most a reading has shown him."""
    until, since = followed
    known = believed.callers.get(caller.uniqueid)
    is_told = caller.uniqueid in believed.departures if known is None else bool(known.linkedid)
    return not is_told and since < ago(at, caller.waited) < until
