"""The request block: what Asterisk says of a channel before the first command.

It is a run of ``agi_name: value`` lines ended by an empty one (``res_agi``'s ``setup_env``, ``launch_netscript``). It
comes in some twenty small writes, so it must be read in any fragmentation; and anybody can connect, so it is bounded.
Time is the shell's to bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from sys import intern
from typing import TypeAlias

from ivrctl.agi.errors import RemoteProtocolError
from ivrctl.agi.lines import text_of

BLOCK_LIMIT = 64 * 1024
"""Bytes of a whole request block. A real one has about 700."""
LINES_LIMIT = 256
"""Lines of a whole request block: Asterisk sends 22 and one for each argument, of which it allows 127."""

_HEADER = re.compile(rb"(agi_[a-z0-9_]+):(?: (.*))?", re.DOTALL)
_REQUIRED = (b"agi_request", b"agi_channel", b"agi_uniqueid")
_UNKNOWN = b"unknown"

Headers: TypeAlias = Mapping[bytes, bytes]
"""As they came: a call asks for half of them, and only these become text."""


@dataclass(frozen=True, slots=True)
class Request:
    """A channel that asks to be served, as it stood when AGI() began. It lasts as long as a session: so it is short."""

    uniqueid: str
    """The channel's id. A blind transfer or a redirect keeps it: it does not name a leg."""
    channel: str
    callerid: str
    """The calling number (ANI), empty when it is withheld."""
    dnid: str
    """The number as dialled before the dialplan touched it, empty where the technology does not say."""
    extension: str
    """The extension that the dialplan is in: the called number (DNIS) on a line."""
    context: str
    language: str
    network_script: str
    """The path of the ``agi://`` address, without its slash."""
    args: tuple[str, ...]
    """The further arguments of AGI(): ``agi_arg_1`` and on."""


class RequestParser:
    """Reads a request block, in any number of parts; one instance for one block."""

    __slots__ = ("_bytes", "_headers", "_lines")

    def __init__(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._lines = 0
        self._bytes = 0

    def feed(self, lines: Iterator[bytes]) -> Request | None:
        """Take lines, without their LF, up to the empty one that ends the block; the request when it has come.

        Raises:
            RemoteProtocolError: the block is too large, or is none that Asterisk sends.
        """
        headers = self._headers
        for line in lines:
            self._lines += 1
            self._bytes += len(line) + 1
            if self._lines > LINES_LIMIT:
                raise RemoteProtocolError(f"an AGI request of more than {LINES_LIMIT} lines")
            if self._bytes > BLOCK_LIMIT:
                raise RemoteProtocolError(f"an AGI request of more than {BLOCK_LIMIT} bytes")
            if not line:
                request = _request(headers)
                # A session lasts as long as a caller thinks: what nobody asks for goes.
                headers.clear()
                return request
            match = _HEADER.fullmatch(line)
            if match is None:
                raise RemoteProtocolError(f"not a line of an AGI request: {text_of(line[:40])!r}")
            name, value = match.groups(b"")
            if name in headers:
                # A caller's name with an encoded line break would look like this: it must not forge our arguments.
                raise RemoteProtocolError(f"{text_of(name)} came twice in an AGI request")
            headers[name] = value
        return None


def _request(headers: Headers) -> Request:
    missing = [text_of(name) for name in _REQUIRED if not headers.get(name)]
    if missing:
        raise RemoteProtocolError(f"an AGI request without {', '.join(missing)}")
    return Request(
        uniqueid=text_of(headers[b"agi_uniqueid"]),
        channel=text_of(headers[b"agi_channel"]),
        callerid=_number(headers, b"agi_callerid"),
        dnid=_number(headers, b"agi_dnid"),
        extension=_shared(headers, b"agi_extension"),
        context=_shared(headers, b"agi_context"),
        language=_shared(headers, b"agi_language"),
        network_script=_shared(headers, b"agi_network_script"),
        args=tuple(_arguments(headers)),
    )


def _shared(headers: Headers, name: bytes) -> str:
    """What the dialplan says, which is the same in thousands of sessions: one text for all of them."""
    return intern(text_of(headers.get(name, b"")))


def _number(headers: Headers, name: bytes) -> str:
    """Asterisk writes ``unknown`` for a number that it does not have."""
    value = headers.get(name, b"")
    return "" if value == _UNKNOWN else text_of(value)


def _arguments(headers: Headers) -> Iterator[str]:
    """The values of ``agi_arg_1``, ``agi_arg_2`` … up to the first number that is missing."""
    for number in count(1):
        value = headers.get(b"agi_arg_%d" % number)
        if value is None:
            return
        yield text_of(value)
