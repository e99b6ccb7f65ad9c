"""Lines of a queue_log as stays and spans of agents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.queue_log import recount as module
from ivrctl.acd.queue_log.lines import UnreadableLineError, line_of
from ivrctl.acd.queue_log.recount import Recount
from ivrctl.acd.stay import AgentSpan, Stay, StayEnd

T = 1_795_000_000


def _recount(*lines: str, names: dict[str, str] | None = None) -> tuple[list[Stay], list[AgentSpan]]:
    """What has ended in a log whose times are seconds after T."""
    counted = Recount(names)
    for text in lines:
        after, _, rest = text.partition("|")
        counted.feed(line_of(f"{T + int(after)}|{rest}"))
    return counted.take()


def _after(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp() - T


def _shown(stay: Stay) -> tuple[Any, ...]:
    """End, when he joined, left and had talked, whom to, who ended it."""
    times = (_after(stay.joined_at), _after(stay.left_at), _after(stay.talk_ended_at))
    return (stay.end.value, *times, stay.interface, stay.talk_ended_by)


ENTERS = "0|1.1|vip|NONE|ENTERQUEUE||+861|3"


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["9|1.1|vip|NONE|ABANDON|1|3|9"], ("abandoned", 0, 9, None, "", "")),
        (["9|1.1|vip|NONE|EXITWITHTIMEOUT|1|3|9"], ("timed_out", 0, 9, None, "", "")),
        (["9|1.1|vip|NONE|EXITWITHTIMEOUT|1"], ("timed_out", 0, 9, None, "", "")),
        (["9|1.1|vip|NONE|EXITEMPTY|1|3|9"], ("empty", 0, 9, None, "", "")),
        (["9|1.1|vip|NONE|EXITWITHKEY|*|1|3|9"], ("key", 0, 9, None, "", "")),
        (["9|1.1|vip|NONE|WITHDRAW|1|3|9|a message"], ("withdrawn", 0, 9, None, "", "")),
        (["9|1.1|vip|Ann|ABANDON|1|3|9"], ("abandoned", 0, 9, None, "", "")),
        (
            ["9|1.1|vip|Ann|CONNECT|9|1.2|4", "69|1.1|vip|Ann|COMPLETECALLER|9|60|3"],
            ("answered", 0, 9, 69, "Ann", "caller"),
        ),
        (["9|1.1|vip|Ann|CONNECT|9", "69|1.1|vip|Ann|COMPLETEAGENT|9|60"], ("answered", 0, 9, 69, "Ann", "agent")),
        (
            ["9|1.1|vip|Ann|CONNECT|9|1.2|4", "69|1.1|vip|Ann|BLINDTRANSFER|8001|lines|9|60|3"],
            ("answered", 0, 9, 69, "Ann", "transfer"),
        ),
        (
            ["9|1.1|vip|Ann|CONNECT|9|1.2|4", "69|1.1|vip|Ann|ATTENDEDTRANSFER|LINK|PJSIP/a|PJSIP/b|9|60|3"],
            ("answered", 0, 9, 69, "Ann", "transfer"),
        ),
        (
            ["9|1.1|vip|Ann|CONNECT|9|1.2|4", "69|1.1|vip|Ann|TRANSFER|8001|lines"],
            ("answered", 0, 9, 69, "Ann", "transfer"),
        ),
        (["9|NONE|NONE|NONE|QUEUESTART|"], ("unknown", 0, None, None, "", "")),
        (["9|1.1|general|NONE|ENTERQUEUE||+861|1"], ("unknown", 0, None, None, "", "")),
    ],
)
def test_every_way_out_of_a_queue(lines: list[str], shown: tuple[Any, ...]) -> None:
    """As app_queue.c of Asterisk 22 writes it, and as older ones did."""
    (stay,), _ = _recount(ENTERS, *lines)
    assert _shown(stay) == shown
    assert (stay.number, stay.position, stay.is_joined_exactly) == ("+861", 3, True)


def test_exit_key_is_kept() -> None:
    """It says where he went."""
    (stay,), _ = _recount(ENTERS, "9|1.1|vip|NONE|EXITWITHKEY|*|1|3|9")
    assert stay.key == "*"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("9|1.1|vip|NONE|ABANDON|1|3|9", ("abandoned", 0, 9, None, "", "")),
        ("69|1.1|vip|Ann|COMPLETECALLER|9|60|3", ("answered", 0, 9, 69, "Ann", "caller")),
    ],
)
def test_call_whose_beginning_is_not_in_the_log_is_reckoned_back(line: str, shown: tuple[Any, ...]) -> None:
    """The log was rotated meanwhile; its joining is not exact, and its number not known."""
    (stay,), _ = _recount(line)
    assert _shown(stay) == shown
    assert (stay.is_joined_exactly, stay.number) == (False, "")


def test_misses_are_counted_and_a_refused_announcement_is_one() -> None:
    """Not those that were cancelled: nobody missed them."""
    (stay,), _ = _recount(
        ENTERS,
        "5|1.1|vip|Ann|RINGNOANSWER|5000",
        "7|1.1|vip|Bob|RINGCANCELED|2000",
        "8|1.1|vip|Ann|AGENTDUMP|",
        "9|1.1|vip|NONE|ABANDON|1|3|9",
    )
    assert stay.missed == 2


def test_stays_of_a_channel_are_a_chain_with_times_of_their_own() -> None:
    """Also when he leaves a queue and enters it again in the same second."""
    stays, _ = _recount(
        ENTERS,
        "0|1.1|vip|NONE|EXITEMPTY|1|3|0",
        "0|1.1|vip|NONE|ENTERQUEUE||+861|1",
        "4|1.1|vip|NONE|ABANDON|1|1|4",
    )
    assert [(stay.chain, stay.end) for stay in stays] == [(1, StayEnd.EMPTY), (2, StayEnd.ABANDONED)]
    assert stays[0].joined_at < stays[1].joined_at


def test_talk_of_a_channel_that_was_replaced_ends() -> None:
    """After a masquerade it ends under another id: the agent and the length of the talk tell which it was."""
    (stay,), _ = _recount(ENTERS, "9|1.1|vip|Ann|CONNECT|9|1.2|4", "69|1.7|vip|Ann|COMPLETEAGENT|9|60|3")
    assert _shown(stay) == ("answered", 0, 9, 69, "Ann", "agent")
    assert stay.uniqueid == "1.1"


def test_names_become_interfaces() -> None:
    """Where the site knows them."""
    (stay,), spans = _recount(
        ENTERS,
        "9|1.1|vip|Ann|CONNECT|9|1.2|4",
        "69|1.1|vip|Ann|COMPLETEAGENT|9|60|3",
        names={"Ann": "PJSIP/8101"},
    )
    assert stay.interface == "PJSIP/8101"
    assert {span.interface for span in spans} == {"PJSIP/8101"}


def test_day_of_an_agent_follows_from_the_log() -> None:
    """Idle, ringing, talking, paused with its reason, until he signs off; without gaps."""
    _, spans = _recount(
        "0|MANAGER|vip|Ann|ADDMEMBER|",
        "0|MANAGER|general|Ann|ADDMEMBER|",
        "100|1.1|vip|Ann|CONNECT|9|1.2|4",
        "160|1.1|vip|Ann|COMPLETEAGENT|9|60|3",
        "200|NONE|NONE|Ann|PAUSEALL|lunch",
        "200|NONE|vip|Ann|PAUSE|lunch",
        "200|NONE|general|Ann|PAUSE|lunch",
        "300|NONE|NONE|Ann|UNPAUSEALL|",
        "300|NONE|vip|Ann|UNPAUSE|",
        "300|NONE|general|Ann|UNPAUSE|",
        "320|1.3|vip|Ann|RINGNOANSWER|15000",
        "400|MANAGER|vip|Ann|REMOVEMEMBER|",
        "500|MANAGER|general|Ann|REMOVEMEMBER|",
    )
    assert [(span.state.value, _after(span.began_at), _after(span.ended_at), span.reason) for span in spans] == [
        ("idle", 0, 96, ""),
        ("ringing", 96, 100, ""),
        ("talking", 100, 160, ""),
        ("idle", 160, 200, ""),
        ("paused", 200, 300, "lunch"),
        ("idle", 300, 305, ""),
        ("ringing", 305, 320, ""),
        ("idle", 320, 500, ""),
    ]


def test_pause_in_one_of_several_queues_is_none() -> None:
    """He is there for the other."""
    _, spans = _recount(
        "0|CLI|vip|Ann|ADDMEMBER|",
        "0|CLI|general|Ann|ADDMEMBER|",
        "50|NONE|vip|Ann|PAUSE|",
        "80|NONE|general|Ann|PAUSE|",
        "90|CLI|vip|Ann|REMOVEMEMBER|",
        "95|CLI|general|Ann|REMOVEMEMBER|",
    )
    assert [(span.state.value, _after(span.began_at), _after(span.ended_at)) for span in spans] == [
        ("idle", 0, 80),
        ("paused", 80, 95),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "fewer than five fields"),
        ("1795000000|1.1|vip|NONE", "fewer than five fields"),
        ("today|1.1|vip|NONE|ABANDON|1|1|9", "its time is no number"),
        ("nan|1.1|vip|NONE|ABANDON|1|1|9", "its time is none of a log"),
        ("-5|1.1|vip|NONE|ABANDON|1|1|9", "its time is none of a log"),
        ("1795000000|1.1|vip|NONE||1", "its event is no word"),
        ("1795000000|1.1||NONE|ENTERQUEUE||0123|1", "its queue has no name"),
        ("1795000000|1.1|vip|NONE|ABANDON|1|1|86401", "its data are not those of ABANDON"),
        ("1795000000|1.1|vip|A|CONNECT|0|1.2|86401", "its data are not those of CONNECT"),
        ("1795000000|1.1|vip|A|RINGNOANSWER|86400001", "its data are not those of RINGNOANSWER"),
        ("1795000000|1.1|vip|NONE|CONNECT|", "its data are not those of CONNECT"),
        ("1795000000|1.1|vip|NONE|EXITWITHKEY", "its data are not those of EXITWITHKEY"),
        ("1795000000|1.1|vip|NONE|COMPLETEAGENT|9|99999999999", "its data are not those of COMPLETEAGENT"),
    ],
)
def test_line_that_is_none_says_why(text: str, why: str) -> None:
    """And changes nothing."""
    counted = Recount()
    with pytest.raises(UnreadableLineError, match=why):
        counted.feed(line_of(text))
    assert counted.take() == ([], [])


def test_events_of_others_are_counted() -> None:
    """QueueLog() writes whatever a dialplan wants."""
    counted = Recount()
    for event in ("DID", "DID", "CONFIGRELOAD", "PENALTY", "RINGINUSE", "SYSCOMPAT", "OUTCALL"):
        counted.feed(line_of(f"{T}|1.1|vip|NONE|{event}|x"))
    assert counted.others == {"DID": 2}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls without an end are given up: after a day, and when there are too many."""
    monkeypatch.setattr(module, "MOST_UNDER_WAY", 10)
    monkeypatch.setattr(module, "MOST_CHAINS", 10)
    counted = Recount()
    for number in range(1000):
        counted.feed(line_of(f"{T}|1.{number}|vip|NONE|ENTERQUEUE||1|1"))
        counted.feed(line_of(f"{T}|2.{number}|vip|Ann|CONNECT|9|1.2|4"))
    state = counted.state()
    assert max(len(state[name]) for name in ("waiting", "talking", "chains")) == 10
    stays, _ = counted.take()
    assert len(stays) == 1980
    for _ in range(1000):
        counted.feed(line_of(f"{T + 90_000}|NONE|NONE|NONE|CONFIGRELOAD|"))
    assert counted.state()["waiting"] == counted.state()["talking"] == []


CALLS = st.sampled_from(("1.1", "1.2", "1.3"))
QUEUES = st.sampled_from(("vip", "general"))
AGENTS = st.sampled_from(("Ann", "Bob"))
NUMBER = st.sampled_from(("", "0", "1", "7", "60", "-3", "x", "1000"))
EVENTS = st.sampled_from((*Recount()._handlers, "ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "UNPAUSEALL", "DID"))
LINES = st.tuples(st.integers(-2, 90), CALLS, QUEUES, AGENTS, EVENTS, st.lists(NUMBER, max_size=6))


def _log(made: list[tuple[int, str, str, str, str, list[str]]]) -> list[str]:
    at, log = T, []
    for step, call, queue, agent, event, data in made:
        at += step
        log.append("|".join((str(at), call, queue, agent, event, *data)))
    return log


def _feed(counted: Recount, log: list[str]) -> None:
    for text in log:
        try:
            counted.feed(line_of(text))
        except UnreadableLineError:
            continue


@given(st.lists(LINES, max_size=60), st.integers(0, 60))
def test_log_that_is_cut_anywhere_gives_the_same(
    made: list[tuple[int, str, str, str, str, list[str]]], cut: int
) -> None:
    """SAFETY: what is under way is kept as JSON and taken up, and nobody sees that it was."""
    log = _log(made)
    whole, first = Recount(), Recount()
    _feed(whole, log)
    _feed(first, log[:cut])
    second = Recount(state=json.loads(json.dumps(first.state())))
    _feed(second, log[cut:])
    before, after = first.take(), second.take()
    assert ([*before[0], *after[0]], [*before[1], *after[1]]) == whole.take()
    assert second.under_way() == whole.under_way()


@given(st.lists(LINES, max_size=60))
def test_whatever_a_log_says_stays_and_spans_are_sound(made: list[tuple[int, str, str, str, str, list[str]]]) -> None:
    """SAFETY: nobody leaves before he joins, keys are unique, and the spans of an agent do not overlap."""
    counted = Recount()
    _feed(counted, _log(made))
    stays, spans = counted.take()
    waiting, lasting = counted.under_way()
    for stay in (*stays, *waiting):
        assert stay.left_at is None or stay.left_at >= stay.joined_at
        assert stay.talk_ended_at is None or (stay.left_at is not None and stay.talk_ended_at >= stay.left_at)
        assert (stay.left_at is None) == (stay.end is StayEnd.UNKNOWN)
    by_agent: dict[str, datetime] = {}
    for span in (*spans, *lasting):
        assert span.ended_at is not None
        assert span.began_at < span.ended_at
        assert by_agent.get(span.interface, datetime.min.replace(tzinfo=UTC)) <= span.began_at
        by_agent[span.interface] = span.ended_at


@given(st.binary(max_size=200))
def test_garbage_is_told_and_never_more(garbage: bytes) -> None:
    """SAFETY: any bytes are a line, or are refused with a reason."""
    counted = Recount()
    for raw in garbage.split(b"\n"):
        _feed(counted, [raw.decode(errors="replace")])
    assert counted.take()[0] == []
