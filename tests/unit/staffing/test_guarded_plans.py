"""Whatever is desired, observed and remembered: what a guarded plan never does, and what it always does in the end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.staffing.decision import Decision, Memory
from ivrctl.staffing.diff import diff
from ivrctl.staffing.guard import frozen_until, guard, is_counted
from ivrctl.staffing.plan import Change, ChangeKind, HeldBecause, Owned, Plan, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.view import Seat, View

from .memberships import HOUR, NAME, NOW, any_decision, any_memory, any_owned, any_view, policy, seat_keys

policies = st.integers(0, 6).map(policy)
leavings = st.sets(seat_keys, max_size=2)
centre = given(policies, any_decision(), any_view(), any_owned(), any_memory, leavings)


def planned(
    how: Policy,
    what: Decision,
    seen: View,
    ours: Mapping[SeatKey, Owned],
    memory: Memory,
    leaving: Collection[SeatKey] = (),
) -> Plan:
    return guard(diff(how, what, seen, ours), seen, memory, how, NOW, leaving)


def after(seen: View, changes: Collection[Change], leaving: Collection[SeatKey] = ()) -> dict[SeatKey, Seat]:
    """The members when changes were carried out, and none of the adds works."""
    gone = {change.seat for change in changes if change.kind is ChangeKind.REMOVE} | set(leaving)
    return {key: seat for key, seat in seen.seats.items() if key not in gone}


@centre
def test_nobody_is_removed_who_talks_rings_or_wraps_up(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: no talk ends because a tier goes home."""
    for change in planned(how, what, seen, ours, memory, leaving).changes:
        assert change.kind is not ChangeKind.REMOVE or not seen.seats[change.seat].is_busy


@centre
def test_no_removal_empties_a_queue_with_callers(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: after any part of the plan, with no add that works, a kind of member that was there is still there."""
    changes = planned(how, what, seen, ours, memory, leaving).changes
    before, then = after(seen, (), leaving), after(seen, changes, leaving)
    kinds = (
        lambda _seat: True,
        lambda seat: seat.is_available,
        lambda seat: not seat.is_paused,
        lambda seat: not seat.is_paused and seat.is_present,
    )
    for queue in {change.queue for change in changes if change.kind is ChangeKind.REMOVE}:
        if seen.waiting.get(queue) == 0:
            continue
        for is_kind in kinds:
            was = [seat for seat in before.values() if seat.queue == queue and is_kind(seat)]
            left = [seat for seat in then.values() if seat.queue == queue and is_kind(seat)]
            assert left or not was


@centre
def test_the_ceiling_is_never_exceeded(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: what was sent in the last hour and what is planned are together no more than it."""
    plan = planned(how, what, seen, ours, memory, leaving)
    begun = sum(map(is_counted, plan.changes))
    sent = sum(min(at, NOW) > NOW - HOUR for at in memory.changes)
    assert not begun or begun + sent <= how.timing.changes_per_hour


@centre
def test_what_is_not_known_or_frozen_changes_nothing(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: no action without sight, and none while somebody has ordered that nothing changes."""
    if not seen.is_known or frozen_until(seen, NOW) is not None:
        assert planned(how, what, seen, ours, memory, leaving).is_empty


@centre
def test_nobody_is_touched_whom_we_did_not_add(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: a removal or a penalty is of a dynamic member whom this very policy has added."""
    for change in planned(how, what, seen, ours, memory, leaving).changes:
        if change.kind is ChangeKind.ADD:
            assert change.seat not in seen.seats
        else:
            assert ours[change.seat].policy == NAME
            assert seen.seats[change.seat].is_dynamic


@centre
def test_nobody_comes_and_goes_in_one_plan(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: a seat stands in a plan once, and adds stand before removals."""
    plan = planned(how, what, seen, ours, memory, leaving)
    everything = [change.seat for change in plan.changes] + [one.change.seat for one in plan.held]
    assert len(everything) == len(set(everything))
    kinds = [list(ChangeKind).index(change.kind) for change in plan.changes]
    assert kinds == sorted(kinds)


@centre
def test_each_step_holds_for_itself(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: a guard that looks again at each change, behind those before it, lets it through too."""
    gone = set(leaving)
    sent = list(memory.changes)
    for change in planned(how, what, seen, ours, memory, leaving).changes:
        now_sent = replace(memory, changes=tuple(sent))
        assert guard(Plan((change,)), seen, now_sent, how, NOW, gone).changes == (change,)
        gone |= {change.seat} if change.kind is ChangeKind.REMOVE else set()
        sent += [NOW] if is_counted(change) else []


@centre
def test_what_is_as_desired_plans_nothing(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """LIVENESS: carried out, a plan is done: what waits is all that is left of the next one."""
    plan = planned(how, what, seen, ours, memory)
    seats, owned = after(seen, plan.changes), dict(ours)
    for change in plan.changes:
        if change.kind is ChangeKind.REMOVE:
            del owned[change.seat]
        else:
            seats[change.seat] = _as_wanted(change, seats.get(change.seat))
            owned[change.seat] = Owned(*change.seat, change.tier, NAME, NOW, NOW + HOUR, is_confirmed=True)
    again = planned(how, what, replace(seen, seats=seats), owned, Memory(changes=(NOW,) * 99))
    assert again.is_empty or {change.kind for change in again.changes} == {ChangeKind.REMOVE}
    assert {one.change.seat for one in again.held} <= {one.change.seat for one in plan.held}


@centre
def test_what_waits_says_what_for(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """SAFETY: every change that was held is so for a fact, and its end is never past."""
    for one in planned(how, what, seen, ours, memory, leaving).held:
        assert one.until is None or one.until > NOW
        match one.because:
            case HeldBecause.FROZEN:
                assert one.until == frozen_until(seen, NOW)
            case HeldBecause.CEILING:
                assert (one.until is not None) is (how.timing.changes_per_hour > 0)
                assert is_counted(one.change)
            case HeldBecause.IN_CALL:
                assert one.until == seen.seats[one.change.seat].free_at
            case HeldBecause.LAST_AVAILABLE | HeldBecause.LAST_MEMBER:
                assert seen.waiting.get(one.change.queue) != 0


@centre
def test_in_a_calm_centre_everything_is_done(
    how: Policy, what: Decision, seen: View, ours: Mapping[SeatKey, Owned], memory: Memory, leaving: set[SeatKey]
) -> None:
    """LIVENESS: where nobody waits, talks or forbids it, nothing is held but by the ceiling."""
    seats = {key: replace(seat, is_busy=False) for key, seat in seen.seats.items()}
    queues = dict.fromkeys({seat.queue for seat in seats.values()}, 0)
    calm = replace(seen, is_known=True, seats=seats, waiting=queues, orders=())
    plan = planned(replace(how, timing=replace(how.timing, changes_per_hour=1000)), what, calm, ours, memory)
    assert plan.held == ()


def _as_wanted(change: Change, seat: Seat | None) -> Seat:
    if seat is not None:
        return replace(seat, penalty=change.penalty)
    return Seat(change.queue, change.interface, change.penalty, True, False, "", False, True)
