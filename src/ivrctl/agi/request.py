"""The request block: what Asterisk says of a channel before the first command.

It is a run of ``agi_name: value`` lines ended by an empty one (``res_agi``'s ``setup_env``, ``launch_netscript``). It
comes in some twenty small writes, so it must be read in any fragmentation; and anybody can connect, so it is bounded.
Time is the shell's to bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from sys import intern

from ivrctl.agi.errors import RemoteProtocolError
from ivrctl.agi.lines import text_of

BLOCK_LIMIT = 64 * 1024
"""Bytes of a whole request block. A real one has about 700."""
LINES_LIMIT = 256
"""Lines of a whole request block: Asterisk sends 22 and one for each argument, of which it allows 127."""

_HEADER = re.compile(r"(agi_[a-z0-9_]+):(?: (.*))?", re.ASCII | re.DOTALL)
_REQUIRED = ("agi_request", "agi_channel", "agi_uniqueid")
_UNKNOWN = "unknown"


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
        self._headers: dict[str, str] = {}
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
            match = _HEADER.fullmatch(text_of(line))
            if match is None:
                raise RemoteProtocolError(f"not a line of an AGI request: {text_of(line[:40])!r}")
            name, value = match.groups("")
            if name in headers:
                # A caller's name with an encoded line break would look like this: it must not forge our arguments.
                raise RemoteProtocolError(f"{name} came twice in an AGI request")
            headers[name] = value
        return None


def _request(headers: dict[str, str]) -> Request:
    missing = [name for name in _REQUIRED if not headers.get(name)]
    if missing:
        raise RemoteProtocolError(f"an AGI request without {', '.join(missing)}")
    return Request(
        uniqueid=headers["agi_uniqueid"],
        channel=headers["agi_channel"],
        callerid=_number(headers.get("agi_callerid", "")),
        dnid=_number(headers.get("agi_dnid", "")),
        extension=_shared(headers.get("agi_extension", "")),
        context=_shared(headers.get("agi_context", "")),
        language=_shared(headers.get("agi_language", "")),
        network_script=_shared(headers.get("agi_network_script", "")),
        args=tuple(_arguments(headers)),
    )


_shared = intern
"""For what the dialplan says, which is the same in thousands of sessions: one text for all of them."""


def _number(value: str) -> str:
    """Asterisk writes ``unknown`` for a number that it does not have."""
    return "" if value == _UNKNOWN else value


def _arguments(headers: Mapping[str, str]) -> list[str]:
    """The values of ``agi_arg_1``, ``agi_arg_2`` … up to the first number that is missing."""
    values: list[str] = []
    while (value := headers.get(f"agi_arg_{len(values) + 1}")) is not None:
        values.append(value)
    return values
