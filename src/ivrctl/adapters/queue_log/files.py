"""Files of queue_log: read in pieces, from any place on, with bounded memory, compressed or not.

Asterisk and logrotate name rotated files in three ways, of which two go from the youngest to the oldest and one the
other way round: files are put in order by the times of their first lines instead.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from ivrctl.acd.queue_log.lines import Line, UnreadableLineError, line_of
from ivrctl.adapters.queue_log.source import Piece, Raw
from ivrctl.errors import ConfigurationError

HEAD = 4_096
"""Bytes that a file is known by: some sixty lines, which no two logs share."""
LONGEST_LINE = 16_384
"""Bytes: Asterisk writes 8,192 at most."""
PIECE = 20_000
"""Lines: some six megabytes of stays."""
PATTERN = "queue_log*"
"""What files are called in a folder."""
_COMPRESSED: Mapping[bytes, Callable[[Path], object]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
"""By how a file begins: what logrotate's ``compresscmd`` usually is."""
_LONGEST_MAGIC = max(map(len, _COMPRESSED))
_FAULTS = (OSError, EOFError, zlib.error, lzma.LZMAError)


class LogFile:
    """One file."""

    def __init__(self, path: Path) -> None:
        """Look at its beginning.

        Raises:
            ConfigurationError: it cannot be read.
        """
        self._path = path
        try:
            with path.open("rb") as file:
                beginning = file.read(_LONGEST_MAGIC)
            self._opener = next((opened for magic, opened in _COMPRESSED.items() if beginning.startswith(magic)), None)
            self._size = path.stat().st_size
            with self._open() as file:
                self._head = file.read(HEAD)
        except _FAULTS as error:
            raise _unreadable(path, error) from error

    @property
    def name(self) -> str:
        """Its path."""
        return str(self._path)

    @property
    def head(self) -> int:
        """All of it, for a short one."""
        return len(self._head)

    def digest(self, head: int) -> str:
        """Of its first so many bytes; of a file that is shorter another one's is never the same."""
        return hashlib.sha256(self._head[:head]).hexdigest()

    @property
    def first_at(self) -> datetime | None:
        """The time of its first line that is one."""
        for raw in self._head.splitlines():
            try:
                return datetime.fromtimestamp(line_of(raw.decode(errors="replace")).at, UTC)
            except UnreadableLineError:
                continue
        return None

    async def pieces(self, place: str, count: int) -> AsyncIterator[Piece]:
        """What stands behind a place: the number of a byte, of the text when it is compressed.

        A line that has no end yet is still being written, and is left for the next time.

        Raises:
            ConfigurationError: it can be read no further.
        """
        try:
            with self._open() as file:
                file.seek(int(place or 0))
                while piece := self._piece(file, count):
                    count = piece.count
                    yield piece
        except _FAULTS as error:
            raise _unreadable(self._path, error) from error

    def _open(self) -> BinaryIO:
        return self._path.open("rb") if self._opener is None else cast("BinaryIO", self._opener(self._path))

    def _piece(self, file: BinaryIO, count: int) -> Piece | None:
        """The next lines; None when there are none."""
        lines: list[tuple[int, Line]] = []
        unreadable: list[Raw] = []
        first = count
        place = file.tell()
        while count - first < PIECE and (raw := file.readline(LONGEST_LINE)):
            if not raw.endswith(b"\n"):
                if len(raw) < LONGEST_LINE:
                    break
                _skip(file)
            count += 1
            place = file.tell()
            try:
                lines.append((count, line_of(raw.decode(errors="replace"))))
            except UnreadableLineError as error:
                unreadable.append(Raw(count, str(error)))
        if count == first:
            return None
        return Piece(lines, unreadable, str(place), count, self._done(place))

    def _done(self, place: int) -> float:
        return 0.0 if self._opener is not None or not self._size else min(1.0, place / self._size)


def _skip(file: BinaryIO) -> None:
    """Read on to the end of a line that is longer than any."""
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def log_files(paths: Iterable[Path]) -> list[LogFile]:
    """The files of some paths, the oldest first: of a folder all whose names begin with queue_log.

    Raises:
        ConfigurationError: one cannot be read, or a folder has none.
    """
    found: list[LogFile] = []
    for path in paths:
        inside = sorted(one for one in path.glob(PATTERN) if one.is_file()) if path.is_dir() else [path]
        if not inside:
            raise ConfigurationError(f"{path} holds no queue_log", advice="name the folder with Asterisk's logs")
        found += [LogFile(one) for one in inside]
    beginning = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda file: (file.first_at or beginning, file.name))


def _unreadable(path: Path, error: BaseException) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return ConfigurationError(f"{path} cannot be read: {reason}", advice="name a file of queue_log, or the folder")
