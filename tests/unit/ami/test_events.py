"""Events as values, from what a real Asterisk 22.10.1 was heard to say (``heard/``).

Three kinds it was not brought to say; those were written by its source (``written/``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.ami import events
from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.packet import Event
from ivrctl.ami.raw_packet import RawPacket

FOLDERS = ("heard", "written")


def raw(text: str) -> RawPacket:
    block = text.strip("\n").replace("\n", "\r\n")
    return RawPacket(block.partition("\r\n")[0].removeprefix("Event: "), block.encode())


REAL = {
    packet.name: packet
    for folder in FOLDERS
    for file in sorted((Path(__file__).parent / folder).glob("*.txt"))
    for packet in map(raw, file.read_text(encoding="utf-8").strip("\n").split("\n\n"))
}


def changed(name: str, old: str, new: str) -> RawPacket:
    text = REAL[name].text
    assert old in text
    return raw(text.strip("\r\n").replace(old, new, 1).replace("\r\n", "\n"))


def at(second: float) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def test_there_is_a_sample_of_every_kind() -> None:
    """What is read is what is said, and not what is documented."""
    assert set(REAL) == set(events.PARSERS)


@pytest.mark.parametrize("name", REAL)
def test_what_was_heard_is_read(name: str) -> None:
    """Each as its own kind."""
    event = events.parse(REAL[name])
    assert type(event).__name__ == name


@pytest.mark.parametrize("name", REAL)
def test_the_other_codec_reads_the_same(name: str) -> None:
    """Packets of a session of actions have their headers split already."""
    eager = Event(tuple(REAL[name].headers()))
    assert events.parse(eager) == events.parse(REAL[name])


def test_a_caller_joins() -> None:
    """With his place, his number, and by Asterisk's clock."""
    assert events.parse(REAL["QueueCallerJoin"]) == events.QueueCallerJoin(
        at=at(1795918888.036277),
        uniqueid="pbx-1795918887.1",
        linkedid="pbx-1795918887.0",
        channel="Local/900@inbound-00000000;2",
        number="1234",
        extension="900",
        queue="vip",
        position=1,
        count=1,
    )


def test_a_withheld_number_is_empty() -> None:
    """Asterisk writes a word for it."""
    event = events.parse(changed("QueueCallerJoin", "CallerIDNum: 1234", "CallerIDNum: <unknown>"))
    assert isinstance(event, events.QueueCallerJoin)
    assert event.number == ""


def test_a_member_answers() -> None:
    """The caller's channel is the event's, the member's stands beside it."""
    event = events.parse(REAL["AgentConnect"])
    assert isinstance(event, events.AgentConnect)
    assert (event.uniqueid, event.member_uniqueid) == ("pbx-1795918887.1", "pbx-1795918888.2")
    assert (event.interface, event.member_name) == ("Local/s@desks/n", "王小明")
    assert (event.hold_time, event.ring_time) == (0, 0)


def test_a_member_pauses() -> None:
    """With his reason, and with None for what never was."""
    event = events.parse(REAL["QueueMemberPause"])
    assert isinstance(event, events.QueueMemberPause)
    assert (event.paused, event.paused_reason) == (True, "lunch")
    assert event.last_call is None
    assert event.last_pause == at(1795918887)


def test_lists_and_events_name_a_member_differently() -> None:
    """``Name`` and ``Location`` here, ``MemberName`` and ``Interface`` there: one pair of fields."""
    listed, live = (events.parse(REAL[name]) for name in ("QueueMember", "QueueMemberAdded"))
    assert isinstance(listed, events.QueueMember)
    assert isinstance(live, events.QueueMemberAdded)
    assert (listed.name, listed.interface) == ("PJSIP/8105", "PJSIP/8105")
    assert (live.name, live.interface) == ("王小明", "Local/s@desks/n")


def test_the_capacity_of_a_queue_is_not_who_waits() -> None:
    """``Max`` is the first, ``Calls`` the second."""
    event = events.parse(changed("QueueParams", "Max: 0", "Max: 30"))
    assert isinstance(event, events.QueueParams)
    assert (event.max, event.calls) == (30, 0)


def test_an_event_that_nobody_reads_is_none() -> None:
    """It is no doubt."""
    assert events.parse(raw("Event: Newexten\nContext: a")) is None


def test_a_variable_that_nobody_reads_is_a_doubt() -> None:
    """It came through every filter by another line that looks like ours, and its value goes nowhere."""
    forged = raw("Event: VarSet\nUniqueid: 1\nVariable: PIN\nValue: 4711\nVariable: QUEUESTATUS")
    with pytest.raises(UnreadableEventError, match="Variable") as doubt:
        events.parse(forged)
    assert "4711" not in str(doubt.value)


@pytest.mark.parametrize(
    ("name", "old", "new", "header"),
    [
        ("QueueCallerJoin", "Position: 1", "Position: first", "Position"),
        ("QueueCallerJoin", "Position: 1", "Position: ", "Position"),
        ("QueueCallerJoin", "Position: 1", "Position: ١", "Position"),
        ("QueueCallerJoin", "Position: 1", "Position: 1_0", "Position"),
        ("QueueCallerJoin", "Position: 1", f"Position: {'9' * 5000}", "Position"),
        ("QueueCallerJoin", "Queue: ", "Queve: ", "Queue"),
        ("QueueCallerJoin", "Timestamp: 1795918888.036277", "Timestamp: nan", "Timestamp"),
        ("QueueCallerJoin", "Timestamp: 1795918888.036277", f"Timestamp: {'9' * 400}", "Timestamp"),
        ("QueueCallerJoin", "Timestamp: 1795918888.036277", "Timestamp: 999999999999999", "Timestamp"),
        ("QueueCallerJoin", "Timestamp: 1795918888.036277", "Timestamp: 99999999999.5", "Timestamp"),
        ("QueueMemberPause", "Wrapuptime: 0", f"Wrapuptime: {'9' * 18}", "Wrapuptime"),
        ("QueueMemberPause", "Paused: 1", "Paused: maybe", "Paused"),
        ("QueueMemberPause", "LastPause: 1795918887", "LastPause: -", "LastPause"),
    ],
)
def test_what_cannot_be_read_is_a_doubt(name: str, old: str, new: str, header: str) -> None:
    """It names the event and the header, and never what stood there."""
    with pytest.raises(UnreadableEventError) as doubt:
        events.parse(changed(name, old, new))
    assert (doubt.value.event, doubt.value.header) == (name, header)


def test_without_timestamps_the_time_is_not_known() -> None:
    """Somebody has taken ``timestampevents`` out of manager.conf."""
    event = events.parse(changed("QueueCallerLeave", "Timestamp: ", "Elsewhen: "))
    assert event is not None
    assert event.at is None


_VALUE = st.text(max_size=12)
_HEADER = st.sampled_from(["Queue", "Uniqueid", "Position", "Count", "Timestamp", "Paused", "Variable", "X"])


@given(st.sampled_from(sorted(events.PARSERS)), st.lists(st.tuples(_HEADER, _VALUE), max_size=12))
def test_garbage_is_a_doubt_or_an_event(name: str, headers: list[tuple[str, str]]) -> None:
    """SAFETY: whatever a packet holds, nothing but a doubt is raised."""
    text = f"Event: {name}\r\n" + "\r\n".join(f"{header}: {value}" for header, value in headers)
    try:
        event = events.parse(RawPacket(name, text.encode("utf-8", "surrogatepass")))
    except UnreadableEventError:
        return
    assert type(event).__name__ == name


@given(
    st.sampled_from(["QueueCallerJoin", "AgentConnect", "QueueMemberStatus"]),
    st.lists(st.tuples(_HEADER, _VALUE), max_size=5),
)
def test_what_is_appended_changes_nothing(name: str, more: list[tuple[str, str]]) -> None:
    """SAFETY: the first value of a name wins, so a forged header comes too late."""
    appended = REAL[name].text.strip("\r\n") + "".join(f"\r\n{header}: {value}" for header, value in more)
    forged = RawPacket(name, appended.encode("utf-8", "surrogatepass"))
    assert events.parse(forged) == events.parse(REAL[name])


def test_the_time_that_a_phone_rang_in_vain_is_in_milliseconds() -> None:
    """Three seconds were heard as 3000; ``AgentConnect`` has whole seconds under the same name."""
    event = events.parse(REAL["AgentRingNoAnswer"])
    assert isinstance(event, events.AgentRingNoAnswer)
    assert event.ring_time_ms == 3000


def test_a_queue_says_how_it_ended() -> None:
    """By a variable of the caller's channel: app_queue has no event for it."""
    event = events.parse(REAL["VarSet"])
    assert isinstance(event, events.VarSet)
    assert (event.variable, event.value, event.uniqueid) == ("QUEUESTATUS", "TIMEOUT", "pbx-1795920549.5")


def test_a_transfer_names_both_channels() -> None:
    """The member's, and the caller's who was sent on."""
    event = events.parse(REAL["BlindTransfer"])
    assert isinstance(event, events.BlindTransfer)
    assert (event.transferer, event.transferee) == ("pbx-1795920556.14", "pbx-1795920556.13")
    assert (event.context, event.extension, event.result) == ("inbound", "900", "Success")


def test_a_layout_is_learnt_and_another_one_is_read_all_the_same() -> None:
    """Header by header, when somebody's Asterisk writes them in another order or leaves out what may be missing."""
    for _ in range(2):
        assert events.parse(REAL["AgentConnect"]) == events.parse(REAL["AgentConnect"])
    lines = REAL["AgentConnect"].text.strip("\r\n").split("\r\n")
    turned = raw("\n".join([lines[0], *reversed(lines[1:])]))
    assert events.parse(turned) == events.parse(REAL["AgentConnect"])
    short = events.parse(raw("\n".join(line for line in lines if not line.startswith("DestUniqueid"))))
    assert isinstance(short, events.AgentConnect)
    assert short.member_uniqueid == ""


def test_a_bare_line_feed_makes_no_header() -> None:
    """Neither by the layout that was learnt nor without it."""
    for _ in range(2):
        events.parse(REAL["QueueCallerJoin"])
    text = REAL["QueueCallerJoin"].text.strip("\r\n").replace("CallerIDNum: 1234", "CallerIDNum: 1\nQueue: forged")
    event = events.parse(RawPacket("QueueCallerJoin", text.encode()))
    assert isinstance(event, events.QueueCallerJoin)
    assert (event.number, event.queue) == ("1\nQueue: forged", "vip")


def test_the_first_value_wins_whatever_layout_was_learnt() -> None:
    """A header that stands before its place and there once more: the first is read, as without the layout."""
    lines = REAL["Reload"].text.strip("\r\n").split("\r\n")
    twice = raw("\n".join([lines[0], "Status: 1", *lines[1:]]))
    events.parse(REAL["Reload"])
    event = events.parse(twice)
    assert isinstance(event, events.Reload)
    assert (REAL["Reload"].get("Status"), event.status) == ("0", 1)


@pytest.mark.timeout(5)
def test_garbage_that_looks_like_a_packet_is_refused_at_once() -> None:
    """As large as a packet may be, and with all headers but the last."""
    events.parse(REAL["QueueMemberStatus"])
    text = REAL["QueueMemberStatus"].text.replace("\r\nWrapuptime:", "\r\nX:") + "Queue: vip\r\n" * 20_000
    with pytest.raises(UnreadableEventError, match="Wrapuptime"):
        events.parse(RawPacket("QueueMemberStatus", text.strip("\r\n").encode()))
