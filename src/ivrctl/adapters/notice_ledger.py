"""The ledger of notices: an append-only file, ``notices/ledger.jsonl`` in the state folder, a JSON line per change.

Whoever writes holds the folder's lock from before he reads what stands there until his line is on the disk: two
controllers during an upgrade, or a command while none runs, decide one after the other. Who reads takes the lock
shared, so that he never sees a line that its writer may still take back. The kernel lets go of it at any death.

Beside it lies a ``reserve``: on a disk that is full a notice that refuses callers must still end, and its room is given
up for that, some at a time. It is made anew with the next notice for which there is room.

A writer that was killed may leave the beginning of a line: it was acknowledged to nobody, and the next writer cuts it
off. What a notice is, it does not know: that is ``model.notice_board``.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.model.notice_board import Board, Change, Happened, fold
from ivrctl.model.notice_json import change_from_json, change_to_json

LEDGER, LOCK, RESERVE = "ledger.jsonl", "lock", "reserve"
RESERVE_BYTES = 64 * 1024
"""Kept for ends on a disk that is full: some dozen of them, or two of the longest."""
RESERVE_STEP = 8 * 1024
"""By which it shrinks: a block of the disk for the line, and one that another process may take."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, 0})
"""What a disk that is full says; 0 where it has taken the beginning of a line."""
MAX_LINE = 256 * 1024
"""Bytes: the longest notice, before and after, in ten languages, is a third of it."""
MAX_BYTES = 32 * 1024 * 1024
"""Of the whole file, which every start reads, within seconds: fifty thousand changes."""
_BOUNDED = frozenset({Happened.MADE, Happened.CHANGED})
"""Of a ledger that is full a notice that stands must still be taken down: there are a hundred of these at most."""
HISTORY = 1000
"""Changes that are kept at hand; the others stand in the file."""
LOCK_WITHIN = 5.0
"""Seconds: a writer holds the lock for milliseconds; one that has stalled is killed by its parent after three."""
LOCK_PAUSE = 0.01


class LedgerError(IvrctlError):
    """A change could not be kept, and was not made; the message says why."""


@dataclass(slots=True)
class Writing:
    """The ledger while it is ours alone."""

    board: Board
    """As it stands; ``append`` changes it."""
    append: Callable[[Change], None]
    """Keep a change for good. ``LedgerError`` when it is not kept, and then nothing of it is."""


class NoticeLedger:
    """One process's view of the ledger. Every method blocks for some file operations; any thread may call them."""

    def __init__(self, folder: Path, on_fault: Callable[[str], None] = lambda _fault: None) -> None:
        """Use a folder, which is made when it is missing.

        Args:
            folder: ``notices`` in the state folder.
            on_fault: told of a line that was cut short, or that cannot be read.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._on_fault = on_fault
        self._mutex = threading.RLock()
        self._history: deque[Change] = deque(maxlen=HISTORY)
        self._read_to = 0
        self._inode = 0
        self.board = Board()
        """As it was when it was read last."""

    @property
    def is_behind(self) -> bool:
        """True when something was written that this process has not read."""
        try:
            found = (self._folder / LEDGER).stat()
        except FileNotFoundError:
            return self._read_to > 0
        return (found.st_size, found.st_ino) != (self._read_to, self._inode)

    def read(self) -> Board:
        """Take in what was written since; the board.

        Raises:
            UnreachableError: a writer has stalled in the middle.
            OSError: the file cannot be read.
        """
        with self._mutex, self._locked(fcntl.LOCK_SH):
            self._catch_up()
            return self.board

    def history(self, limit: int = HISTORY) -> list[Change]:
        """The last changes that this process knows, the newest first."""
        with self._mutex:
            return list(self._history)[::-1][:limit]

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """Be the only one who writes while inside, on the board as it stands.

        Raises:
            UnreachableError: another writer has stalled in the middle.
            LedgerError: the disk refuses.
        """
        with self._mutex, self._locked(fcntl.LOCK_EX):
            try:
                fd = os.open(self._folder / LEDGER, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise _unwritable(error) from error
            try:
                self._catch_up()
                self._cut_torn(fd)
                writing = Writing(self.board, lambda change: self._append(fd, writing, change))
                yield writing
            finally:
                os.close(fd)

    def _append(self, fd: int, writing: Writing, change: Change) -> None:
        line = json.dumps(change_to_json(change), ensure_ascii=False).encode() + b"\n"
        if len(line) > MAX_LINE:
            raise LedgerError(f"the change takes {len(line)} bytes, {MAX_LINE} are possible")
        if self._read_to + len(line) > MAX_BYTES and change.happened in _BOUNDED:
            raise LedgerError(
                f"{self._folder / LEDGER} has grown to its bound of {MAX_BYTES} bytes",
                advice="end the notices that stand; then, while no controller runs: mv ledger.jsonl ledger-1.jsonl",
            )
        while True:
            try:
                self._write(fd, line)
                break
            except OSError as error:
                with contextlib.suppress(OSError):
                    os.ftruncate(fd, self._read_to)
                    os.fsync(fd)
                is_due = change.happened is Happened.ENDED and error.errno in _NO_ROOM
                if not (is_due and self._gives_up_reserve(len(line))):
                    raise _unwritable(error) from error
        if change.happened in _BOUNDED:
            self._keep_reserve()
        self._read_to += len(line)
        self._take(iter([change]))
        writing.board = self.board

    def _write(self, fd: int, line: bytes) -> None:
        _write_whole(fd, line)
        os.fsync(fd)
        if self._read_to == 0:
            _sync_folder(self._folder)
            _sync_folder(self._folder.parent)

    def _gives_up_reserve(self, needed: int) -> bool:
        """Free some of the room that is kept for ends; False when none is left."""
        reserve = self._folder / RESERVE
        try:
            size = reserve.stat().st_size
            if not size:
                return False
            os.truncate(reserve, max(size - max(RESERVE_STEP, 2 * needed), 0))
        except OSError:
            return False
        return True

    def _keep_reserve(self) -> None:
        """Have the room again that the next end may need; a disk that has none has taken this change all the same."""
        with contextlib.suppress(OSError):
            fd = os.open(self._folder / RESERVE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if os.fstat(fd).st_size < RESERVE_BYTES:
                    os.posix_fallocate(fd, 0, RESERVE_BYTES)
            finally:
                os.close(fd)

    def _cut_torn(self, fd: int) -> None:
        """Cut off what a killed writer left: the beginning of a line, behind all that was read."""
        size = os.fstat(fd).st_size
        self._inode = os.fstat(fd).st_ino
        if size <= self._read_to:
            return
        try:
            os.ftruncate(fd, self._read_to)
            os.fsync(fd)
        except OSError as error:
            raise _unwritable(error) from error
        self._on_fault(f"the last line of {LEDGER} was cut short: nobody was told that it is kept, and it is gone")

    def _catch_up(self) -> None:
        """Read whole lines behind what is known; all of it when the file is another one."""
        try:
            file = (self._folder / LEDGER).open("rb")
        except FileNotFoundError:
            self._forget(0)
            return
        with file:
            found = os.fstat(file.fileno())
            if found.st_ino != self._inode or found.st_size < self._read_to:
                self._forget(found.st_ino)
            file.seek(self._read_to)
            self._take(self._changes(file.readline))

    def _forget(self, inode: int) -> None:
        self._inode, self._read_to, self.board = inode, 0, Board()
        self._history.clear()

    def _changes(self, readline: Callable[[int], bytes]) -> Iterator[Change]:
        is_long = False
        while line := readline(MAX_LINE):
            if not line.endswith(b"\n") and len(line) < MAX_LINE:
                return
            self._read_to += len(line)
            was_long, is_long = is_long, not line.endswith(b"\n")
            try:
                if was_long or is_long:
                    raise ValueError("longer than any change")  # noqa: TRY301 - told as every other line that is none
                yield change_from_json(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                self._on_fault(f"a line of {LEDGER} before byte {self._read_to} is no change of a notice: {error!r}")

    def _take(self, changes: Iterator[Change]) -> None:
        while taken := list(islice(changes, HISTORY)):
            self._history.extend(taken)
            self.board = fold(self.board, taken)

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        fd = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            until = time.monotonic() + LOCK_WITHIN
            while True:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(fd, how | fcntl.LOCK_NB)
                    break
                if time.monotonic() >= until:
                    raise UnreachableError("another process has the notices locked", advice="ivrctl status")
                time.sleep(LOCK_PAUSE)
            yield
        finally:
            os.close(fd)


def _write_whole(fd: int, line: bytes) -> None:
    written = os.write(fd, line)
    if written != len(line):
        raise OSError(0, f"only {written} of {len(line)} bytes could be written")


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _unwritable(error: OSError) -> LedgerError:
    return LedgerError(f"the change could not be kept: {error.strerror or error}", advice="df -h; then once more")
