"""Deadlines of tests count the time in which their process was let run: a busy machine makes them miss none.

Nor do they count time for which the loop itself is blocked, which cannot be told from that: whoever tests that nothing
blocks it looks at ``time.monotonic``.
"""

from __future__ import annotations

import asyncio
import selectors
import time


class PatientSelector(selectors.DefaultSelector):
    """Waits in small steps. Of the time between two, a step and what this thread has worked counts, and no more."""

    STEP = 0.01
    """Seconds."""

    def __init__(self) -> None:
        """Nothing is lost yet."""
        super().__init__()
        self._lost = 0.0
        self._seen, self._worked = time.monotonic(), time.thread_time()

    def time(self) -> float:
        """Seconds, of those of ``time.monotonic`` that count."""
        now = time.monotonic()
        # Within a step nothing is lost, whatever was worked: to ask for that takes longer than all the rest.
        lost = self._beyond_a_step(now, time.thread_time()) if now - self._seen > self.STEP else 0
        return now - self._lost - lost

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As any selector. A wait without an end, during which no deadline runs, is no step."""
        self._step()
        if timeout is None:
            events = super().select()
            self._seen, self._worked = time.monotonic(), time.thread_time()
            return events
        until = self.time() + timeout
        while True:
            events = super().select(min(self.STEP, max(until - self.time(), 0)))
            self._step()
            if events or self.time() >= until:
                return events

    def _step(self) -> None:
        now, worked = time.monotonic(), time.thread_time()
        self._lost += self._beyond_a_step(now, worked)
        self._seen, self._worked = now, worked

    def _beyond_a_step(self, now: float, worked: float) -> float:
        return max(now - self._seen - (worked - self._worked) - self.STEP, 0)


class PatientLoop(asyncio.SelectorEventLoop):
    """A loop on the clock of such a selector."""

    def __init__(self) -> None:
        """On a selector of its own."""
        self._patient = PatientSelector()
        super().__init__(self._patient)

    def time(self) -> float:
        """As any loop: seconds, since some moment."""
        return self._patient.time()
