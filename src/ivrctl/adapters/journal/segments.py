"""The files of the journal: ``<start-ns>-<pid>.jsonl``, one for each writer.

A writer holds an flock on its segment for as long as it lives; the kernel lets go of it at any kind of death, so a
segment whose lock is free has lost its writer. Process ids would not do: they are used again, and in a container the
next controller often has the same one. A segment is filled as a draft and gets its name by rename, so that whoever
sees it sees it whole and locked.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".jsonl"
DRAFT = ".draft-"
FOLD_LOCK = ".fold.lock"
COARSEST_TIME = 3_000_000_000
"""Nanoseconds in which two changes of a folder can bear the same time: some file systems count in two seconds."""
DRAFT_TRIES = 5
"""A draft can be swept by another controller before it is locked; this often in a row means something else is wrong."""


@dataclass(slots=True)
class Segment:
    """The segment that a process writes."""

    name: str
    fd: int
    size: int
    """Bytes, to know when to rotate."""


class SegmentFiles:
    """Every effect of the journal on its folder; a test replaces it to cut a process short at any of them."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, private to the user."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._listed: tuple[int, frozenset[str]] | None = None
        """The last listing, and the change of the folder that it shows; None where a later one might look the same."""

    def names(self) -> frozenset[str]:
        """The segments there are now, those of other writers included; none in a folder that was removed."""
        try:
            # By the clock that stamps folders, whatever a process of tests takes for the time of day.
            now, changed = time.clock_gettime_ns(time.CLOCK_REALTIME), os.stat(self.folder).st_mtime_ns  # noqa: PTH116 - each leg comes by here
            if self._listed is not None and self._listed[0] == changed:
                return self._listed[1]
            with os.scandir(self.folder) as entries:
                names = frozenset(entry.name for entry in entries if entry.name.endswith(SUFFIX))
        except FileNotFoundError:
            return frozenset()
        # A change behind this listing could bear the time of the one before it, as exact as the file system is.
        self._listed = (changed, names) if changed < now - COARSEST_TIME else None
        return names

    def create(self, lines: Iterable[bytes]) -> Segment:
        """Begin a segment that holds these lines, locked by us before anybody can see it.

        Raises:
            OSError: the folder or the disk does not let us.
        """
        content = b"".join(lines)
        for _ in range(DRAFT_TRIES):
            with contextlib.suppress(FileNotFoundError):
                return self._create_once(content)
        raise FileNotFoundError(f"the drafts in {self.folder} vanish as soon as they are written")

    def append(self, segment: Segment, line: bytes) -> None:
        """Write a line in one write, so that lines of a killed process are whole but for the last.

        Raises:
            OSError: nothing, or only a part of it, was written.
        """
        written = self.write(segment.fd, line)
        segment.size += written
        if written != len(line):
            raise OSError(f"only {written} of {len(line)} bytes could be written to {segment.name}")

    def read(self, name: str, offset: int) -> bytes:
        """What stands in a segment from an offset on; empty when nothing has been added.

        Raises:
            FileNotFoundError: the segment is gone.
        """
        path = self.folder / name
        if path.stat().st_size <= offset:
            return b""
        with path.open("rb") as file:
            file.seek(offset)
            return file.read()

    def is_abandoned(self, name: str) -> bool:
        """True when the writer of a segment (or draft) no longer lives: its lock is free."""
        try:
            fd = os.open(self.folder / name, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            return _try_lock(fd)
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def folding(self) -> Iterator[bool]:
        """Be the only one that folds segments while inside; False when another controller is at it.

        Two at once could each drop what the other relies on: one the end of a leg that the other is about to copy.
        """
        # Somebody may have removed the folder under us.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self.folder / FOLD_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _try_lock(fd)
        finally:
            os.close(fd)

    def sweep_drafts(self) -> None:
        """Remove drafts of controllers that were killed while they wrote them; only while folding."""
        with os.scandir(self.folder) as entries:
            drafts = [entry.name for entry in entries if entry.name.startswith(DRAFT)]
        for name in drafts:
            if self.is_abandoned(name):
                self.unlink(name)

    def open(self, name: str) -> int:
        """A new file to append to."""
        return os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)

    def write(self, fd: int, content: bytes) -> int:
        """One write; the number of bytes that it took."""
        return os.write(fd, content)

    def rename(self, old: str, new: str) -> None:
        """Give a draft its name."""
        (self.folder / old).rename(self.folder / new)

    def unlink(self, name: str) -> None:
        """Remove a file that may already be gone."""
        (self.folder / name).unlink(missing_ok=True)

    def close(self, segment: Segment) -> None:
        """Stop writing a segment: its lock is free from now on."""
        os.close(segment.fd)

    def _create_once(self, content: bytes) -> Segment:
        name = self._free_name()
        draft = DRAFT + name
        fd = self.open(draft)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            self._write_all(fd, content)
            self.rename(draft, name)
        except OSError:
            os.close(fd)
            self.unlink(draft)
            raise
        return Segment(name, fd, len(content))

    def _write_all(self, fd: int, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[self.write(fd, bytes(view)) :]

    def _free_name(self) -> str:
        """A name that no segment has: rename would silently replace one."""
        start = time.time_ns()
        while (self.folder / (name := f"{start}-{os.getpid()}{SUFFIX}")).exists():
            start += 1
        return name


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
