"""Prompts made for one call: they may hold personal data, so they live on a tmpfs and go with the call.

Every process has a folder of its own, locked while it lives (``flock`` ends with the process, however it ends). So a
new process can sweep what a dead one left, and leaves alone what a draining one still plays.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from ivrctl.adapters.prompts.wav import FOLDER_MODE, write_new_wav

LOCK = ".lock"
OWN_PREFIX = "process-"
MOUNTS = Path("/proc/self/mounts")
"""What is mounted where, as proc(5) has it: device, place, kind; a later line stands for what hides an earlier one."""


class Spool:
    """The part of the spool that belongs to this process; every method blocks for a few file operations.

    A name says nothing of the call: which prompts are whose is known here only.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when it is missing, and lock a part of it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._numbers = count(1)
        self._of_call: dict[str, list[Path]] = {}
        with self._guarded():
            self._own = Path(tempfile.mkdtemp(prefix=OWN_PREFIX, dir=folder))
            self._own.chmod(FOLDER_MODE)
            self._lock = os.open(self._own / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, call: str, pcm: bytes) -> Path:
        """Keep a prompt until the call is released."""
        path = self._own / f"{next(self._numbers)}.wav"
        self._of_call.setdefault(call, []).append(path)
        try:
            write_new_wav(path, pcm)
        except FileNotFoundError:
            # Somebody has cleared the spool under us. Our lock is gone too, but so is what it kept from being swept.
            self._own.mkdir(parents=True, exist_ok=True)
            self._own.chmod(FOLDER_MODE)
            write_new_wav(path, pcm)
        return path

    def name(self, path: Path) -> str:
        """Where a prompt lies below the spool folder, without the extension."""
        return f"{path.parent.name}/{path.stem}"

    def release(self, call: str) -> None:
        """Remove all prompts of a call; one without any is fine."""
        for path in self._of_call.pop(call, ()):
            path.unlink(missing_ok=True)

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

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Alone in the spool folder: nobody sweeps a folder between its making and its locking."""
        descriptor = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def is_in_memory(folder: Path) -> bool:
    """True for a folder on a tmpfs: what is written there waits for no disk. False also where nobody can say."""
    try:
        mounts = [line.split(" ") for line in MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()]
        place = folder.resolve()
    except OSError:
        return False
    kinds = {Path(mount.replace("\\040", " ")): kind for _, mount, kind, *_ in mounts}
    return next((kinds[above] for above in (place, *place.parents) if above in kinds), "") == "tmpfs"


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
