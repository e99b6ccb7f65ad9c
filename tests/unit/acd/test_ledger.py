"""The entries of the books: what became of every caller, what every agent did, and what went unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from random import Random

import pytest
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
from ivrctl.acd.ledger import Entry, Ledger
from ivrctl.acd.picture import DeviceState, Member
from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd

from .centre import NOON, SECOND, Centre, Line, member, settings

AGENT = "PJSIP/8101"
OVERDUE = 120 * SECOND


def after(seconds: float) -> datetime:
    return NOON + seconds * SECOND


def reading(at: float, *callers: CallerRead, members: Iterable[Member] = (), queue: str = "sales") -> QueuesRead:
    return QueuesRead(after(at), [QueueRead(settings(queue), list(members), callers)])


def joined(who: str, at: float, queue: str = "sales") -> CallerJoined:
    return CallerJoined(after(at), queue, who, f"L{who}", f"PJSIP/{who}", "0123", 1, "10010")


def left(who: str, at: float, queue: str = "sales") -> CallerLeft:
    return CallerLeft(after(at), queue, who, 1)


def abandoned(who: str, at: float, hold: float | None = None) -> CallerAbandoned:
    return CallerAbandoned(after(at), "sales", who, hold)


def answered(who: str, at: float, hold: float = 0, interface: str = AGENT) -> CallerAnswered:
    return CallerAnswered(after(at), "sales", who, interface, hold)


def talk_ended(who: str, at: float, talk: float = 1, hold: float | None = None) -> TalkEnded:
    return TalkEnded(after(at), "sales", who, AGENT, talk, "agent", hold)


def waits(who: str, waited: float) -> CallerRead:
    return CallerRead(who, f"PJSIP/{who}", "0123", 1, waited, 0)


class Store:
    """What a store holds of the entries it is given."""

    def __init__(self, *events: Event, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()
        self.stays: dict[tuple[str, int], Stay] = {}
        self.spans: dict[tuple[str, datetime], AgentSpan] = {}
        self.gaps: dict[tuple[str, datetime], Gap] = {}
        if ledger is None:
            self.ledger.take(reading(0))
        self.take(*events)

    def take(self, *events: Event) -> Store:
        """The ledger takes events, and the store its entries."""
        for event in events:
            self.put(self.ledger.take(event))
        return self

    def settle(self, seconds: float) -> Store:
        """So late is it now."""
        self.put(self.ledger.settle(after(seconds)))
        return self

    def put(self, entries: Iterable[Entry]) -> None:
        """The last telling of an entry counts."""
        for entry in entries:
            match entry:
                case Stay():
                    self.stays[entry.uniqueid, entry.chain] = entry
                case AgentSpan():
                    self.spans[entry.interface, entry.began_at] = entry
                case Gap():
                    self.gaps[entry.queue, entry.began_at] = entry

    def stay(self, who: str = "anna", chain: int = 1) -> Stay:
        """One stay."""
        return self.stays[who, chain]

    @property
    def ends(self) -> list[str]:
        """What became of all stays."""
        return [stay.end.value for stay in self.stays.values()]

    def did(self, interface: str = AGENT) -> list[tuple[str, float]]:
        """What an agent did, and the second at which he began."""
        spans = sorted((span for span in self.spans.values() if span.interface == interface), key=began)
        return [(span.state.value, (span.began_at - NOON).total_seconds()) for span in spans]


def began(span: AgentSpan) -> datetime:
    return span.began_at


# Callers


def test_who_waits_is_an_open_entry() -> None:
    """So a controller that starts again knows him."""
    store = Store(joined("anna", 1))
    assert store.stay().end is StayEnd.WAITING
    assert store.ledger.open_stays == (store.stay(),)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_who_hangs_up_has_abandoned_in_whichever_order_it_is_told(order: tuple[int, int]) -> None:
    """Leaving comes beside it; he waited until the first of the two."""
    told = [left("anna", 8), abandoned("anna", 8.001)]
    store = Store(joined("anna", 1), *(told[number] for number in order), ChannelEnded(after(8.002), "anna"))
    assert (store.stay().end, store.settle(200).stay().end) == (StayEnd.ABANDONED, StayEnd.ABANDONED)
    assert round(store.stay().waited(after(99))) == 7
    assert (store.ledger.open_stays, store.gaps) == ((), {})


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_who_is_told_to_have_abandoned_has_left_for_the_reason_that_is_told_beside_it(order: tuple[int, ...]) -> None:
    """app_queue says of every caller who times out that he has abandoned, and then why he left."""
    told = [abandoned("anna", 8), left("anna", 8.001), CallerExited(after(8.002), "anna", "timed_out")]
    store = Store(joined("anna", 1), *(told[number] for number in order))
    assert store.stay().end is StayEnd.TIMED_OUT
    assert store.take(joined("anna", 9)).settle(200).stay().end is StayEnd.TIMED_OUT
    assert (store.stay("anna", 2).end, store.gaps) == (StayEnd.WAITING, {})


@pytest.mark.parametrize("hold", [None, 1.0])
def test_the_reason_counts_too_where_everything_is_told_before_the_joining(hold: float | None) -> None:
    """In whichever order."""
    told = [left("anna", 8.001), CallerExited(after(8.002), "anna", "empty"), ChannelEnded(after(8.1), "anna")]
    for order in permutations([*told, abandoned("anna", 8, hold)]):
        assert Store(reading(1), *order, joined("anna", 7)).stay().end is StayEnd.EMPTY, order


def test_why_he_left_another_queue_later_is_not_said_of_who_abandoned() -> None:
    """A reason that comes long behind is of a stay that went unseen."""
    store = Store(joined("anna", 1), abandoned("anna", 8), left("anna", 8))
    assert store.take(CallerExited(after(40), "anna", "timed_out")).stay().end is StayEnd.ABANDONED


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_answered_caller_has_waited_until_the_answer_and_talked_from_it(order: tuple[int, int]) -> None:
    """He has left the queue, too."""
    told = [left("anna", 8), answered("anna", 8.5, 7)]
    store = Store(joined("anna", 1), *(told[number] for number in order))
    assert (store.stay().end, store.stay().interface, store.stay().left_at) == (StayEnd.ANSWERED, AGENT, after(8.5))
    stay = store.take(talk_ended("anna", 20.5, 12)).stay()
    assert (stay.waited(after(99)), stay.talked(after(99)), stay.talk_ended_by) == (7.5, 12, "agent")


@pytest.mark.parametrize(
    ("outcome", "end", "key"),
    [
        ("timed_out", StayEnd.TIMED_OUT, ""),
        ("empty", StayEnd.EMPTY, ""),
        ("key_1", StayEnd.KEY, "1"),
        ("key_#", StayEnd.KEY, "#"),
        ("withdrawn", StayEnd.WITHDRAWN, ""),
        ("called_back", StayEnd.CALLED_BACK, ""),
    ],
)
def test_why_a_caller_left_is_told_behind_his_leaving(outcome: str, end: StayEnd, key: str) -> None:
    """The entry ends with it, at the moment of leaving."""
    store = Store(joined("anna", 1), left("anna", 31))
    assert store.stay().end is StayEnd.WAITING
    store.take(CallerExited(after(33), "anna", outcome))
    assert (store.stay().end, store.stay().key, store.stay().left_at) == (end, key, after(31))


def test_why_a_caller_left_and_nobody_tells_is_unknown_in_the_end_and_its_interval_has_a_gap() -> None:
    """After a minute; told later it is known all the same."""
    store = Store(joined("anna", 1), left("anna", 31)).settle(80)
    assert store.stay().end is StayEnd.WAITING
    store.settle(92)
    assert (store.stay().end, store.stay().left_at) == (StayEnd.UNKNOWN, after(31))
    assert list(store.gaps.values()) == [Gap(after(31), after(32), "why a caller left went unseen", "sales")]
    assert store.take(CallerExited(after(95), "anna", "timed_out")).stay().end is StayEnd.TIMED_OUT


def test_a_channel_that_ends_under_a_waiting_caller_makes_his_end_unknown() -> None:
    """Not at once: his hanging up may be told a moment later."""
    store = Store(joined("anna", 1), ChannelEnded(after(9), "anna"))
    assert store.take(abandoned("anna", 8.9)).settle(60).stay().end is StayEnd.ABANDONED
    store = Store(joined("anna", 1), ChannelEnded(after(9), "anna")).settle(15)
    assert (store.stay().end, store.stay().left_at) == (StayEnd.UNKNOWN, after(9))
    assert list(store.gaps.values()) == [Gap(after(1), after(9), "a caller left unseen", "sales")]


def test_a_caller_who_joins_another_queue_begins_the_second_stay_of_his_chain() -> None:
    """Why he left the first can come behind it."""
    store = Store(joined("anna", 1), left("anna", 31), joined("anna", 32, "service"))
    assert (store.stay(chain=2).queue, store.stay(chain=2).chain) == ("service", 2)
    store.take(CallerExited(after(31), "anna", "timed_out")).settle(99)
    assert (store.stay().end, store.stay(chain=2).end) == (StayEnd.TIMED_OUT, StayEnd.WAITING)


def test_a_caller_who_is_taken_out_and_put_in_again_has_two_stays_in_one_queue() -> None:
    """A message in mid-wait is said so."""
    withdrawn = CallerExited(after(20.1), "anna", "withdrawn")
    store = Store(
        joined("anna", 1), left("anna", 20), withdrawn, joined("anna", 25), left("anna", 40), answered("anna", 40)
    )
    assert store.ends == ["withdrawn", "answered"]


def test_a_transferred_caller_joins_again_and_his_first_talk_is_over() -> None:
    """By Asterisk's word, or, where that was lost, by his joining."""
    store = Store(joined("anna", 1), answered("anna", 2), joined("anna", 50, "service"))
    assert (store.stay().talk_ended_at, store.stay().talk_ended_by) == (after(50), "")
    assert store.stay(chain=2).end is StayEnd.WAITING
    assert store.take(replace(talk_ended("anna", 49.9), by="transfer")).stay().talk_ended_by == "transfer"


def test_phones_that_rang_in_vain_are_counted_once_each() -> None:
    """Also when they are told twice."""
    missed = MemberMissed(after(9), "sales", "anna", AGENT, 8)
    store = Store(
        joined("anna", 1), missed, missed, replace(missed, interface="PJSIP/8102"), replace(missed, at=after(20))
    )
    assert store.take(answered("anna", 30)).stay().missed == 3


def test_a_talk_whose_end_is_lost_ends_with_the_channel() -> None:
    """And who ended it is not known."""
    store = Store(joined("anna", 1), answered("anna", 9), ChannelEnded(after(70), "anna"))
    assert (store.stay().talk_ended_at, store.stay().talk_ended_by) == (after(70), "")
    assert store.ledger.open_stays == ()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_who_ended_a_talk_is_known_where_the_caller_is_not_named(order: tuple[int, int]) -> None:
    """By the member and the length of the talk: his last talk of that length, not the next one or that of another."""
    ends = [ChannelEnded(after(20), "anna"), TalkEnded(after(20), "sales", "", AGENT, 11, "caller")]
    others = [joined("ben", 2), answered("ben", 9, interface="PJSIP/8102"), joined("carl", 3)]
    store = Store(joined("anna", 1), *others, answered("anna", 9), *(ends[place] for place in order))
    found = {who: (stay.talk_ended_by, stay.is_over) for (who, _), stay in store.stays.items()}
    assert found == {"anna": ("caller", True), "ben": ("", False), "carl": ("", False)}


def test_an_end_of_a_talk_that_nobody_had_is_nobodys() -> None:
    """Of no talk of that member that began so long ago."""
    told = [
        TalkEnded(after(20), "sales", "", AGENT, 2, "caller"),
        TalkEnded(after(20), "sales", "", "PJSIP/8109", 11, "caller"),
        TalkEnded(after(20), "service", "", AGENT, 11, "caller"),
    ]
    store = Store(joined("anna", 1), answered("anna", 9), *told)
    assert (store.stay().talk_ended_by, store.stay().is_over) == ("", False)


def test_a_talk_whose_end_is_lost_ends_when_a_reading_shows_it() -> None:
    """At the end of the member's last call, where the reading tells it."""
    free = member(AGENT, last_call=after(40))
    store = Store(joined("anna", 1), answered("anna", 9), reading(60, members=[free]))
    assert store.stay().talk_ended_at == after(40)
    store = Store(joined("anna", 1), answered("anna", 9), reading(60, members=[member(AGENT)]))
    assert store.stay().talk_ended_at == after(60)


def test_a_talk_that_goes_on_is_not_ended_by_a_reading() -> None:
    """Also of a member who has signed off in the middle of it."""
    busy = member(AGENT, in_call=True, device=DeviceState.INUSE)
    store = Store(joined("anna", 1), answered("anna", 9), reading(60, members=[busy]), reading(120))
    assert store.stay().talk_ended_at is None


@pytest.mark.parametrize(
    ("event", "end"),
    [
        (answered("anna", 40, 30), StayEnd.ANSWERED),
        (abandoned("anna", 40, 30), StayEnd.ABANDONED),
        (talk_ended("anna", 52, 12, 30), StayEnd.ANSWERED),
    ],
)
def test_a_stay_whose_joining_was_lost_is_reckoned_from_its_end(event: Event, end: StayEnd) -> None:
    """Asterisk tells the seconds; the time of the joining is marked as a gap."""
    store = Store(event).settle(100)
    stay = store.stay()
    assert (stay.end, stay.joined_at, stay.is_joined_exactly, stay.left_at) == (end, after(10), False, after(40))
    assert list(store.gaps) == [("sales", after(9))]


def test_an_end_before_its_joining_by_a_moment_is_one_stay_and_no_gap() -> None:
    """The joining tells its exact time, number and line."""
    store = Store(abandoned("anna", 2, 0), left("anna", 2.001), joined("anna", 1.5)).settle(100)
    stay = store.stay()
    assert (stay.joined_at, stay.is_joined_exactly, stay.line, stay.end) == (
        after(1.5),
        True,
        "10010",
        StayEnd.ABANDONED,
    )
    assert (store.gaps, len(store.stays)) == ({}, 1)


def test_an_answer_that_comes_behind_the_end_of_its_talk_tells_its_exact_time() -> None:
    """The length of a talk is told in whole seconds."""
    store = Store(joined("anna", 1), talk_ended("anna", 20.9, 10), answered("anna", 10.2, 9))
    assert (store.stay().left_at, store.stay().talk_ended_at) == (after(10.2), after(20.9))


def test_who_leaves_without_having_joined_leaves_a_gap() -> None:
    """He joined since the last reading; how long ago nobody knows, so there is no stay."""
    store = Store(left("anna", 31)).settle(60)
    assert (store.stays, list(store.gaps.values())) == (
        {},
        [Gap(NOON, after(31), "a caller left whose joining went unseen", "sales")],
    )


def test_sight_lost_is_a_gap_of_all_queues_until_the_next_reading() -> None:
    """The first loss begins it."""
    store = Store(SightLost(after(5), "connection lost"), SightLost(after(9), "login refused"))
    assert list(store.gaps.values()) == [Gap(after(5), None, "connection lost")]
    store.take(reading(20))
    assert list(store.gaps.values()) == [Gap(after(5), after(20), "connection lost")]
    assert store.ledger.open_gap is None


def test_after_a_gap_who_waits_and_was_not_known_is_reckoned_and_who_is_gone_is_unknown() -> None:
    """A reading tells to the second how long somebody waits, and nothing of who is gone."""
    store = Store(joined("anna", 1), SightLost(after(5), "silent"), reading(60, waits("ben", 12))).settle(99)
    assert store.stay("anna").end is StayEnd.UNKNOWN
    ben = store.stay("ben")
    assert (ben.end, ben.joined_at, ben.is_joined_exactly) == (StayEnd.WAITING, after(48), False)


def test_who_is_found_waiting_again_has_not_left() -> None:
    """A queue that was missing in one reading is no end of its callers."""
    store = Store(joined("anna", 1), reading(10, queue="service")).settle(16)
    assert store.stay().end is StayEnd.UNKNOWN
    assert store.take(reading(70, waits("anna", 69))).stay().end is StayEnd.WAITING
    assert store.take(left("anna", 80), abandoned("anna", 80)).ends == ["abandoned"]


def test_a_clock_that_is_set_back_makes_a_gap_of_the_time_that_is_there_twice() -> None:
    """The interval is incomplete, and stays go on."""
    store = Store(joined("anna", 4000), joined("ben", 400), abandoned("ben", 410), left("ben", 410))
    assert list(store.gaps.values()) == [Gap(after(400), after(4000), "the clock was set back")]
    assert store.stay("ben").end is StayEnd.ABANDONED


def test_a_clock_that_is_set_back_lets_nobody_wait_for_his_end_until_it_is_that_late_again() -> None:
    """What was pending is given up at once."""
    store = Store(joined("anna", 4000), left("anna", 4010), joined("ben", 400))
    assert store.stay("anna").end is StayEnd.UNKNOWN


def test_a_ledger_goes_on_after_a_restart_from_its_open_entries() -> None:
    """Who waited and talks on is one stay, the chain goes on, and the time between is a gap."""
    before = Store(
        joined("anna", 1), answered("anna", 5), joined("ben", 6), MemberSeen(after(7), "sales", member(AGENT))
    )
    kept = [*before.ledger.open_stays, *before.ledger.open_spans]
    after_it = Store(ledger=Ledger.restored(kept, seen_at=after(8)))
    talking = member(AGENT, in_call=True)
    after_it.take(
        reading(60, waits("ben", 53), members=[talking]), talk_ended("anna", 70), joined("anna", 71, "service")
    )
    assert (after_it.stay("anna").talk_ended_at, after_it.stay("anna", 2).queue) == (after(70), "service")
    assert ("ben", 1) not in after_it.stays
    assert after_it.take(left("ben", 80), abandoned("ben", 80)).stay("ben").joined_at == after(6)
    assert next(iter(after_it.gaps.values())) == Gap(after(8), after(60), "ivrctl was not running")


# Agents


def seen(at: float, queue: str = "sales", **changes: object) -> MemberSeen:
    return MemberSeen(after(at), queue, member(AGENT, **changes))


def test_an_agent_is_in_one_state_after_the_other_while_he_is_signed_on() -> None:
    """Ringing, talking, wrapping up: the spans follow each other without gaps."""
    wrap_up = timedelta(seconds=10)
    store = Store(
        seen(1, wrap_up=wrap_up),
        joined("anna", 5),
        MemberRang(after(6), "sales", "anna", AGENT),
        seen(6.1, wrap_up=wrap_up, device=DeviceState.RINGING),
        seen(9.9, wrap_up=wrap_up, device=DeviceState.INUSE),
        left("anna", 10),
        answered("anna", 10),
        talk_ended("anna", 40),
        seen(40.1, wrap_up=wrap_up, last_call=after(40)),
    ).settle(60)
    store.take(MemberRemoved(after(70), "sales", AGENT))
    assert store.did() == [("idle", 1), ("ringing", 6), ("talking", 10), ("wrap_up", 40), ("idle", 50)]
    spans = sorted(store.spans.values(), key=began)
    assert [span.ended_at for span in spans] == [*(span.began_at for span in spans[1:]), after(70)]
    assert store.ledger.open_spans == ()


def test_an_agent_who_answers_at_once_talks_from_the_answer_on() -> None:
    """A ring of a tenth of a second is no talk; what his phone says a moment before the queue is."""
    store = Store(
        seen(1),
        joined("anna", 5),
        MemberRang(after(6), "sales", "anna", AGENT),
        seen(6.01, device=DeviceState.RINGING),
        seen(6.1, device=DeviceState.INUSE),
        answered("anna", 6.11),
        talk_ended("anna", 9),
        seen(9.01),
    )
    assert store.did() == [("idle", 1), ("ringing", 6), ("talking", 6.11), ("idle", 9)]


def test_a_phone_that_is_busy_while_it_rings_rings() -> None:
    """So chan_pjsip says of a phone that takes one call at a time."""
    store = Store(
        seen(1),
        joined("anna", 5),
        MemberRang(after(6), "sales", "anna", AGENT),
        seen(6.005, device=DeviceState.BUSY),
        MemberMissed(after(9), "sales", "anna", AGENT, 3),
        seen(9.005),
        MemberRang(after(10), "sales", "anna", AGENT),
        seen(10.005, device=DeviceState.BUSY),
        answered("anna", 12, 7),
        talk_ended("anna", 20, 8),
        seen(20.005),
    )
    assert store.did() == [("idle", 1), ("ringing", 6), ("idle", 9), ("ringing", 10), ("talking", 12), ("idle", 20)]


def test_an_agent_who_is_rung_while_he_is_on_the_phone_stays_busy() -> None:
    """As a queue does that may ring phones in use."""
    store = Store(
        seen(1, device=DeviceState.INUSE), joined("anna", 5), MemberRang(after(6), "sales", "anna", AGENT)
    ).take(seen(6.1, device=DeviceState.RINGINUSE), MemberMissed(after(9), "sales", "anna", AGENT, 3))
    assert store.did() == [("busy", 1)]


def test_a_talk_that_lasts_a_moment_is_one() -> None:
    """Whoever hangs up as he is answered has talked."""
    store = Store(
        seen(1),
        joined("anna", 5),
        MemberRang(after(6), "sales", "anna", AGENT),
        answered("anna", 8, 3),
        talk_ended("anna", 8.05, 0),
        seen(8.06),
    )
    assert store.did() == [("idle", 1), ("ringing", 6), ("talking", 8), ("idle", 8.05)]


def test_an_agent_is_signed_on_while_he_is_in_any_queue_and_paused_when_he_is_so_in_all() -> None:
    """The reason is that of the pause."""
    store = Store(seen(1), seen(2, "service"), seen(10, is_paused=True, pause_reason="lunch"))
    assert store.did() == [("idle", 1)]
    store.take(seen(20, "service", is_paused=True, pause_reason="lunch"), MemberRemoved(after(30), "sales", AGENT))
    assert store.did() == [("idle", 1), ("paused", 20)]
    assert store.ledger.open_spans[0].reason == "lunch"
    assert store.take(MemberRemoved(after(40), "service", AGENT)).ledger.open_spans == ()


def test_an_agent_on_another_call_is_busy_and_one_whose_phone_is_gone_is_away() -> None:
    """Neither is free."""
    store = Store(seen(1, device=DeviceState.INUSE), seen(10, device=DeviceState.UNAVAILABLE), seen(20))
    assert store.did() == [("busy", 1), ("away", 10), ("idle", 20)]


def test_a_state_that_is_found_again_after_a_gap_has_lasted_and_another_begins_with_the_reading() -> None:
    """What he did in between nobody knows."""
    store = Store(
        seen(1),
        SightLost(after(10), "silent"),
        seen(20, device=DeviceState.INUSE),
        reading(30, members=[member(AGENT)]),
    )
    assert store.did() == [("idle", 1)]
    store.take(SightLost(after(40), "silent"), reading(60, members=[member(AGENT, device=DeviceState.INUSE)]))
    assert store.did() == [("idle", 1), ("busy", 60)]
    assert store.spans[AGENT, after(1)].ended_at == after(40)


def test_an_older_event_of_a_member_who_signed_off_does_not_sign_him_on() -> None:
    """It came late."""
    store = Store(seen(1), MemberRemoved(after(9), "sales", AGENT), seen(8))
    assert store.ledger.open_spans == ()


def test_a_sign_on_that_is_told_late_begins_no_earlier_than_what_he_did_before_has_ended() -> None:
    """An agent does one thing at a time."""
    store = Store(seen(5), MemberRemoved(after(9), "sales", AGENT), seen(7, "service"))
    assert store.did() == [("idle", 5), ("idle", 9)]


# SAFETY

LIVES = given(st.integers(0, 2**32), st.integers(1, 80))


def kept(seed: int, steps: int, **how: object) -> tuple[Centre, Store]:
    """A centre, and the books of what was seen of it, up to the last event."""
    centre = Centre(Random(seed)).live(steps)
    events = Line(Random(seed + 1), **how).carry(centre.events)  # type: ignore[arg-type]
    return centre, Store(Centre(Random()).read(), *events)


def settled(centre: Centre, store: Store) -> Store:
    """After a reading, and some time."""
    centre.now += 3 * SECOND
    store.take(centre.read())
    store.put(store.ledger.settle(centre.now + OVERDUE))
    return store


@LIVES
def test_while_nothing_is_lost_the_books_are_the_truth(seed: int, steps: int) -> None:
    """Every stay with its end, and no gap; also when events come late or twice by a little."""
    centre, store = kept(seed, steps, lost=0)
    store = settled(centre, store)
    booked = Counter(
        (stay.uniqueid, stay.end.value) for stay in store.stays.values() if stay.end is not StayEnd.WAITING
    )
    assert booked == Counter(centre.ends)
    assert store.gaps == {}
    assert all(stay.is_joined_exactly for stay in store.stays.values())


@LIVES
def test_whatever_is_lost_each_stay_has_one_end_and_the_books_balance(seed: int, steps: int) -> None:
    """Offered is the sum of all ends and of who waits; what went unseen is marked."""
    centre, store = kept(seed, steps)
    store = settled(centre, store)
    offered = len(store.stays)
    assert offered == sum(Counter(store.ends).values())
    assert len({(stay.uniqueid, stay.chain) for stay in store.stays.values()}) == offered
    for stay in store.stays.values():
        assert (stay.left_at is None) == (stay.end is StayEnd.WAITING)
        assert stay.left_at is None or stay.left_at >= stay.joined_at
        assert stay.talk_ended_at is None or stay.left_at is not None
    if StayEnd.UNKNOWN in {stay.end for stay in store.stays.values()}:
        assert store.gaps


@LIVES
def test_whatever_is_lost_who_waits_in_the_books_waits(seed: int, steps: int) -> None:
    """After a reading, and in the queue where he is."""
    centre, store = kept(seed, steps)
    store = settled(centre, store)
    waiting = Counter((stay.uniqueid, stay.queue) for stay in store.stays.values() if stay.end is StayEnd.WAITING)
    assert waiting == Counter((who.uniqueid, queue) for queue, line in centre.lines.items() for who in line)


@LIVES
def test_what_the_books_say_of_an_end_is_true(seed: int, steps: int) -> None:
    """No answer and no hang-up is invented, whatever is lost; and none is counted twice."""
    centre, store = kept(seed, steps)
    store = settled(centre, store)
    known = {StayEnd.WAITING, StayEnd.UNKNOWN}
    booked = Counter((stay.uniqueid, stay.end.value) for stay in store.stays.values() if stay.end not in known)
    wrong = booked - Counter(centre.ends)
    # Where the reason itself is lost, app_queue's word stands: it says of these, too, that they have abandoned.
    reasons = Counter(who for who, end in centre.ends if end in {"timed_out", "empty", "withdrawn"})
    assert {end for _, end in wrong} <= {"abandoned"}
    assert Counter(who for who, _ in wrong) <= reasons


@LIVES
def test_the_same_event_twice_is_booked_once(seed: int, steps: int) -> None:
    """At once, whatever went before."""
    centre = Centre(Random(seed)).live(steps)
    store = Store()
    for event in Line(Random(seed + 1)).carry(centre.events):
        store.take(event)
        assert store.ledger.take(event) == ()


@given(st.integers(0, 2**32), st.integers(0, 60), st.integers(0, 60), st.floats(0, 20))
def test_books_that_are_handed_over_are_those_of_one_who_saw_it_all(
    seed: int, steps: int, more: int, overlap: float
) -> None:
    """The next ledger reads while the one before it goes on; then it has the entries of that one, and no gap."""
    centre = Centre(Random(seed)).live(steps)
    before, reading = len(centre.events), centre.read()
    centre.now += timedelta(milliseconds=1)
    centre.live(more)
    until = sum(event.at <= reading.at + overlap * SECOND for event in centre.events)
    whole = Store(Centre(Random()).read(), *centre.events)
    first = Store(Centre(Random()).read(), *centre.events[:until])
    first.put(first.ledger.open_stays)
    seen_at = first.ledger.seen_at
    known = [*first.stays.values(), *(span for span in first.spans.values() if span.ended_at is None)]
    second = Store(ledger=Ledger.restored(known, seen_at, is_handed_over=True))
    second.stays, second.spans = dict(first.stays), dict(first.spans)
    second.take(reading, *centre.events[before:])
    settled(centre, whole)
    settled(centre, second)
    for store in (whole, second):
        store.put(store.ledger.open_stays)
    assert second.gaps == whole.gaps == {}
    assert second.stays == whole.stays
    assert second.spans == whole.spans


@LIVES
def test_an_agent_does_one_thing_at_a_time_and_always_something_while_he_is_signed_on(seed: int, steps: int) -> None:
    """His spans do not overlap, and one follows the other."""
    _, store = kept(seed, steps)
    for interface in {span.interface for span in store.spans.values()}:
        spans = sorted((span for span in store.spans.values() if span.interface == interface), key=began)
        assert all(one.ended_at is not None and one.ended_at <= other.began_at for one, other in pairwise(spans))
    assert sorted(map(began, store.ledger.open_spans)) == sorted(
        s.began_at for s in store.spans.values() if s.ended_at is None
    )


@LIVES
def test_after_a_reading_those_and_only_those_who_are_signed_on_have_a_span(seed: int, steps: int) -> None:
    """And he who is paused everywhere is said to be."""
    centre, store = kept(seed, steps)
    store = settled(centre, store)
    signed_on = {interface for members in centre.members.values() for interface in members}
    assert {span.interface for span in store.ledger.open_spans} == signed_on
    for span in store.ledger.open_spans:
        in_queues = [members[span.interface] for members in centre.members.values() if span.interface in members]
        if span.state in {AgentState.PAUSED, AgentState.IDLE}:
            assert all(each.is_paused for each in in_queues) == (span.state is AgentState.PAUSED)


# LIVENESS


@LIVES
def test_every_stay_gets_its_end_and_nothing_is_remembered_for_ever(seed: int, steps: int) -> None:
    """Open is only who waits, and who talks to somebody who talks; after an hour nothing else is held."""
    centre, store = kept(seed, steps)
    store = settled(centre, store.take(SightLost(centre.now, "silent")))
    waiting = {who.uniqueid for line in centre.lines.values() for who in line}
    talking = set(centre.talks.values())
    for stay in store.ledger.open_stays:
        assert stay.uniqueid in waiting or (stay.queue, stay.interface) in talking
    store.put(store.ledger.settle(centre.now + 2 * 3600 * SECOND))
    assert set(store.ledger._open.channels) == {stay.uniqueid for stay in store.ledger.open_stays}
