"""What rounds leave to be done beside them: texts, submissions, entries in queue_log. None of it holds a round up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ivrctl.adapters.deadline import Deadline

MOST = 1000
"""Errands that wait; more are dropped, and that is said: a text that comes much later is none."""
WITHIN = 10.0
"""Seconds for one."""

Errand = Callable[[], Awaitable[None]]


class Errands:
    """One after the other, in their order. ``run`` never returns."""

    def __init__(self, on_trouble: Callable[[str], None]) -> None:
        """Begin with none.

        Args:
            on_trouble: told in a sentence what was not done.
        """
        self._waiting: asyncio.Queue[tuple[str, Errand]] = asyncio.Queue(MOST)
        self._on_trouble = on_trouble

    def add(self, what: str, errand: Errand) -> None:
        """Have it done, soon.

        Args:
            what: in a few words, for the log.
            errand: does it.
        """
        try:
            self._waiting.put_nowait((what, errand))
        except asyncio.QueueFull:
            self._on_trouble(f"{what} was not done: too much waits already")

    async def run(self) -> None:
        """Do them, for ever."""
        while True:
            what, errand = await self._waiting.get()
            try:
                async with Deadline(WITHIN):
                    await errand()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next one is done
                self._on_trouble(f"{what} was not done: {error!r}")
            finally:
                self._waiting.task_done()

    async def done(self) -> None:
        """Return when nothing waits."""
        await self._waiting.join()
