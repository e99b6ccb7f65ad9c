"""Bytes in any fragmentation in, whole lines out, within a limit.

AMI ends a line with CR LF; a bare LF is accepted, as Asterisk itself accepts one. A line is decoded when it is whole:
decoding what one read of the socket gave would destroy a character that lies across two segments.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.ami.errors import RemoteProtocolError

LINE_LIMIT = 16 * 1024
"""Bytes of one line from Asterisk. Its own limit of 1,024 is for what it reads; a dialplan's line may be 8 KiB long."""


class LineBuffer:
    """Collects bytes and hands out whole lines; holds at most one unfinished line."""

    __slots__ = ("_held", "_limit")

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._held = b""

    def feed(self, fragment: bytes) -> Iterator[str]:
        """Add what was received and yield the lines that it completed, without their ends.

        Bytes that are no UTF-8 become U+FFFD: a caller's display name may be anything.

        Raises:
            RemoteProtocolError: a line is too long, also one that is not finished yet.
        """
        *lines, self._held = (self._held + fragment).split(b"\n")
        for line in lines:
            self._refuse_long(line)
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
        self._refuse_long(self._held)

    def _refuse_long(self, line: bytes) -> None:
        if len(line) > self._limit:
            self._held = b""
            raise RemoteProtocolError(f"a line of more than {self._limit} bytes")
