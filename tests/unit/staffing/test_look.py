"""What a policy sees of queues that are told in events' own words: picture, stays, phones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from types import MappingProxyType

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.picture import (
    BackupStaff,
    DeviceState,
    Member,
    Origin,
    Picture,
    Queue,
    QueueSettings,
    Talk,
    WaitingCaller,
)
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.staffing.look import look
from ivrctl.staffing.own_staff import own_staff
from ivrctl.staffing.plan import Owned
from ivrctl.staffing.policy import Measure, Policy, Trigger
from ivrctl.staffing.rows import rows
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import OrderKind, Presence, Reading, View

from .desk import HOTLINE, MINUTE, NINE, RETENTION, SECOND, order

ALL = tuple(Trigger(measure, (1.0, 1.0, 1.0, 1.0), 0.5) for measure in Measure)


NOBODY = BackupStaff(frozenset())


def member(interface: str, device: DeviceState = DeviceState.NOT_INUSE, **changes: object) -> Member:
    free = Member(interface, interface, interface, Origin.DYNAMIC, 0, False, "", device, False, None, timedelta(0))
    return replace(free, **changes)  # type: ignore[arg-type]


def caller(uniqueid: str, waited: float, ringing: tuple[str, ...] = ()) -> WaitingCaller:
    return WaitingCaller(uniqueid, uniqueid, "c", "0123", 1, NINE - waited * SECOND, ringing=ringing)


def queue(
    name: str, callers: Iterable[WaitingCaller] = (), members: Iterable[Member] = (), talks: Iterable[Talk] = ()
) -> Queue:
    return Queue(
        QueueSettings(name, "ringall", 0, 0, timedelta(seconds=20)),
        MappingProxyType({each.uniqueid: each for each in callers}),
        MappingProxyType({each.interface: each for each in members}),
        MappingProxyType({each.uniqueid: each for each in talks}),
    )


def picture(*queues: Queue, **changes: object) -> Picture:
    known = Picture(MappingProxyType({each.name: each for each in queues}), NINE - MINUTE, NINE)
    return replace(known, **changes)  # type: ignore[arg-type]


def scene(*queues: Queue, now: datetime = NINE, staff: BackupStaff = NOBODY, **more: object) -> Scene:
    there = {
        "broadband": queue("broadband"),
        "mobile-data": queue("mobile-data"),
        **{each.name: each for each in queues},
    }
    return replace(
        Scene(replace(picture(*there.values()), staff=staff), seen(), ExpectedWaits(), now),
        **more,  # type: ignore[arg-type]
    )


def seen(*stays: Stay, since: datetime = NINE - timedelta(hours=1)) -> RecentStays:
    recent = RecentStays()
    recent.take(Gap(since - SECOND, since, "nothing was seen before"))
    for each in stays:
        recent.take(each)
    return recent


def stay(name: str, left: float, waited: float, end: StayEnd = StayEnd.ANSWERED, **more: object) -> Stay:
    left_at = NINE + left * SECOND
    joined_at = left_at - waited * SECOND
    ended = Stay(name, f"1.{left}", "1", "0123", "100", joined_at, True, 1, end=end, left_at=left_at)
    return replace(ended, **more)  # type: ignore[arg-type]


def measured(of: Scene, measure: Measure) -> Reading:
    return look(replace(HOTLINE, triggers=ALL), of).readings[measure]


def test_longest_wait_is_that_of_the_worst_queue() -> None:
    """The first caller of each queue, wherever he stands in the line; 0 when nobody waits."""
    busy = scene(queue("broadband", [caller("1", 10), caller("2", 64)]), queue("mobile-data", [caller("3", 20)]))
    assert measured(busy, Measure.LONGEST_WAIT) == Reading(64.0, "broadband")
    assert measured(scene(), Measure.LONGEST_WAIT) == Reading(0.0, "broadband")


def test_callers_wait_for_those_who_are_there_and_not_paused() -> None:
    """Who talks counts, who pauses or is away does not; for nobody they wait without end."""
    members = [
        member("P/1", DeviceState.INUSE),
        member("P/2", is_paused=True),
        member("P/3", DeviceState.UNAVAILABLE),
        member("P/4"),
    ]
    three = [caller(str(number), 1) for number in range(3)]
    assert measured(scene(queue("broadband", three, members)), Measure.WAITING_PER_AVAILABLE).value == 1.5
    assert measured(scene(queue("broadband", three, members[1:3])), Measure.WAITING_PER_AVAILABLE).value == inf
    assert measured(scene(queue("broadband", [], [])), Measure.WAITING_PER_AVAILABLE).value == 0


def test_service_level_is_that_of_the_window() -> None:
    """Who left within five minutes counts, by the site's threshold; the lowest of the queues is the worst."""
    stays = [
        stay("broadband", -400, 90),
        stay("broadband", -200, 10),
        stay("broadband", -100, 30),
        stay("mobile-data", -100, 5),
    ]
    assert measured(scene(recent=seen(*stays)), Measure.SERVICE_LEVEL) == Reading(0.5, "broadband")


def test_queue_in_which_nothing_happens_serves_everybody() -> None:
    """So a night without calls lets everybody go home; somebody who waits for too long is not served."""
    assert measured(scene(), Measure.SERVICE_LEVEL) == Reading(1.0, "broadband")
    assert measured(scene(), Measure.ABANDON_SHARE) == Reading(0.0, "broadband")
    waiting = scene(queue("mobile-data", [caller("1", 21)]))
    assert measured(waiting, Measure.SERVICE_LEVEL) == Reading(0.0, "mobile-data")
    assert measured(scene(queue("mobile-data", [caller("1", 20)])), Measure.SERVICE_LEVEL).value == 1.0


def test_window_that_was_not_seen_in_whole_is_not_known() -> None:
    """Of a controller that has just begun; who was seen counts, and what is not known is told beside it."""
    young = scene(recent=seen(stay("broadband", -10, 40), since=NINE - MINUTE))
    assert measured(young, Measure.SERVICE_LEVEL) == Reading(
        0.0, "broadband", "too little was seen of mobile-data so far"
    )
    assert measured(scene(recent=seen(since=NINE)), Measure.ABANDON_SHARE).value is None


def test_abandon_share_leaves_out_who_hung_up_at_once() -> None:
    """As in the books."""
    stays = [stay("broadband", -20, 30, StayEnd.ABANDONED), stay("broadband", -10, 3, StayEnd.ABANDONED)]
    stays += [stay("broadband", -30 - number, 10) for number in range(3)]
    assert measured(scene(recent=seen(*stays)), Measure.ABANDON_SHARE) == Reading(0.25, "broadband")


def test_expected_wait_falls_back_to_the_first_callers() -> None:
    """With ten answered calls it is the P50 of who joins now; with too few as long as the first one has waited."""
    expected = ExpectedWaits()
    for number in range(12):
        expected.take(stay("broadband", -300 + 20 * number, 30))
    line = [caller("1", 5), caller("2", 3)]
    learnt = measured(scene(queue("broadband", line, [member("P/1")]), expected=expected), Measure.EXPECTED_WAIT)
    assert learnt.value is not None
    assert 55 < learnt.value < 120
    unlearnt = scene(queue("broadband", [caller("1", 47)], [member("P/1")]))
    assert measured(unlearnt, Measure.EXPECTED_WAIT) == Reading(47.0, "broadband")
    assert measured(scene(), Measure.EXPECTED_WAIT).value == 0


def test_promise_is_used_up_by_all_waits_of_a_caller() -> None:
    """Who came from another queue has used up what he waited there; who is of no tier, or was answered, nothing."""
    recent = seen(
        stay("mobile-data", -40, 30, StayEnd.TIMED_OUT, uniqueid="1", tier="gold"),
        stay("mobile-data", -40, 30, StayEnd.ANSWERED, uniqueid="2", tier="gold"),
    )
    line = [caller("1", 18), caller("2", 50), caller("3", 70)]
    of = scene(queue("broadband", line), recent=recent, promises={"gold": MINUTE})
    assert measured(of, Measure.PROMISE_USED) == Reading(0.8, "broadband")


def test_shortfall_is_read_where_it_is_forecast() -> None:
    """Where nothing is ever forecast its row is not there; a forecast that fails is not known."""
    policy = replace(HOTLINE, triggers=ALL)
    assert Measure.FORECAST_SHORTFALL not in look(policy, scene()).readings
    given = look(policy, scene(), shortfall=Reading(None, why_unknown="the forecast is a day old"))
    assert given.readings[Measure.FORECAST_SHORTFALL].value is None
    assert set(look(HOTLINE, scene()).readings) == {Measure.LONGEST_WAIT, Measure.SERVICE_LEVEL}


def test_shortfall_that_nobody_can_know_says_nothing() -> None:
    """A site without a history: what is not taken neither brings anybody nor keeps anybody, and says why."""
    policy = replace(HOTLINE, triggers=(*HOTLINE.triggers, Trigger(Measure.FORECAST_SHORTFALL, (1, 2, 3, 4), 0)))
    young = look(policy, scene(), shortfall=Reading(None, why_unknown="2 Fridays are known", is_taken=False))
    assert [row.measure for row in rows(policy, young)] == [trigger.measure for trigger in HOTLINE.triggers]
    assert young.readings[Measure.FORECAST_SHORTFALL].why_unknown == "2 Fridays are known"
    old = look(policy, scene(), shortfall=Reading(None, why_unknown="the books are away"))
    assert rows(policy, old)[-1].measure is Measure.FORECAST_SHORTFALL


def test_own_staff_are_those_who_are_there_by_themselves() -> None:
    """Each once, in whichever of the queues; not who pauses everywhere, is away, or was brought by the policy."""
    both = member("PJSIP/8101")
    paused = member("PJSIP/8102", is_paused=True)
    of = scene(
        queue("broadband", [], [both, paused, member("PJSIP/8103", DeviceState.UNAVAILABLE), member("PJSIP/8201")]),
        queue("mobile-data", [], [both, member("PJSIP/8104", DeviceState.INUSE), member("PJSIP/8202")]),
    )
    seat = ("broadband", "PJSIP/8201")
    ours = {seat: Owned(*seat, "leaders", HOTLINE.name, NINE, NINE + MINUTE)}
    assert own_staff(HOTLINE, of, ours) == 3
    assert own_staff(HOTLINE, of, {seat: replace(ours[seat], policy="another")}) == 4
    assert own_staff(HOTLINE, scene(picture=picture(stale_since=NINE)), {}) is None


def test_nothing_is_known_of_what_is_not_seen() -> None:
    """Before the first reading, when sight is lost, and of a queue that Asterisk has not."""
    assert look(HOTLINE, scene(picture=Picture())).why_unknown == "the queues were not read yet"
    lost = picture(stale_since=NINE, stale_because="silent for 15 s")
    assert look(HOTLINE, scene(picture=lost)).why_unknown == "nothing is seen of the queues: silent for 15 s"
    missing = look(HOTLINE, scene(picture=picture(queue("broadband"))))
    assert (missing.is_known, missing.why_unknown) == (False, "Asterisk has no queue mobile-data")
    assert (dict(missing.seats), dict(missing.readings)) == ({}, {})


def available(*numbers: str) -> BackupStaff:
    """These are available for backup, and their phones are there."""
    devices = {f"PJSIP/{number}": DeviceState.NOT_INUSE for number in numbers}
    return BackupStaff(frozenset(numbers), MappingProxyType(devices))


def presence(of: Scene, policy: Policy = HOTLINE) -> Mapping[str, Presence]:
    return look(policy, of).presence


def test_who_is_available_and_has_a_phone_is_ready() -> None:
    """The phone is seen in any queue, or told of otherwise; of a phone of which nothing is told nobody knows."""
    own = queue("sales", members=[member("PJSIP/8301"), member("PJSIP/8302", DeviceState.UNAVAILABLE)])
    told = {"PJSIP/8201": DeviceState.NOT_INUSE, "PJSIP/8202": DeviceState.UNAVAILABLE}
    staff = BackupStaff(frozenset({"8201", "8202", "8301", "8302", "8401"}), MappingProxyType(told))
    of = scene(own, staff=staff)
    found = presence(of)
    assert [found[f"PJSIP/{number}"] for number in ("8201", "8202", "8301", "8302", "8303", "8401")] == [
        Presence.READY,
        Presence.ABSENT,
        Presence.READY,
        Presence.ABSENT,
        Presence.NOT_SIGNED_ON,
        Presence.UNKNOWN,
    ]
    assert set(presence(scene(staff=BackupStaff())).values()) == {Presence.UNKNOWN}


def test_lenders_count_who_could_do_their_own_work() -> None:
    """Ready, and not paused where they have queues of their own; without knowing who is available, nobody knows."""
    lent = replace(RETENTION, people=tuple(replace(each, own_queues=("outbound",)) for each in RETENTION.people))
    policy = replace(HOTLINE, tiers=(*HOTLINE.tiers[:3], lent))
    own = queue("outbound", members=[member("PJSIP/8401"), member("PJSIP/8402", is_paused=True)])
    staff = available("8401", "8402", "8403", "8201")
    assert look(policy, scene(own, staff=staff)).at_own_work == {"leaders": 1, "quality": 0, "retention": 1}
    assert look(policy, scene(own, staff=BackupStaff())).at_own_work == {}


def test_seat_is_busy_while_a_talk_may_be_hurt() -> None:
    """He talks in another queue, his phone rings, or he wraps up: then until when."""
    talk = Talk("9", "0123", "P/1", NINE, NINE)
    wrapping = member("P/3", last_call=NINE - SECOND, wrap_up=5 * SECOND)
    of = scene(
        queue("broadband", [caller("1", 5, ringing=("P/2",))], [member("P/1"), member("P/2"), wrapping, member("P/4")]),
        queue("sales", talks=[talk]),
    )
    seats = look(HOTLINE, of).seats
    busy = {interface: seat.is_busy for (_, interface), seat in seats.items()}
    assert busy == {"P/1": True, "P/2": True, "P/3": True, "P/4": False}
    assert {interface: seat.is_available for (_, interface), seat in seats.items()} == {
        interface: not is_busy for interface, is_busy in busy.items()
    }
    assert seats["broadband", "P/3"].free_at == NINE + 4 * SECOND
    assert ("sales", "P/1") not in seats
    assert len(seats) == 4


def test_orders_that_have_expired_are_not_seen() -> None:
    """Also when nothing else is."""
    over = order(OrderKind.ENGAGE, "leaders", NINE - MINUTE, MINUTE)
    still = order(OrderKind.FREEZE, "", NINE, MINUTE, 2)
    assert [each.id for each in look(HOTLINE, scene(), (over, still)).orders] == ["order-2"]
    unknown: View = look(HOTLINE, scene(picture=Picture()), (over, still))
    assert [each.id for each in unknown.orders] == ["order-2"]
