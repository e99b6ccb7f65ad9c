"""The queue in front of the database, and the task that empties it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from ivrctl.adapters.call_store.table import calls, row_of
from ivrctl.adapters.postgresql import is_server
from ivrctl.adapters.site_store.engine import FAULTS, Fault, brief, fault_of, transaction
from ivrctl.adapters.site_store.growth import bring_up
from ivrctl.model.call import CallRecord

BATCH = 200
"""Records in one transaction: large enough that a commit's cost vanishes, small enough to be done in milliseconds."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
"""Seconds between tries while the database is away."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the store keeps up."""

    waiting: int
    """Records that are not in the database yet."""
    lost: int
    """Records that never will be by this store: the database refused them for what they hold, or the store was closed
    while it was away."""
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
        # Of two records of one leg the first one counts, whoever stored it.
        dialect = postgresql if is_server(engine) else sqlite
        self._statement = dialect.insert(calls).on_conflict_do_nothing()
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
        self._is_full_reported = False
        self._lost = 0
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def backlog(self) -> Backlog:
        """How many records wait and how many were lost."""
        return Backlog(len(self._waiting), self._lost, self._failures)

    async def open(self) -> None:
        """Bring the database to this release's schema, and begin to write. A database that is away is waited for."""
        try:
            await self._make_table()
        except FAULTS as error:
            self._failed(error)
        self._task = asyncio.get_running_loop().create_task(self._write_all(), name="call store")
        self._task.add_done_callback(self._ended)

    @property
    def is_full(self) -> bool:
        """True while no further record is taken."""
        return len(self._waiting) >= self._most_waiting

    def add(self, record: CallRecord) -> bool:
        """Put a record on the queue; False when the queue is full."""
        if self.is_full:
            if not self._is_full_reported:
                self._is_full_reported = True
                self._report(f"{self._most_waiting} call records wait for the database: no more are taken for now")
            return False
        self._waiting.append(record)
        self._is_idle.clear()
        self._has_work.set()
        return True

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
            self._report(f"{len(self._waiting)} call records are not stored: the database did not take them in time")
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
        except FAULTS as error:
            if fault_of(error) is not Fault.DATABASE:
                return await self._is_written_singly(batch)
            self._failed(error)
            return False
        self._written(len(batch))
        return True

    async def _is_written_singly(self, batch: Sequence[CallRecord]) -> bool:
        """Find the records that cannot be stored, so that they do not hold up the others for ever.

        A fault that the driver does not name clearly is a record's own only if another record goes in before it.
        """
        try:
            refused = await self._refused(batch)
            unclear = [record for record, error in refused if fault_of(error) is Fault.UNCLEAR]
            if unclear and len(refused) == len(batch):
                self._failed(refused[0][1])
                return False
            # Others went in: perhaps only after somebody had repaired what refused these.
            own = [(record, error) for record, error in refused if fault_of(error) is Fault.RECORD]
            own += await self._refused(unclear)
        except FAULTS as error:
            self._failed(error)
            return False
        for record, fault in own:
            self._lost += 1
            self._report(f"the record of leg {record.leg} cannot be stored and is lost: {brief(fault)}")
        self._written(len(batch))
        return True

    async def _refused(self, records: Sequence[CallRecord]) -> list[tuple[CallRecord, Exception]]:
        """Insert records one by one; those that were refused, and why.

        Raises:
            Exception: one of ``FAULTS`` that is the database's.
        """
        refused: list[tuple[CallRecord, Exception]] = []
        for record in records:
            try:
                await self._insert([record])
            except FAULTS as error:
                if fault_of(error) is Fault.DATABASE:
                    raise
                refused.append((record, error))
        return refused

    async def _insert(self, batch: Sequence[CallRecord]) -> None:
        """Store those records of a batch whose leg is not there yet, all or none."""
        if not self._has_table:
            await self._make_table()
        first = {record.leg: record for record in reversed(batch)}
        # In one order: two controllers that store the same legs then wait for each other, and never in a circle.
        rows = [row_of(first[leg]) for leg in sorted(first)]
        async with transaction(self._engine) as connection:
            await connection.execute(self._statement, rows)

    async def _make_table(self) -> None:
        await bring_up(self._engine, calls)
        self._has_table = True

    def _written(self, count: int) -> None:
        for _ in range(count):
            self._settled(self._waiting.popleft().leg)
        if not self._waiting:
            self._has_work.clear()
            self._is_idle.set()
        self._is_full_reported = False
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
