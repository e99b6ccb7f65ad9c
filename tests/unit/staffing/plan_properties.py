"""What a guarded plan never does, and what it always does in the end, whatever the centre."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from ivrctl.staffing.diff import diff
from ivrctl.staffing.guard import frozen_until, guard, is_counted
from ivrctl.staffing.plan import Change, ChangeKind, HeldBecause, Owned, Plan, SeatKey
from ivrctl.staffing.view import Seat, View

from .any_centre import Centre
from .memberships import HOUR, NAME, NOW, TIERS


def planned(centre: Centre) -> Plan:
    plan = diff(centre.policy, centre.decision, centre.view, centre.owned)
    return guard(plan, centre.view, centre.memory, centre.policy, NOW, centre.leaving)


def nobody_is_removed_who_talks_rings_or_wraps_up(centre: Centre) -> None:
    """SAFETY: no talk ends because a tier goes home."""
    for change in planned(centre).changes:
        assert change.kind is not ChangeKind.REMOVE or not centre.view.seats[change.seat].is_busy


def no_removal_empties_a_queue_with_callers(centre: Centre) -> None:
    """SAFETY: after the plan, with no add that works, a kind of member that was there is still there."""
    changes = planned(centre).changes
    before, then = after(centre.view, (), centre.leaving), after(centre.view, changes, centre.leaving)
    for queue in {change.queue for change in changes if change.kind is ChangeKind.REMOVE}:
        if centre.view.waiting.get(queue) != 0:
            assert _kinds(queue, before) == _kinds(queue, then)


def the_ceiling_is_never_exceeded(centre: Centre) -> None:
    """SAFETY: what was sent in the last hour and what is planned are together no more than it."""
    begun = sum(map(is_counted, planned(centre).changes))
    sent = sum(min(at, NOW) > NOW - HOUR for at in centre.memory.changes)
    assert not begun or begun + sent <= centre.policy.timing.changes_per_hour


def what_is_not_known_or_frozen_changes_nothing(centre: Centre) -> None:
    """SAFETY: no action without sight, and none while somebody has ordered that nothing changes."""
    frozen = _frozen(centre)
    for change in planned(centre).changes:
        assert centre.view.is_known
        assert _known(change) not in frozen


def nobody_is_touched_whom_we_did_not_add(centre: Centre) -> None:
    """SAFETY: a removal or a penalty is of a dynamic member whom this very policy has added."""
    for change in planned(centre).changes:
        if change.kind is ChangeKind.ADD:
            assert change.seat not in centre.view.seats
        else:
            assert centre.owned[change.seat].policy == NAME
            assert centre.view.seats[change.seat].is_dynamic


def nobody_comes_and_goes_in_one_plan(centre: Centre) -> None:
    """SAFETY: a seat stands in a plan once, and adds stand before removals."""
    plan = planned(centre)
    everything = [change.seat for change in plan.changes] + [one.change.seat for one in plan.held]
    assert len(everything) == len(set(everything))
    kinds = [list(ChangeKind).index(change.kind) for change in plan.changes]
    assert kinds == sorted(kinds)


def each_step_holds_for_itself(centre: Centre) -> None:
    """SAFETY: a guard that looks again at each change, behind those before it, lets it through too."""
    leaving, sent = set(centre.leaving), list(centre.memory.changes)
    for change in planned(centre).changes:
        memory = replace(centre.memory, changes=tuple(sent))
        assert guard(Plan((change,)), centre.view, memory, centre.policy, NOW, leaving).changes == (change,)
        leaving |= {change.seat} if change.kind is ChangeKind.REMOVE else set()
        sent += [NOW] if is_counted(change) else []


def what_was_carried_out_is_planned_no_more(centre: Centre) -> None:
    """LIVENESS: of a plan that was carried out, what waited is all that is left."""
    plan = planned(replace(centre, leaving=frozenset()))
    seats, owned = after(centre.view, plan.changes), dict(centre.owned)
    for change in plan.changes:
        if change.kind is ChangeKind.REMOVE:
            del owned[change.seat]
        else:
            seats[change.seat] = _as_wanted(change, seats.get(change.seat))
            owned[change.seat] = Owned(*change.seat, change.tier, NAME, NOW, NOW + HOUR, is_confirmed=True, sight=2)
    then = replace(centre, view=replace(centre.view, seats=seats), owned=owned, leaving=frozenset())
    again = planned(then)
    left = {change.seat for change in again.changes} | {one.change.seat for one in again.held}
    assert left <= {one.change.seat for one in plan.held}


def what_waits_says_what_for_and_until_when(centre: Centre) -> None:
    """SAFETY: every change that was held is so for a fact, and its end is never past."""
    for one in planned(centre).held:
        assert one.until is None or one.until > NOW
        match one.because:
            case HeldBecause.FROZEN:
                assert one.until == _frozen(centre)[_known(one.change)]
            case HeldBecause.CEILING:
                assert (one.until is not None) is (centre.policy.timing.changes_per_hour > 0)
                assert is_counted(one.change)
            case HeldBecause.IN_CALL:
                assert one.until == centre.view.seats[one.change.seat].free_at
            case HeldBecause.LAST_AVAILABLE | HeldBecause.LAST_MEMBER:
                assert centre.view.waiting.get(one.change.queue) != 0


def in_a_calm_centre_everything_is_done(centre: Centre) -> None:
    """LIVENESS: where nobody waits, talks or forbids it, nothing is held below the ceiling."""
    seats = {key: replace(seat, is_busy=False) for key, seat in centre.view.seats.items()}
    queues = dict.fromkeys({seat.queue for seat in seats.values()}, 0)
    view = replace(centre.view, is_known=True, seats=seats, waiting=queues, orders=())
    high = replace(centre.policy, timing=replace(centre.policy.timing, changes_per_hour=1000))
    assert planned(replace(centre, view=view, policy=high)).held == ()


PROPERTIES = (
    nobody_is_removed_who_talks_rings_or_wraps_up,
    no_removal_empties_a_queue_with_callers,
    the_ceiling_is_never_exceeded,
    what_is_not_known_or_frozen_changes_nothing,
    nobody_is_touched_whom_we_did_not_add,
    nobody_comes_and_goes_in_one_plan,
    each_step_holds_for_itself,
    what_was_carried_out_is_planned_no_more,
    what_waits_says_what_for_and_until_when,
    in_a_calm_centre_everything_is_done,
)


def after(seen: View, changes: Collection[Change], leaving: Collection[SeatKey] = ()) -> dict[SeatKey, Seat]:
    """The members when changes were carried out, and none of the adds works."""
    gone = {change.seat for change in changes if change.kind is ChangeKind.REMOVE} | set(leaving)
    return {key: seat for key, seat in seen.seats.items() if key not in gone}


def _kinds(queue: str, seats: dict[SeatKey, Seat]) -> tuple[bool, ...]:
    own = [seat for seat in seats.values() if seat.queue == queue]
    return (
        bool(own),
        any(not seat.is_paused for seat in own),
        any(not seat.is_paused and seat.is_present for seat in own),
        any(seat.is_available for seat in own),
    )


def _frozen(centre: Centre) -> Mapping[str, datetime]:
    return frozen_until(centre.policy, centre.view, NOW)


def _known(change: Change) -> str:
    return change.tier if change.tier in TIERS else ""


def _as_wanted(change: Change, seat: Seat | None) -> Seat:
    if seat is not None:
        return replace(seat, penalty=change.penalty)
    return Seat(change.queue, change.interface, change.penalty, True, False, "", False, True)
