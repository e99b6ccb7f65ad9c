"""A SQLite file that is only read: each question is one visit to a thread at most.

A driver that looks asynchronous crosses over to its thread for the cursor, the statement, the rows and the end of the
transaction, and SQLAlchemy between it and us takes as long as SQLite itself: a row of a small table cost ten times what
it costs here. What a caller waits for is asked this way; what is written goes through ``site_store``. Most of it needs
no thread at all: see ``sqlite_at_once``.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from ivrctl.adapters.sqlite_at_once import AtOnce, Rows, connected, rows_of
from ivrctl.adapters.sqlite_file import identity_of
from ivrctl.errors import ConfigurationError

INTERRUPTED_EVERY = 0.02
"""Seconds between two tries to interrupt a statement."""
ENDS_WITHIN = 1.0
"""Seconds for a thread to end; one that hangs in a file system is left behind."""


class Reading:
    """One statement on its way. Its ``rows`` are to be awaited; who waits no more says ``stop``."""

    def __init__(self, sql: str, bound: Mapping[str, object], most: int) -> None:
        self.rows: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()
        """Fails with an ``sqlite3.Error``, or what else the driver raised."""
        self._sql, self._bound, self._most = sql, bound, most
        self._guard = threading.Lock()
        """An interrupt must meet no other statement of the same connection."""
        self._connection: sqlite3.Connection | None = None
        self._is_given_up = False

    async def stop(self) -> None:
        """Make an end of it; return when it has one. A statement that has not begun is never run."""
        self._is_given_up = True
        while not self.rows.done():
            with self._guard:
                if self._connection is not None:
                    self._connection.interrupt()
            await asyncio.wait({self.rows}, timeout=INTERRUPTED_EVERY)

    def carry_out(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Run it; in the thread."""
        rows: Rows = []
        fault: Exception | None = None
        try:
            if not self._is_given_up:
                rows = self._run(connect())
        except Exception as error:  # noqa: BLE001 - it is raised where the rows are awaited
            fault = error
        # Of a loop that is closed nobody waits any more.
        with suppress(RuntimeError):
            self.rows.get_loop().call_soon_threadsafe(self._deliver, rows, fault)

    def _run(self, connection: sqlite3.Connection) -> Rows:
        with self._guard:
            self._connection = connection
        try:
            if self._is_given_up:
                return []
            return rows_of(connection, self._sql, self._bound, self._most)
        finally:
            with self._guard:
                self._connection = None

    def _deliver(self, rows: Rows, fault: Exception | None) -> None:
        if self.rows.done():
            return
        if fault is None:
            self.rows.set_result(rows)
        else:
            self.rows.set_exception(fault)
            # Whoever asked may have given up meanwhile: that nobody takes the fault is no fault.
            self.rows.exception()


class SqliteReader:
    """The connections to one file, read-only, each with a thread of its own; made as they are needed."""

    def __init__(
        self, database: str, path: Path, size: int, locked_seconds: float, at_once: AtOnce | None = None
    ) -> None:
        """Prepare to read a file that is there; none is ever made.

        Args:
            database: its name in the site file, for what is said of it.
            path: of the file. One that is put in its place is read from then on.
            size: connections at most.
            locked_seconds: how long somebody who writes is waited for.
            at_once: what is asked without a thread; None where every question goes to one.

        Raises:
            ConfigurationError: there is no such file.
        """
        if not path.is_file():
            advice = f"make {path}, or point the database to another file"
            raise ConfigurationError(f'the database "{database}" has no file {path.name}', advice=advice)
        self._path, self._size, self._locked_seconds = path, size, locked_seconds
        self._at_once = at_once
        self._asked: SimpleQueue[Reading | None] = SimpleQueue()
        self._under_way: set[asyncio.Future[Rows]] = set()
        self._threads: list[threading.Thread] = []

    def rows_at_once(self, sql: str, bound: Mapping[str, object], most: int) -> Rows | None:
        """The answer, where it takes a moment and no thread; None where ``ask`` is to be called with the same."""
        return None if self._at_once is None else self._at_once.ask(sql, bound, most)

    def ask(self, sql: str, bound: Mapping[str, object], most: int) -> Reading:
        """Begin to ask, in a thread.

        Args:
            sql: with ``:name`` for each parameter.
            bound: the parameters.
            most: rows at most.
        """
        reading = Reading(sql, bound, most)
        if len(self._under_way) >= len(self._threads) < self._size:
            # A daemon: a thread that hangs in a file system does not keep the process from its end.
            self._threads.append(threading.Thread(target=self._read, name="sqlite reader", daemon=True))
            self._threads[-1].start()
        self._under_way.add(reading.rows)
        reading.rows.add_done_callback(self._under_way.discard)
        self._asked.put(reading)
        return reading

    async def close(self) -> None:
        """Return when all that is asked is answered, and the connections are closed."""
        if self._at_once is not None:
            self._at_once.close()
        if self._under_way:
            await asyncio.wait(set(self._under_way))
        for _ in self._threads:
            self._asked.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join, ENDS_WITHIN)

    def _read(self) -> None:
        """Serve the queue with one connection; a thread's whole life."""
        connection: sqlite3.Connection | None = None
        opened: object = None

        def connect() -> sqlite3.Connection:
            nonlocal connection, opened
            there = identity_of(self._path)
            if connection is None or there != opened:
                if connection is not None:
                    connection.close()
                # Its identity from before it is opened: a file that is replaced meanwhile is opened once more.
                connection, opened = None, there
                connection = connected(self._path, self._locked_seconds, is_shared=True)
            return connection

        while (reading := self._asked.get()) is not None:
            reading.carry_out(connect)
            del reading
        if connection is not None:
            connection.close()
