"""Phones without sound: what they say in SIP, against a peer that is played here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from ivrctl.testkit.signal_phone import CallEnd, SignalCall, SignalCallError
from ivrctl.testkit.signal_phone.message import Challenge, Dialog, Message, description, media_in, parse

CALLEE = "sip:10010@127.0.0.1:5060"


@dataclass
class Line:
    """A phone that only notes what is sent."""

    sent: list[Message] = field(default_factory=list)
    packets: list[bytes] = field(default_factory=list)
    media: tuple[str, int] = ("127.0.0.2", 4000)

    def send(self, message: Message) -> None:
        """Note it, as the peer reads it."""
        read = parse(message.encode())
        assert read is not None
        self.sent.append(read)

    def send_sound(self, to: tuple[str, int], packet: bytes) -> None:
        """Note it."""
        assert to == ("127.0.0.1", 20000)
        self.packets.append(packet)

    def password(self) -> tuple[str, str]:
        """Who we are."""
        return "8101", "secret"

    def forget(self, call: SignalCall) -> None:
        """Nothing is kept."""

    @property
    def said(self) -> list[str]:
        """Methods and statuses that were sent."""
        return [f"{message.status} {message.method}" if message.status else message.method for message in self.sent]

    def answers(self, call: SignalCall, status: str, *more: tuple[str, str], body: str = "") -> None:
        """The peer answers the last request but ACKs."""
        asked = [message for message in self.sent if not message.status and message.method != "ACK"][-1]
        call.responded(asked.response(status, *more, tag="theirs", body=body))


def dialled() -> tuple[Line, SignalCall]:
    line = Line()
    dialog = Dialog("abc", "<sip:139@127.0.0.1>;tag=ours", f"<{CALLEE}>", CALLEE, "sip:139@127.0.0.2:9", "127.0.0.2:9")
    call = SignalCall(line, dialog, "10010")
    call.invite()
    return line, call


def established() -> tuple[Line, SignalCall]:
    line, call = dialled()
    line.answers(call, "200 OK", ("Contact", "<sip:127.0.0.1:5060>"), body=description("127.0.0.1", 20000))
    return line, call


def test_a_call_that_is_answered_is_acknowledged_and_ended() -> None:
    """With a BYE to where the other side says that it is."""
    line, call = established()
    call.hang_up()
    assert line.said == ["INVITE", "ACK", "BYE"]
    assert line.sent[-1].start == "BYE sip:127.0.0.1:5060 SIP/2.0"
    assert line.sent[-1].get("To").endswith(";tag=theirs")
    assert (call.end, call.is_over) == (CallEnd.HERE, True)


def test_who_gives_up_before_the_answer_cancels_when_he_may() -> None:
    """Only behind a provisional answer (RFC 3261, 9.1)."""
    line, call = dialled()
    call.hang_up()
    assert line.said == ["INVITE"]
    line_invite = line.sent[0]
    call.responded(line_invite.response("100 Trying"))
    assert line.said == ["INVITE", "CANCEL"]
    assert line.sent[1].branch == line_invite.branch
    call.responded(line_invite.response("487 Request Terminated", tag="theirs"))
    assert (line.said[-1], call.end, call.status) == ("ACK", CallEnd.HERE, 487)


def test_an_answer_that_crosses_the_giving_up_is_ended() -> None:
    """Nobody is left in a call that has no caller."""
    line, call = dialled()
    call.hang_up()
    line.answers(call, "200 OK", ("Contact", "<sip:127.0.0.1:5060>"), body=description("127.0.0.1", 20000))
    assert line.said == ["INVITE", "ACK", "BYE"]


def test_who_answers_and_hangs_up_at_once_waits_for_the_acknowledgement() -> None:
    """A BYE that comes before it ends nothing (RFC 3261, 15)."""
    caller, _ = dialled()
    (invite,) = caller.sent
    line = Line()
    dialog = Dialog("abc", f"<{CALLEE}>", "<sip:139@127.0.0.1>;tag=ours", "sip:139@127.0.0.1", CALLEE, "127.0.0.1:9")
    call = SignalCall(line, dialog, "139", invite)
    call.accept()
    call.hang_up()
    assert (line.said, call.is_over) == (["200 INVITE"], False)
    call.requested(replace(invite, start=invite.start.replace("INVITE", "ACK", 1)))
    assert (line.said, call.end) == (["200 INVITE", "BYE"], CallEnd.HERE)


async def test_a_refused_call_says_with_what() -> None:
    """And is over."""
    line, call = dialled()
    line.answers(call, "404 Not Found")
    with pytest.raises(SignalCallError, match="404"):
        await call.until_established(1)
    assert (line.said, call.end) == (["INVITE", "ACK"], CallEnd.REFUSED)


def test_a_challenge_is_answered_with_the_password_and_another_number() -> None:
    """As an agent's phone must when it dials a code."""
    line, call = dialled()
    line.answers(call, "401 Unauthorized", ("WWW-Authenticate", 'Digest realm="asterisk",nonce="n",qop="auth"'))
    assert line.said == ["INVITE", "ACK", "INVITE"]
    assert line.sent[2].get("CSeq") == "2 INVITE"
    assert 'username="8101"' in line.sent[2].get("Authorization")


def test_a_digest_is_that_of_the_standard() -> None:
    """The example of RFC 2617, 3.5, without qop as RFC 2069 had it."""
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "", has_qop=False, header="A")
    _, said = challenge.answer("GET", "/dir/index.html", "Mufasa", "CircleOfLife")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in said


async def test_a_key_is_an_event_that_begins_and_ends() -> None:
    """RFC 4733: marked at its beginning, told three times that it is over, one time stamp."""
    line, call = established()
    before = len(line.packets)
    await call.press("#")
    events = line.packets[before:]
    assert [packet[12] for packet in events] == [11] * 5
    assert [bool(packet[13] & 0x80) for packet in events] == [False, False, True, True, True]
    assert len({packet[4:8] for packet in events}) == 1
    assert events[0][1] & 0x80


def test_a_blind_transfer_ends_when_the_other_side_has_arrived() -> None:
    """The agent's phone hangs up by itself then."""
    line, call = established()
    call.transfer("sip:7103@127.0.0.1")
    assert line.sent[-1].get("Refer-To") == "<sip:7103@127.0.0.1>"
    notify = Message("NOTIFY sip:139@127.0.0.2:9 SIP/2.0", (("CSeq", "1 NOTIFY"), ("To", "x")), "SIP/2.0 200 OK\r\n")
    call.requested(notify)
    assert line.said[-2:] == ["200 NOTIFY", "BYE"]


def test_where_sound_goes_is_read_from_a_description() -> None:
    """And there is none without one."""
    assert media_in(description("127.0.0.1", 20000)) == ("127.0.0.1", 20000)
    assert media_in("") is None
    assert parse(b"\r\n\r\n") is None
