from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.agi.commands import Command, GetVariable, Noop, SetVariable, StreamFile
from ivrctl.agi.connection import (
    AgiConnection,
    EndOfInput,
    Event,
    HangupReceived,
    ReplyReceived,
    RequestReceived,
    State,
)
from ivrctl.agi.errors import LocalProtocolError, RemoteProtocolError
from ivrctl.agi.lines import LINE_LIMIT
from ivrctl.agi.replies import DeadChannel, Result, UsageError

BLOCK = b"agi_network: yes\nagi_request: agi://h/leg\nagi_channel: PJSIP/1\nagi_uniqueid: 1.1\nagi_arg_1: L\n\n"
USAGE = b"520-Invalid command syntax.  Proper usage follows:\nUsage: NOOP\n520 End of proper usage.\n"


def idle() -> AgiConnection:
    connection = AgiConnection()
    connection.receive_data(BLOCK)
    connection.events_received()
    return connection


def busy(command: Command | None = None) -> AgiConnection:
    connection = idle()
    connection.send(command or Noop())
    return connection


def received(connection: AgiConnection, data: bytes) -> list[Event]:
    connection.receive_data(data)
    return connection.events_received()


def test_request_opens_the_session() -> None:
    """A complete request block is one event, and then it is our turn."""
    connection = AgiConnection()
    (event,) = received(connection, BLOCK)
    assert isinstance(event, RequestReceived)
    assert event.request.args == ("L",)
    assert connection.state is State.IDLE


def test_unfinished_request_is_no_event() -> None:
    """Without the empty line the block is not complete."""
    connection = AgiConnection()
    assert received(connection, BLOCK[:-1]) == []
    assert connection.state is State.WAITING_REQUEST


def test_reply_comes_with_its_command() -> None:
    """The event of a reply names the command that it answers."""
    command = GetVariable("A")
    assert received(busy(command), b"200 result=1 (x)\n") == [ReplyReceived(command, Result("1", "x"))]


def test_session_is_idle_after_a_reply() -> None:
    """After a reply the next command may be sent."""
    connection = busy()
    connection.receive_data(b"200 result=0\n")
    assert connection.send(Noop()) == b"NOOP\n"


def test_commands_are_not_pipelined() -> None:
    """A second command before the reply is our own fault, and leaves the first under way."""
    connection = busy()
    with pytest.raises(LocalProtocolError, match="BUSY"):
        connection.send(Noop())
    assert received(connection, b"200 result=0\n") == [ReplyReceived(Noop(), Result("0"))]


def test_nothing_is_sent_before_the_request() -> None:
    """The first word is Asterisk's."""
    with pytest.raises(LocalProtocolError, match="WAITING_REQUEST"):
        AgiConnection().send(Noop())


def test_refused_encoding_leaves_the_session_idle() -> None:
    """A command that cannot be encoded has not been sent."""
    connection = idle()
    with pytest.raises(LocalProtocolError):
        connection.send(SetVariable("A", "x\ny"))
    assert connection.state is State.IDLE


def test_hangup_while_idle_is_an_event() -> None:
    """HANGUP comes out of band."""
    connection = idle()
    assert received(connection, b"HANGUP\n") == [HangupReceived()]
    assert connection.is_hung_up


def test_hangup_is_no_reply() -> None:
    """A command under way when HANGUP comes still gets its own reply."""
    connection = busy()
    assert received(connection, b"HANGUP\n200 result=0\n") == [HangupReceived(), ReplyReceived(Noop(), Result("0"))]


def test_hangup_between_the_lines_of_a_block_is_taken_out() -> None:
    """A 520 block is whole though HANGUP fell into it."""
    head, _, rest = USAGE.partition(b"\n")
    events = received(busy(), head + b"\nHANGUP\n" + rest)
    assert events == [HangupReceived(), ReplyReceived(Noop(), UsageError(("Usage: NOOP",)))]


def test_second_hangup_is_no_event() -> None:
    """Asterisk with AGIEXITONHANGUP says it twice; the leg is over once."""
    assert received(idle(), b"HANGUP\nHANGUP\n") == [HangupReceived()]


def test_media_after_the_hangup_is_refused() -> None:
    """A prompt for a caller who is gone is our own fault."""
    connection = idle()
    connection.receive_data(b"HANGUP\n")
    with pytest.raises(LocalProtocolError, match="after the hang-up"):
        connection.send(StreamFile("one"))


def test_variables_after_the_hangup_are_served() -> None:
    """Asterisk still answers for a dead channel what has no audio in it."""
    connection = idle()
    connection.receive_data(b"HANGUP\n")
    connection.events_received()
    connection.send(GetVariable("A"))
    assert received(connection, b"200 result=0\n") == [ReplyReceived(GetVariable("A"), Result("0"))]


def test_dead_channel_is_a_reply() -> None:
    """511 answers a media command that crossed the hang-up on its way."""
    command = StreamFile("one")
    assert received(busy(command), b"HANGUP\n511 Dead\n") == [
        HangupReceived(),
        ReplyReceived(command, DeadChannel("Dead")),
    ]


def test_end_of_input_closes() -> None:
    """The end comes once, and nothing can be sent after it."""
    connection = busy()
    connection.receive_eof()
    connection.receive_eof()
    assert connection.events_received() == [EndOfInput()]
    with pytest.raises(LocalProtocolError, match="CLOSED"):
        connection.send(Noop())


def test_late_bytes_are_dropped() -> None:
    """A closed connection reads no more."""
    connection = busy()
    connection.receive_eof()
    connection.events_received()
    assert received(connection, b"200 result=0\n") == []


@pytest.mark.parametrize("line", [b"200 result=0\n", b"junk\n", b"\n"])
def test_line_that_nobody_asked_for_is_refused(line: bytes) -> None:
    """A reply without a command means that the two sides have lost step."""
    connection = idle()
    with pytest.raises(RemoteProtocolError, match="no command asked for"):
        connection.receive_data(line)
    assert connection.state is State.CLOSED


def test_hangup_before_the_request_is_refused() -> None:
    """Nothing but headers comes before the end of the block."""
    with pytest.raises(RemoteProtocolError):
        AgiConnection().receive_data(b"HANGUP\n")


def test_events_before_a_fault_are_kept() -> None:
    """What preceded the faulty line has happened."""
    connection = busy()
    with pytest.raises(RemoteProtocolError):
        connection.receive_data(b"HANGUP\njunk\n")
    assert connection.events_received() == [HangupReceived()]


def test_endless_line_is_refused_before_its_end() -> None:
    """A line that does not end is refused after 8 kB, and is not kept."""
    connection = busy()
    for _ in range(8):
        connection.receive_data(b"x" * 1024)
    with pytest.raises(RemoteProtocolError, match="8192 bytes"):
        connection.receive_data(b"x")
    assert connection._lines._held == b""


def test_longest_line_is_read() -> None:
    """A line of exactly the limit is whole."""
    value = b"x" * (LINE_LIMIT - len(b"200 result=1 ()"))
    (event,) = received(busy(), b"200 result=1 (" + value + b")\n")
    assert event == ReplyReceived(Noop(), Result("1", value.decode()))


@pytest.mark.parametrize("data", [b"agi_\0", b"agi_request: x\0\n"])
def test_nul_is_refused(data: bytes) -> None:
    """A NUL is no AGI, whether its line is finished or not."""
    with pytest.raises(RemoteProtocolError, match="NUL"):
        AgiConnection().receive_data(data)


def test_character_across_two_segments_survives() -> None:
    """A Chinese character that lies across a cut is read as itself."""
    data = "200 result=1 (王小明)\n".encode()
    connection = busy()
    connection.receive_data(data[:16])
    assert received(connection, data[16:]) == [ReplyReceived(Noop(), Result("1", "王小明"))]


SESSION = BLOCK + b"200 result=0\n" + USAGE + b"HANGUP\n" + b"200 result=1 (x)\n" + b"200 result=-1 endpos=5\n"


def play(pieces: list[bytes]) -> list[Event]:
    """Feed a session piece by piece, sending NOOP whenever it is our turn; all events."""
    connection = AgiConnection()
    events: list[Event] = []
    for piece in pieces:
        # A peer cannot answer what was not asked: each line is fed only after the command before it was sent.
        for line in piece.splitlines(keepends=True):
            connection.receive_data(line)
            events += connection.events_received()
            if connection.state is State.IDLE:
                connection.send(Noop())
    connection.receive_eof()
    return events + connection.events_received()


# SAFETY: how the net cuts a session into segments changes nothing of what it says.
@given(cuts=st.lists(st.integers(0, len(SESSION)), max_size=30))
def test_fragmentation_changes_nothing(cuts: list[int]) -> None:
    """Cut anywhere, a session has the same events."""
    bounds = [0, *sorted(cuts), len(SESSION)]
    assert play([SESSION[a:b] for a, b in itertools.pairwise(bounds)]) == play([SESSION])


@pytest.mark.parametrize("cut", range(len(BLOCK) + 1))
def test_request_may_be_cut_anywhere(cut: int) -> None:
    """Each single cut of the request block gives the same request."""
    connection = AgiConnection()
    connection.receive_data(BLOCK[:cut])
    connection.receive_data(BLOCK[cut:])
    assert connection.events_received() == received(AgiConnection(), BLOCK)


def outcome(pieces: list[bytes]) -> tuple[list[Event], str, State]:
    connection = busy()
    fault = ""
    try:
        for piece in pieces:
            connection.receive_data(piece)
    except RemoteProtocolError as error:
        fault = str(error)
    return connection.events_received(), fault, connection.state


NOISE = st.lists(
    st.binary(max_size=30) | st.sampled_from([b"\n", b"HANGUP\n", b"200 result=0\n", b"520-x\n", USAGE, b"\0"]),
    max_size=8,
).map(b"".join)


# SAFETY: garbage raises nothing but RemoteProtocolError, and the same fault after the same events however it is cut.
@given(noise=NOISE, cut=st.integers(0, 200))
def test_garbage_is_judged_alike_however_it_is_cut(noise: bytes, cut: int) -> None:
    """Whole or in two pieces, garbage ends in the same events, the same fault and the same state."""
    assert outcome([noise[:cut], noise[cut:]]) == outcome([noise])


# SAFETY: a peer cannot make the connection hold more than a line and a block.
@given(sizes=st.lists(st.integers(0, 20_000), max_size=10))
def test_memory_is_bounded(sizes: list[int]) -> None:
    """Bytes without a line end are held up to the limit of a line, then refused and let go."""
    connection = AgiConnection()
    for size in sizes:
        with contextlib.suppress(RemoteProtocolError):
            connection.receive_data(b"x" * size)
        assert len(connection._lines._held) <= LINE_LIMIT
