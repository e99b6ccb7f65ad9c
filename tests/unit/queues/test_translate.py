"""What AMI says in the words of ``acd``, from what a real Asterisk was heard to say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivrctl.acd import events as acd
from ivrctl.acd.picture import DeviceState, Origin
from ivrctl.adapters.ami.queue_actions import QueueReading
from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.events import PARSERS, parse
from ivrctl.ami.packet import Event
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.service.queues.translate import SLICE, happened, read, read_in_slices

from ..ami.test_events import REAL, changed  # noqa: TID252 - test folders are no packages to import from

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOLD = {
    "QueueCallerJoin": acd.CallerJoined,
    "QueueCallerLeave": acd.CallerLeft,
    "QueueCallerAbandon": acd.CallerAbandoned,
    "AgentCalled": acd.MemberRang,
    "AgentRingNoAnswer": acd.MemberMissed,
    "AgentConnect": acd.CallerAnswered,
    "AgentComplete": acd.TalkEnded,
    "QueueMemberAdded": acd.MemberSeen,
    "QueueMemberStatus": acd.MemberSeen,
    "QueueMemberPause": acd.MemberSeen,
    "QueueMemberPenalty": acd.MemberSeen,
    "QueueMemberRinginuse": acd.MemberSeen,
    "QueueMemberRemoved": acd.MemberRemoved,
    "VarSet": acd.CallerExited,
    "Hangup": acd.ChannelEnded,
}
"""What tells of queues; of every other kind nothing is told."""


def told(packet: RawPacket) -> acd.Event | None:
    event = parse(packet)
    assert event is not None
    return happened(event, NOW)


@pytest.mark.parametrize("kind", PARSERS)
def test_every_kind_is_told_or_is_not(kind: str) -> None:
    """Each in its own word."""
    packet = changed("VarSet", REAL["VarSet"].get("Value") or "", "TIMEOUT") if kind == "VarSet" else REAL[kind]
    assert type(told(packet)) is TOLD.get(kind, type(None))


def test_values_are_where_they_belong() -> None:
    """Of a caller, of a ringing and of a talk: seconds are seconds."""
    packet = REAL["QueueCallerJoin"]
    joined = told(packet)
    assert isinstance(joined, acd.CallerJoined)
    assert joined.at.timestamp() == pytest.approx(float(packet.get("Timestamp") or 0))
    assert [joined.queue, joined.uniqueid, joined.linkedid, joined.channel, str(joined.position)] == [
        packet.get(header) for header in ("Queue", "Uniqueid", "Linkedid", "Channel", "Position")
    ]
    missed = told(REAL["AgentRingNoAnswer"])
    assert isinstance(missed, acd.MemberMissed)
    assert missed.rang == int(REAL["AgentRingNoAnswer"].get("RingTime") or 0) / 1000
    ended = told(REAL["AgentComplete"])
    assert isinstance(ended, acd.TalkEnded)
    assert [f"{ended.talk:g}", f"{ended.hold or 0:g}", ended.by] == [
        REAL["AgentComplete"].get(header) for header in ("TalkTime", "HoldTime", "Reason")
    ]


def test_the_end_of_a_talk_whose_caller_is_gone_names_its_member() -> None:
    """As Asterisk tells it where the channel's snapshot is gone by then: without a header of the channel."""
    lines = REAL["AgentComplete"].text.strip().split("\r\n")
    own = (
        "Channel",
        "CallerID",
        "ConnectedLine",
        "Language",
        "Account",
        "Context",
        "Exten",
        "Priority:",
        "Uniqueid",
        "Linkedid",
    )
    bare = "\r\n".join(line for line in lines if not line.startswith(own))
    ended = told(RawPacket("AgentComplete", bare.encode()))
    assert isinstance(ended, acd.TalkEnded)
    assert (ended.uniqueid, ended.interface) == ("", REAL["AgentComplete"].get("Interface"))


def test_a_member_who_pauses_has_his_reason() -> None:
    """And one who does not has none, whatever Asterisk still says of the last one."""
    paused = told(REAL["QueueMemberPause"])
    assert isinstance(paused, acd.MemberSeen)
    assert (paused.member.is_paused, paused.member.pause_reason) == (True, "lunch")
    assert (paused.member.name, paused.member.origin) == ("王小明", Origin.DYNAMIC)
    free = told(changed("QueueMemberPause", "Paused: 1", "Paused: 0"))
    assert isinstance(free, acd.MemberSeen)
    assert (free.member.is_paused, free.member.pause_reason) == (False, "")


@pytest.mark.parametrize("word", ["<unknown>", "unknown", ""])
def test_a_number_that_is_withheld_is_none(word: str) -> None:
    """Empty, and never a word."""
    number = REAL["QueueCallerJoin"].get("CallerIDNum")
    joined = told(changed("QueueCallerJoin", f"CallerIDNum: {number}", f"CallerIDNum: {word}"))
    assert isinstance(joined, acd.CallerJoined)
    assert joined.number == ""


@pytest.mark.parametrize(
    ("variable", "value", "outcome"),
    [
        ("QUEUESTATUS", "TIMEOUT", "timed_out"),
        ("QUEUESTATUS", "LEAVEEMPTY", "empty"),
        ("QUEUESTATUS", "LEAVEUNAVAIL", "empty"),
        ("QUEUESTATUS", "WITHDRAW", "withdrawn"),
        ("QUEUESTATUS", "CONTINUE", None),
        ("QUEUESTATUS", "FULL", None),
        ("QUEUESTATUS", "JOINEMPTY", None),
        ("QUEUESTATUS", "KEY_1", None),
        ("QUEUESTATUS", "", None),
        ("IVRCTL_OUTCOME", "KEY_1", "key_1"),
        ("IVRCTL_OUTCOME", "KEY_*", "key_*"),
        ("IVRCTL_OUTCOME", "TIMEOUT", None),
        ("IVRCTL_OUTCOME", "", None),
    ],
)
def test_why_a_caller_left(variable: str, value: str, outcome: str | None) -> None:
    """Exits of who had joined; who found the queue full or empty never did, and who was answered has not left by it."""
    packet = RawPacket("VarSet", f"Event: VarSet\r\nUniqueid: 1.1\r\nVariable: {variable}\r\nValue: {value}".encode())
    exited = told(packet)
    assert (exited.outcome if isinstance(exited, acd.CallerExited) else None) == outcome


def test_an_event_without_a_time_is_of_now() -> None:
    """As without ``timestampevents``."""
    ended = told(RawPacket("Hangup", b"Event: Hangup\r\nUniqueid: 1.1\r\nCause: 16"))
    assert ended == acd.ChannelEnded(NOW, "1.1")


@pytest.mark.parametrize("status", ["9", "-1", "999999"])
def test_a_state_that_no_phone_has(status: str) -> None:
    """It is no guess: what is believed is in doubt."""
    old = f"Status: {REAL['QueueMemberStatus'].get('Status')}"
    with pytest.raises(ValueError, match="DeviceState"):
        told(changed("QueueMemberStatus", f"\r\n{old}\r\n", f"\r\nStatus: {status}\r\n"))


def entry(kind: str, **headers: object) -> Event:
    return Event((("Event", kind), *((name, str(value)) for name, value in headers.items())))


def params(queue: str = "sales", **more: object) -> Event:
    figures = dict.fromkeys(("Holdtime", "TalkTime", "Completed", "Abandoned"), 0)
    told = {"Queue": queue, "Max": 7, "Strategy": "ringall", "Calls": 1, "ServiceLevel": 60, "Weight": 2}
    return entry("QueueParams", **{**told, **figures, **more})


def member(interface: str, queue: str = "sales", **more: object) -> Event:
    told = {
        "Queue": queue,
        "Name": "a;b|c,d",
        "Location": interface,
        "StateInterface": "hint:8101@phones",
        "Membership": "realtime",
        "Penalty": 3,
        "LastCall": 1772450000,
        "LastPause": 0,
        "LoginTime": 0,
        "InCall": 1,
        "Status": 2,
        "Paused": 0,
        "PausedReason": "lunch",
        "Wrapuptime": 10,
    }
    return entry("QueueMember", **{**told, **more})


def caller(uniqueid: str, queue: str = "sales", **more: object) -> Event:
    told = {
        "Queue": queue,
        "Position": 1,
        "Channel": "PJSIP/t",
        "Uniqueid": uniqueid,
        "CallerIDNum": "unknown",
        "Wait": 12,
        "Priority": 5,
    }
    return entry("QueueEntry", **{**told, **more})


def test_a_reading() -> None:
    """Queues with their members and callers; lists name some headers in another way than events."""
    whole = read(QueueReading((params(), params("x")), (member("PJSIP/1"),), (caller("1.1"),)), NOW)
    assert whole.at == NOW
    sales, other = whole.queues
    assert (sales.settings.limit, sales.settings.weight, sales.settings.service_level) == (7, 2, timedelta(seconds=60))
    (one,) = sales.members
    assert (one.interface, one.name, one.state_interface) == ("PJSIP/1", "a;b|c,d", "hint:8101@phones")
    assert (one.origin, one.device, one.in_call, one.pause_reason) == (Origin.REALTIME, DeviceState.INUSE, True, "")
    assert (one.last_call, one.wrap_up) == (datetime.fromtimestamp(1772450000, UTC), timedelta(seconds=10))
    assert list(sales.callers) == [acd.CallerRead("1.1", "PJSIP/t", "", 1, 12.0, 5)]
    assert (list(other.members), list(other.callers)) == ([], [])


def test_members_of_a_queue_that_is_not_listed_are_left() -> None:
    """A queue that goes away in the middle of a list."""
    whole = read(QueueReading((params(),), (member("PJSIP/1", "gone"),), ()), NOW)
    assert [list(queue.members) for queue in whole.queues] == [[]]


def test_an_entry_that_cannot_be_read_spoils_the_reading() -> None:
    """It says what it is: half a reading would be taken for the whole truth."""
    with pytest.raises(UnreadableEventError, match="Penalty"):
        read(QueueReading((params(),), (member("PJSIP/1", Penalty="much"),), ()), NOW)


def test_a_large_reading_gives_others_their_turn() -> None:
    """Ten thousand members are translated by the slice."""
    members = tuple(member(f"PJSIP/{number}") for number in range(SLICE * 3 + 1))
    callers = tuple(caller(f"1.{number}") for number in range(SLICE + 1))
    slices = read_in_slices(QueueReading((params(),), members, callers), NOW)
    assert sum(1 for _ in slices) == 4 + 2
