"""Events are cut from the stream at any fragmentation, and only the wanted ones are kept."""

from __future__ import annotations

import contextlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.ami.connection import PACKET_LIMIT
from ivrctl.ami.errors import RemoteProtocolError
from ivrctl.ami.framing import BANNER_LIMIT, LazyFraming, Wanted

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
WANTED: Wanted = {
    "QueueCallerJoin": (),
    "UserEvent": (),
    "VarSet": ("Variable: QUEUESTATUS", "Variable: IVRCTL_OUTCOME"),
}
JOIN = "Event: QueueCallerJoin\r\nCallerIDName: 王小明\r\nQueue: vip\r\n\r\n".encode()
STREAM = (
    BANNER
    + b"Response: Success\r\nActionID: 1\r\nPing: Pong\r\n\r\n"
    + JOIN
    + b"Event: Newexten\r\nAppData: PIN=4711\r\n\r\n"
    + b"what nobody can read\r\nEvent: QueueCallerJoin\r\n\r\n"
    + b"Event: VarSet\r\nVariable: QUEUESTATUS\r\nValue: TIMEOUT\r\n\r\n"
    + b"Event: VarSet\r\nVariable: PIN\r\nValue: 4711\r\n\r\n"
    + b"\r\n\r\n"
    + b"Event: UserEvent\r\nUserEvent: X\r\nEvent: QueueCallerJoin\r\n\r\n"
)

Seen = tuple[list[tuple[str, str]], list[tuple[str, str]], int]


def seen(*fragments: bytes, wanted: Wanted = WANTED) -> Seen:
    """Events, responses and doubts."""
    framing = LazyFraming(wanted)
    events = [event for fragment in fragments for event in framing.receive(fragment)]
    return (
        [(event.name, event.text) for event in events],
        [(response.name, response.text) for response in framing.responses()],
        framing.doubts,
    )


def names(data: bytes, wanted: Wanted = WANTED) -> list[str]:
    return [name for name, _ in seen(BANNER + data, wanted=wanted)[0]]


def test_only_what_is_wanted_comes_out() -> None:
    """With the responses apart, and what is neither counted as a doubt."""
    events, responses, doubts = seen(STREAM)
    assert [name for name, _ in events] == ["QueueCallerJoin", "VarSet", "UserEvent"]
    assert [name for name, _ in responses] == ["Success"]
    assert doubts == 1


@pytest.mark.parametrize("cut", range(1, len(STREAM)))
def test_every_split_point_gives_the_same(cut: int) -> None:
    """Also within the banner, a line end and a Chinese character."""
    assert seen(STREAM[:cut], STREAM[cut:]) == seen(STREAM)


def test_bytes_one_by_one_give_the_same() -> None:
    """The finest fragmentation there is."""
    assert seen(*(bytes([byte]) for byte in STREAM)) == seen(STREAM)


def test_a_name_over_two_segments_stays_whole() -> None:
    """A packet is decoded when it is whole, and not as it came."""
    middle = JOIN.index("小".encode()) + 1
    framing = LazyFraming(WANTED)
    assert framing.receive(BANNER + JOIN[:middle]) == []
    (join,) = framing.receive(JOIN[middle:])
    assert join.get("CallerIDName") == "王小明"


def test_a_variable_that_nobody_reads_is_not_looked_at() -> None:
    """It may be a PIN: the packet never leaves the framing."""
    assert "4711" not in str(seen(STREAM))


def test_a_line_with_a_star_stands_for_all_that_begin_so() -> None:
    """Of devices those that say who is available for backup; a phone is not looked at, whatever else it says."""
    framing = LazyFraming({"DeviceStateChange": ("Device: Custom:x-*",)})
    devices = ("Custom:x-1", "PJSIP/8101", "Custom:y", "Custom:x-2", "PJSIP/Device: Custom:x-")
    said = "".join(f"Event: DeviceStateChange\r\nDevice: {device}\r\nState: INUSE\r\n\r\n" for device in devices)
    events = framing.receive(BANNER + said.encode())
    assert [event.get("Device") for event in events] == ["Custom:x-1", "Custom:x-2"]


def test_the_first_header_decides() -> None:
    """OriginateResponse is an event that has a header Response, and no kind that is wanted makes it one."""
    assert names(b"Event: OriginateResponse\r\nResponse: Failure\r\nEvent: QueueCallerJoin\r\n\r\n") == []


def test_the_first_value_wins() -> None:
    """A UserEvent with a second header Event, or a second Queue, says what Asterisk said first."""
    framing = LazyFraming(WANTED)
    (event,) = framing.receive(BANNER + b"Event: UserEvent\r\nQueue: a\r\nEvent: VarSet\r\nQueue: b\r\n\r\n")
    assert (event.name, event.get("Event"), event.get("Queue")) == ("UserEvent", "UserEvent", "a")


def test_a_first_value_without_its_space_wins_too() -> None:
    """As some modules write an empty one."""
    framing = LazyFraming(WANTED)
    (event,) = framing.receive(BANNER + b"Event: UserEvent\r\nQueue:\r\nQueue: b\r\n\r\n")
    assert event.get("Queue") == ""


def test_a_value_with_a_bare_line_feed_is_one_value() -> None:
    """Asterisk ends its lines with both characters."""
    framing = LazyFraming(WANTED)
    (event,) = framing.receive(BANNER + b"Event: UserEvent\r\nText: a\nQueue: b\n\nEvent: X\r\n\r\n")
    assert event.get("Text") == "a\nQueue: b\n\nEvent: X"
    assert event.get("Queue") is None


def test_a_value_with_an_empty_line_ends_its_packet_and_its_rest_is_a_doubt() -> None:
    """Nothing is made of the rest unless it looks like a packet, as nobody can tell then."""
    events, _, doubts = seen(BANNER + b"Event: UserEvent\r\nText: a\r\n\r\nb\r\nQueue: c\r\n\r\n" + JOIN)
    assert [name for name, _ in events] == ["UserEvent", "QueueCallerJoin"]
    assert doubts == 1


def test_headers_are_listed_as_they_came() -> None:
    """A line that is no header is the rest of a value, and left out."""
    framing = LazyFraming(WANTED)
    (event,) = framing.receive(BANNER + b"Event: UserEvent\r\nText: a\r\nrest\r\nB: c:d\r\n\r\n")
    assert list(event.headers()) == [("Event", "UserEvent"), ("Text", "a"), ("B", "c:d")]


def test_bytes_that_are_no_text_are_replaced() -> None:
    """A caller's display name may be anything."""
    framing = LazyFraming(WANTED)
    (event,) = framing.receive(BANNER + b"Event: UserEvent\r\nName: a\xff\xfeb\r\n\r\n")
    assert event.get("Name") == "a\ufffd\ufffdb"


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n", b"\r\n", b"Asterisk\r\n", b"x" * BANNER_LIMIT])
def test_a_peer_without_the_banner_is_no_asterisk(said: bytes) -> None:
    """It is told at its first wrong byte."""
    with pytest.raises(RemoteProtocolError, match="does not speak AMI"):
        LazyFraming(WANTED).receive(said)


def test_a_banner_without_end_is_refused() -> None:
    """It has a length."""
    with pytest.raises(RemoteProtocolError):
        LazyFraming(WANTED).receive(BANNER.strip() + b"1" * BANNER_LIMIT)


@pytest.mark.parametrize("step", [PACKET_LIMIT * 3, 65_536, 8191])
@pytest.mark.parametrize(
    "first", [b"Event: QueueCallerJoin\r\n", b"Event: Newexten\r\n", b"Response: Success\r\n", b""]
)
def test_a_packet_that_is_too_long_is_dropped_and_the_next_one_is_read(first: bytes, step: int) -> None:
    """At any fragmentation, as one doubt, and without keeping it."""
    data = first + b"X: " + b"x" * PACKET_LIMIT + b"\r\n\r\n" + JOIN
    framing = LazyFraming(WANTED)
    framing.receive(BANNER)
    events = [event for start in range(0, len(data), step) for event in framing.receive(data[start : start + step])]
    assert [event.name for event in events] == ["QueueCallerJoin"]
    assert framing.doubts == 1
    assert framing.responses() == []


@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("cut", range(-6, 0))
def test_the_limit_is_the_same_at_every_split(over: int, cut: int) -> None:
    """A packet of just the limit passes, one byte more does not."""
    first = b"Event: UserEvent\r\nX: "
    data = first + b"x" * (PACKET_LIMIT - len(first) + over) + b"\r\n\r\n"
    events, _, doubts = seen(BANNER, data[:cut], data[cut:])
    assert (len(events), doubts) == (1 - over, over)


@pytest.mark.parametrize("more", [0, 1])
def test_a_banner_is_as_long_however_it_is_cut(more: int) -> None:
    """One as long as may be is taken, also where its line end is cut in two; a longer one is refused."""
    line = b"Asterisk Call Manager/".ljust(BANNER_LIMIT + more, b"1") + b"\r\n"
    for cut in range(len(line)):
        framing = LazyFraming(WANTED)
        with pytest.raises(RemoteProtocolError) if more else contextlib.nullcontext():
            framing.receive(line[:cut])
            framing.receive(line[cut:])


def test_what_is_held_is_bounded() -> None:
    """A peer that never ends a packet cannot fill the memory."""
    framing = LazyFraming(WANTED)
    framing.receive(BANNER)
    for _ in range(20):
        framing.receive(b"x" * 65_536)
    assert len(framing._held) <= PACKET_LIMIT


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_garbage_is_dropped(fragments: list[bytes]) -> None:
    """SAFETY: whatever comes after the banner, nothing is raised, and only what is wanted comes out."""
    events, _, _ = seen(BANNER, *fragments)
    assert all(name in WANTED for name, _ in events)


@given(st.lists(st.sampled_from([STREAM[len(BANNER) :], JOIN, b"\r\n", b"\r", b"\n", b"Event: ", b"x"])), st.data())
def test_fragmentation_changes_nothing(parts: list[bytes], data: st.DataObject) -> None:
    """SAFETY: the same bytes are the same packets, however they were cut."""
    whole = BANNER + b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    edges = [0, *cuts, len(whole)]
    assert seen(*(whole[begin:end] for begin, end in pairwise(edges))) == seen(whole)


@given(st.binary(max_size=400))
def test_a_packet_behind_garbage_is_read(garbage: bytes) -> None:
    """LIVENESS: one empty line later the stream is understood again."""
    with contextlib.suppress(RemoteProtocolError):
        assert seen(BANNER + garbage + b"\r\n\r\n" + JOIN)[0][-1][0] == "QueueCallerJoin"


def test_what_is_in_a_packet_is_not_shown() -> None:
    """A log line that holds one is no leak."""
    (event,) = LazyFraming(WANTED).receive(BANNER + JOIN)
    assert repr(event) == "RawPacket('QueueCallerJoin')"
    assert len(event) == len(JOIN) - 4
