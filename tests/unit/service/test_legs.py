from __future__ import annotations

from datetime import timedelta

import pytest

from ivrctl.agi.request import Request
from ivrctl.flow.actions.dial import Dial
from ivrctl.flow.actions.queue import Queue
from ivrctl.flow.commands import HandOffToDial, HandOffToQueue, HandOffToVoicemail
from ivrctl.service.legs import LegEntry, application_arguments, handoff_kind, least_bytes, outcome_of

QUEUE_OUTCOMES = {"answered", "timed_out", "left", "empty", "full", "failed"}
DIAL_OUTCOMES = {"answered", "busy", "no_answer", "unavailable", "refused"}
QUEUE_STATUSES = [
    "TIMEOUT",
    "FULL",
    "JOINEMPTY",
    "LEAVEEMPTY",
    "JOINUNAVAIL",
    "LEAVEUNAVAIL",
    "CONTINUE",
    "WITHDRAW",
    "UNKNOWN",
]
"""QUEUESTATUS as app_queue documents it, and UNKNOWN for a queue that does not exist (seen)."""
DIAL_STATUSES = [
    "CHANUNAVAIL",
    "CONGESTION",
    "BUSY",
    "NOANSWER",
    "ANSWER",
    "CANCEL",
    "DONTCALL",
    "TORTURE",
    "INVALIDARGS",
]
"""DIALSTATUS as app_dial documents it."""
KINDS = ["queue", "dial", "voicemail"]


def _request(*args: str, script: str = "leg") -> Request:
    return Request("1.0", "PJSIP/1", "13800138000", "", "10010", "ivrctl-lines", "en", script, args)


@pytest.mark.parametrize("status", QUEUE_STATUSES)
def test_every_status_of_a_queue_is_an_outcome_of_the_language(status: str) -> None:
    """What app_queue says is one of the outcomes that queue has."""
    assert outcome_of("queue-1", status) in QUEUE_OUTCOMES


@pytest.mark.parametrize("status", DIAL_STATUSES)
def test_every_status_of_a_dial_is_an_outcome_of_the_language(status: str) -> None:
    """What app_dial says is one of the outcomes that dial has."""
    assert outcome_of("dial-1", status) in DIAL_OUTCOMES


def test_outcomes_of_the_tables_are_those_of_the_kinds() -> None:
    """The tables here and the kinds in flow name the same outcomes."""
    assert {outcome_of("queue-1", status) for status in QUEUE_STATUSES} == QUEUE_OUTCOMES
    assert Queue.outcomes(None, {}) == QUEUE_OUTCOMES
    assert Dial.outcomes(None, {}) == DIAL_OUTCOMES | {"unknown"}


@pytest.mark.parametrize(
    ("handoff", "status", "outcome"),
    [
        ("queue-3", "CONTINUE", "answered"),
        ("queue-3", "", "answered"),
        ("queue-3", "KEY_1", "key_1"),
        ("queue-3", "KEY_*", "key_*"),
        ("queue-3", "LEAVEEMPTY", "left"),
        ("queue-3", "JOINEMPTY", "empty"),
        ("queue-3", "SOMETHING NEW", "failed"),
        ("dial-1", "REFUSED", "refused"),
        ("dial-1", "ANSWER", "answered"),
        ("dial-1", "NOANSWER", "no_answer"),
        ("dial-1", "", "unavailable"),
        ("dial-1", "SOMETHING NEW", "unavailable"),
        ("voicemail-1", "DTMF", "recorded"),
        ("voicemail-1", "TIMEOUT", "recorded"),
        ("voicemail-1", "HANGUP", "recorded"),
        ("voicemail-1", "DTMF-SHORT", "too_short"),
        ("voicemail-1", "HANGUP-SHORT", "too_short"),
        ("voicemail-1", "ERROR-SHORT", "failed"),
        ("voicemail-1", "SKIP-SHORT", "failed"),
        ("voicemail-1", "", "failed"),
        ("voicemail-1", "SOMETHING NEW", "failed"),
    ],
)
def test_status_has_its_word(handoff: str, status: str, outcome: str) -> None:
    """Also a status that is empty, is an exit key, or was unknown when this was written."""
    assert outcome_of(handoff, status) == outcome


@pytest.mark.parametrize(
    ("wait", "arguments"),
    [(None, "vip,c"), (90.0, "vip,c,,,90"), (0.4, "vip,c,,,1"), (1.6, "vip,c,,,2")],
)
def test_queue_is_given_whole_seconds(wait: float | None, arguments: str) -> None:
    """Queue() counts whole seconds, and nought would mean for ever."""
    command = HandOffToQueue("vip", None if wait is None else timedelta(seconds=wait), 0)
    assert application_arguments(command) == arguments


@pytest.mark.parametrize(("wait", "arguments"), [(None, "vip,c,,,,,,,3"), (90.0, "vip,c,,,90,,,,3")])
def test_queue_is_given_the_place_that_was_left(wait: float | None, arguments: str) -> None:
    """The position is Queue()'s ninth argument."""
    command = HandOffToQueue("vip", None if wait is None else timedelta(seconds=wait), 0, 3)
    assert application_arguments(command) == arguments


def test_dial_is_given_its_string_and_time() -> None:
    """Dial() comes back after the talk, by option g."""
    assert application_arguments(HandOffToDial("8101", "PJSIP/8101", timedelta(seconds=20))) == "PJSIP/8101,20,g"


def test_label_of_a_handoff_is_its_kind() -> None:
    """The dialplan jumps to the label that the id begins with."""
    assert [handoff_kind(f"{kind}-12") for kind in KINDS] == KINDS


def test_record_is_given_its_file_and_its_longest() -> None:
    """Record() keeps what was said before a hang-up, by option k, and no silence ends it."""
    command = HandOffToVoicemail("office", timedelta(minutes=2), timedelta(seconds=2))
    assert application_arguments(command, "1.0-17-voicemail-1.wav") == "1.0-17-voicemail-1.wav,0,120,k"


def test_least_size_of_a_message_is_that_of_its_shortest() -> None:
    """16 bit at 8 kHz, behind a header of 44 bytes."""
    assert least_bytes(timedelta(seconds=2)) == 32_044


@pytest.mark.parametrize(("sender", "is_from_agents"), [("agents", True), ("outside", False), ("", False)])
def test_entry_says_who_sent_the_call_in(sender: str, is_from_agents: bool) -> None:
    """Only the dialplan knows; what it does not say is outside."""
    entry = LegEntry.of(_request("1.0-17", "start", "", sender))
    assert entry is not None
    assert entry.is_from_agents == is_from_agents


def test_entry_reads_leg_and_what_came_before() -> None:
    """A new leg says start, one that comes back says from which hand-off, a transferred one which leg it left."""
    entry = LegEntry.of(_request("1.0-1795336241799", "queue-2", "1.0-1795336241700"))
    assert entry == LegEntry("1.0-1795336241799", "queue-2", "1.0-1795336241700", False, "1.0", "13800138000", "10010")


def test_entry_without_a_former_leg_has_none() -> None:
    """The dialplan passes an empty argument when the channel is new."""
    entry = LegEntry.of(_request("1.0-17", "start", ""))
    assert entry is not None
    assert entry.former is None


def test_entry_of_the_h_extension_says_that_the_leg_is_over() -> None:
    """It comes by a path of its own."""
    entry = LegEntry.of(_request("1.0-17", "queue-1", script="ended"))
    assert entry is not None
    assert entry.is_over


@pytest.mark.parametrize(
    "args", [(), ("1.0-17",), ("", "start"), ("../../etc", "start"), ("a\nb", "start"), ("x" * 129, "start")]
)
def test_session_of_another_dialplan_is_no_entry(args: tuple[str, ...]) -> None:
    """A leg's id becomes the name of files: what is no id is no entry."""
    assert LegEntry.of(_request(*args)) is None
