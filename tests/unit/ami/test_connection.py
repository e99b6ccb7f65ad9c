from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.ami.actions import HEADER_LIMIT, LINE_LIMIT, Action, encode
from ivrctl.ami.answer import ENTRY_LIMIT, Answer, Exchange
from ivrctl.ami.connection import PACKET_LIMIT, AmiConnection, State
from ivrctl.ami.errors import LocalProtocolError, RemoteProtocolError
from ivrctl.ami.lines import LINE_LIMIT as INBOUND_LINE_LIMIT
from ivrctl.ami.packet import Event, Packet, Response

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
PONG = b"Response: Success\r\nActionID: 1\r\nPing: Pong\r\n\r\n"
STREAM = (
    BANNER
    + PONG
    + "Event: Newchannel\r\nCallerIDName: 王小明\r\nUniqueid: a-1.1\r\n\r\n".encode()
    + b"Event: Hangup\nCause: 16\n\n\r\n"
    + b"Response: Error\r\nMessage: Permission denied\r\n\r\n"
)


def opened() -> AmiConnection:
    connection = AmiConnection()
    connection.receive_data(BANNER)
    return connection


def packets(data: bytes) -> list[Response | Event]:
    connection = opened()
    connection.receive_data(data)
    return connection.packets_received()


def only(data: bytes) -> Response | Event:
    (packet,) = packets(data)
    return packet


def test_banner_opens_the_session() -> None:
    """The peer's first line says that it is an Asterisk, and its protocol version."""
    connection = opened()
    assert connection.state is State.OPEN
    assert connection.version == "11.0.0"


def test_a_peer_without_the_banner_is_no_asterisk() -> None:
    """A web server that answers on the port is not taken for an AMI that is silent."""
    connection = AmiConnection()
    with pytest.raises(RemoteProtocolError, match="does not speak AMI"):
        connection.receive_data(b"HTTP/1.1 400 Bad Request\r\n")
    assert connection.state is State.CLOSED


def test_nothing_is_sent_before_the_banner() -> None:
    """An action to a peer that may be anything is our own fault."""
    with pytest.raises(LocalProtocolError, match="WAITING_BANNER"):
        AmiConnection().send(Action("Ping"), "1")


@pytest.mark.parametrize("cut", range(1, len(STREAM)))
def test_every_split_point_gives_the_same_packets(cut: int) -> None:
    """Also within a line end and within a Chinese character."""
    connection = AmiConnection()
    connection.receive_data(STREAM[:cut])
    connection.receive_data(STREAM[cut:])
    assert connection.packets_received() == packets(STREAM.removeprefix(BANNER))


def test_bytes_one_by_one_give_the_same_packets() -> None:
    """The finest fragmentation there is."""
    connection = AmiConnection()
    for byte in STREAM:
        connection.receive_data(bytes([byte]))
    assert connection.packets_received() == packets(STREAM.removeprefix(BANNER))


def test_a_character_across_two_segments_stays_whole() -> None:
    """Lines are decoded, not segments."""
    data = "Event: Newchannel\r\nCallerIDName: 王小明\r\n\r\n".encode()
    connection = opened()
    middle = data.index("小".encode()) + 1
    connection.receive_data(data[:middle])
    connection.receive_data(data[middle:])
    assert connection.packets_received()[0].get("CallerIDName") == "王小明"


def test_bytes_that_are_no_text_are_replaced() -> None:
    """A caller's display name may be anything, and ends no session."""
    assert only(b"Event: X\r\nName: a\xff\xfeb\r\n\r\n").get("Name") == "a\ufffd\ufffdb"


def test_bare_line_feeds_end_lines() -> None:
    """As Asterisk itself accepts them."""
    assert only(b"Event: Hangup\nCause: 16\n\n") == Event((("Event", "Hangup"), ("Cause", "16")))


def test_empty_lines_between_packets_are_nothing() -> None:
    """They end no packet that was not begun."""
    assert packets(b"\r\n\r\n\r\n" + PONG + b"\r\n") == packets(PONG)


def test_the_first_header_decides() -> None:
    """OriginateResponse is an event, though it has a header Response."""
    packet = only(b"Event: OriginateResponse\r\nActionID: 7\r\nResponse: Failure\r\n\r\n")
    assert isinstance(packet, Event)
    assert packet.name == "OriginateResponse"
    assert packet.get("Response") == "Failure"


def test_the_first_value_wins() -> None:
    """A UserEvent cannot make itself another event by a second header Event."""
    packet = only(b"Event: UserEvent\r\nUserEvent: Mine\r\nEvent: FullyBooted\r\n\r\n")
    assert isinstance(packet, Event)
    assert packet.name == packet.get("Event") == "UserEvent"


def test_names_of_headers_are_the_same_in_any_case() -> None:
    """Asterisk's own spelling varies."""
    assert only(b"response: Success\r\nactionid: 3\r\n\r\n").action_id == "3"


def test_a_value_keeps_its_colons_and_spaces() -> None:
    """Only the first colon and one space belong to the header."""
    assert only(b"Event: X\r\nAppData:  a: b \r\n\r\n").get("AppData") == " a: b "


def test_a_value_with_a_line_end_loses_its_rest_only() -> None:
    """A channel variable may hold one; the session goes on."""
    packet = only(b"Event: VarSet\r\nValue: one\r\ntwo\r\nUniqueid: 1\r\n\r\n")
    assert (packet.get("Value"), packet.get("Uniqueid")) == ("one", "1")


def test_a_packet_that_is_neither_ends_the_session() -> None:
    """The two sides have lost step."""
    with pytest.raises(RemoteProtocolError, match="neither"):
        packets(b"Goodday: X\r\n\r\n")


def test_a_line_without_end_is_refused_before_it_ends() -> None:
    """A peer that never ends a line cannot fill the memory."""
    with pytest.raises(RemoteProtocolError, match="line of more"):
        packets(b"x" * (INBOUND_LINE_LIMIT + 1))


def test_a_packet_without_end_is_refused() -> None:
    """Nor can one that never ends a packet."""
    header = b"Header: " + b"x" * 8000 + b"\r\n"
    with pytest.raises(RemoteProtocolError, match="packet of more"):
        packets(b"Event: X\r\n" + header * (PACKET_LIMIT // 8000 + 1))


def test_packets_before_a_fault_are_received() -> None:
    """What came whole counts."""
    connection = opened()
    with pytest.raises(RemoteProtocolError):
        connection.receive_data(PONG + b"x" * (INBOUND_LINE_LIMIT + 1))
    assert len(connection.packets_received()) == 1


def test_a_closed_connection_drops_what_comes() -> None:
    """And sends nothing."""
    connection = opened()
    connection.receive_eof()
    connection.receive_data(PONG)
    assert connection.packets_received() == []
    with pytest.raises(LocalProtocolError, match="CLOSED"):
        connection.send(Action("Ping"), "1")


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_garbage_is_a_remote_error_or_nothing(fragments: list[bytes]) -> None:
    """SAFETY: whatever comes, nothing else is raised, and what is received is a response or an event."""
    connection = opened()
    with contextlib.suppress(RemoteProtocolError):
        for fragment in fragments:
            connection.receive_data(fragment)
    assert all(packet.headers[0][0].lower() in {"response", "event"} for packet in connection.packets_received())


_VALUES = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=200)


@given(_VALUES, st.integers(min_value=1, max_value=40))
def test_what_is_encoded_is_received(value: str, step: int) -> None:
    """LIVENESS: a value goes through the encoder and any fragmentation unharmed, apart from one leading space."""
    data = encode(Action("X", (("Value", value),)), "9").replace(b"ActionID: 9\r\nAction", b"Event", 1)
    connection = opened()
    for start in range(0, len(data), step):
        connection.receive_data(data[start : start + step])
    assert connection.packets_received()[0].get("Value") == value


def test_the_action_id_comes_first() -> None:
    """An error that Asterisk raises at a later line keeps it."""
    assert encode(Action.of("Ping"), "i-1") == b"ActionID: i-1\r\nAction: Ping\r\n\r\n"


@pytest.mark.parametrize("forbidden", ["\r", "\n", "\0", "\r\n", "a\nAction: Command"])
def test_a_value_cannot_bring_a_header(forbidden: str) -> None:
    """A line end, also a bare LF, would be a header of somebody else's choosing."""
    with pytest.raises(LocalProtocolError, match="Interface"):
        encode(Action.of("QueueAdd", Interface=forbidden), "1")


@pytest.mark.parametrize("name", ["", "A B", "A:", "A\n", "Ä", "1A"])
def test_a_name_is_a_name(name: str) -> None:
    """Nothing else comes through the encoder."""
    with pytest.raises(LocalProtocolError, match="no name"):
        encode(Action("X", ((name, "v"),)), "1")


def test_a_line_that_asterisk_would_refuse_is_not_sent() -> None:
    """Its buffer holds 1,024 bytes; one more and the rest is read as other headers."""
    fits = "x" * (LINE_LIMIT - len("Data: \r\n"))
    assert encode(Action.of("X", Data=fits), "1")
    with pytest.raises(LocalProtocolError, match="too long"):
        encode(Action.of("X", Data=fits + "x"), "1")


def test_length_is_counted_in_bytes() -> None:
    """A Chinese character has three."""
    with pytest.raises(LocalProtocolError, match="too long"):
        encode(Action.of("X", Data="王" * 400), "1")


def test_headers_that_asterisk_would_drop_are_not_sent() -> None:
    """It reads 128 of one action."""
    with pytest.raises(LocalProtocolError, match="headers"):
        encode(Action("X", (("A", "b"),) * HEADER_LIMIT), "1")


def test_a_secret_is_not_shown() -> None:
    """Neither in a repr nor in the message of a refusal."""
    action = Action.of("Login", Secret="geheim\n")
    with pytest.raises(LocalProtocolError) as refused:
        encode(action, "1")
    assert "geheim" not in repr(action) + str(refused.value)


def response(**headers: str) -> Response:
    return Response((("Response", headers.pop("Response", "Success")), *headers.items()))


def event(name: str, **headers: str) -> Event:
    return Event((("Event", name), *headers.items()))


def taken(exchange: Exchange, *given_packets: Response | Event) -> Answer | None:
    answer = None
    for packet in given_packets:
        assert exchange.takes(packet)
        answer = exchange.take(packet)
    return answer


def test_a_response_alone_is_the_answer() -> None:
    """It opens no list."""
    answer = taken(Exchange("1"), response(ActionID="1"))
    assert answer is not None
    assert answer.entries == ()


def test_a_list_is_collected_up_to_its_end() -> None:
    """Without the event that closes it."""
    answer = taken(
        Exchange("1"),
        response(ActionID="1", EventList="start"),
        event("QueueParams", ActionID="1", Queue="vip"),
        event("QueueStatusComplete", ActionID="1", EventList="Complete"),
    )
    assert answer is not None
    assert [entry.name for entry in answer.entries] == ["QueueParams"]
    assert answer.named("QueueMember") == ()


def test_events_in_between_are_not_of_the_list() -> None:
    """They merely happen, with another ActionID or none."""
    exchange = Exchange("1")
    taken(exchange, response(ActionID="1", EventList="start"))
    assert not exchange.takes(event("Newchannel"))
    assert not exchange.takes(event("QueueMember", ActionID="2"))


def test_an_event_without_a_list_is_no_entry() -> None:
    """OriginateResponse carries the ActionID of an action whose answer is long there."""
    assert not Exchange("1").takes(event("OriginateResponse", ActionID="1"))


def test_an_error_that_lost_its_action_id_is_taken() -> None:
    """One action is under way: it can be nobody else's."""
    answer = taken(Exchange("1"), response(Response="Error", Message="Permission denied"))
    assert answer is not None
    assert not answer.response.is_success
    assert answer.response.message == "Permission denied"


def test_the_answer_to_an_earlier_action_is_not_taken() -> None:
    """It comes late, and says so by its ActionID."""
    assert not Exchange("2").takes(response(ActionID="1"))


def test_a_list_without_end_is_refused() -> None:
    """It cannot fill the memory."""
    exchange = Exchange("1")
    taken(exchange, response(ActionID="1", EventList="start"))
    entry = event("E", ActionID="1")
    for _ in range(ENTRY_LIMIT):
        exchange.take(entry)
    with pytest.raises(RemoteProtocolError, match="entries"):
        exchange.take(entry)


def test_a_missing_header_is_none() -> None:
    """And no text."""
    packet = Packet((("Event", "X"),))
    assert packet.get("Queue") is None
    assert packet.text("Queue") == ""
