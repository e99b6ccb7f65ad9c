"""Writes entries of the books in batches, beside whoever hands them in; a database that is gone is waited for.

What waits is bounded: beyond that the oldest are dropped, and a ``Gap`` in the books says so. An entry that is handed
in again before it is written counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivrctl.acd.order import SAME_STAY
from ivrctl.acd.stay import Gap, Stay
from ivrctl.adapters.books_store.tables import (
    LIVE,
    LOG,
    TABLES,
    Entry,
    Key,
    began,
    key_of,
    row_of,
    stays,
    table_of,
)
from ivrctl.adapters.postgresql import is_server
from ivrctl.adapters.site_store.buffered_writer import BufferedWriter, Destination
from ivrctl.adapters.site_store.engine import close_engine, open_engine, transaction
from ivrctl.adapters.site_store.growth import bring_up
from ivrctl.adapters.site_store.upsert import upsert
from ivrctl.adapters.site_store.write_loop import Sleep, Words

BATCH = 500
"""Entries in one transaction: some twenty milliseconds."""
GATHER = 0.2
"""Seconds in which entries gather: a transaction costs as much as a hundred of them, and a stay changes five times."""
MOST_WAITING = 50_000
"""Entries that wait for the database: some forty megabytes, and an hour of a busy centre."""
CLOSE_SECONDS = 5.0
"""For the last entries of a controller that leaves."""
_WORDS = Words(
    away="the database of the books is away, entries wait",
    back="the database of the books answers again",
    ended="the books are no longer written",
)
SAME_JOINING = timedelta(seconds=2)
"""Between the time of an event and that of the line in queue_log about the same: whole seconds, and written later."""


@dataclass(frozen=True, slots=True)
class BooksBacklog:
    """How the writer keeps up."""

    waiting: int
    """Entries that are not in the database yet."""
    dropped: int
    """Entries that never will be."""
    failures: int
    """Tries that failed."""


def _silent(_text: str) -> None:
    """Nobody asked to hear of trouble."""


class BooksWriter:
    """The books of one site, written to from one event loop."""

    def __init__(
        self,
        url: str,
        *,
        on_trouble: Callable[[str], None] = _silent,
        most_waiting: int = MOST_WAITING,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Prepare the engine; nothing is connected yet.

        Args:
            url: as ``sqlite_url`` gives, or ``postgresql://…``.
            on_trouble: told in one sentence when the database is away, answers again, or entries are dropped.
            most_waiting: entries to hold while it is away.
            sleep: waits between tries, in seconds.

        Raises:
            ConfigurationError: the URL is none, or names a driver that is not installed.
        """
        self._engine = open_engine(url)
        self._report = on_trouble
        self._most_waiting = most_waiting
        self._reckoned: dict[tuple[str, int], Key] = {}
        """Open stays whose joining was reckoned, by uniqueid and chain."""
        self._lost: Gap | None = None
        self._dropped = 0
        to = Destination(self._prepare, self._write, refused=self._refused, is_owing=lambda: self._lost is not None)
        self._writer: BufferedWriter[Key, Entry] = BufferedWriter(
            to, _WORDS, batch=BATCH, report=on_trouble, sleep=sleep, gather=GATHER
        )

    @property
    def backlog(self) -> BooksBacklog:
        """How many entries wait and how many were dropped."""
        return BooksBacklog(len(self._writer.waiting), self._dropped, self._writer.loop.failures)

    async def open(self) -> None:
        """Begin to write. A database that is away is waited for, and nobody waits meanwhile."""
        self._writer.loop.start("books")

    def add(self, entry: Entry) -> None:
        """Have an entry written soon, in the place of the one with its key; it never waits."""
        key = key_of(entry)
        if isinstance(entry, Stay):
            self._forget_reckoned(entry, key)
        self._writer.put(key, entry)
        while len(self._writer.waiting) > self._most_waiting:
            eldest = self._writer.take_back(next(iter(self._writer.waiting)))
            if eldest is not None:
                self._drop(eldest, "the database was away for too long")

    async def flushed(self) -> None:
        """Return when everything added so far is written or dropped."""
        await self._writer.loop.flushed()

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        """Write what waits, for at most so many seconds, and let go of the database; what is left then is lost."""
        left = await self._writer.close(within)
        if left:
            self._dropped += len(left)
            self._report(f"{len(left)} entries of the books are lost: the database did not take them in time")
        await close_engine(self._engine)

    def _forget_reckoned(self, stay: Stay, key: Key) -> None:
        """What waits of a stay whose joining was reckoned is of no use when the joining is told: it has another key."""
        which = stay.uniqueid, stay.chain
        before = self._reckoned.pop(which, None)
        if before is not None and before != key:
            self._writer.take_back(before)
        if not (stay.is_joined_exactly or stay.is_over):
            self._reckoned[which] = key

    def _refused(self, entry: Entry, _error: Exception) -> None:
        self._drop(entry, "the database refuses them for what they hold")

    def _drop(self, entry: Entry, why: str) -> None:
        """Give an entry up; the time from its beginning on is a gap in the books."""
        self._dropped += 1
        if self._lost is None:
            self._report(f"entries of the books are dropped, the oldest first: {why}")
        self._lost = _widened(self._lost, entry, why)
        self._writer.loop.wake()

    async def _prepare(self) -> None:
        await bring_up(self._engine, *TABLES)

    async def _write(self, entries: Sequence[Entry]) -> None:
        """Write entries, all or none, and the gap of what was dropped."""
        lost = self._lost
        async with transaction(self._engine) as connection:
            await write(connection, [*entries, *([] if lost is None else [lost])])
        if self._lost is lost:
            self._lost = None


async def write(connection: AsyncConnection, entries: Iterable[Entry]) -> None:
    """Write entries of the live ledger: what was imported about the same stays goes.

    In one order: two controllers that write the same rows then wait for each other, and never in a circle.
    """
    by_table: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=key_of):
        by_table.setdefault(table_of(entry).name, []).append(entry)
    for own in by_table.values():
        table = table_of(own[0])
        if table is stays:
            told = [entry for entry in own if isinstance(entry, Stay)]
            await connection.execute(_DELETE_IMPORTED, [_joining(entry, SAME_JOINING) for entry in told])
            exact = [_exact(entry) for entry in told if entry.is_joined_exactly]
            if exact:
                await connection.execute(_DELETE_RECKONED, exact)
        rows = [row_of(entry) for entry in own]
        await connection.execute(upsert(table, is_server=is_server(connection.engine)), rows)


_DELETE_IMPORTED = sa.delete(stays).where(
    stays.c.queue == sa.bindparam("of_queue"),
    stays.c.uniqueid == sa.bindparam("of_call"),
    stays.c.joined_at.between(sa.bindparam("since"), sa.bindparam("until")),
    stays.c.source == LOG,
)


_DELETE_RECKONED = sa.delete(stays).where(
    stays.c.queue == sa.bindparam("of_queue"),
    stays.c.uniqueid == sa.bindparam("of_call"),
    stays.c.chain == sa.bindparam("of_chain"),
    stays.c.joined_at.between(sa.bindparam("since"), sa.bindparam("until")),
    stays.c.joined_at != sa.bindparam("joined"),
    stays.c.is_joined_exactly.is_(False),
    stays.c.source == LIVE,
)
"""The row of a stay from before its joining was told."""


def _joining(stay: Stay, within: timedelta) -> dict[str, str | int | datetime]:
    since, until = stay.joined_at - within, stay.joined_at + within
    return {"of_queue": stay.queue, "of_call": stay.uniqueid, "since": since, "until": until}


def _exact(stay: Stay) -> dict[str, str | int | datetime]:
    return {**_joining(stay, SAME_STAY), "of_chain": stay.chain, "joined": stay.joined_at}


def _widened(gap: Gap | None, entry: Entry, why: str) -> Gap | None:
    """The gap in the books with one more entry in it."""
    # A time without a zone is what an entry may be refused for.
    times = [at for at in (began(entry), _end(entry)) if at is not None and at.tzinfo is not None]
    if not times:
        return gap
    begin, end = min(times), max(times) + timedelta(microseconds=1)
    if gap is None:
        return Gap(begin, end, f"entries of the books were dropped: {why}")
    return replace(gap, began_at=min(gap.began_at, begin), ended_at=max(gap.ended_at or end, end))


def _end(entry: Entry) -> datetime | None:
    return entry.talk_ended_at or entry.left_at if isinstance(entry, Stay) else entry.ended_at
