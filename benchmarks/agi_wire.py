"""What Asterisk and the controller say to each other, as the kernel sees it on the loopback: nobody is asked.

A *turn* is the time from the packet with Asterisk's words (the last line of a request, or a reply) until the packet
with the next command leaves. Both have the kernel's time, so that it does not matter when they are read here. It is
one of a caller who is in a flow: nobody waits where a call is refused, nor where the dialplan tells that one has left.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import addressof, create_string_buffer
from dataclasses import dataclass, field

SO_ATTACH_FILTER, SO_TIMESTAMPNS, SO_RCVBUFFORCE = 26, 35, 33
SOL_PACKET, PACKET_STATISTICS = 263, 6
ETH_P_ALL, ETH_P_IP = 0x0003, 0x0800
"""What leaves is seen by those alone who listen to all protocols."""
BUFFER = 64 << 20
"""Bytes: a reader that comes late for a second loses nothing."""
SNAPPED = 256
"""Bytes of a packet that are looked at."""
SCRIPT = re.compile(rb"agi_network_script: (\w+)\n")
"""In a request: what it is about."""
REFUSED = b'"IVRCTL_NEXT" "fallback"'
"""In a command: the caller goes to a person."""
ETHERNET = 14
PACKET_TYPE = 0xFFFFF004
"""Where a filter finds whether a packet leaves or arrives (SKF_AD_OFF + SKF_AD_PKTTYPE)."""
_LOAD_HALF, _LOAD_BYTE, _INDEX_OF_HEADER, _HALF_AT_INDEX, _BYTE_AT_INDEX = 0x28, 0x30, 0xB1, 0x48, 0x50
_EQUAL, _GREATER_THAN_INDEX, _RETURN = 0x15, 0x2D, 0x06
_AND, _SHIFTED_RIGHT, _ADD_INDEX, _TO_INDEX = 0x54, 0x74, 0x0C, 0x07


def _filter(port: int) -> bytes:
    """In the kernel's own language: TCP with words in it that arrives at this port or leaves from it."""
    program = (
        (_LOAD_HALF, 0, 0, 12),
        (_EQUAL, 0, 17, ETH_P_IP),
        (_LOAD_BYTE, 0, 0, ETHERNET + 9),
        (_EQUAL, 0, 15, socket.IPPROTO_TCP),
        (_INDEX_OF_HEADER, 0, 0, ETHERNET),
        (_LOAD_BYTE, 0, 0, PACKET_TYPE),
        (_EQUAL, 2, 0, socket.PACKET_OUTGOING),
        (_HALF_AT_INDEX, 0, 0, ETHERNET + 2),
        (_EQUAL, 2, 10, port),
        (_HALF_AT_INDEX, 0, 0, ETHERNET),
        (_EQUAL, 0, 8, port),
        # Longer than both headers: the data offset of TCP is in its upper half byte, in words of four.
        (_BYTE_AT_INDEX, 0, 0, ETHERNET + 12),
        (_AND, 0, 0, 0xF0),
        (_SHIFTED_RIGHT, 0, 0, 2),
        (_ADD_INDEX, 0, 0, 0),
        (_TO_INDEX, 0, 0, 0),
        (_LOAD_HALF, 0, 0, ETHERNET + 2),
        (_GREATER_THAN_INDEX, 0, 1, 0),
        (_RETURN, 0, 0, SNAPPED),
        (_RETURN, 0, 0, 0),
    )
    return b"".join(struct.pack("HBBI", *line) for line in program)


@dataclass(slots=True)
class Turns:
    """Those of the connections to one port: bytes and times in, seconds out; it opens nothing."""

    port: int
    found: list[float] = field(default_factory=list)
    """Seconds, in their order."""
    _since: dict[int, float] = field(default_factory=dict)
    """Whose turn it is here, by Asterisk's port: since when."""
    _gone: set[int] = field(default_factory=set)
    """Asterisk's ports of sessions in which it is told that a caller has left."""

    def packet(self, packet: bytes, at: float, *, is_leaving: bool) -> None:
        """One packet of IPv4; on the loopback each is seen twice, as it leaves and as it arrives."""
        header = (packet[0] & 0xF) * 4
        total = int.from_bytes(packet[2:4], "big")
        source, target = struct.unpack_from("!HH", packet, header)
        words = header + (packet[header + 12] >> 4) * 4
        if total == words:
            return
        if source == self.port and is_leaving:
            since = self._since.pop(target, None)
            if since is not None and target not in self._gone and REFUSED not in packet[words:]:
                self.found.append(at - since)
        elif target == self.port and not is_leaving and not packet.startswith(b"HANGUP", words):
            self._since[source] = at
            if (script := SCRIPT.search(packet, words)) is not None:
                (self._gone.add if script[1] == b"ended" else self._gone.discard)(source)


class Wire:
    """Listens until it is closed; ``take`` gives the turns since the last time."""

    def __init__(self, port: int) -> None:
        self._turns = Turns(port)
        self.lost = 0
        """Packets for which the kernel had no room, since nobody read: turns are missing then, or too long."""
        self._is_over = threading.Event()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        code = _filter(port)
        held = create_string_buffer(code)
        program = struct.pack("HL", len(code) // 8, addressof(held))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.bind(("lo", ETH_P_ALL))
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def take(self) -> list[float]:
        """Seconds of each turn since the last call of this."""
        _, lost = struct.unpack("II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        self.lost += lost
        found, self._turns.found = self._turns.found, []
        return found

    def close(self) -> None:
        """Listen no more."""
        self._is_over.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._is_over.is_set():
            try:
                packet, ancillary, _, address = self._socket.recvmsg(SNAPPED, 64)
            except TimeoutError:
                continue
            seconds, nanoseconds = struct.unpack("ll", ancillary[0][2])
            is_leaving = address[2] == socket.PACKET_OUTGOING
            self._turns.packet(packet[ETHERNET:], seconds + nanoseconds / 1e9, is_leaving=is_leaving)


@contextmanager
def listening(port: int) -> Iterator[Wire]:
    """Listen to what goes to and from a port of the loopback; for root."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()
