"""The task that writes what waits for the site's database; one that is away is waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.adapters.deadline import Deadline

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
"""Seconds between tries while the database is away."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Words:
    """What an operator is told, once each time; a sentence each."""

    away: str
    """The reason follows."""
    back: str
    ended: str
    """For a fault of ours; it follows."""


class WriteLoop:
    """Takes turns while there is work, and pauses behind those that fail, for twice as long each time."""

    def __init__(  # noqa: PLR0913 - the first three are the work, the others how it is gone about
        self,
        turn: Callable[[], Awaitable[bool]],
        is_done: Callable[[], bool],
        words: Words,
        *,
        report: Callable[[str], None],
        sleep: Sleep,
        gather: float = 0.0,
        hurries: bool = False,
    ) -> None:
        """Begin without work.

        Args:
            turn: writes some of what waits; False when it must be tried again.
            is_done: True when nothing waits any more.
            words: for ``report``.
            report: told in a sentence when the database is away, and when it answers again.
            sleep: waits between tries, in seconds.
            gather: seconds in which more may come before a turn.
            hurries: what is urgent ends a pause behind a turn that failed, too.
        """
        self._turn = turn
        self._is_done = is_done
        self._words = words
        self._report = report
        self._sleep = sleep
        self._gather = gather
        self._hurries = hurries
        self._has_work = asyncio.Event()
        self._is_urgent = asyncio.Event()
        """Somebody waits for what is there, or there is enough of it."""
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._is_away = False
        self._task: asyncio.Task[None] | None = None
        self.failures = 0
        """Tries that failed."""

    def start(self, name: str) -> None:
        """Begin to write, in a task of this name."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name=name)
            self._task.add_done_callback(self._ended)

    def wake(self, *, is_urgent: bool = False) -> None:
        """There is work; with ``is_urgent`` more of it is not waited for."""
        self._is_idle.clear()
        self._has_work.set()
        if is_urgent:
            self._is_urgent.set()

    async def flushed(self) -> None:
        """Return when nothing waits any more."""
        self._is_urgent.set()
        await self._is_idle.wait()

    async def stop(self, within: float) -> None:
        """Write what waits, for at most so many seconds, and end."""
        task, self._task = self._task, None
        if task is not None:
            with contextlib.suppress(TimeoutError):
                async with Deadline(within):
                    await self.flushed()
            task.cancel()
            await asyncio.wait([task])

    def answered(self) -> None:
        """The database has taken something."""
        if self._is_away:
            self._is_away = False
            self._report(self._words.back)

    def failed(self, why: str) -> None:
        """The database has not."""
        self.failures += 1
        if not self._is_away:
            self._is_away = True
            self._report(f"{self._words.away}: {why}")

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            await self._has_work.wait()
            if self._gather:
                with contextlib.suppress(TimeoutError):
                    async with Deadline(self._gather):
                        await self._is_urgent.wait()
            if await self._turn():
                pause = FIRST_PAUSE
            else:
                await self._pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            if self._is_done():
                self._has_work.clear()
                self._is_urgent.clear()
                self._is_idle.set()

    async def _pause(self, seconds: float) -> None:
        if not self._hurries:
            await self._sleep(seconds)
            return
        self._is_urgent.clear()
        waits = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._is_urgent.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._report(f"{self._words.ended}: {task.exception()!r}")
