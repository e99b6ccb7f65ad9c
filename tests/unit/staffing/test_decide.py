"""What moves tiers and people beside figures: the calendar, orders, hands, phones, blindness, clocks, a new policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from ivrctl.staffing.decision import Cause, SentHome
from ivrctl.staffing.policy import Floor, Measure
from ivrctl.staffing.sentences import person_sentence, sentence, sentences
from ivrctl.staffing.view import OrderKind, Presence, Reading

from .desk import HOTLINE, LEADERS, MINUTE, NINE, QUALITY, SECOND, Desk, group, order

HOUR = 60 * MINUTE
ADDING = replace(
    HOTLINE,
    tiers=(LEADERS, QUALITY),
    triggers=tuple(replace(row, engage=row.engage[1:3]) for row in HOTLINE.triggers),
)
"""Leaders at 60 s, quality at 90 s."""


def desk(**more: object) -> Desk:
    return Desk(policy=replace(ADDING, **more))  # type: ignore[arg-type]


def in_charge(of: Desk, kind: OrderKind, tier: str, lasts: timedelta = HOUR) -> Desk:
    """Somebody gives an order."""
    of.orders += (order(kind, tier, of.now, lasts, len(of.orders) + 1),)
    return of


def said(of: Desk, tier: str) -> str:
    decision = of.decisions[-1]
    return sentence(next(reason for reason in decision.reasons if reason.tier == tier), decision)


def test_calendar_brings_tiers_at_once_and_lets_them_go_by_the_rules() -> None:
    """From ten to noon two are in, without any load; behind it they go home one after the other."""
    of = desk(floors=(Floor(2, time(10), time(12)),)).wait(61 * MINUTE)
    assert of.story == ["+60:00 leaders in", "+60:00 quality in"]
    assert said(of, "quality") == "quality still in: the calendar wants them in for 1 h 59 min more"
    of.wait(3 * HOUR)
    assert of.story[2:] == ["+180:00 quality out", "+190:00 leaders out"]


def test_calendar_needs_no_rest() -> None:
    """Who went home a minute before comes once more when it begins."""
    of = desk(floors=(Floor(1, time(10), time(12)),))
    in_charge(of, OrderKind.ENGAGE, "leaders", 59 * MINUTE)
    of.wait(40 * MINUTE)
    in_charge(of, OrderKind.RELEASE, "leaders", 19 * MINUTE)
    of.wait(19 * MINUTE + 30 * SECOND)
    assert of.wanted() == []
    assert of.wait(MINUTE).wanted() == ["8201", "8202"]


def test_order_brings_a_tier_with_those_before_it_until_it_ends() -> None:
    """At once; behind it the ordinary rules hold."""
    of = in_charge(desk(), OrderKind.ENGAGE, "quality", 20 * MINUTE).wait(MINUTE)
    assert of.tiers_in == ["leaders", "quality"]
    assert said(of, "quality") == "quality still in: ordered by duty (a burst water main) for 19 min more"
    of.wait(40 * MINUTE)
    assert of.story[2:] == ["+20:00 quality out", "+30:00 leaders out"]


def test_order_sends_a_tier_home_with_those_behind_it() -> None:
    """And keeps them there, whatever the load and the calendar want."""
    of = desk(floors=(Floor(2, time(9), time(12)),)).set(longest_wait=130).wait(5 * MINUTE)
    in_charge(of, OrderKind.RELEASE, "quality", 30 * MINUTE).wait(MINUTE)
    assert of.tiers_in == ["leaders"]
    assert of.wait(28 * MINUTE).tiers_in == ["leaders"]
    assert of.wait(MINUTE).tiers_in == ["leaders", "quality"]


def test_later_order_counts() -> None:
    """All out, then the first in: the first is in, and the second out."""
    of = in_charge(desk(), OrderKind.RELEASE, "leaders")
    of.now += SECOND
    in_charge(of, OrderKind.ENGAGE, "leaders").wait(MINUTE)
    assert of.tiers_in == ["leaders"]
    of.set(longest_wait=130).wait(10 * MINUTE)
    assert said(of, "quality") == "quality not in: ordered by duty (a burst water main) for 48 min 59 s more"


def test_freeze_holds_tiers_and_people() -> None:
    """Nobody comes and nobody goes while it lasts; then what is due happens."""
    of = desk().set(longest_wait=130)
    of.presence["PJSIP/8202"] = Presence.NOT_SIGNED_ON
    of.wait(90 * SECOND)
    in_charge(of, OrderKind.FREEZE, "", 10 * MINUTE)
    of.presence = {**of.presence, "PJSIP/8201": Presence.NOT_SIGNED_ON, "PJSIP/8202": Presence.READY}
    of.wait(9 * MINUTE)
    assert (of.tiers_in, of.wanted()) == (["leaders"], ["8201"])
    assert said(of, "quality") == "quality not in: duty (a burst water main) lets nothing change for 1 min more"
    of.wait(MINUTE)
    assert (of.tiers_in, of.wanted()) == (["leaders", "quality"], ["8202", "8301", "8302", "8303"])


def test_order_for_a_tier_that_is_not_there_says_nothing() -> None:
    """It may have been given for another policy."""
    assert in_charge(desk(), OrderKind.ENGAGE, "night-shift").wait(MINUTE).tiers_in == []


def test_who_is_removed_by_hand_rests() -> None:
    """A supervisor took him out of one queue: he leaves, and is not called in again before he has rested."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    del of.seats["broadband", "PJSIP/8201"]
    of.wait(MINUTE)
    assert of.wanted() == ["8202"]
    known = of.memory.people["PJSIP/8201"]
    assert (known.sent_home_by, person_sentence(known)) == (
        SentHome.HAND,
        "removed by hand, or signed off; not called in again before the rest is over",
    )
    assert of.wait(8 * MINUTE).wanted() == ["8202"]
    assert of.wait(MINUTE).wanted() == ["8201", "8202"]


def test_order_that_is_older_than_a_hand_brings_nobody_back() -> None:
    """Or the two would fight; a new order does."""
    of = in_charge(desk(), OrderKind.ENGAGE, "leaders").wait(MINUTE)
    del of.seats["broadband", "PJSIP/8201"]
    of.wait(MINUTE)
    assert of.wanted() == ["8202"]
    of.now += SECOND
    assert in_charge(of, OrderKind.ENGAGE, "leaders").wait(SECOND).wanted() == ["8201", "8202"]


def test_restart_of_asterisk_is_nobodys_hand() -> None:
    """In another sight all members are gone: everybody is wanted as before."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    of.why_unknown = "silent"
    of.wait(MINUTE)
    of.why_unknown, of.sight = "", 2
    of.seats.clear()
    assert of.wait(MINUTE).wanted() == ["8201", "8202"]
    assert of.memory.people["PJSIP/8201"].sight == 2


def test_removal_that_was_under_way_is_nobodys_hand() -> None:
    """Sent home and at once wanted again: the seat that goes then is our own doing."""
    of = in_charge(desk(), OrderKind.ENGAGE, "leaders").wait(MINUTE)
    seats = dict(of.seats)
    of.now += SECOND
    in_charge(of, OrderKind.RELEASE, "leaders", 5 * SECOND).decide()
    assert of.wanted() == []
    of.seats = seats
    of.now += SECOND
    in_charge(of, OrderKind.ENGAGE, "leaders").decide()
    assert of.wanted() == ["8201", "8202"]
    of.seats = {}
    of.now += SECOND
    of.decide()
    assert of.wanted() == ["8201", "8202"]


def test_who_signs_off_from_backup_leaves_at_once() -> None:
    """He rests like everybody else when he is available again."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    of.presence["PJSIP/8201"] = Presence.NOT_SIGNED_ON
    assert of.wait(SECOND).wanted() == ["8202"]
    of.presence["PJSIP/8201"] = Presence.READY
    assert of.wait(9 * MINUTE).wanted() == ["8202"]
    assert of.wait(MINUTE).wanted() == ["8201", "8202"]


def test_phone_that_blinks_sends_nobody_home() -> None:
    """One that stays away for a minute does."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    of.presence["PJSIP/8201"] = Presence.ABSENT
    assert of.wait(59 * SECOND).wanted() == ["8201", "8202"]
    of.presence["PJSIP/8201"] = Presence.READY
    of.wait(SECOND)
    of.presence["PJSIP/8201"] = Presence.ABSENT
    assert of.wait(59 * SECOND).wanted() == ["8201", "8202"]
    assert of.wait(SECOND).wanted() == ["8202"]


def test_nobody_is_called_to_a_phone_that_is_away() -> None:
    """A tier whose people are all absent is passed by: the next one comes."""
    of = desk()
    of.presence |= dict.fromkeys(("PJSIP/8201", "PJSIP/8202"), Presence.ABSENT)
    of.set(longest_wait=130).wait(3 * MINUTE)
    assert of.story == ["+01:00 leaders in", "+02:00 quality in"]
    assert of.wanted() == ["8301", "8302", "8303"]


def test_presence_that_is_not_known_changes_nothing() -> None:
    """Who is in stays, and who is not does not come."""
    of = desk()
    of.presence["PJSIP/8202"] = Presence.NOT_SIGNED_ON
    of.set(longest_wait=70).wait(2 * MINUTE)
    of.presence = dict.fromkeys(of.presence, Presence.UNKNOWN)
    assert of.wait(10 * MINUTE).wanted() == ["8201"]


def test_who_has_been_home_longest_comes_first() -> None:
    """Of four lenders two may come: those who never came, then by number; the next time the others."""
    lenders = replace(LEADERS, people=group("8204", "8203", "8202", "8201"), keep_back=2)
    of = desk(tiers=(lenders, QUALITY)).set(longest_wait=70).wait(2 * MINUTE)
    assert of.wanted() == ["8201", "8202"]
    of.set(longest_wait=0).wait(30 * MINUTE)
    of.set(longest_wait=70).wait(15 * MINUTE)
    assert of.wanted() == ["8203", "8204"]


def test_lenders_get_back_who_has_had_his_shift() -> None:
    """Fewer are left at their own work: nobody new comes, and one goes back behind ``stay_at_least``."""
    lenders = replace(LEADERS, people=group("8201", "8202", "8203"), keep_back=1)
    of = desk(tiers=(lenders, QUALITY)).set(longest_wait=70).wait(2 * MINUTE)
    assert of.wanted() == ["8201", "8202"]
    of.at_own_work["leaders"] = 2
    assert of.wait(13 * MINUTE).wanted() == ["8201", "8202"]
    assert of.wait(MINUTE).wanted() == ["8202"]
    assert of.memory.people["PJSIP/8201"].sent_home_by is SentHome.KEEP_BACK


def test_without_sight_nothing_changes_and_nothing_held() -> None:
    """Load that was there for 50 s must hold for a whole minute behind the gap."""
    of = desk().set(longest_wait=130).wait(50 * SECOND)
    of.why_unknown = "silent for 15 s"
    of.wait(5 * MINUTE)
    assert of.story == []
    assert sentences(of.decisions[-1])[0] == "nothing was decided: silent for 15 s"
    of.why_unknown = ""
    of.now += SECOND
    assert of.wait(59 * SECOND).story == []
    assert of.wait(SECOND).story == ["+06:51 leaders in"]


def test_figure_that_is_not_known_neither_brings_nor_releases() -> None:
    """Without the service level nobody goes home; and the reason names it."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    of.set(longest_wait=0, service_level=None).wait(2 * HOUR)
    assert of.tiers_in == ["leaders"]
    assert said(of, "leaders") == "leaders still in: the service level is not known"
    of.readings[Measure.SERVICE_LEVEL] = Reading(0.95, "broadband", "too little was seen of mobile-data so far")
    assert of.wait(HOUR).tiers_in == ["leaders"]
    assert said(of, "leaders") == "leaders still in: the service level is not known of every queue"


def test_clock_that_is_set_back_locks_nothing() -> None:
    """By two hours: whoever would rest until then rests for ten minutes."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    of.set(longest_wait=0).wait(20 * MINUTE)
    assert of.tiers_in == []
    of.now -= 2 * HOUR
    of.set(longest_wait=70).wait(10 * MINUTE)
    assert of.tiers_in == ["leaders"]


def test_time_without_a_controller_proves_nothing() -> None:
    """It was calm before and behind: nobody knows what was between."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    of.set(longest_wait=0).wait(MINUTE)
    of.now += 3 * HOUR
    of.decide()
    assert of.tiers_in == ["leaders"]
    assert of.wait(10 * MINUTE).tiers_in == []


def test_tier_that_the_policy_drops_goes_home() -> None:
    """Its people leave at once, and the others stay as they are."""
    of = desk().set(longest_wait=130).wait(5 * MINUTE)
    of.policy = replace(
        ADDING, tiers=(LEADERS,), triggers=tuple(replace(row, engage=row.engage[:1]) for row in ADDING.triggers)
    )
    of.wait(SECOND)
    assert (of.tiers_in, of.wanted()) == (["leaders"], ["8201", "8202"])
    assert of.memory.people["PJSIP/8301"].sent_home_by is SentHome.POLICY
    of.wait(10 * MINUTE)
    assert set(of.memory.people) == {"PJSIP/8201", "PJSIP/8202"}


def test_tier_that_was_in_stays_in_when_another_is_put_before_it() -> None:
    """Tiers are known by their names."""
    of = desk(tiers=(QUALITY,), triggers=tuple(replace(row, engage=row.engage[:1]) for row in ADDING.triggers))
    of.set(longest_wait=70).wait(2 * MINUTE)
    of.policy = ADDING
    of.presence |= dict.fromkeys(("PJSIP/8201", "PJSIP/8202"), Presence.READY)
    of.wait(SECOND)
    assert of.wanted() == ["8301", "8302", "8303"]
    assert of.wait(MINUTE).tiers_in == ["leaders", "quality"]


@pytest.mark.parametrize("at", [0.79, 0.81])
def test_somebody_is_told_once_before_a_tier_comes(at: float) -> None:
    """At 80 % of the way from calm to what brings it, and again only when all was calm between."""
    of = desk().set(longest_wait=15 + 45 * at).wait(5 * MINUTE)
    of.set(longest_wait=30).wait(MINUTE)
    of.set(longest_wait=15 + 45 * at).wait(MINUTE)
    told = [each.warned_tier for each in of.decisions if each.warning]
    assert told == (["leaders"] if at > 0.8 else [])
    of.set(longest_wait=15).wait(MINUTE)
    of.set(longest_wait=15 + 45 * at).wait(MINUTE)
    assert len([each for each in of.decisions if each.warning]) == (2 if at > 0.8 else 0)


def test_nobody_is_told_of_a_tier_that_an_order_keeps_out() -> None:
    """It could not come."""
    of = in_charge(desk(), OrderKind.RELEASE, "leaders").set(longest_wait=59).wait(MINUTE)
    assert not any(each.warning for each in of.decisions)


def test_memory_that_lost_a_moment_goes_on() -> None:
    """A tier of which nobody knows when it came is settled, and goes home like others."""
    of = desk().set(longest_wait=70).wait(2 * MINUTE)
    of.memory = replace(of.memory, tiers={"leaders": replace(of.memory.tiers["leaders"], changed_at=None)})
    assert of.set(longest_wait=130).wait(2 * MINUTE).tiers_in == ["leaders", "quality"]
    of.memory = replace(
        of.memory, tiers={name: replace(tier, changed_at=None) for name, tier in of.memory.tiers.items()}
    )
    assert of.set(longest_wait=0).wait(30 * MINUTE).tiers_in == []


def test_policy_without_figures_follows_the_calendar_alone() -> None:
    """No row is measured: nothing brings anybody, and nothing keeps them."""
    of = desk(floors=(Floor(1, time(9), time(10)),))
    of.readings.clear()
    of.wait(MINUTE)
    of.readings.clear()
    assert of.tiers_in == ["leaders"]
    assert of.wait(HOUR).tiers_in == []
    assert of.decisions[-1].reasons[0].cause is Cause.STEADY
    assert said(of, "quality") == "quality not in: nothing calls for them"


def test_wake_is_when_time_alone_may_change_something() -> None:
    """At the end of ``engage_after``, and at the latest in a minute."""
    of = desk().set(longest_wait=70)
    assert of.decide().wake_at == NINE + MINUTE
    of.now += 20 * SECOND
    assert of.decide().wake_at == NINE + MINUTE
    of.set(longest_wait=0)
    assert of.decide().wake_at == of.now + MINUTE
