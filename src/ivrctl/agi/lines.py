"""Bytes in any fragmentation in, whole lines out, within a limit.

Knows nothing of what the lines say: ``request`` and ``replies`` read them. AGI ends a line with a bare LF.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivrctl.agi.errors import RemoteProtocolError

LINE_LIMIT = 8192
"""Bytes of one line from Asterisk, which itself cuts lines at 8,191 and most variables at 4,096."""


class LineBuffer:
    """Collects bytes and hands out whole lines; holds at most one unfinished line."""

    __slots__ = ("_held", "_limit")

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._held = b""

    def feed(self, fragment: bytes) -> Iterable[bytes]:
        """Add what was received; the lines that it completed, without their LF, to be taken before the next.

        An unfinished line is judged at once, so that a peer that never ends a line cannot fill the memory. The lines
        before a faulty one are yielded first, however the bytes were cut.

        Raises:
            RemoteProtocolError: a line is too long or holds a NUL.
        """
        is_harmless = b"\0" not in fragment and len(self._held) + len(fragment) <= self._limit
        *lines, self._held = (self._held + fragment).split(b"\n")
        return lines if is_harmless else self._judged(lines)

    def _judged(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self._refuse_faulty(line)
            yield line
        self._refuse_faulty(self._held)

    def _refuse_faulty(self, line: bytes) -> None:
        if len(line) > self._limit:
            self._held = b""
            raise RemoteProtocolError(f"a line of more than {self._limit} bytes")
        if b"\0" in line:
            self._held = b""
            raise RemoteProtocolError("a line with a NUL in it")


def text_of(line: bytes) -> str:
    """Decode a whole line as UTF-8; bytes that are none become U+FFFD, since a caller's display name may be anything.

    Whole lines only: decoding fragments would destroy a character that lies across two segments.
    """
    return line.decode("utf-8", "replace")
