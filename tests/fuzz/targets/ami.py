"""An AMI session: both codecs, over the same bytes.

The first byte of an input says how the net cuts it; the rest is what the peer sends. The limits are small here, so
that inputs of a few hundred bytes go beyond them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ivrctl.ami import connection, framing
from ivrctl.ami.answer import Exchange
from ivrctl.ami.connection import AmiConnection, State
from ivrctl.ami.errors import RemoteProtocolError
from ivrctl.ami.framing import LazyFraming
from ivrctl.ami.lines import LineBuffer
from ivrctl.ami.packet import Event, Packet, Response

from ..target import Target, cut  # noqa: TID252 - test folders are no packages to import from

WANTED = {"QueueCallerJoin": (), "Hangup": (), "VarSet": ("Variable: QUEUESTATUS", "Variable: IVRCTL_*")}
PACKET, HEADERS, LINE = 300, 12, 120
"""Limits: bytes and headers of a packet, bytes of a line."""


def one(data: bytes) -> None:
    """However the net cuts it, a peer's stream is the same packets, doubts and faults, for either codec."""
    pattern, stream = (data[0], data[1:]) if data else (0, b"")
    with _small():
        eager = _eager([stream])
        assert eager == _eager(cut(stream, pattern))
        assert _lazy([stream]) == _lazy(cut(stream, pattern))
    _take_apart(eager[0])


@contextmanager
def _small() -> Iterator[None]:
    before = connection.PACKET_LIMIT, connection.HEADER_LIMIT, framing.PACKET_LIMIT
    connection.PACKET_LIMIT = framing.PACKET_LIMIT = PACKET
    connection.HEADER_LIMIT = HEADERS
    try:
        yield
    finally:
        connection.PACKET_LIMIT, connection.HEADER_LIMIT, framing.PACKET_LIMIT = before


def _eager(pieces: list[bytes]) -> tuple[list[Response | Event], str, State, str]:
    session = AmiConnection()
    session._lines = LineBuffer(LINE)
    packets: list[Response | Event] = []
    fault = ""
    for piece in pieces:
        try:
            session.receive_data(piece)
        except RemoteProtocolError as error:
            assert session.state is State.CLOSED
            fault = str(error)
        packets += session.packets_received()
        assert session.state is State.CLOSED or len(session._lines._held) <= LINE
        assert len(session._headers) <= HEADERS + 1
    return packets, fault, session.state, session.version


def _lazy(pieces: list[bytes]) -> tuple[list[tuple[str, str]], list[tuple[str, str]], int, str, str]:
    session = LazyFraming(WANTED)
    events: list[tuple[str, str]] = []
    responses: list[tuple[str, str]] = []
    for piece in pieces:
        try:
            events += [(packet.name, packet.text) for packet in session.receive(piece)]
        except RemoteProtocolError as error:
            return events, responses, session.doubts, session.version, str(error)
        responses += [(packet.name, packet.text) for packet in session.responses()]
        assert len(session._held) <= PACKET + 4
    return events, responses, session.doubts, session.version, ""


def _take_apart(packets: list[Response | Event]) -> None:
    """All that is asked of a packet; and an action that is under way takes only what is its own."""
    exchange = Exchange("1")
    for packet in packets:
        _ask(packet)
        if exchange.takes(packet):
            answer = exchange.take(packet)
            if answer is not None:
                assert all(entry.action_id == "1" for entry in answer.entries)
                assert not answer.is_whole or answer.closing is not None
                exchange = Exchange("1")


def _ask(packet: Packet) -> None:
    for name, _value in packet.headers:
        first = next(value for key, value in packet.headers if key.lower() == name.lower())
        assert packet.get(name) == packet.get(name.swapcase()) == first or not name.isascii()
    if isinstance(packet, Response):
        assert packet.is_success in {True, False}
        assert isinstance(packet.message, str)


BANNER = b"Asterisk Call Manager/11.0.0\r\n"
STREAMS = (
    "Response: Success\nActionID: 1\nMessage: Authentication accepted\n\n",
    """\
Response: Success
ActionID: 1
EventList: start

Event: QueueParams
ActionID: 1
Queue: vip

Event: QueueStatusComplete
ActionID: 1
EventList: Complete
ListItems: 1

""",
    "Event: VarSet\nVariable: QUEUESTATUS\nValue: TIMEOUT\n\nEvent: Hangup\nCause: 16\n\n",
    "Event: OriginateResponse\nResponse: Failure\n\nResponse: Error\nMessage: Permission denied\n\n",
    "Event: QueueCallerJoin\nCallerIDName: 王小明\nX: a\rb\nsecond line\n\n\n\nEvent: Other\n\n",
)


def seeds() -> Iterator[bytes]:
    """Sessions as Asterisk holds them."""
    for pattern, stream in enumerate(STREAMS):
        yield bytes([ord("0") + pattern]) + BANNER + stream.replace("\n", "\r\n").encode()
    yield b"1Asterisk Call Manager/" + b"1" * 140


TARGET = Target("ami", one, seeds, longest=1024, short=1500)
