"""The queue in front of the database, and the task that empties it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from ivrctl.adapters.call_store.engine import STATEMENT_SECONDS, brief
from ivrctl.adapters.call_store.table import calls, metadata, row_of
from ivrctl.model.call import CallRecord

BATCH = 200
"""Records in one transaction: large enough that a commit's cost vanishes, small enough to be done in milliseconds."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
"""Seconds between tries while the database is away."""

_DATABASE_FAULTS = (OperationalError, InterfaceError, PoolTimeoutError, OSError, TimeoutError)
"""Away, busy, full: the same insert may work later."""
_RECORD_FAULTS = (DataError, ValueError, TypeError)
"""What this record holds cannot be stored."""
_FAULTS = (SQLAlchemyError, *_DATABASE_FAULTS, *_RECORD_FAULTS)
"""All that an insert may raise. What is in neither group is found out record by record: a driver's own class, or an
IntegrityError because another process stored the same leg in this very moment."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the store keeps up."""

    waiting: int
    """Records that are not in the database yet."""
    lost: int
    """Records that never will be: the queue was full, or the database refused them for what they hold."""
    failures: int
    """Tries that failed since the store was opened."""


class RecordWriter:
    """Holds the records that are not stored yet, and stores them in the order in which they came."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        on_trouble: Callable[[str], None],
        on_settled: Callable[[str], None],
        most_waiting: int,
        sleep: Sleep,
    ) -> None:
        """Begin with an empty queue; see ``CallStore`` for the arguments."""
        self._engine = engine
        self._report = on_trouble
        self._settled = on_settled
        self._most_waiting = most_waiting
        self._sleep = sleep
        self._waiting: deque[CallRecord] = deque()
        self._has_work = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._has_table = False
        self._is_away = False
        self._is_full = False
        self._lost = 0
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def backlog(self) -> Backlog:
        """How many records wait and how many were lost."""
        return Backlog(len(self._waiting), self._lost, self._failures)

    async def open(self) -> None:
        """Make the table where it is missing, and begin to write. A database that is away is waited for."""
        try:
            await self._make_table()
        except _FAULTS as error:
            self._failed(error)
        self._task = asyncio.get_running_loop().create_task(self._write_all(), name="call store")
        self._task.add_done_callback(self._ended)

    def add(self, record: CallRecord) -> None:
        """Put a record on the queue, or count it as lost when the queue is full."""
        if len(self._waiting) >= self._most_waiting:
            self._lost += 1
            if not self._is_full:
                self._is_full = True
                self._report(f"{self._most_waiting} call records wait for the database: further ones are lost")
            return
        self._waiting.append(record)
        self._is_idle.clear()
        self._has_work.set()

    async def flushed(self) -> None:
        """Return when nothing waits any more."""
        await self._is_idle.wait()

    async def close(self, within: float) -> None:
        """Write what waits, for at most so many seconds; what is left then is lost."""
        task, self._task = self._task, None
        if task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.flushed(), within)
            task.cancel()
            await asyncio.wait([task])
        if self._waiting:
            self._lost += len(self._waiting)
            self._report(f"{len(self._waiting)} call records are lost: the database did not take them before the end")
            self._waiting.clear()

    async def _write_all(self) -> None:
        pause = FIRST_PAUSE
        while True:
            await self._has_work.wait()
            if await self._is_batch_written():
                pause = FIRST_PAUSE
            else:
                await self._sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _is_batch_written(self) -> bool:
        """Write the records that wait longest; False when they must be tried again."""
        batch = list(islice(self._waiting, BATCH))
        try:
            await self._insert(batch)
        except _DATABASE_FAULTS as error:
            self._failed(error)
            return False
        except _FAULTS:
            return await self._is_written_singly(batch)
        self._written(len(batch))
        return True

    async def _is_written_singly(self, batch: Sequence[CallRecord]) -> bool:
        """Find the records that cannot be stored, so that they do not hold up the others for ever.

        A fault that the driver does not name clearly is a record's own only if another record goes in.
        """
        refused: list[tuple[CallRecord, Exception]] = []
        for record in batch:
            try:
                await self._insert([record])
            except _DATABASE_FAULTS as error:
                self._failed(error)
                return False
            except _FAULTS as error:
                refused.append((record, error))
        unclear = [error for _, error in refused if not _is_records_own(error)]
        if unclear and len(refused) == len(batch):
            self._failed(unclear[0])
            return False
        for record, fault in refused:
            self._lost += 1
            self._report(f"the record of leg {record.leg} cannot be stored and is lost: {brief(fault)}")
        self._written(len(batch))
        return True

    async def _insert(self, batch: Sequence[CallRecord]) -> None:
        """Store those records of a batch whose leg is not there yet, all or none."""
        if not self._has_table:
            await self._make_table()
        # Of two records of one leg the first one counts, here as in the table.
        rows = {record.leg: row_of(record) for record in reversed(batch)}
        async with asyncio.timeout(STATEMENT_SECONDS), self._engine.begin() as connection:
            known = await connection.scalars(sa.select(calls.c.leg).where(calls.c.leg.in_(rows)))
            for leg in known.all():
                del rows[leg]
            if rows:
                await connection.execute(sa.insert(calls), list(rows.values()))

    async def _make_table(self) -> None:
        async with asyncio.timeout(STATEMENT_SECONDS), self._engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        self._has_table = True

    def _written(self, count: int) -> None:
        for _ in range(count):
            self._settled(self._waiting.popleft().leg)
        if not self._waiting:
            self._has_work.clear()
            self._is_idle.set()
        self._is_full = False
        if self._is_away:
            self._is_away = False
            self._report("the database of call records answers again")

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        # It may come back as an empty one.
        self._has_table = False
        if not self._is_away:
            self._is_away = True
            self._report(f"the database of call records is away, records wait: {brief(error)}")

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._report(f"call records are no longer written: {task.exception()!r}")


def _is_records_own(error: Exception) -> bool:
    """True for what a record holds; a StatementError that is no driver's error was raised while binding its values."""
    is_binding = isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return is_binding or isinstance(error, _RECORD_FAULTS)
