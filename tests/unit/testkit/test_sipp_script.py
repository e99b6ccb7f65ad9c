"""What SIPp is told of its callers: its scenario, and the keys as recorded packets."""

from __future__ import annotations

import struct
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.testkit.sipp import highest_before_failure
from ivrctl.testkit.sipp_script import SILENT, Manner, Rise

FRAME_HEADERS = 14 + 20 + 8


def said(manner: Manner) -> list[str]:
    """The scenario as a row of what is sent, expected and waited for."""
    root = ET.fromstring(manner.scenario("/keys"))  # noqa: S314 - made here
    return [f"{each.tag} {each.get('response') or each.get('request') or ''}".strip() for each in root]


def packets(recorded: bytes) -> list[bytes]:
    """RTP, of a file that was recorded."""
    found, at = [], 24
    while at < len(recorded):
        length = struct.unpack_from("<8xII", recorded, at)[0]
        found.append(recorded[at + 16 + FRAME_HEADERS : at + 16 + length])
        at += 16 + length
    return found


def test_a_silent_caller_waits_for_the_end() -> None:
    """He is answered, acknowledges, and leaves when he is told to."""
    received = ["recv 100", "recv 180", "recv 183", "recv 200"]
    assert said(SILENT) == ["send", *received, "send", "recv BYE", "send", "label", "nop", "ResponseTimeRepartition"]
    assert SILENT.recorded_keys() == {}


def test_a_caller_with_patience_hangs_up_in_the_end() -> None:
    """His BYE is counted, and a call that is not answered in time has failed."""
    scenario = Manner(patience=12.0, answered_within=1.0).scenario("/keys")
    assert '<recv request="BYE" timeout="12000" ontimeout="tired"/>' in scenario
    assert 'counter="hung_up"' in scenario
    answers = [each for each in ET.fromstring(scenario) if each.get("response")]  # noqa: S314 - made here
    assert [(each.get("response"), each.get("timeout")) for each in answers[:4]] == [
        ("100", "1000"),
        ("180", "1000"),
        ("183", "1000"),
        ("200", "1000"),
    ]


def test_keys_are_pressed_after_their_pauses() -> None:
    """Each has a file of its own: the same key twice is two presses."""
    manner = Manner(keys=((1.5, "1"), (0.5, "1")))
    scenario = manner.scenario("/keys")
    first, second = scenario.index('<pause milliseconds="1500"/>'), scenario.index('<pause milliseconds="500"/>')
    assert first < scenario.index("/keys/key-0.pcap") < second < scenario.index("/keys/key-1.pcap")
    assert list(manner.recorded_keys()) == ["key-0.pcap", "key-1.pcap"]


@given(st.lists(st.tuples(st.floats(0.2, 10), st.sampled_from("0123456789*#")), min_size=1, max_size=20))
def test_numbers_and_times_of_keys_only_grow(keys: list[tuple[float, str]]) -> None:
    """SAFETY: Asterisk takes an event that is not later than the one before for the same one (RFC 4733, 2.5.1)."""
    sent = [packets(recorded) for recorded in Manner(keys=tuple(keys)).recorded_keys().values()]
    numbers = [struct.unpack_from("!H", packet, 2)[0] for each in sent for packet in each]
    assert numbers == list(range(1, len(numbers) + 1))
    times = [{struct.unpack_from("!I", packet, 4)[0] for packet in each} for each in sent]
    assert all(len(each) == 1 for each in times)
    in_order = [time for each in times for time in each]
    assert in_order == sorted(set(in_order))
    assert ["0123456789*#"[each[0][12]] for each in sent] == [key for _, key in keys]
    assert all([packet[13] >> 7 for packet in each] == [0, 0, 0, 0, 1] for each in sent)
    assert all([packet[1] >> 7 for packet in each] == [1, 0, 0, 0, 0] for each in sent)


def test_a_rise_ends_at_its_most() -> None:
    """So many more each second."""
    assert Rise(10, 5, 200).options == [
        *("-r", "10", "-rate_increase", "5", "-rate_interval", "1", "-rate_max", "200"),
    ]


def test_a_rate_is_sustained_until_the_call_is_placed_that_fails() -> None:
    """It fails so much later; where none does, the last rate was sustained, and where the first does, none was."""
    manner = Manner(answered_within=1, patience=2)
    rows = [row(second, failed) for second, failed in enumerate((0, 0, 0, 2, 5), 1)]
    assert highest_before_failure(rows, manner) == 20
    assert highest_before_failure(rows[:3], manner) == 30
    assert highest_before_failure(rows[3:], manner) == 0


def test_a_rate_is_not_sustained_at_which_a_caller_loses_patience() -> None:
    """He was placed as long ago as he has waited: for the answer, and for the end of the call."""
    manner = Manner(answered_within=1, patience=2)
    rows = [row(second, 0, hung_up) for second, hung_up in enumerate((0, 0, 0, 0, 1), 1)]
    assert highest_before_failure(rows, manner) == 10


def row(second: int, failed: int, hung_up: int = 0) -> dict[str, str]:
    """What SIPp says of a second, at a rate of ten calls more each time."""
    return {"TargetRate": f"{10 * second}", "FailedCall(C)": f"{failed}", "hung_up(C)": f"{hung_up}"}
