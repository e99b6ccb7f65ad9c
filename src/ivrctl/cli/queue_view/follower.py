"""Asks a controller once a second, in a thread of its own: keys are heard however slow the controller is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from ivrctl.cli.queue_view.centre import Centre
from ivrctl.cli.queue_view.held import Held

EVERY = 1.0
"""Seconds between two questions."""


class Follower:
    """Between ``with`` it asks; ``held`` is what it has by now."""

    def __init__(
        self,
        first: Centre,
        look: Callable[[], Centre],
        told: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with what was answered already.

        Args:
            first: the first answer.
            look: asks for the next one.
            told: called in the thread when there is something new.
            clock: steady seconds.
        """
        self.held = Held(first, clock())
        self._look = look
        self._told = told
        self._clock = clock
        self._is_over = threading.Event()
        # A daemon: whoever quits does not wait for a controller that does not answer.
        self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()

    def _follow(self) -> None:
        while not self._is_over.wait(EVERY):
            self.held = self.held.next(self._look, self._clock)
            if not self._is_over.is_set():
                self._told()
