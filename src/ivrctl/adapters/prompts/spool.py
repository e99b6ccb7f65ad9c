"""Prompts made for one call: they may hold personal data, so they live on a tmpfs and go with the call.

Every process has a folder of its own, locked while it lives (``flock`` ends with the process, however it ends). So a
new process can sweep what a dead one left, and leaves alone what a draining one still plays.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from ivrctl.adapters.prompts.wav import FOLDER_MODE, write_wav

LOCK = ".lock"
OWN_PREFIX = "process-"


class Spool:
    """The part of the spool that belongs to this process; every method blocks for a few file operations."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when it is missing, and lock a part of it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._numbers = count(1)
        with self._guarded():
            self._own = Path(tempfile.mkdtemp(prefix=OWN_PREFIX, dir=folder))
            self._own.chmod(FOLDER_MODE)
            self._lock = os.open(self._own / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, call: str, pcm: bytes) -> Path:
        """Keep a prompt until the call is released."""
        folder = self._folder_of(call)
        try:
            folder.mkdir(exist_ok=True)
        except FileNotFoundError:
            # Somebody has cleared the spool under us. Our lock is gone too, but so is what it kept from being swept.
            self._own.mkdir(parents=True, exist_ok=True)
            self._own.chmod(FOLDER_MODE)
            folder.mkdir(exist_ok=True)
        folder.chmod(FOLDER_MODE)
        path = folder / f"{next(self._numbers)}.wav"
        write_wav(path, pcm)
        return path

    def name(self, path: Path) -> str:
        """Where a prompt lies below the spool folder, without the extension."""
        return str(path.relative_to(self._folder).with_suffix(""))

    def release(self, call: str) -> None:
        """Remove all prompts of a call; one without any is fine."""
        shutil.rmtree(self._folder_of(call), ignore_errors=True)

    def sweep(self) -> int:
        """Remove what processes left that live no more; the number of prompts removed."""
        removed = 0
        with self._guarded():
            for folder in sorted(self._folder.glob(f"{OWN_PREFIX}*")):
                if folder != self._own and _is_abandoned(folder):
                    removed += sum(1 for _ in folder.rglob("*.wav"))
                    shutil.rmtree(folder)
        return removed

    def close(self) -> None:
        """Remove everything of this process."""
        shutil.rmtree(self._own, ignore_errors=True)
        os.close(self._lock)

    def _folder_of(self, call: str) -> Path:
        return self._own / hashlib.sha256(call.encode()).hexdigest()[:32]

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Alone in the spool folder: nobody sweeps a folder between its making and its locking."""
        descriptor = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _is_abandoned(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
