"""An AGI session, as anybody who connects to the port may hold it.

The first byte of an input says how the net cuts it and which commands we give; the rest is what the peer sends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ivrctl.agi.commands import ChannelStatus, Command, GetOption, GetVariable, Noop, SetVariable, StreamFile
from ivrctl.agi.connection import AgiConnection, EndOfInput, Event, HangupReceived, RequestReceived, State
from ivrctl.agi.errors import RemoteProtocolError
from ivrctl.agi.lines import LINE_LIMIT
from ivrctl.agi.replies import Result

from ..target import Target, cut  # noqa: TID252 - test folders are no packages to import from

COMMANDS: tuple[Command, ...] = (
    GetVariable("IVRCTL_LEG"),
    StreamFile("hello", "0123456789*#"),
    GetOption("menu", timeout=timedelta(seconds=3)),
    ChannelStatus(),
    SetVariable("IVRCTL_NEXT", "end"),
)

Seen = tuple[list[Event], str, State]
"""The events, what was wrong with the peer, and where the session ended."""


def one(data: bytes) -> None:
    """However the net cuts it, a peer's stream is the same events and the same fault."""
    pattern, stream = (data[0], data[1:]) if data else (0, b"")
    lines = stream.splitlines(keepends=True)
    seen = _session([[line] for line in lines], pattern)
    assert seen == _session([cut(line, pattern) for line in lines], pattern)
    _check(seen)
    _session([cut(stream, pattern)], pattern)


def _session(answers: list[list[bytes]], pattern: int) -> Seen:
    """What comes of it when a command is sent, where one is due, before each of the peer's answers."""
    connection = AgiConnection()
    events: list[Event] = []
    fault = ""
    for number, pieces in enumerate(answers):
        if connection.state is State.IDLE:
            command = COMMANDS[(pattern // 8 + number) % len(COMMANDS)]
            connection.send(Noop() if connection.is_hung_up and not command.runs_dead else command)
        try:
            for piece in pieces:
                connection.receive_data(piece)
        except RemoteProtocolError as error:
            assert connection.state is State.CLOSED
            fault = str(error)
        events += connection.events_received()
        assert connection.state is State.CLOSED or len(connection._lines._held) <= LINE_LIMIT
    connection.receive_eof()
    return events + connection.events_received(), fault, connection.state


def _check(seen: Seen) -> None:
    """The request comes first, a hang-up and the end once; what a reply says can be read."""
    events, fault, state = seen
    kinds = [type(event) for event in events]
    assert state is State.CLOSED
    assert kinds.count(HangupReceived) <= 1
    assert kinds.count(EndOfInput) == (0 if fault else 1)
    assert [kind is RequestReceived for kind in kinds[:2]] in ([True, False], [True], [False], [])
    for event in events:
        reply = getattr(event, "reply", None)
        if isinstance(reply, Result):
            assert reply.key is None or len(reply.key) == 1
            assert not (reply.is_failure and reply.key)


REQUEST = (
    b"agi_network: yes\nagi_network_script: leg\nagi_request: agi://127.0.0.1/leg\nagi_channel: PJSIP/8101-00000001\n"
    b"agi_language: en\nagi_uniqueid: pbx-1795920549.5\nagi_callerid: 13800138000\nagi_dnid: unknown\n"
    b"agi_context: ivrctl-lines\nagi_extension: 100\nagi_arg_1: pbx-1795920549.5-1\nagi_arg_2: start\n\n"
)
REPLIES = (
    b"200 result=1 (13800138000)\n200 result=49 endpos=8000\n200 result= (timeout)\nHANGUP\n200 result=-1\n",
    b"520-Invalid command syntax.  Proper usage follows:\nUsage: NOOP\n520 End of proper usage.\n",
    b"511 Command Not Permitted on a dead channel or intercept routine\n510 Invalid or unknown command\n",
    '200 result=1 (王小明 \\ ")\n200 result=0\n520 Invalid command syntax.  Proper usage not available.\n'.encode(),
)


def seeds() -> Iterator[bytes]:
    """Sessions as Asterisk holds them."""
    for pattern, replies in enumerate(REPLIES):
        yield bytes([ord("0") + pattern * 9]) + REQUEST + replies


TARGET = Target("agi", one, seeds, short=1500)
