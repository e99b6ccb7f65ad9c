"""What we send: an action, and its encoding.

One encoder, and it is strict: a line end in a value would be a header of the caller's choosing, and Asterisk takes a
bare LF for one. What Asterisk would cut or refuse is refused here, before a byte was sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ivrctl.ami.errors import LocalProtocolError
from ivrctl.ami.packet import Headers

LINE_LIMIT = 1024
"""Bytes of one line with its end: the buffer that Asterisk reads into (``inbuf`` of main/manager.c, 1,025)."""

HEADER_LIMIT = 128
"""Headers of one action: AST_MAX_MANHEADERS of Asterisk, which drops what is beyond."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
_FORBIDDEN = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Action:
    """An action with its headers; what is in them is not shown, since one of them may be a secret."""

    name: str
    headers: Headers = field(default=(), repr=False)

    @staticmethod
    def of(name: str, **headers: str) -> Action:
        """An action whose header names are Python names, such as ``Action.of("Getvar", Variable="EPOCH")``."""
        return Action(name, tuple(headers.items()))


def encode(action: Action, action_id: str) -> bytes:
    """The bytes of an action, to be written at once; the ActionID comes first, so that an error keeps it.

    Raises:
        LocalProtocolError: a name or a value cannot be sent; the message names the header and never its value.
    """
    headers = (("ActionID", action_id), ("Action", action.name), *action.headers)
    if len(headers) > HEADER_LIMIT:
        raise LocalProtocolError(f"{len(headers)} headers in one action, of which Asterisk reads {HEADER_LIMIT}")
    return b"".join(_line(name, value) for name, value in headers) + b"\r\n"


def _line(name: str, value: str) -> bytes:
    if not _NAME.match(name):
        raise LocalProtocolError(f"{name[:40]!r} is no name of a header")
    if _FORBIDDEN.search(value):
        raise LocalProtocolError(f"a line end or a NUL in the value of {name}")
    try:
        line = f"{name}: {value}\r\n".encode()
    except UnicodeEncodeError:
        raise LocalProtocolError(f"the value of {name} is no text") from None
    if len(line) > LINE_LIMIT:
        raise LocalProtocolError(f"the value of {name} is too long: a line has at most {LINE_LIMIT} bytes")
    return line
