"""What stood in a file already: in a database of its own on the disk, so that a long file takes no more memory.

It holds digests alone, and is gone with the process: SQLite removes its file as soon as it is open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from hashlib import blake2b
from typing import Self

from ivrctl.errors import ConfigurationError

_DIGEST_BYTES = 16
"""So many that no two keys of a file have the same, in any file that there will be."""

_TABLES = """
create table seen (key blob primary key, line integer not null) without rowid;
create table left_out (line integer primary key) without rowid;
"""


class Seen:
    """The keys of a file's rows, and the rows that are left out. Used from one thread at a time."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(f"begin; {_TABLES}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._database.close()
        if isinstance(error, sqlite3.Error):
            message = f"what stood in the file already cannot be remembered: {error}"
            advice = "df -h of the folder for temporary files, or another one: TMPDIR=FOLDER ivrctl customers import …"
            raise ConfigurationError(message, advice=advice) from error

    def first(self, column: str, value: str) -> int | None:
        """The line in which a key stands that is not left out; None when it stands in none."""
        found = self._database.execute("select line from seen where key = ?", (_digest(column, value),)).fetchone()
        return None if found is None else int(found[0])

    def note(self, keys: Iterable[tuple[str, str]], line: int) -> None:
        """These keys stand in this line."""
        rows = [(_digest(column, value), line) for column, value in keys]
        self._database.executemany("insert into seen values (?, ?) on conflict do nothing", rows)

    def leave_out(self, line: int) -> None:
        """This line is not imported."""
        self._database.execute("insert into left_out values (?) on conflict do nothing", (line,))

    def is_left_out(self, line: int) -> bool:
        """True for a line that is not imported."""
        return self._database.execute("select 1 from left_out where line = ?", (line,)).fetchone() is not None


def _digest(column: str, value: str) -> bytes:
    return blake2b(f"{column}\0{value}".encode(), digest_size=_DIGEST_BYTES).digest()
