r"""The lazy way to read events: bytes in any fragmentation in, packets out, the unwanted ones never looked into.

A busy Asterisk says far more than anybody wants to know. So a stream is cut at empty lines, of each packet the first
line is compared with what is wanted, and everything else waits until somebody asks (``raw_packet``). ``connection`` is
the eager counterpart for a session of actions, in which every packet is wanted.

Only ``\r\n`` ends a line here, as Asterisk writes it: a value with a bare LF in it stays a value. One with ``\r\n`` can
add headers, which come too late, since the first value of a name wins; one with an empty line in it ends its packet,
as it does for whoever reads AMI, and what follows is dropped unless it looks like a packet itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.ami.connection import BANNER, PACKET_LIMIT
from ivrctl.ami.errors import RemoteProtocolError
from ivrctl.ami.raw_packet import RawPacket

BANNER_LIMIT = 128
"""Bytes of the peer's first line; Asterisk 22's has 30."""

Wanted = Mapping[str, tuple[str, ...]]
"""The kinds of events that somebody wants, each with the lines of which one must stand in it; none for any.

A line that ends with ``*`` stands for all that begin so.
"""

_END = b"\r\n\r\n"
_EVENT = b"Event: "
_RESPONSE = b"Response: "


class LazyFraming:
    """Cuts a session's bytes into packets; holds at most one unfinished packet, and that within a limit.

    Garbage does not end a session: it is dropped and counted, and whoever sees ``doubts`` grow reads the state anew.
    """

    __slots__ = ("_held", "_is_skipping", "_responses", "_wanted", "doubts", "version")

    def __init__(self, wanted: Wanted) -> None:
        self.version = ""
        """Of the protocol, as the peer's banner says it; empty until it has come."""
        self.doubts = 0
        """Packets that were dropped: neither event nor response, or too long."""
        self._wanted = {name.encode(): (name, tuple(map(_needle, lines))) for name, lines in wanted.items()}
        self._held = bytearray()
        self._is_skipping = False
        self._responses: list[RawPacket] = []

    def receive(self, fragment: bytes) -> list[RawPacket]:
        """Take what the socket gave; the wanted events that it completed, in their order.

        Raises:
            RemoteProtocolError: the peer is no Asterisk: close the socket.
        """
        if not self.version:
            fragment = self._after_banner(fragment)
        if self._held:
            looked_at = max(0, len(self._held) - len(_END) + 1)
            self._held += fragment
            if self._held.find(_END, looked_at) < 0:
                self._bound()
                return []
            fragment = bytes(self._held)
            self._held.clear()
        *blocks, rest = fragment.split(_END)
        self._held += rest
        if self._is_skipping and blocks:
            self._is_skipping = False
            del blocks[0]
        self._bound()
        return self._wanted_of(blocks)

    def responses(self) -> list[RawPacket]:
        """The responses that came since the last call, in their order; who receives asks for them, too."""
        responses, self._responses = self._responses, []
        return responses

    def _wanted_of(self, blocks: list[bytes]) -> list[RawPacket]:
        events = []
        wanted = self._wanted
        for block in blocks:
            if not block.startswith(_EVENT):
                block = block.lstrip(b"\r\n")  # noqa: PLW2901 - an empty line too many belongs to no packet
                if not block.startswith(_EVENT):
                    self._take_other(block)
                    continue
            end = block.find(b"\r\n")
            known = wanted.get(block[7:end] if end > 0 else block[7:])
            if len(block) > PACKET_LIMIT:
                self.doubts += 1
            elif known is not None and (not known[1] or any(line in block for line in known[1])):
                events.append(RawPacket(known[0], block))
        return events

    def _take_other(self, block: bytes) -> None:
        if block.startswith(_RESPONSE) and len(block) <= PACKET_LIMIT:
            first, _, _ = block.partition(b"\r\n")
            self._responses.append(RawPacket(first.removeprefix(_RESPONSE).decode("utf-8", "replace"), block))
        elif block:
            self.doubts += 1

    def _bound(self) -> None:
        """Keep no more of a packet that is too long than what may be the begin of its end."""
        if self._is_skipping:
            del self._held[: 1 - len(_END)]
        elif len(self._held) > PACKET_LIMIT + len(_END) - 1:
            self.doubts += 1
            self._is_skipping = True
            del self._held[: 1 - len(_END)]

    def _after_banner(self, fragment: bytes) -> bytes:
        self._held += fragment
        line, end, rest = bytes(self._held).partition(b"\r\n")
        expected = BANNER.encode()
        # A CR at the end may be half of the line's end, which does not count.
        is_long = len(line if end else line.removesuffix(b"\r")) > BANNER_LIMIT
        if not line.startswith(expected if end else expected[: len(line)]) or is_long:
            raise RemoteProtocolError("the peer does not speak AMI")
        if not end:
            return b""
        self.version = line.removeprefix(expected).decode("utf-8", "replace") or "unknown"
        self._held.clear()
        return rest


def _needle(line: str) -> bytes:
    return (f"\r\n{line[:-1]}" if line.endswith("*") else f"\r\n{line}\r\n").encode()
