"""Reads of a SQLite file that take no visit to a thread: what is answered in a moment, is answered at once.

A row of a small table takes 20 µs, and a visit to a thread ten times that: two processors wake each other, and quarrel
about the interpreter's lock. But nobody's calls may stand still for a lookup, so a read has so many steps of SQLite's
machine, waits for no lock, and lies on a disk that the event loop waits for anyway, that of the journal. What is not
answered so is left to a thread, which begins anew. So is what is asked of the same file next, for ten times as long as
that took: on a cold disk, or with statements that have too much to do, a file costs the loop a tenth of its time at
most.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from ivrctl.adapters.sqlite_file import identity_of

Rows: TypeAlias = "list[Mapping[str, Any]]"

STEPS = 2000
"""Of SQLite's machine, once or twice: a tenth of a millisecond. A row that is found by its key takes thirty."""
MOMENT = 0.002
"""Seconds that a read may take, whatever its steps are."""
RESTS = 10
"""How much longer than a read took that took more, or was not answered, the file is left to threads."""


def connected(path: Path, locked_seconds: float, *, is_shared: bool = False) -> sqlite3.Connection:
    """A connection that only reads, to a file that is there.

    Args:
        path: of the file.
        locked_seconds: how long somebody who writes is waited for.
        is_shared: it is interrupted from another thread, though used in its own alone.
    """
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro",
        uri=True,
        timeout=locked_seconds,
        isolation_level=None,
        check_same_thread=not is_shared,
    )


def rows_of(connection: sqlite3.Connection, sql: str, bound: Mapping[str, object], most: int) -> Rows:
    """The first rows of a statement, by the names of its columns.

    Raises:
        sqlite3.Error: it answers none, or cannot be carried out.
    """
    cursor = connection.execute(sql, bound)
    if cursor.description is None:
        raise sqlite3.ProgrammingError("the statement answers no rows")
    names = [column[0] for column in cursor.description]
    found = cursor.fetchmany(most)
    # What is left of the answer would keep the file from whoever writes it.
    cursor.close()
    return [dict(zip(names, row, strict=True)) for row in found]


class AtOnce:
    """See the module. Use it from one thread."""

    def __init__(self, path: Path, seconds: Callable[[], float] = time.monotonic) -> None:
        """Open nothing yet.

        Args:
            path: of the file. One that is put in its place is read from then on.
            seconds: the time.
        """
        self._path, self._seconds = path, seconds
        self._connection: sqlite3.Connection | None = None
        self._opened: object = None
        self._is_long = False
        """True once the statement that runs has been reported."""
        self._rests_until = 0.0

    def ask(self, sql: str, bound: Mapping[str, object], most: int) -> Rows | None:
        """The rows; None where a thread is to ask, and to say what is wrong."""
        begun, self._is_long = self._seconds(), False
        if begun < self._rests_until:
            return None
        rows: Rows | None = None
        try:
            rows = rows_of(self._connect(), sql, bound, most)
        except Exception:  # noqa: BLE001 - the thread meets it once more, and raises it where the rows are awaited
            self.close()
        now = self._seconds()
        if rows is None or now - begun > MOMENT:
            self._rests_until = now + RESTS * (now - begun)
        return rows

    def close(self) -> None:
        """Let go of the file; the next question opens it anew."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        # Its identity from before it is opened: a file that is replaced meanwhile is opened once more.
        there = identity_of(self._path)
        if self._connection is None or there != self._opened:
            self.close()
            self._opened, self._connection = there, connected(self._path, locked_seconds=0.0)
            self._connection.set_progress_handler(self._is_to_end, STEPS)
        return self._connection

    def _is_to_end(self) -> bool:
        """Called behind so many steps, whichever question they were for: the first report may be of those before."""
        was_long, self._is_long = self._is_long, True
        return was_long


def on_the_disk_of(folder: Path, path: Path) -> bool:
    """True where a file lies in the same file system as a folder; False also where nobody can say."""
    one, other = identity_of(folder), identity_of(path)
    return one is not None and other is not None and one[0] == other[0]
