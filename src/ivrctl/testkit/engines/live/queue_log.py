"""Asterisk's queue_log, read as it grows: which call entered which queue.

A row is ``epoch|callid|queue|member|EVENT|…``; the call's id is its channel's uniqueid.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ENTERED = "ENTERQUEUE"
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One row."""

    call: str
    queue: str
    event: str


class QueueLog:
    """The rows that were written since it was opened."""

    def __init__(self, path: Path) -> None:
        """Begin at the end of the file, which may not be there yet."""
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self._rows: list[QueueRow] = []

    def entries(self, call: str, queue: str) -> int:
        """How often a call has entered a queue."""
        self._read()
        return sum(row == QueueRow(call, queue, ENTERED) for row in self._rows)

    def _read(self) -> None:
        """Read what is new, up to the last whole line."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            fields = line.split("|")
            if len(fields) >= _FIELDS:
                self._rows.append(QueueRow(fields[1], fields[2], fields[4]))
