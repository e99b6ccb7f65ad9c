"""A SQLite file that is replaced, moved or removed while connections to it stand.

SQLite keeps the file that it has opened, whatever becomes of its name. A controller lives for months: its callers would
hear yesterday's balance, and its records of calls would go to a file that nobody can open any more.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

_FILE = "file"
"""Under which a connection's entry in the pool keeps what file it was opened on."""


def follow(path: Path, engine: AsyncEngine) -> None:
    """Have connections that were opened on another file of this name given up when they are next used.

    Args:
        path: of the file.
        engine: whose connections go there; none is open yet.
    """

    def note(_dialect: Dialect, entry: ConnectionPoolEntry, *_arguments: object) -> None:
        # Before the file is opened: one that is replaced meanwhile is opened once more, never kept.
        entry.info[_FILE] = _identity(path)

    def compare(_connection: object, entry: ConnectionPoolEntry, _proxy: object) -> None:
        if entry.info[_FILE] != _identity(path):
            raise DisconnectionError(f"{path.name} is another file by now")

    event.listen(engine.sync_engine, "do_connect", note)
    event.listen(engine.sync_engine, "checkout", compare)


def _identity(path: Path) -> tuple[int, int] | None:
    """Tells a file from another of the same name; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
