"""The picture: right while events come, and right again after a reading, whatever was lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from functools import reduce
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
from ivrctl.acd.fold import fold
from ivrctl.acd.picture import DeviceState, Member, Picture, Queue

from .centre import NOON, QUEUES, SECOND, Centre, Line, member, settings

MINUTE = 60 * SECOND
AGENT = "PJSIP/8101"


def after(seconds: float) -> datetime:
    return NOON + seconds * SECOND


def reading(at: float = 0, *callers: CallerRead, members: tuple = ()) -> QueuesRead:
    sales = QueueRead(settings("sales"), members or (member(AGENT),), callers)
    return QueuesRead(after(at), [sales, QueueRead(settings("service"), (), ())])


def joined(who: str, at: float, position: int = 1, queue: str = "sales") -> CallerJoined:
    return CallerJoined(after(at), queue, who, f"L{who}", f"PJSIP/{who}", "0123", position)


def left(who: str, at: float, position: int = 1, queue: str = "sales") -> CallerLeft:
    return CallerLeft(after(at), queue, who, position)


def answered(who: str, at: float) -> CallerAnswered:
    return CallerAnswered(after(at), "sales", who, AGENT, 0)


def read_caller(who: str, waited: float, position: int = 1) -> CallerRead:
    return CallerRead(who, f"PJSIP/{who}", "0123", position, waited, 0)


def seen(*events: Event, picture: Picture | None = None) -> Picture:
    """The picture after events; they begin with a reading at noon unless a picture is given."""
    return reduce(fold, events, picture or fold(Picture(), reading()))


def sales(picture: Picture) -> Queue:
    return picture.queues["sales"]


def waiting(picture: Picture, queue: str = "sales") -> dict[str, int]:
    return {who: caller.position for who, caller in picture.queues[queue].callers.items()}


def test_a_caller_waits_from_joining_until_he_leaves() -> None:
    """Both events tell it."""
    picture = seen(joined("anna", 1))
    assert waiting(picture) == {"anna": 1}
    assert sales(picture).callers["anna"].joined_at == after(1)
    assert waiting(fold(picture, left("anna", 9))) == {}


def test_callers_behind_one_who_leaves_move_up() -> None:
    """Positions are those of now."""
    picture = seen(joined("anna", 1), joined("ben", 2, 2), joined("cleo", 3, 3), left("ben", 4, 2))
    assert waiting(picture) == {"anna": 1, "cleo": 2}


def test_a_caller_of_priority_stands_where_asterisk_puts_him() -> None:
    """Those behind him are further behind."""
    picture = seen(joined("anna", 1), joined("ben", 2, 2), joined("vip", 3, 2))
    assert list(waiting(picture).items()) == [("anna", 1), ("vip", 2), ("ben", 3)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_answered_caller_talks_and_waits_no_more(order: tuple[int, int]) -> None:
    """Whichever of leaving and answering is told first."""
    told = [left("anna", 9), answered("anna", 9.1)]
    picture = seen(joined("anna", 1), *(told[number] for number in order))
    talk = sales(picture).talks["anna"]
    assert (talk.interface, talk.answered_at, talk.joined_at) == (AGENT, after(9.1), after(1))
    assert (waiting(picture), picture.doubts) == ({}, 0)
    assert sales(picture).members[AGENT].in_call


def test_a_talk_ends_and_its_member_is_free_again() -> None:
    """His last call is then, so that his wrap-up is reckoned from it."""
    picture = seen(joined("anna", 1), answered("anna", 9), TalkEnded(after(20), "sales", "anna", AGENT, 11, "agent"))
    free = sales(picture).members[AGENT]
    assert (sales(picture).talks, free.in_call, free.last_call) == ({}, False, after(20))


def test_a_talk_ends_whose_caller_is_not_named() -> None:
    """The one that began so long ago; a telling that comes late ends no talk that began since."""
    unnamed = TalkEnded(after(20), "sales", "", AGENT, 11, "agent")
    begun = joined("anna", 1), answered("anna", 9)
    assert sales(seen(*begun, unnamed)).talks == {}
    next_one = TalkEnded(after(20), "sales", "anna", AGENT, 11, "agent"), joined("ben", 2), answered("ben", 20.5)
    late = seen(*begun, *next_one, replace(unnamed, at=after(21)))
    assert ([*sales(late).talks], sales(late).members[AGENT].in_call, late.doubts) == (["ben"], True, 0)


def test_a_phone_rings_until_it_is_missed() -> None:
    """The caller says whose."""
    picture = seen(joined("anna", 1), MemberRang(after(2), "sales", "anna", AGENT))
    assert sales(picture).callers["anna"].ringing == (AGENT,)
    picture = seen(MemberMissed(after(9), "sales", "anna", AGENT, 7), picture=picture)
    assert sales(picture).callers["anna"].ringing == ()


@pytest.mark.parametrize(
    ("read", "rings"),
    [
        (member(device=DeviceState.RINGING), True),
        (member(device=DeviceState.BUSY), True),
        (member(device=DeviceState.NOT_INUSE), False),
        (member(device=DeviceState.BUSY, in_call=True), False),
        (member("PJSIP/8102", device=DeviceState.RINGING), False),
    ],
)
def test_a_phone_that_rings_does_so_behind_a_reading_unless_that_shows_otherwise(read: Member, *, rings: bool) -> None:
    """A phone that takes one call at a time is told as busy while it rings."""
    busy = MemberSeen(after(2), "sales", member(device=DeviceState.BUSY))
    picture = seen(joined("anna", 1), MemberRang(after(2), "sales", "anna", AGENT), busy)
    picture = fold(picture, reading(6, read_caller("anna", 5), members=(read,)))
    assert sales(picture).callers["anna"].ringing == ((AGENT,) if rings else ())


def test_since_is_kept_while_what_a_member_does_is_the_same() -> None:
    """A new penalty is no new state; a pause is."""
    busy = member(device=DeviceState.INUSE)
    picture = seen(MemberSeen(after(5), "sales", busy), MemberSeen(after(7), "sales", replace(busy, penalty=3)))
    assert (sales(picture).members[AGENT].since, sales(picture).members[AGENT].penalty) == (after(5), 3)
    picture = seen(MemberSeen(after(9), "sales", replace(busy, is_paused=True)), picture=picture)
    assert sales(picture).members[AGENT].since == after(9)


def test_an_older_state_that_comes_late_changes_nothing() -> None:
    """Also where the younger one had brought nothing new."""
    free, busy = member(), member(device=DeviceState.INUSE)
    picture = seen(MemberSeen(after(1), "sales", free), MemberSeen(after(3), "sales", free))
    assert sales(seen(MemberSeen(after(2), "sales", busy), picture=picture)).members[AGENT] == free_since(1)


def free_since(seconds: float) -> object:
    return sales(seen(MemberSeen(after(seconds), "sales", member()))).members[AGENT]


def test_a_member_who_signed_off_does_not_come_back_by_a_late_event() -> None:
    """His removal is remembered for a while."""
    picture = seen(MemberRemoved(after(5), "sales", AGENT), MemberSeen(after(4), "sales", member()))
    assert sales(picture).members == {}


def test_the_end_of_a_channel_ends_what_is_left_of_it_and_is_a_doubt_where_he_waited() -> None:
    """It names no queue: his place is known."""
    picture = seen(joined("anna", 1), ChannelEnded(after(8), "anna"))
    assert (waiting(picture), picture.doubts, len(picture.places)) == ({}, 1, 0)
    assert seen(ChannelEnded(after(9), "anna"), left("anna", 8), picture=picture).doubts == 1


@pytest.mark.parametrize(
    "event",
    [
        left("nobody", 5),
        CallerAbandoned(after(5), "sales", "nobody"),
        answered("nobody", 5),
        TalkEnded(after(5), "sales", "nobody", AGENT, 1, "agent"),
        MemberRang(after(5), "sales", "nobody", AGENT),
        MemberMissed(after(5), "sales", "nobody", AGENT, 3),
        MemberRemoved(after(5), "sales", "PJSIP/nobody"),
        joined("anna", 5, queue="of-nobody"),
        joined("anna", 5, position=4),
    ],
)
def test_an_event_that_does_not_fit_is_a_doubt_and_a_reading_takes_it_away(event: Event) -> None:
    """Told twice it is one all the more; nothing raises."""
    picture = seen(event)
    assert picture.doubts == 1
    assert fold(picture, reading(6)).doubts == 0


def test_a_caller_seen_in_another_queue_has_left_the_first_unseen() -> None:
    """He waits in one at a time."""
    picture = seen(joined("anna", 1), joined("anna", 60, queue="service"))
    assert (waiting(picture), waiting(picture, "service"), picture.doubts) == ({}, {"anna": 1}, 1)
    assert seen(left("anna", 59), picture=picture) == replace(picture, seen_at=after(60))


def test_why_a_caller_has_left_takes_him_out_where_his_leaving_was_lost() -> None:
    """An exit is of nobody who waits."""
    assert waiting(seen(joined("anna", 1), CallerExited(after(31), "anna", "timed_out"))) == {}


def test_a_reading_replaces_what_is_believed_and_keeps_what_it_cannot_tell() -> None:
    """The exact time, the linkedid and the talk are not in it."""
    talking = (member(in_call=True, device=DeviceState.INUSE),)
    picture = seen(joined("anna", 1.25), joined("ben", 2, 2), joined("cleo", 3, 3), answered("cleo", 5))
    picture = fold(picture, reading(10, read_caller("anna", 8), read_caller("dora", 4, 2), members=talking))
    anna, dora = sales(picture).callers.values()
    assert (anna.joined_at, anna.linkedid) == (after(1.25), "Lanna")
    assert (dora.joined_at, dora.linkedid, dora.position) == (after(6), "", 2)
    assert list(sales(picture).talks) == ["cleo"]


def test_a_reading_whose_member_talks_no_more_ends_the_talk() -> None:
    """Its end went unseen."""
    picture = seen(joined("anna", 1), answered("anna", 2), reading(30))
    assert sales(picture).talks == {}


def test_a_joining_that_comes_behind_the_reading_tells_the_exact_time() -> None:
    """It was on its way while the list was read."""
    picture = seen(reading(10, read_caller("anna", 4)), joined("anna", 5.6))
    assert (sales(picture).callers["anna"].joined_at, picture.doubts) == (after(5.6), 0)


def test_what_is_younger_than_the_reading_stays() -> None:
    """Asterisk lists queue by queue; what happened meanwhile is known better by its event."""
    busy = member(device=DeviceState.INUSE)
    picture = seen(joined("anna", 1), left("anna", 11), joined("ben", 12), MemberSeen(after(12), "sales", busy))
    picture = fold(picture, reading(10, read_caller("anna", 9)))
    assert waiting(picture) == {"ben": 1}
    assert sales(picture).members[AGENT].device is DeviceState.INUSE


def test_sight_lost_says_since_when_and_why_until_the_next_reading() -> None:
    """Events alone do not make it known: some were missed."""
    picture = seen(SightLost(after(5), "connection refused"), SightLost(after(9), "login refused"), joined("anna", 10))
    assert (picture.stale_since, picture.stale_because, picture.is_known) == (after(5), "login refused", False)
    assert fold(picture, reading(11)).is_known


def test_a_clock_that_is_set_back_is_believed() -> None:
    """An hour is not a little late."""
    picture = seen(joined("anna", -3600))
    assert waiting(picture) == {"anna": 1}
    assert fold(picture, reading(-3590, read_caller("anna", 10))).read_at == after(-3590)


def test_what_has_not_changed_is_shared() -> None:
    """The other queue is the same object, and so is this one's list of members."""
    before = seen()
    picture = seen(joined("anna", 1), picture=before)
    assert picture.queues["service"] is before.queues["service"]
    assert sales(picture).members is sales(before).members
    assert fold(picture, joined("anna", 1)) is picture


@pytest.mark.parametrize("waited", [-1.0, 1e300, float("nan"), float("inf")])
def test_nonsense_in_a_reading_raises_nothing(waited: float) -> None:
    """He waits from now on."""
    assert sales(seen(reading(5, read_caller("anna", waited)))).callers["anna"].joined_at == after(5)


# SAFETY

LIVES = given(st.integers(0, 2**32), st.integers(1, 80))


def live(seed: int, steps: int, **how: float) -> tuple[Centre, list[Event]]:
    """A centre, and what is seen of it."""
    centre = Centre(Random(seed)).live(steps)
    return centre, [Centre(Random()).read(), *Line(Random(seed + 1), **how).carry(centre.events)]


def is_true(picture: Picture, centre: Centre) -> None:
    """The picture is the truth; but a reading does not tell who talks to whom, and of who signed off no talk."""
    for name in QUEUES:
        queue = picture.queues[name]
        line = [(each.uniqueid, place) for place, each in enumerate(centre.lines[name], 1)]
        assert [(caller.uniqueid, caller.position) for caller in queue.callers.values()] == line
        for caller, true in zip(queue.callers.values(), centre.lines[name], strict=True):
            assert abs(caller.joined_at - true.joined_at) <= 3 * SECOND
        assert {each: as_read(one) for each, one in queue.members.items()} == centre.members[name]
        talking = {talk.interface for talk in queue.talks.values()}
        assert talking & set(queue.members) <= {
            interface for other, interface in centre.talks.values() if other == name
        }


def as_read(one: object) -> object:
    return replace(one, since=None)  # type: ignore[type-var]


@LIVES
def test_while_nothing_is_lost_the_picture_is_the_truth_without_any_reading(seed: int, steps: int) -> None:
    """And every talk is in it, and nothing is a doubt."""
    centre, events = live(seed, steps, lost=0, doubled=0, late=0 * SECOND)
    picture = reduce(fold, events, Picture())
    is_true(picture, centre)
    assert sum(len(queue.talks) for queue in picture.queues.values()) == len(centre.talks)
    assert picture.doubts == 0


@LIVES
def test_whatever_is_lost_doubled_or_late_the_next_reading_makes_it_the_truth(seed: int, steps: int) -> None:
    """And late events of the last seconds before it do not spoil it."""
    centre, events = live(seed, steps)
    centre.now += 3 * SECOND
    picture = fold(reduce(fold, events, Picture()), centre.read())
    is_true(picture, centre)
    late = [event for event in centre.events if event.at > centre.now - 20 * SECOND]
    is_true(reduce(fold, late, picture), centre)


@LIVES
def test_the_same_event_twice_changes_nothing(seed: int, steps: int) -> None:
    """At once, whatever went before; but a doubt is counted again."""
    _, events = live(seed, steps)
    picture = Picture()
    for event in events:
        picture = fold(picture, event)
        again = fold(picture, event)
        assert replace(again, doubts=picture.doubts) == picture


@LIVES
def test_a_caller_waits_in_one_queue_at_a_time(seed: int, steps: int) -> None:
    """And does not talk while he waits; his place is where he is."""
    _, events = live(seed, steps)
    picture = Picture()
    for event in events:
        picture = fold(picture, event)
        found = [
            (each, name)
            for name in picture.queues
            for each in [*picture.queues[name].callers, *picture.queues[name].talks]
        ]
        assert len(found) == len({each for each, _ in found}) == len(picture.places)
        assert all(picture.places.find(each) == name for each, name in found)


@LIVES
def test_a_picture_never_changes(seed: int, steps: int) -> None:
    """What it showed it shows for ever."""
    _, events = live(seed, steps)
    pictures, shown = [Picture()], [repr(Picture())]
    for event in events:
        pictures.append(fold(pictures[-1], event))
        shown.append(repr(pictures[-1]))
    assert list(map(repr, pictures)) == shown


# LIVENESS


@LIVES
def test_a_joining_that_was_lost_asks_for_a_reading_when_its_caller_leaves(seed: int, steps: int) -> None:
    """So he is missing for as long as he waits at most; readings every minute see him before."""
    centre = Centre(Random(seed)).live(steps)
    gone = {event.uniqueid for event in centre.events if isinstance(event, CallerLeft)}
    joins = [event for event in centre.events if isinstance(event, CallerJoined)]
    times = Counter(event.uniqueid for event in joins)
    for lost in [event for event in joins if event.uniqueid in gone and times[event.uniqueid] == 1][:3]:
        events = [event for event in centre.events if event is not lost]
        assert reduce(fold, events, fold(Picture(), Centre(Random()).read())).doubts > 0
