"""The picture and the books through every fault, in time that a test moves."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.ledger import Ledger
from ivrctl.acd.stay import StayEnd
from ivrctl.adapters.ami import AmiUnreachableError, Doubt, Lost, Opened
from ivrctl.service.queues.hearing import DEAF, EVERY, MISSED, UNHEARD_EVERY
from ivrctl.service.queues.readings import LONGEST_REST, SHORTEST_REST
from ivrctl.testkit.fake_ami import doubled, event

from .pbx import Pbx, seen
from .scripted import NOON, Scripted, idle, moment, packets


def away() -> AmiUnreachableError:
    return AmiUnreachableError("127.0.0.1:5038", "not connected")


async def test_connect_reading_known() -> None:
    """Nothing is known before the first reading, everything with it, and that is said."""
    async with Scripted() as it:
        it.pbx.join("1.1")
        assert not it.observer.picture.is_known
        await it.tell(Opened())
        assert it.observer.picture.is_known
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.changes == ["the queues are seen: 1"]


async def test_what_happens_is_followed() -> None:
    """From joining to the end of the talk, in the picture and in the books."""
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.join("1.1"))
        it.pbx.now += 8
        await it.tell(it.pbx.answer("1.1"))
        assert seen(it.observer.picture) == it.pbx.truth()
        await it.tell(it.pbx.finish("1.1"))
        assert seen(it.observer.picture) == it.pbx.truth()
        stay = it.stays["1.1", 1]
        assert (stay.end, stay.interface, stay.is_over) == (StayEnd.ANSWERED, "PJSIP/8101", True)
        assert it.observer.picture.doubts == 0


async def test_why_a_caller_left_is_in_the_books() -> None:
    """As app_queue tells it in QUEUESTATUS."""
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.join("1.1"))
        await it.tell(it.pbx.leave("1.1", status="TIMEOUT"))
        assert it.stays["1.1", 1].end is StayEnd.TIMED_OUT


async def test_a_talk_that_began_under_the_controller_before_is_one_until_it_ends() -> None:
    """No reading tells of it, the books do; one that has ended unseen is none."""
    before = Scripted()
    async with before:
        await before.tell(Opened(), before.pbx.sign_on("PJSIP/8102"), before.pbx.join("1.1"), before.pbx.join("1.2"))
        await before.tell(before.pbx.answer("1.1"), before.pbx.answer("1.2", "PJSIP/8102"))
    before.pbx.now += 30
    before.pbx.finish("1.2")
    before.pbx.now += 30
    async with Scripted(before.pbx, ledger=Ledger.restored(before.stays.values())) as it:
        await it.tell(Opened())
        assert seen(it.observer.picture) == it.pbx.truth()
        assert list(it.observer.picture.queues["sales"].talks) == ["1.1"]
        await it.tell(it.pbx.finish("1.1"))
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.observer.picture.doubts == 0


async def test_line_and_tier_of_a_caller_are_in_the_books() -> None:
    """A flow that hands a caller over knows them, Asterisk does not."""
    async with Scripted() as it:
        it.books.callers.queued("1.1", "10010", "gold")
        await it.tell(Opened(), it.pbx.join("1.1"), it.pbx.join("1.2"))
        assert [(stay.line, stay.tier) for stay in it.stays.values()] == [("10010", "gold"), ("", "")]


async def test_everything_is_read_each_minute() -> None:
    """What was lost without a trace is right again then."""
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.join("1.1"))
        it.pbx.sign_on("PJSIP/8102")
        assert seen(it.observer.picture) != it.pbx.truth()
        assert await it.rests() == SHORTEST_REST
        assert await it.rests() == EVERY
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_everything_is_read_often_until_something_of_queues_is_told() -> None:
    """An AMI user may lack the right to be told: what he does not hear is right within ten seconds all the same."""
    async with Scripted() as it:
        await it.tell(Opened())
        it.pbx.sign_on("PJSIP/8102")
        assert await it.rests() == SHORTEST_REST
        assert await it.rests() == UNHEARD_EVERY
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.observer.picture.is_known


async def test_callers_of_whom_nothing_is_told_make_the_picture_stale() -> None:
    """What each reading shows is right, and said to be of that moment only; the books have a gap all the while."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        it.pbx.now += 7
        it.pbx.join("1.1")
        await it.minutes(2)
        picture = it.observer.picture
        assert (picture.stale_since, picture.stale_because) == (picture.read_at, DEAF)
        assert seen(picture) == it.pbx.truth()
        assert it.changes == ["the queues are seen: 1", f"the queues are not seen: {DEAF}"]
        assert it.observer.counts.sights == 1
        assert [gap.why for gap in it.gaps[1:]] == [MISSED, *[DEAF] * (len(it.gaps) - 2)]
        assert [gap.ended_at for gap in it.gaps[1:-1]] == [gap.began_at for gap in it.gaps[2:]]
        assert it.gaps[-1].ended_at is None


async def test_who_hears_again_sees_again() -> None:
    """Rights that were mended count from the next login on, so it logs in anew, once a minute."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        it.pbx.now += 7
        it.pbx.join("1.1")
        for _ in range(40):
            await it.rests()
        assert 1 <= len(it.stream.renewed) <= (it.pbx.now - NOON) / 60
        assert it.observer.picture.stale_because == DEAF
        await it.tell(it.pbx.join("1.2"))
        await it.rests()
        assert it.observer.picture.is_known
        assert it.changes[-1] == "the queues are seen: 1"
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_one_caller_of_whom_nothing_was_told_is_a_gap_in_the_books_and_no_more() -> None:
    """Others are told of: with the reading everything is known, and the books say what they may lack."""
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.join("1.1"))
        await it.rests()
        read_at = it.observer.picture.read_at
        it.pbx.now += 7
        it.pbx.join("1.2")
        await it.minutes(4)
        assert it.observer.picture.is_known
        assert it.observer.counts.sights == 1
        assert len(it.gaps) == 2  # this one, and before the first reading
        assert [gap.why for gap in it.gaps if gap.began_at == read_at] == [MISSED]


async def test_callers_who_waited_before_us_or_have_just_come_are_no_sign_of_deafness() -> None:
    """The first reading shows those; of these the event is on its way."""
    async with Scripted() as it:
        it.pbx.join("1.1")
        it.pbx.now += 100
        await it.tell(Opened())
        await it.rests()
        it.pbx.desks["sales"].callers["1.2"] = it.pbx.now + UNHEARD_EVERY - 4
        await it.rests()
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.observer.picture.is_known
        assert len(it.gaps) == 1  # before the first reading


@pytest.mark.parametrize("deed", ["join", "leave", "sign_on", "sign_off", "answer"])
@pytest.mark.parametrize("told", ["while it is listed", "behind it"])
async def test_what_happens_during_a_reading_counts_once(deed: str, told: str) -> None:
    """The list is of the moment when it was asked for; what happened behind it is younger, whenever it is told."""
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.join("1.1"))
        await it.rests()
        it.link.holds = asyncio.Event()
        await it.rests()
        assert it.link.asked[-1] == "QueueStatus"
        deeds = {
            "join": lambda: it.pbx.join("1.2"),
            "leave": lambda: it.pbx.leave("1.1"),
            "sign_on": lambda: it.pbx.sign_on("PJSIP/8102"),
            "sign_off": lambda: it.pbx.sign_off("PJSIP/8101"),
            "answer": lambda: it.pbx.answer("1.1"),
        }
        happened = deeds[deed]()
        if told == "behind it":
            it.link.holds.set()
            await idle()
            await it.tell(happened)
        else:
            await it.tell(happened)
            it.link.holds.set()
            await idle()
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.observer.picture.doubts == 0


async def test_an_event_from_before_the_reading_is_in_it_already() -> None:
    """One that comes late brings nobody back."""
    async with Scripted() as it:
        joined = it.pbx.join("1.1")
        it.pbx.leave("1.1")
        it.pbx.now += 1
        await it.tell(Opened())
        await it.tell(joined)
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_a_doubt_is_settled_within_seconds() -> None:
    """An event that does not fit calls for a reading at once, and not for two."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        readings = it.observer.counts.readings
        it.pbx.join("1.1")
        await it.tell(it.pbx.leave("1.1"))
        assert it.observer.counts.readings == readings + 1
        assert it.observer.picture.doubts == 0
        assert await it.rests() == SHORTEST_REST
        assert await it.rests() == EVERY


async def test_an_event_that_cannot_be_read_calls_for_a_reading() -> None:
    """What it tells is in the reading; it is counted, and nothing falls over."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        for old, new in ((b"Status: 1", b"Status: 77"), (b"Penalty: 0", b"Penalty: much"), (b"Queue: sales\r\n", b"")):
            await it.tell(it.pbx.sign_on("PJSIP/8102").replace(old, new))
            assert seen(it.observer.picture) == it.pbx.truth()
            it.pbx.sign_off("PJSIP/8102")
            await it.rests()
        assert it.observer.counts.unreadable == 3
        await it.tell(it.pbx.sign_on("PJSIP/8102").replace(b"Penalty: 0", b"Penalty: more"))
        told = [change.rpartition("anew: ")[2] for change in it.changes if "cannot be read" in change]
    assert told == [
        "QueueMemberAdded: a value is none of its kind",
        "QueueMemberAdded: the header Penalty is no number",
        "QueueMemberAdded: the header Queue is missing",
    ]


@pytest.mark.parametrize(
    ("module", "is_read"), [("All", True), ("app_queue.so", True), ("app_queue", True), ("x", False)]
)
async def test_reload_of_queues_calls_for_a_reading(module: str, is_read: bool) -> None:
    """There may be other queues."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        it.pbx.desks["support"] = type(it.pbx.desks["sales"])()
        await it.tell(event("Reload", privilege="system,all", Module=module, Status=0))
        assert ("support" in it.observer.picture.queues) is is_read


async def test_events_that_were_dropped_make_the_books_incomplete() -> None:
    """From the last one that was seen until the reading nobody knows who came and went."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.tell(it.pbx.join("1.1"))
        it.pbx.now += 3
        it.link.fault = away()
        await it.tell(Doubt("20 events came faster than they were taken, and were dropped", dropped=20))
        assert it.observer.picture.stale_since == moment(NOON + 0.001)
        it.link.fault = None
        await it.rests()
        await it.rests()
        assert it.observer.picture.is_known
        assert [(gap.began_at, gap.ended_at is None) for gap in it.gaps][-1] == (moment(NOON + 0.001), False)


async def test_lost_sight_says_since_when_and_why() -> None:
    """Since it was heard of last; a peer that has vanished is noticed only later."""
    async with Scripted() as it:
        await it.tell(Opened())
        it.pbx.now += 30
        await it.tell(Lost("no reply to 2 pings", silent=14.0))
        picture = it.observer.picture
        assert (picture.stale_since, picture.stale_because) == (moment(NOON + 16), "no reply to 2 pings")
        assert dict(it.observer.facts()) == {}
        assert it.changes[-1] == "the queues are not seen: no reply to 2 pings"


async def test_nothing_is_read_while_nothing_is_followed() -> None:
    """A reading would be true for a moment only, and be shown for minutes."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.tell(Lost("cut"))
        await it.minutes(3)
        assert not it.observer.picture.is_known
        assert it.observer.counts.readings == 1


async def test_a_session_that_begins_is_read_at_once() -> None:
    """Whatever pause lasts: behind a long reading it is a long one."""
    async with Scripted() as it:
        it.link.holds = asyncio.Event()
        await it.tell(Opened())
        it.pbx.now += 5
        it.link.holds.set()
        await idle()
        await it.tell(Lost("cut"))
        it.pbx.join("1.1")
        await it.tell(Opened())
        assert it.observer.picture.is_known
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_reading_from_before_a_session_is_none() -> None:
    """What happened between it and the session went unseen."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        it.link.holds = asyncio.Event()
        await it.rests()
        await it.tell(Lost("cut"))
        it.pbx.join("1.1")
        await it.tell(Opened())
        assert not it.observer.picture.is_known
        it.link.holds.set()
        await idle()
        assert it.observer.picture.is_known
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_two_losses_in_a_row_are_one() -> None:
    """The first says since when, the last one why."""
    async with Scripted() as it:
        await it.tell(Opened())
        it.pbx.now += 1
        await it.tell(Lost("cut"))
        it.pbx.now += 5
        await it.tell(Opened(), Lost("cut again"))
        assert it.observer.picture.stale_since == moment(NOON + 1)
        assert it.observer.picture.stale_because == "cut again"
        await it.tell(Opened())
        assert it.observer.picture.is_known
        assert len(it.gaps) == 2  # before the first reading, and this one


async def test_each_sight_has_a_number_of_its_own() -> None:
    """A higher one whenever it was lost, and under the next controller; events and further readings keep it."""
    async with Scripted() as it:
        assert it.observer.picture.sight == 0
        await it.tell(Opened(), it.pbx.join("1.1"))
        first = it.observer.picture.sight
        await it.minutes()
        await it.tell(it.pbx.answer("1.1"))
        assert it.observer.picture.sight == first == int(NOON)
        await it.tell(Lost("cut"))
        assert it.observer.picture.sight == first
        await it.tell(Opened())
        second = it.observer.picture.sight
        assert (second > first, it.observer.counts.sights) == (True, 2)
    it.pbx.now += 5
    async with Scripted(it.pbx) as successor:
        await successor.tell(Opened())
        assert successor.observer.picture.sight > second


async def test_every_change_of_the_picture_wakes_who_listens() -> None:
    """Also that it is stale, and that it is known again."""
    async with Scripted() as it:
        with it.pictures.listen() as changed:
            assert changed.is_set()  # there is a picture to look at
            for told in (Opened(), it.pbx.join("1.1"), Lost("cut"), Opened()):
                changed.clear()
                await it.tell(told)
                assert changed.is_set()
        changed.clear()
        await it.tell(it.pbx.join("1.2"))
        assert not changed.is_set()


async def test_shutdown_is_the_loss_of_sight() -> None:
    """At the moment when Asterisk says it, and not when the session breaks."""
    async with Scripted() as it:
        await it.tell(Opened())
        it.pbx.now += 1
        await it.tell(event("Shutdown", at=it.pbx.now, privilege="system,all", Shutdown="Cleanly", Restart="True"))
        assert it.observer.picture.stale_because == "Asterisk ends"
        assert it.observer.picture.stale_since == moment(NOON + 1)


async def test_a_reading_that_fails_is_tried_again_soon() -> None:
    """The session for actions comes back a moment behind that of events: it is hurried, and asked again."""
    async with Scripted() as it:
        it.link.fault = away()
        await it.tell(Opened())
        assert "cannot be read" in it.observer.picture.stale_because
        pauses = [await it.rests() for _ in range(9)]
        assert [pause for pause in pauses if pause != EVERY][:4] == [0.25, 0.5, 1.0, 2.0]
        assert it.link.hurried > 3
        it.link.fault = None
        began = it.pbx.now
        while not it.observer.picture.is_known:
            await it.rests()
        assert it.pbx.now - began <= 10
        assert [change.partition(":")[0] for change in it.changes] == ["the queues are not seen", "the queues are seen"]


async def test_what_is_stale_is_so_for_the_last_reason() -> None:
    """Events come again behind a loss, and the queues cannot be read: that is why, since the loss."""
    async with Scripted() as it:
        await it.tell(Opened())
        it.link.fault = away()
        it.pbx.now += 1
        await it.tell(Lost("cut"))
        it.pbx.now += 5
        await it.tell(Opened())
        assert it.observer.picture.stale_since == moment(NOON + 1)
        assert it.observer.picture.stale_because.startswith("the queues cannot be read: ")


async def test_a_reading_that_fails_without_a_doubt_takes_nothing_away() -> None:
    """What happens is followed still; that it cannot be read is said once."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        it.link.fault = away()
        for _ in range(6):
            await it.rests()
        assert it.observer.picture.is_known
        assert len([change for change in it.changes if "cannot be read" in change]) == 1


async def test_a_slow_reading_is_followed_by_a_long_pause() -> None:
    """App_queue has time for its callers; but no doubt waits for longer than ten seconds."""
    async with Scripted() as it:
        it.link.holds = asyncio.Event()
        await it.tell(Opened())
        it.pbx.now += 3
        it.link.holds.set()
        assert await it.rests() == LONGEST_REST


async def test_a_queue_that_is_missing_at_boot() -> None:
    """Its events are doubts; when it comes it is there with the next reading, which a doubt brings on."""
    async with Scripted() as it:
        desk = it.pbx.desks.pop("sales")
        await it.tell(Opened())
        await it.rests()
        assert dict(it.observer.picture.queues) == {}
        it.pbx.desks["sales"] = desk
        await it.tell(it.pbx.join("1.1"))
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_names_of_members_are_what_they_are() -> None:
    """No sign in them is ours: `;`, `|` and `,`."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.tell(it.pbx.sign_on("PJSIP/8102", name="a;b|c,d=e"))
        await it.minutes()
        assert it.observer.picture.queues["sales"].members["PJSIP/8102"].name == "a;b|c,d=e"


@pytest.mark.parametrize("skew", [-600.0, -20.0, -1.0, 1.0, 20.0, 600.0])
async def test_clocks_that_stand_apart(skew: float) -> None:
    """Asterisk is asked for its time before it is read: no event behind the reading counts as older than it."""
    async with Scripted(skew=skew) as it:
        await it.tell(Opened())
        assert it.observer.picture.read_at == moment(it.pbx.now)
        await it.tell(it.pbx.join("1.1"))
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.observer.now() == moment(it.pbx.now)


@pytest.mark.parametrize("step", [-3600.0, -20.0, -3.0, 3.0, 20.0, 3600.0])
async def test_a_clock_that_is_set(step: float) -> None:
    """Within seconds the picture is right again, and goes on by the new time."""
    async with Scripted() as it:
        await it.tell(Opened())
        await it.rests()
        await it.tell(*(it.pbx.join(f"1.{number}") for number in range(5)))
        it.pbx.now += step
        it.skew -= step
        await it.tell(it.pbx.join("2.1"))
        await it.tell(it.pbx.leave("1.3"))
        await it.minutes(2)
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.observer.now() == moment(it.pbx.now)
        await it.tell(it.pbx.join("2.2"))
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_our_clock_that_is_set() -> None:
    """Only Asterisk's counts."""
    async with Scripted() as it:
        await it.tell(Opened(), it.pbx.join("1.1"))
        it.skew = 3600.0
        await it.minutes()
        await it.tell(it.pbx.join("1.2"))
        assert seen(it.observer.picture) == it.pbx.truth()
        assert it.observer.now() == moment(it.pbx.now)


async def test_events_that_come_twice_and_in_another_order() -> None:
    """What is told already changes nothing; the end is the truth, at the latest with the next reading."""
    async with Scripted() as it:
        await it.tell(Opened())
        said = packets(it.pbx.join("1.1") + it.pbx.join("1.2") + it.pbx.answer("1.1") + it.pbx.sign_on("PJSIP/8102"))
        random.Random(7).shuffle(said)
        await it.tell(*said, *said)
        await it.minutes()
        assert seen(it.observer.picture) == it.pbx.truth()


@pytest.mark.thorough
async def test_a_hundred_thousand_at_once() -> None:
    """Others have their turn meanwhile."""
    async with Scripted() as it:
        await it.tell(Opened())
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        said = [
            packet for number in range(25_000) for packet in (it.pbx.join(f"1.{number}"), it.pbx.leave(f"1.{number}"))
        ]
        for packet in doubled(said):
            it.stream.told.put_nowait(packets(packet)[0])
        counting = asyncio.ensure_future(count())
        while it.observer.counts.events < 100_000:
            assert it.is_running
            await asyncio.sleep(0)
        counting.cancel()
        assert turns > 500
        assert seen(it.observer.picture) == it.pbx.truth()


async def test_books_that_a_successor_keeps() -> None:
    """The picture goes on for the calls that are left, and nothing is written."""
    async with Scripted() as it:
        await it.tell(Opened())
        it.books.is_writing = False
        written = len(it.entries)
        await it.tell(it.pbx.join("1.1"))
        assert seen(it.observer.picture) == it.pbx.truth()
        assert len(it.entries) == written


DEEDS = ("join", "join", "leave", "answer", "finish", "on", "off")
FATES = ("seen", "seen", "seen", "lost", "twice", "late", "unreadable")


def deed(pbx: Pbx, kind: str, number: int) -> bytes:
    desk = pbx.desks["sales"]
    pbx.now += 0.7
    match kind:
        case "leave" if desk.callers:
            return pbx.leave(next(iter(desk.callers)), status="TIMEOUT")
        case "answer" if desk.callers and desk.members:
            free = [each for each in desk.members if each not in desk.talks.values()]
            return pbx.answer(next(iter(desk.callers)), free[0]) if free else b""
        case "finish" if desk.talks and next(iter(desk.talks.values())) in desk.members:
            return pbx.finish(next(iter(desk.talks)))
        case "on":
            return pbx.sign_on(f"PJSIP/82{number % 3:02}")
        case "off" if "PJSIP/8200" in desk.members and "PJSIP/8200" not in desk.talks.values():
            return pbx.sign_off("PJSIP/8200")
        case "join":
            return pbx.join(f"1.{number}")
        case _:
            return b""


@given(st.lists(st.tuples(st.sampled_from((*DEEDS, "cut", "fault", "rest")), st.sampled_from(FATES)), max_size=40))
def test_whatever_comes_the_picture_is_right_in_the_end(steps: list[tuple[str, str]]) -> None:
    """LIVENESS: ten seconds behind a session and an Asterisk that answers and tells, all are as they are."""

    async def live() -> None:
        async with Scripted() as it:
            late: list[bytes] = []
            await it.tell(Opened())
            for number, (kind, fate) in enumerate(steps):
                match kind:
                    case "cut":
                        await it.tell(Lost("cut"), Opened())
                    case "fault":
                        it.link.fault = away() if it.link.fault is None else None
                    case "rest":
                        await it.rests()
                    case _:
                        said = deed(it.pbx, kind, number)
                        told = {
                            "lost": b"",
                            "late": b"",
                            "twice": said * 2,
                            "unreadable": said.replace(b"Queue:", b"X:"),
                        }
                        await it.tell(told.get(fate, said))
                        late += [said] if fate == "late" else []
            it.link.fault = None
            it.pbx.now += 1
            await it.tell(*late, Lost("cut"), Opened())
            # Who has never been told of a caller that joins says so until he is.
            await it.tell(it.pbx.join("9.9"))
            until = it.pbx.now + 10
            while it.pbx.now < until and not it.observer.picture.is_known:
                await it.rests()
            assert it.observer.picture.is_known
            believed, true = seen(it.observer.picture)["sales"], it.pbx.truth()["sales"]
            assert believed[:2] == true[:2]
            # Of a talk that had just begun a reading tells nothing: the two behind it do.
            until = it.pbx.now + 3 * EVERY
            while it.pbx.now < until:
                await it.rests()
            assert seen(it.observer.picture)["sales"][2] <= it.pbx.truth()["sales"][2]

    asyncio.run(live())


@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.booleans()), max_size=40))
def test_what_is_shown_as_known_is_so(steps: list[tuple[str, bool]]) -> None:
    """SAFETY: while events come as they happened and sessions break, a picture that is known is the truth."""

    async def live() -> None:
        async with Scripted() as it:
            await it.tell(Opened())
            for number, (kind, is_cut) in enumerate(steps):
                if is_cut:
                    await it.tell(Lost("cut"))
                    deed(it.pbx, kind, number)
                    assert not it.observer.picture.is_known
                    it.pbx.now += 1
                    await it.tell(Opened())
                    await it.rests()
                else:
                    await it.tell(deed(it.pbx, kind, number))
                if it.observer.picture.is_known and not any(cut for _, cut in steps[: number + 1]):
                    assert seen(it.observer.picture) == it.pbx.truth()
                elif it.observer.picture.is_known:
                    assert seen(it.observer.picture)["sales"][:2] == it.pbx.truth()["sales"][:2]

    asyncio.run(live())
