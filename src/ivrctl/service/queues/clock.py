"""Asterisk's time: events carry its own, readings none, and the two clocks may stand apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

LAST = 200
"""Events that the difference is reckoned from."""


class PeerClock:
    """Our clock, put right by the events that have come lately.

    An event is told after it has happened: its time and ours differ by the clocks' difference less what it was under
    way. So the largest of the last differences is the nearest one.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin with the same time on both sides.

        Args:
            clock: ours; aware.
        """
        self._clock = clock
        self._ahead: deque[timedelta] = deque(maxlen=LAST)
        self._most = timedelta(0)

    def heard(self, at: datetime) -> None:
        """An event has just come that happened then."""
        ahead = at - self._clock()
        is_leaving_most = len(self._ahead) == LAST and self._ahead[0] == self._most
        self._ahead.append(ahead)
        if is_leaving_most or len(self._ahead) == 1:
            self._most = max(self._ahead)
        else:
            self._most = max(self._most, ahead)

    def now(self) -> datetime:
        """The time at Asterisk; aware."""
        return self._clock() + self._most
