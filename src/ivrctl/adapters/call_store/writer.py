"""The queue in front of the database: records are taken until it is full, and stored as they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from ivrctl.adapters.call_store.table import calls, row_of
from ivrctl.adapters.postgresql import is_server
from ivrctl.adapters.site_store.buffered_writer import BufferedWriter, Destination
from ivrctl.adapters.site_store.engine import brief, transaction
from ivrctl.adapters.site_store.growth import bring_up
from ivrctl.adapters.site_store.write_loop import Sleep, Words
from ivrctl.model.call import CallRecord

BATCH = 200
"""Records in one transaction: large enough that a commit's cost vanishes, small enough to be done in milliseconds."""
GATHER = 0.5
"""Seconds in which more calls may end before a transaction: it costs as much for one record as for twenty. Until then
the journal has them."""
_WORDS = Words(
    away="the database of call records is away, records wait",
    back="the database of call records answers again",
    ended="call records are no longer written",
)


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
    """Holds the records that are not stored yet; one that is handed in twice is settled twice, and stored once."""

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
        self._numbers = count()
        self._is_full_reported = False
        self._lost = 0
        to = Destination(self._prepare, self._insert, self._written, self._refused)
        self._writer: BufferedWriter[int, CallRecord] = BufferedWriter(
            to, _WORDS, batch=BATCH, report=on_trouble, sleep=sleep, gather=GATHER
        )

    @property
    def backlog(self) -> Backlog:
        """How many records wait and how many were lost."""
        return Backlog(len(self._writer.waiting), self._lost, self._writer.loop.failures)

    async def open(self) -> None:
        """Bring the database to this release's schema, and begin to write. A database that is away is waited for."""
        await self._writer.prepare()
        self._writer.loop.start("call store")

    @property
    def is_full(self) -> bool:
        """True while no further record is taken."""
        return len(self._writer.waiting) >= self._most_waiting

    def add(self, record: CallRecord) -> bool:
        """Put a record on the queue; False when the queue is full."""
        if self.is_full:
            if not self._is_full_reported:
                self._is_full_reported = True
                self._report(f"{self._most_waiting} call records wait for the database: no more are taken for now")
            return False
        self._writer.put(next(self._numbers), record)
        return True

    async def flushed(self) -> None:
        """Return when nothing waits any more."""
        await self._writer.loop.flushed()

    async def close(self, within: float) -> None:
        """Write what waits, for at most so many seconds; what is left then is lost."""
        left = await self._writer.close(within)
        if left:
            self._lost += len(left)
            self._report(f"{len(left)} call records are not stored: the database did not take them in time")

    async def _prepare(self) -> None:
        await bring_up(self._engine, calls)

    async def _insert(self, batch: Sequence[CallRecord]) -> None:
        """Store those records of a batch whose leg is not there yet, all or none."""
        first = {record.leg: record for record in reversed(batch)}
        # In one order: two controllers that store the same legs then wait for each other, and never in a circle.
        rows = [row_of(first[leg]) for leg in sorted(first)]
        async with transaction(self._engine) as connection:
            await connection.execute(self._statement, rows)

    def _written(self, batch: Sequence[CallRecord]) -> None:
        for record in batch:
            self._settled(record.leg)
        self._is_full_reported = False

    def _refused(self, record: CallRecord, error: Exception) -> None:
        self._lost += 1
        self._report(f"the record of leg {record.leg} cannot be stored and is lost: {brief(error)}")
