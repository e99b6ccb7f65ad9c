"""Which of several controllers delivers: the one that holds the lock of this file, until its end of whatever kind.

A lease would lapse while its holder lives and is only slow, and it would depend on a clock that people set.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class DeliveryLock:
    """The right to deliver."""

    def __init__(self, path: Path) -> None:
        """Prepare to ask for it; ``path`` is a file of its own, made when it is missing."""
        self._path = path
        self._fd: int | None = None

    def is_held(self) -> bool:
        """True while this process may deliver; asks for the right when nobody has it.

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
        return True

    def let_go(self) -> None:
        """Give the right away."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
