"""A SQLite file that is replaced, moved or removed while connections to it stand.

SQLite keeps the file that it has opened, whatever becomes of its name. A controller lives for months: its callers would
hear yesterday's balance, and its records of calls would go to a file that nobody can open any more.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from ivrctl.adapters.sqlite_connection import see_connections_end
from ivrctl.errors import ConfigurationError

_FILE = "file"
"""Under which a connection's entry in the pool keeps what file it was opened on."""


def open_file(database: str, path: Path, pool_size: int, locked_seconds: float) -> AsyncEngine:
    """The engine for a file that is there, to write in it; it is never made.

    Args:
        database: its name in the site file, for what is said of it.
        path: of the file.
        pool_size: connections at most.
        locked_seconds: how long somebody else who writes is waited for.

    Raises:
        ConfigurationError: there is no such file.
    """
    if not path.is_file():
        advice = f"make {path}, or point the database to another file"
        raise ConfigurationError(f'the database "{database}" has no file {path.name}', advice=advice)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query={"mode": "rw", "uri": "true"}),
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": locked_seconds},
    )
    see_connections_end(engine)
    follow(path, engine)
    return engine


def follow(path: Path, engine: AsyncEngine) -> None:
    """Have connections that were opened on another file of this name given up when they are next used.

    Args:
        path: of the file.
        engine: whose connections go there; none is open yet.
    """

    def note(_dialect: Dialect, entry: ConnectionPoolEntry, *_arguments: object) -> None:
        # Before the file is opened: one that is replaced meanwhile is opened once more, never kept.
        entry.info[_FILE] = identity_of(path)

    def compare(_connection: object, entry: ConnectionPoolEntry, _proxy: object) -> None:
        if entry.info[_FILE] != identity_of(path):
            raise DisconnectionError(f"{path.name} is another file by now")

    event.listen(engine.sync_engine, "do_connect", note)
    event.listen(engine.sync_engine, "checkout", compare)


def identity_of(path: Path) -> tuple[int, int] | None:
    """Tells a file from another of the same name; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
