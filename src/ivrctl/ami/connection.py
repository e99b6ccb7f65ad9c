"""One AMI session without its socket: feed it bytes, take its packets, ask it for the bytes of an action.

::

    WAITING_BANNER --"Asterisk Call Manager/..."--> OPEN
        any state --end of input, fault of the peer--> CLOSED
"""

from __future__ import annotations

from enum import Enum, auto

from ivrctl.ami.actions import Action, encode
from ivrctl.ami.errors import LocalProtocolError, RemoteProtocolError
from ivrctl.ami.lines import LineBuffer
from ivrctl.ami.packet import Event, Response, packet_of

BANNER = "Asterisk Call Manager/"
"""What an Asterisk says first; its own version of the protocol follows."""

PACKET_LIMIT = 256 * 1024
"""Bytes of one packet. ListCommands, the longest that is asked for, has 9 KiB."""

HEADER_LIMIT = 2048
"""Headers of one packet."""


class State(Enum):
    """How far the session is."""

    WAITING_BANNER = auto()
    """It is not known yet whether the peer is an Asterisk."""
    OPEN = auto()
    """Actions may be sent; responses and events come."""
    CLOSED = auto()
    """Nothing more is read or sent."""


class AmiConnection:
    """The protocol's state for one session; its memory is bounded by the limits above and of ``lines``."""

    __slots__ = ("_headers", "_lines", "_packets", "_size", "state", "version")

    def __init__(self) -> None:
        self.state = State.WAITING_BANNER
        """How far the session is; only this class changes it."""
        self.version = ""
        """Of the protocol, as the peer's banner says it."""
        self._lines = LineBuffer()
        self._headers: list[tuple[str, str]] = []
        self._size = 0
        self._packets: list[Response | Event] = []

    def receive_data(self, fragment: bytes) -> None:
        """Take what the socket gave, then call ``packets_received``, also after an error: packets may precede it.

        Bytes that come when the connection is closed are dropped.

        Raises:
            RemoteProtocolError: the peer broke the protocol. The connection is closed: close the socket.
        """
        if self.state is State.CLOSED:
            return
        try:
            for line in self._lines.feed(fragment):
                self._receive_line(line)
        except RemoteProtocolError:
            self.state = State.CLOSED
            raise

    def receive_eof(self) -> None:
        """Take the end of the input: a packet that was not finished is dropped."""
        self.state = State.CLOSED

    def packets_received(self) -> list[Response | Event]:
        """What came since the last call, in order."""
        packets, self._packets = self._packets, []
        return packets

    def send(self, action: Action, action_id: str) -> bytes:
        """The bytes of an action, to be written at once.

        Raises:
            LocalProtocolError: the session is not open, or the action cannot be encoded. Nothing changed.
        """
        if self.state is not State.OPEN:
            raise LocalProtocolError(f"{action.name} in the state {self.state.name}")
        return encode(action, action_id)

    def _receive_line(self, line: str) -> None:
        if self.state is State.WAITING_BANNER:
            self._receive_banner(line)
        elif line:
            self._receive_header(line)
        elif self._headers:
            headers, self._headers, self._size = tuple(self._headers), [], 0
            self._packets.append(packet_of(headers))

    def _receive_banner(self, line: str) -> None:
        if not line.startswith(BANNER):
            raise RemoteProtocolError("the peer does not speak AMI")
        self.version = line.removeprefix(BANNER)
        self.state = State.OPEN

    def _receive_header(self, line: str) -> None:
        """Add a header. A line that is none is the rest of a value with a line end in it, and is dropped."""
        self._size += len(line)
        name, colon, value = line.partition(":")
        if colon or not self._headers:
            self._headers.append((name, value.removeprefix(" ")))
        if self._size > PACKET_LIMIT or len(self._headers) > HEADER_LIMIT:
            raise RemoteProtocolError(f"a packet of more than {PACKET_LIMIT} bytes or {HEADER_LIMIT} headers")
