"""Asterisk's time: events carry its own, readings none, and the two clocks may stand apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

LAST = 200
"""Events that the difference is reckoned from."""
FAR_BEHIND = timedelta(seconds=5)
"""An event is not under way for so long: a clock was set, or we are far behind, and Asterisk is asked for its time."""


class PeerClock:
    """Our clock, put right by the events that have come lately, and by Asterisk's answers to the question.

    An event is told after it has happened: its time and ours differ by the clocks' difference less what it was under
    way. So the largest of the last differences is the nearest one; unless a clock was set, which an answer shows: it
    was written behind the question.
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
        self._add(at - self._clock())

    def answered(self, at: datetime, asked_at: datetime) -> None:
        """Asterisk has just been told to say its time, which was this.

        Args:
            at: its answer.
            asked_at: when it was asked, by our clock.
        """
        if self._ahead and self._most > at - asked_at:
            self._ahead.clear()
        self._add(at - self._clock())

    def is_far_ahead_of(self, at: datetime) -> bool:
        """True for an event that happened so long ago that the clock is in doubt."""
        return at < self.now() - FAR_BEHIND

    def now(self) -> datetime:
        """The time at Asterisk; aware."""
        return self._clock() + self._most

    def _add(self, ahead: timedelta) -> None:
        is_leaving_most = len(self._ahead) == LAST and self._ahead[0] == self._most
        self._ahead.append(ahead)
        if is_leaving_most or len(self._ahead) == 1:
            self._most = max(self._ahead)
        else:
            self._most = max(self._most, ahead)
