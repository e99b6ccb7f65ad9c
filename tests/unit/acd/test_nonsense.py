"""Whatever comes, in whatever order and of whatever time: nothing raises, and nothing is held for ever."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.events import (
    CallerAbandoned,
    CallerAnswered,
    CallerExited,
    CallerJoined,
    CallerLeft,
    CallerRead,
    ChannelEnded,
    Event,
    MemberMissed,
    MemberRang,
    MemberRemoved,
    MemberSeen,
    QueueRead,
    QueuesRead,
    SightLost,
    TalkEnded,
)
from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.facts import facts
from ivrctl.acd.fold import fold
from ivrctl.acd.ledger import Ledger
from ivrctl.acd.picture import DeviceState, Picture
from ivrctl.acd.stay import Stay

from .centre import NOON, member, settings

TIMES = st.builds(
    lambda about, by: NOON + timedelta(seconds=about + by), st.sampled_from([0, 20, 40, 4000, -4000]), st.floats(0, 3)
)
WHO, QUEUE, INTERFACE = (
    st.sampled_from(["1.1", "1.2", "", "\udcff"]),
    st.sampled_from(["sales", "service", ""]),
    st.sampled_from(["P/1", "P/2"]),
)
PLACES = st.sampled_from([1, 2, 3, 0, -1, 2**70])
SECONDS = st.sampled_from([0.0, 1.0, 30.0, -5.0, 1e300, float("nan"), float("inf")])
MEMBERS = st.builds(
    lambda interface, device, is_paused, in_call, last_call, wrap_up: member(
        interface,
        device=device,
        is_paused=is_paused,
        in_call=in_call,
        last_call=last_call,
        wrap_up=timedelta(seconds=wrap_up),
    ),
    INTERFACE,
    st.sampled_from(DeviceState),
    st.booleans(),
    st.booleans(),
    st.none() | TIMES,
    st.sampled_from([0, 10]),
)
CALLERS = st.builds(CallerRead, WHO, st.just("c"), st.just("0123"), PLACES, SECONDS, st.just(0))
QUEUES = st.builds(QueueRead, QUEUE.map(settings), st.lists(MEMBERS, max_size=2), st.lists(CALLERS, max_size=2))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(CallerJoined, TIMES, QUEUE, WHO, WHO, st.just("c"), st.just("0123"), PLACES),
    st.builds(CallerLeft, TIMES, QUEUE, WHO, PLACES),
    st.builds(CallerAbandoned, TIMES, QUEUE, WHO, st.none() | SECONDS),
    st.builds(CallerExited, TIMES, WHO, st.sampled_from(["timed_out", "key_1", "key_", "", "answered", "waiting"])),
    st.builds(MemberRang, TIMES, QUEUE, WHO, INTERFACE),
    st.builds(MemberMissed, TIMES, QUEUE, WHO, INTERFACE, SECONDS),
    st.builds(CallerAnswered, TIMES, QUEUE, WHO, INTERFACE, SECONDS),
    st.builds(TalkEnded, TIMES, QUEUE, WHO, INTERFACE, SECONDS, st.just("agent"), st.none() | SECONDS),
    st.builds(MemberSeen, TIMES, QUEUE, MEMBERS),
    st.builds(MemberRemoved, TIMES, QUEUE, INTERFACE),
    st.builds(ChannelEnded, TIMES, WHO),
    st.builds(QueuesRead, TIMES, st.lists(QUEUES, max_size=2)),
    st.builds(SightLost, TIMES, st.just("silent")),
)


@given(st.lists(EVENTS, max_size=25))
def test_nothing_raises(events: list[Event]) -> None:
    """SAFETY: not the picture, not the ledger, not the facts."""
    picture, ledger, waits = Picture(), Ledger(), ExpectedWaits()
    for event in events:
        picture = fold(picture, event)
        for entry in ledger.take(event):
            if isinstance(entry, Stay):
                waits.take(entry)
        for name in ("sales", "service"):
            facts(picture, name, event.at, waits)
    ledger.settle(NOON + timedelta(days=2))


@given(st.lists(EVENTS, max_size=25))
def test_nothing_is_held_for_ever(events: list[Event]) -> None:
    """LIVENESS: after a reading of nobody, two days later, all that was open has ended."""
    ledger = Ledger()
    for event in events:
        ledger.take(event)
    later = NOON + timedelta(days=2)
    ledger.take(SightLost(later, "silent"))
    ledger.take(QueuesRead(later, []))
    ledger.settle(later + timedelta(hours=2))
    assert (ledger.open_stays, ledger.open_spans, ledger.open_gap, len(ledger._open)) == ((), (), None, 0)
