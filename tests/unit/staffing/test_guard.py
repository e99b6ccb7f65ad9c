"""What of a plan waits, and what for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ivrctl.staffing.decision import Cause, Memory
from ivrctl.staffing.guard import guard
from ivrctl.staffing.plan import Change, ChangeKind, HeldBecause, Plan
from ivrctl.staffing.view import OrderKind, View

from .memberships import HOUR, MINUTE, NOW, change, order, policy, seat, view

ADD, PENALTY, REMOVE = ChangeKind


def held(plan: Plan) -> list[tuple[str, HeldBecause]]:
    return [(one.change.interface.removeprefix("PJSIP/"), one.because) for one in plan.held]


def guarded(seen: View, *changes: Change, ceiling: int = 40, sent: int = 0) -> Plan:
    """A plan after so many changes of the last hour, the first of them 50 minutes ago."""
    memory = Memory(changes=tuple(NOW - 50 * MINUTE + each * MINUTE for each in range(sent)))
    return guard(Plan(changes), seen, memory, policy(ceiling), NOW)


def test_who_talks_rings_or_wraps_up_is_drained() -> None:
    """Until he is free, as far as that is known; others leave meanwhile."""
    free_at = NOW + timedelta(seconds=10)
    seats = view(seat("8110", is_busy=True, is_available=False, free_at=free_at), seat("8111"))
    plan = guarded(seats, change(REMOVE, "8110"), change(REMOVE, "8111"))
    assert [one.interface for one in plan.changes] == ["PJSIP/8111"]
    assert held(plan) == [("8110", HeldBecause.IN_CALL)]
    assert plan.held[0].until == free_at


def test_the_last_available_member_stays_while_callers_wait() -> None:
    """Of several who leave at once, too; and those who talk do not stand in for him."""
    talks = seat("8100", is_busy=True, is_available=False)
    plan = guarded(view(talks, seat("8110"), seat("8111"), waiting=1), change(REMOVE, "8110"), change(REMOVE, "8111"))
    assert held(plan) == [("8111", HeldBecause.LAST_AVAILABLE)]
    calm = guarded(view(talks, seat("8110")), change(REMOVE, "8110"))
    assert calm.held == ()


def test_somebody_who_is_only_about_to_come_does_not_stand_in() -> None:
    """The add may fail; the removal waits until the picture shows him."""
    plan = guarded(view(seat("8110"), waiting=1), change(ADD, "8111"), change(REMOVE, "8110"))
    assert [one.kind for one in plan.changes] == [ADD]
    assert held(plan) == [("8110", HeldBecause.LAST_MEMBER)]


def test_somebody_who_is_about_to_go_does_not_stand_in() -> None:
    """His removal was sent, and the picture does not show it yet."""
    seats = view(seat("8110"), seat("8111"), waiting=1)
    plan = Plan((change(REMOVE, "8110"), change(REMOVE, "8111")))
    left = guard(plan, seats, Memory(), policy(), NOW, {("broadband", "PJSIP/8111")})
    assert left.is_empty
    assert held(left) == [("8110", HeldBecause.LAST_MEMBER)]


def test_a_queue_with_callers_keeps_one_of_each_kind_of_member() -> None:
    """Whatever leavewhenempty asks for: one at all, one who has not paused, one whose phone is there."""
    paused = seat("8110", is_paused=True, is_available=False)
    away = seat("8111", is_present=False, is_available=False)
    assert held(guarded(view(paused, waiting=1), change(REMOVE, "8110"))) == [("8110", HeldBecause.LAST_MEMBER)]
    both = guarded(view(paused, away, waiting=1), change(REMOVE, "8110"), change(REMOVE, "8111"))
    assert [one.interface for one in both.changes] == ["PJSIP/8110"]
    assert held(both) == [("8111", HeldBecause.LAST_MEMBER)]
    assert held(guarded(view(paused, away, waiting=1), change(REMOVE, "8111"))) == [
        ("8111", HeldBecause.LAST_AVAILABLE)
    ]


def test_a_queue_of_which_nobody_can_say_that_it_is_empty_may_have_callers() -> None:
    """What is not known is no leave to go."""
    assert held(guarded(view(seat("8110"), waiting=0), change(REMOVE, "8110"))) == []
    unknown = View(NOW, is_known=True, why_unknown="", sight=1, seats=view(seat("8110")).seats)
    assert held(guarded(unknown, change(REMOVE, "8110"))) == [("8110", HeldBecause.LAST_MEMBER)]


def test_the_ceiling_holds_what_is_more_than_it_in_any_hour() -> None:
    """Until the oldest of the hour is an hour old; penalties are no changes of membership."""
    changes = [change(ADD, f"811{n}") for n in range(3)]
    plan = guarded(view(seat("8120")), *changes, change(PENALTY, "8120"), ceiling=4, sent=3)
    assert [one.kind for one in plan.changes] == [ADD, PENALTY]
    assert [(one.because, one.until) for one in plan.held] == [
        (HeldBecause.CEILING, NOW + 10 * MINUTE),
        (HeldBecause.CEILING, NOW + 10 * MINUTE),
    ]
    assert [one.until for one in guarded(view(), changes[0], ceiling=2, sent=3).held] == [NOW + 11 * MINUTE]


def test_a_change_of_an_hour_ago_counts_no_more() -> None:
    """And one of a clock that was set back counts from now."""
    old, ahead = Memory(changes=(NOW - HOUR,)), Memory(changes=(NOW + 5 * HOUR,))
    plan = Plan((change(ADD, "8110"),))
    assert guard(plan, view(), old, policy(1), NOW).held == ()
    assert [one.until for one in guard(plan, view(), ahead, policy(1), NOW).held] == [NOW + HOUR]


def test_orders_and_what_asterisk_has_lost_are_free_of_the_ceiling() -> None:
    """A person has ordered the one, nobody has begun the other."""
    free = change(ADD, "8110", cause=Cause.ORDER), change(ADD, "8111", cause=Cause.RESTORED)
    assert guarded(view(), *free, ceiling=0).changes == free
    held_back = guarded(view(), change(ADD, "8112"), ceiling=0)
    assert [(one.because, one.until) for one in held_back.held] == [(HeldBecause.CEILING, None)]


def test_while_it_is_frozen_nothing_changes() -> None:
    """Until the last freeze ends; one that has ended is none."""
    frozen = view(orders=(order(OrderKind.FREEZE, NOW + MINUTE), order(OrderKind.FREEZE, NOW + HOUR)))
    plan = guarded(frozen, change(ADD, "8110"))
    assert [(one.because, one.until) for one in plan.held] == [(HeldBecause.FROZEN, NOW + HOUR)]
    assert guarded(view(orders=(order(OrderKind.FREEZE, NOW),)), change(ADD, "8110")).held == ()


def test_a_tier_that_was_ordered_after_a_freeze_comes_all_the_same() -> None:
    """Of two orders that contradict each other the later counts; the other tiers stay as they are."""
    orders = order(OrderKind.FREEZE, NOW + HOUR), replace(order(OrderKind.ENGAGE, NOW + HOUR, "leaders"), given_at=NOW)
    quality = replace(change(ADD, "8120"), tier="quality")
    gone = replace(change(REMOVE, "8199"), tier="gone")
    plan = guarded(view(seat("8199"), orders=orders), change(ADD, "8110"), quality, gone)
    assert [one.tier for one in plan.changes] == ["leaders"]
    assert held(plan) == [("8120", HeldBecause.FROZEN), ("8199", HeldBecause.FROZEN)]


def test_a_static_member_is_not_touched() -> None:
    """Asterisk would refuse the removal, and take the penalty."""
    seats = view(seat("8110", is_dynamic=False), seat("8111"))
    plan = guarded(seats, change(REMOVE, "8110"), change(PENALTY, "8110"))
    assert held(plan) == [("8110", HeldBecause.NOT_OURS)] * 2


def test_what_is_done_already_is_dropped() -> None:
    """The picture has moved on since the plan was made."""
    done = change(ADD, "8110"), change(REMOVE, "8111"), change(PENALTY, "8111")
    assert guarded(view(seat("8110")), *done) == Plan()


def test_while_nothing_is_known_all_waits() -> None:
    """What was planned is shown, and not done."""
    assert held(guarded(view(is_known=False), change(ADD, "8110"))) == [("8110", HeldBecause.UNKNOWN)]
