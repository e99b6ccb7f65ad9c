"""Deadlines of tests count the time in which their process was let run: a busy machine makes them miss none."""

from __future__ import annotations

import asyncio
import selectors
import time


class PatientSelector(selectors.DefaultSelector):
    """Waits in small steps; what is beyond a step, and the processor's time, is time that the machine was others'."""

    STEP = 0.01
    """Seconds."""

    def __init__(self) -> None:
        """Nothing is lost yet."""
        super().__init__()
        self._lost = 0.0
        self._seen, self._worked = time.monotonic(), time.thread_time()

    def time(self) -> float:
        """Seconds, of those of ``time.monotonic`` that count."""
        return time.monotonic() - self._lost

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
        self._lost += max(now - self._seen - (worked - self._worked) - self.STEP, 0)
        self._seen, self._worked = now, worked


class PatientLoop(asyncio.SelectorEventLoop):
    """A loop on the clock of such a selector."""

    def __init__(self) -> None:
        """On a selector of its own."""
        self._patient = PatientSelector()
        super().__init__(self._patient)

    def time(self) -> float:
        """As any loop: seconds, since some moment."""
        return self._patient.time()
