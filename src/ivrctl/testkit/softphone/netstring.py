"""Netstrings, the framing of baresip's control connection: `<length>:<bytes>,` (D. J. Bernstein, 1997). Pure."""

from __future__ import annotations

LIMIT = 1 << 20
"""Bytes of one netstring: baresip's longest answer is a help page of some kilobytes."""
_DIGITS = 7


class NetstringError(ValueError):
    """What arrived is not a netstring."""


def encode(payload: bytes) -> bytes:
    """Return the payload framed."""
    return b"%d:%s," % (len(payload), payload)


class NetstringReader:
    """Takes bytes as they arrive, gives whole payloads."""

    def __init__(self) -> None:
        """Begin with nothing received."""
        self._rest = b""

    def receive(self, arrived: bytes) -> list[bytes]:
        """Return the payloads that are complete now; what is left over waits for more.

        Raises:
            NetstringError: the stream is not made of netstrings, or one is over the limit.
        """
        self._rest += arrived
        payloads = []
        while (payload := self._next()) is not None:
            payloads.append(payload)
        return payloads

    def _next(self) -> bytes | None:
        length, colon, behind = self._rest.partition(b":")
        if len(length) > _DIGITS or (length and not length.isdigit()) or (colon and not length):
            raise NetstringError(f"no length before {self._rest[:20]!r}")
        if not colon:
            return None
        size = int(length)
        if size > LIMIT:
            raise NetstringError(f"a netstring of {size} bytes")
        if len(behind) <= size:
            return None
        if behind[size : size + 1] != b",":
            raise NetstringError("a netstring without its comma")
        self._rest = behind[size + 1 :]
        return behind[:size]
