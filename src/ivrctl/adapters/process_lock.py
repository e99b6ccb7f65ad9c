"""Which of several processes does something: the one that holds the lock of a file, until its end of whatever kind.

A lease would lapse while its holder lives and is only slow, and it would depend on a clock that people set.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

NOTE_LIMIT = 4_096
"""Bytes that are read of a note."""


class ProcessLock:
    """The right to do it; who gives it away on purpose can leave a note to the next one."""

    def __init__(self, path: Path) -> None:
        """Prepare to ask for it; ``path`` is a file of its own, made when it is missing."""
        self._path = path
        self._fd: int | None = None
        self.note = ""
        """What the holder before us has left; empty where it died."""

    def is_held(self) -> bool:
        """True while this process has the right; asks for it when nobody has it.

        Raises:
            OSError: the file cannot be made.
        """
        if self._fd is not None:
            return True
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        self.note = os.pread(fd, NOTE_LIMIT, 0).decode(errors="replace")
        os.ftruncate(fd, 0)
        return True

    def let_go(self, note: str = "") -> None:
        """Give the right away, if we have it."""
        fd, self._fd = self._fd, None
        if fd is not None:
            try:
                os.pwrite(fd, note.encode(), 0)
            finally:
                os.close(fd)
