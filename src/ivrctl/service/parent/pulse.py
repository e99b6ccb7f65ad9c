"""What a child says to its parent over a pipe. Pure; both ends use it.

``A``: it accepts calls. ``R`` and a newline: ready. ``.``: a beat. ``X``, a text and a newline: the configuration
cannot be used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

ACCEPTING = b"A"
READY = b"R\n"
BEAT = b"."
NEWLINE = b"\n"
LINE_BREAK = "\x1e"
"""A line break inside a text: the ASCII record separator."""
MAX_TEXT = 16 * 1024
"""Bytes: more findings than anybody reads, and far less than a pipe holds (64 kB), so that one write takes it."""


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """The configuration cannot be used, and why."""

    text: str


@dataclass(frozen=True, slots=True)
class Accepting:
    """The child accepts calls, and is not ready to be the only one yet: it knows nothing of the queues."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The child serves."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The child's event loop turns."""


Sign: TypeAlias = Accepting | Ready | Beat | Misconfigured


def misconfigured(text: str) -> bytes:
    """The bytes that say why the configuration cannot be used; a very long text is cut."""
    encoded = text.strip().replace("\n", LINE_BREAK).encode("utf-8", "replace")
    return b"X" + encoded[:MAX_TEXT] + NEWLINE


@dataclass(slots=True)
class PulseReader:
    """Reads a child's pipe, however its bytes are cut. What it does not know it skips."""

    _text: bytearray | None = field(default=None)
    """The text of an ``X`` whose newline has not come yet."""

    def receive(self, content: bytes) -> list[Sign]:
        """Take in bytes; the signs that they complete."""
        signs = (self._take(content[at : at + 1]) for at in range(len(content)))
        return [sign for sign in signs if sign is not None]

    def _take(self, byte: bytes) -> Sign | None:
        if self._text is not None:
            return self._take_text(self._text, byte)
        match byte:
            case b"A":
                return Accepting()
            case b"R":
                return Ready()
            case b".":
                return Beat()
            case b"X":
                self._text = bytearray()
        return None

    def _take_text(self, text: bytearray, byte: bytes) -> Sign | None:
        if byte != NEWLINE:
            if len(text) < MAX_TEXT:
                text += byte
            return None
        self._text = None
        return Misconfigured(text.decode("utf-8", "replace").replace(LINE_BREAK, "\n"))
