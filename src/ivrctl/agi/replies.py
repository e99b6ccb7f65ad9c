"""What Asterisk answers to a command, in every form that ``res_agi`` writes.

::

    200 result=0                                    Result
    200 result=1 (13800138000)                      Result with a text
    200 result=49 endpos=8000                       Result with a position
    200 result= (timeout)                           Result without a number
    510 Invalid or unknown command                  InvalidCommand
    511 Command Not Permitted on a dead channel…    DeadChannel
    520-Invalid command syntax. …                   UsageError, a block that ends with "520 End of proper usage."
    520 Invalid command syntax.  Proper usage not available.

``HANGUP`` is no reply and never gets here: ``connection`` takes it out, also from between the lines of a block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from ivrctl.agi.errors import RemoteProtocolError
from ivrctl.agi.lines import text_of

USAGE_LINES_LIMIT = 256
"""Lines of a usage block; the longest of Asterisk 22 has 25."""
USAGE_BYTES_LIMIT = 64 * 1024
"""Bytes of a usage block."""
LONGEST_KNOWN = 16
"""Bytes of a reply that is remembered: a result alone. What may be somebody's, the value of a variable, is longer."""

_RESULT = re.compile(r"200 result=([^\s()]*)(?: \((.*)\))?(?: endpos=([0-9]{1,18}))?", re.DOTALL)
_KEYS = {str(ord(key)): key for key in "0123456789*#ABCD"}
_USAGE_END = b"520 End of proper usage."


@dataclass(frozen=True, slots=True)
class Result:
    """Asterisk carried the command out, or tried to; what ``result`` means is each command's own."""

    result: str
    """As it came: a number, digits, or empty."""
    text: str | None = None
    """What stood in brackets: a variable's value, ``timeout``, ``hangup``."""
    endpos: int | None = None
    """Where a prompt was left, in samples of the file (8,000 a second for a telephone prompt)."""

    @property
    def is_failure(self) -> bool:
        """True for ``-1``: the channel is gone, or the file could not be opened."""
        return self.result == "-1"

    @property
    def key(self) -> str | None:
        """The key that ended a prompt or a wait, or None; ``result`` is its code in ASCII."""
        return _KEYS.get(self.result)


@dataclass(frozen=True, slots=True)
class InvalidCommand:
    """Asterisk does not know the command: the module that brings it is not loaded."""

    text: str


@dataclass(frozen=True, slots=True)
class DeadChannel:
    """The command is not for a channel that has hung up."""

    text: str


@dataclass(frozen=True, slots=True)
class UsageError:
    """Asterisk knows the command but not these arguments, and explains itself."""

    lines: tuple[str, ...]
    """The explanation without its first and last line."""


Reply: TypeAlias = Result | InvalidCommand | DeadChannel | UsageError


class ReplyParser:
    """Reads replies line by line; holds the lines of a usage block while it is open."""

    __slots__ = ("_bytes", "_usage")

    def __init__(self) -> None:
        self._usage: list[str] | None = None
        self._bytes = 0

    def feed_line(self, line: bytes) -> Reply | None:
        """Take one line, without its LF; the reply when it is complete.

        Raises:
            RemoteProtocolError: the line is no reply, or a block has no end.
        """
        if self._usage is not None:
            return self._usage_line(line, self._usage)
        if line.startswith(b"520-"):
            self._usage, self._bytes = [], 0
            return None
        return parse_reply(line)

    def _usage_line(self, line: bytes, usage: list[str]) -> Reply | None:
        # The text before the last line may lack its own line end.
        if line.endswith(_USAGE_END):
            self._usage = None
            return UsageError((*usage, *filter(None, [text_of(line.removesuffix(_USAGE_END))])))
        usage.append(text_of(line))
        self._bytes += len(line)
        if len(usage) > USAGE_LINES_LIMIT or self._bytes > USAGE_BYTES_LIMIT:
            raise RemoteProtocolError("a usage block without an end")
        return None


def parse_reply(line: bytes) -> Reply:
    """Read a reply of one line.

    Raises:
        RemoteProtocolError: the line is no reply.
    """
    return _known(line) if len(line) <= LONGEST_KNOWN else _read(line)


def _read(line: bytes) -> Reply:
    text = text_of(line)
    if (match := _RESULT.fullmatch(text)) is not None:
        result, inner, endpos = match.groups()
        return Result(result, inner, int(endpos) if endpos is not None else None)
    match text[:4]:
        case "510 ":
            return InvalidCommand(text[4:])
        case "511 ":
            return DeadChannel(text[4:])
        case "520 ":
            return UsageError((text[4:],))
        case _:
            raise RemoteProtocolError(f"not a reply of Asterisk: {text[:40]!r}")


_known = lru_cache(maxsize=64)(_read)
"""Most of what Asterisk answers it has answered before."""
