"""The outbox behind an event loop: its file in a thread, and what is put at the same time in one transaction.

A commit waits for the disk; a hundred calls that end in one second would wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from ivrctl.adapters.outbox.entry import Entry, Figure, Put
from ivrctl.adapters.outbox.file import MOST_KEPT, OutboxFault, OutboxFile, TooLarge, TooLargeFault

_Result = TypeVar("_Result")

BATCH = 500
"""Entries in one transaction."""
MOST_PENDING = 5_000
"""That wait for the thread: on a disk that hangs, callers are told that nothing is kept."""


class Outbox:
    """The outbox of a controller, used from one event loop."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime], most_kept: int = MOST_KEPT) -> None:
        """Prepare; nothing is opened yet.

        Args:
            path: of the file.
            clock: aware.
            most_kept: entries that wait or were set aside, at most.
        """
        self._file = OutboxFile(path, most_kept=most_kept)
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._pending: list[tuple[Put, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._is_closed = False
        self.on_put: Callable[[frozenset[str]], None] = lambda _submissions: None
        """Called after something was kept, with its submissions."""

    async def put(self, put: Put) -> None:
        """Return when it is on the disk. What comes under a key that is known is the same, and there once.

        Whoever stops waiting before the disk's turn has put nothing.

        Raises:
            OutboxFault: it is not kept; ``TooLargeFault``: and never will be.
        """
        if len(self._pending) >= MOST_PENDING:
            raise OutboxFault("the disk does not keep up", advice="look at the disk of the state folder")
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((put, kept))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write(), name="outbox")
        await kept

    async def due(self, submission: str, now: datetime, longest: timedelta, limit: int) -> list[Entry]:
        """The oldest that wait and are due; see ``OutboxFile.due``."""
        return await self._run(lambda: self._file.due(submission, now, longest, limit))

    async def delivered(self, numbers: Iterable[int]) -> None:
        """Whoever they are for has them."""
        done = list(numbers)
        await self._run(lambda: self._file.delivered(done, self._clock()))

    async def refused(self, number: int, reason: str) -> None:
        """One will never be taken."""
        await self._run(lambda: self._file.refused(number, reason, self._clock()))

    async def failed(self, number: int, reason: str, next_at: datetime | None) -> None:
        """One was not taken; see ``OutboxFile.failed``."""
        await self._run(lambda: self._file.failed(number, reason, next_at))

    async def give_up(self, submission: str, before: datetime, reason: str) -> int:
        """Give up what was handed over before a moment; how much that was."""
        return await self._run(lambda: self._file.give_up(submission, before, reason, self._clock()))

    async def forget(self) -> None:
        """Forget what was delivered a day ago."""
        await self._run(lambda: self._file.forget(self._clock()))

    async def figures(self) -> list[Figure]:
        """How much there is, by submission and state."""
        return await self._run(self._file.figures)

    async def close(self) -> None:
        """Write what waits, and close the file; one that is closed already stays so."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._writing is not None:
            await asyncio.wait({self._writing})
        await self._run(self._file.close)
        self._thread.shutdown(wait=False)

    async def _write(self) -> None:
        try:
            while self._pending:
                batch, self._pending = self._pending[:BATCH], self._pending[BATCH:]
                await self._keep([(put, kept) for put, kept in batch if not kept.done()])
        finally:
            self._writing = None

    async def _keep(self, batch: list[tuple[Put, asyncio.Future[None]]]) -> None:
        try:
            answers = await self._run(lambda: self._file.put([put for put, _ in batch], self._clock()))
        except OutboxFault as fault:
            answers = [str(fault)] * len(batch)
        for (_, kept), answer in zip(batch, answers, strict=True):
            if kept.done():
                continue
            if answer:
                why = TooLargeFault if isinstance(answer, TooLarge) else OutboxFault
                kept.set_exception(why(answer, advice="ivrctl outbox list"))
            else:
                kept.set_result(None)
        self.on_put(frozenset(put.submission for (put, _), answer in zip(batch, answers, strict=True) if not answer))

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
