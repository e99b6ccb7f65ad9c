"""A day that is compared: what is planned, how Asterisk's files are read, and that a difference is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.testkit.queue_day.compare import Evidence, compare
from ivrctl.testkit.queue_day.evidence import Bridged, Logged, Recorded, read_cdrs, read_events, read_queue_log
from ivrctl.testkit.queue_day.people import Made, Noted, Talked
from ivrctl.testkit.queue_day.plan import Kind, PlannedCall, plan

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
AGENT = "PJSIP/8101"


def at(seconds: float) -> datetime:
    return NOON + seconds * SECOND


def whole(seconds: float) -> int:
    return int(at(seconds).timestamp())


def evidence() -> Evidence:
    """One call that everybody tells alike."""
    made = Made(PlannedCall("13900010001", 0, Kind.AGENT_ENDS, "7101"), talks=[Talked("8101", at(3), at(8), "agent")])
    stay = Stay("sales", "1.1", "1.1", made.number, "7101", at(1), is_joined_exactly=True, position=1)
    stay = replace(stay, end=StayEnd.ANSWERED, left_at=at(3), interface=AGENT)
    stay = replace(stay, talk_ended_at=at(8), talk_ended_by="agent")
    logged = Logged("sales", whole(1), "answered", "", whole(3), "Agent 8101", 2, 5, whole(8), "agent")
    return Evidence(
        Noted(NOON, {made.number: made}),
        {"1.1": [logged]},
        {},
        {"1.1": Recorded(made.number, at(0), at(8), [AGENT])},
        {"1.1": [Bridged(AGENT, at(3), at(8))]},
        [stay],
        [],
        [],
    )


def differences(told: Evidence) -> list[str]:
    """Those of the stays: spans are another matter."""
    return [each for each in compare(told).differences if "spans" not in each]


def test_what_agrees_has_no_difference() -> None:
    """And is counted."""
    assert differences(evidence()) == []
    assert compare(evidence()).kinds == {Kind.AGENT_ENDS.value: 1}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"end": StayEnd.ABANDONED}, "the script did"),
        ({"interface": "PJSIP/8102"}, "the CDRs"),
        ({"talk_ended_by": "caller"}, "queue_log"),
        ({"talk_ended_at": at(9.5)}, "talk time by the phone"),
        ({"left_at": at(4.5)}, "answer in CEL"),
        ({"missed": 1}, "queue_log"),
        ({"chain": 2}, "chain"),
    ],
)
def test_a_stay_that_says_something_else_is_a_difference(changes: dict[str, object], says: str) -> None:
    """With the call's number and the source that says otherwise."""
    told = evidence()
    told.stays = [replace(told.stays[0], **changes)]  # type: ignore[arg-type] - one field of each kind
    found = differences(told)
    assert any(says in each for each in found)
    assert all(each.startswith("13900010001 ") for each in found)


def test_what_one_side_only_has_is_a_difference() -> None:
    """A stay that nobody called for, a line that the books do not know, and a gap."""
    told = evidence()
    told.stays = []
    assert any("the books have nothing" in each for each in differences(told))
    told = evidence()
    told.noted.made.clear()
    assert any("nobody called" in each for each in differences(told))
    told = evidence()
    told.gaps = [Gap(at(1), at(2), "silent")]
    assert any("a gap" in each for each in differences(told))


def test_queue_log_is_read_stay_by_stay(tmp_path: Path) -> None:
    """A transferred call has two, and what is told of the first one late is the first one's."""
    lines = [
        f"{whole(-9)}|0.9|sales|NONE|ENTERQUEUE||139|1",
        f"{whole(1)}|1.1|sales|NONE|ENTERQUEUE||139|1",
        f"{whole(2)}|1.1|sales|Agent 8101|RINGNOANSWER|3000",
        f"{whole(3)}|1.1|sales|Agent 8102|CONNECT|2|1.2|1",
        f"{whole(5)}|1.1|expert|NONE|ENTERQUEUE||139|1",
        f"{whole(5)}|1.1|sales|Agent 8102|BLINDTRANSFER|7103|from-agents|2|2|1",
        f"{whole(6)}|1.1|expert|NONE|EXITWITHKEY|1|1|1|1",
        f"{whole(7)}|NONE|NONE|Agent 8101|PAUSEALL|lunch",
    ]
    (tmp_path / "queue_log").write_text("\n".join(lines) + "\n")
    calls, pauses = read_queue_log(tmp_path / "queue_log", NOON)
    assert list(calls) == ["1.1"]
    first, second = calls["1.1"]
    assert (first.end, first.agent, first.ended_by, first.talk, first.missed) == (
        "answered",
        "Agent 8102",
        "transfer",
        2,
        1,
    )
    assert (second.queue, second.end, second.key) == ("expert", "key", "1")
    assert pauses == {("Agent 8101", "lunch"): 1}


def test_cdrs_and_events_are_read_by_the_callers_channel(tmp_path: Path) -> None:
    """Who rang in vain has not answered."""
    rows = [("PJSIP/8101-01", "NO ANSWER", 3, 6), ("PJSIP/8102-02", "ANSWERED", 6, 9)]
    text = "".join(
        f'"","139","7101","x","c","PJSIP/trunk-00","{other}","Queue","","{at(begin):%F %T}","","{at(end):%F %T}",'
        f'1,1,"{how}","D","1.1"\n'
        for other, how, begin, end in rows
    )
    (tmp_path / "cdr").write_text(text)
    (tmp_path / "cel").write_text(
        f"BRIDGE_ENTER,{at(6).timestamp():.6f},1.1,PJSIP/trunk-00,PJSIP/8102-02\n"
        f"BRIDGE_EXIT,{at(9).timestamp():.6f},1.1,PJSIP/trunk-00,\n"
    )
    assert read_cdrs(tmp_path / "cdr", NOON) == {"1.1": Recorded("139", at(3), at(9), ["PJSIP/8102"])}
    assert read_events(tmp_path / "cel", NOON) == {"1.1": [Bridged("PJSIP/8102", at(6), at(9))]}


def test_a_seed_is_a_day() -> None:
    """Every kind of call is in it, and every number is called from once."""
    day = plan(1, 60, 75)
    assert day == plan(1, 60, 75)
    assert day != plan(2, 60, 75)
    assert {call.kind for call in day.calls} == set(Kind)
    assert len({call.number for call in day.calls}) == len(day.calls)
