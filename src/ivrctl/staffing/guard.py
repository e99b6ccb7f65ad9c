"""What of a plan would hurt a caller or a talk, or is more than was agreed: it waits, and says what for.

A member who talks, rings or wraps up is drained. While callers wait, a queue keeps at least one member of each kind
that it has: one who is available, one whose phone is there, one who is not paused, one at all. Which of them
``leavewhenempty`` asks for is the business of queues.conf; so long as one of each stays, none of its settings sends a
caller away. People who are only about to come count for nothing, and those who are about to go are gone already.

The same guard looks at a plan as a whole, and again at each of its changes at the moment before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ivrctl.staffing.decision import Cause, Memory
from ivrctl.staffing.orders import Word, ordered
from ivrctl.staffing.plan import Change, ChangeKind, Held, HeldBecause, Plan, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.seats import seats_of
from ivrctl.staffing.view import OrderKind, Seat, View

HOUR = timedelta(hours=1)
"""What the ceiling is counted over."""
FREE_OF_THE_CEILING = frozenset({Cause.ORDER, Cause.RESTORED})
"""By hand; and what is no change to anybody."""

_KINDS_THAT_STAY: tuple[tuple[Callable[[Seat], bool], HeldBecause], ...] = (
    (lambda _seat: True, HeldBecause.LAST_MEMBER),
    (lambda seat: not seat.is_paused, HeldBecause.LAST_AVAILABLE),
    (lambda seat: seat.is_present and not seat.is_paused, HeldBecause.LAST_AVAILABLE),
    (lambda seat: seat.is_available, HeldBecause.LAST_AVAILABLE),
)
"""While callers wait, one of each kind stays in the queue that has one."""


def guard(
    plan: Plan,
    view: View,
    memory: Memory,
    policy: Policy,
    now: datetime,
    leaving: Collection[SeatKey] = (),
) -> Plan:
    """Hold back what must wait.

    Args:
        plan: what ``diff`` says.
        view: what is observed now.
        memory: with the changes of the last hour, by when they were sent.
        policy: whose ceiling counts.
        now: on the clock of the view.
        leaving: seats whose removal was sent already and is not observed yet.
    """
    return _Guard(view, memory, policy, now, leaving).over(plan)


def frozen_until(policy: Policy, view: View, now: datetime) -> Mapping[str, datetime]:
    """By tier, when the freeze ends that counts for it: an order for the tier that was given later counts more.

    The empty name stands for tiers that the policy does not have: any freeze counts for these.
    """
    counting = zip(policy.tiers, ordered(policy, view.orders, now), strict=True)
    ends = {tier.name: one.order.expires_at for tier, one in counting if one is not None and one.word is Word.STAY}
    freezes = [order.expires_at for order in view.orders if order.kind is OrderKind.FREEZE and order.expires_at > now]
    return {**ends, "": max(freezes)} if freezes else ends


class _Guard:
    """One pass over one plan: what is let through is counted, for what comes behind it."""

    def __init__(self, view: View, memory: Memory, policy: Policy, now: datetime, leaving: Collection[SeatKey]) -> None:
        self._view = view
        self._frozen_until = frozen_until(policy, view, now)
        self._tiers = frozenset(tier.name for tier in policy.tiers)
        self._gone = set(leaving)
        self._sent = sorted(at for at in (min(at, now) for at in memory.changes) if at > now - HOUR)
        self._ceiling = policy.timing.changes_per_hour
        self._now = now

    def over(self, plan: Plan) -> Plan:
        """The plan with what may be done now; what waits stands beside it."""
        passed: list[Change] = []
        held: list[Held] = list(plan.held)
        for change in plan.changes:
            if self._is_done(change):
                continue
            wait = self._why_not(change)
            if wait is None:
                self._passes(change)
                passed.append(change)
            else:
                held.append(wait)
        return replace(plan, changes=tuple(passed), held=tuple(held))

    def _is_done(self, change: Change) -> bool:
        """True for what the view shows already, and for what leaves already."""
        if not self._view.is_known:
            return False
        if change.kind is ChangeKind.ADD:
            return change.seat in self._view.seats
        return change.seat not in self._view.seats or change.seat in self._gone

    def _why_not(self, change: Change) -> Held | None:
        if not self._view.is_known:
            return Held(change, HeldBecause.UNKNOWN)
        frozen_until = self._frozen_until.get(change.tier if change.tier in self._tiers else "")
        if frozen_until is not None:
            return Held(change, HeldBecause.FROZEN, frozen_until)
        return self._of_the_seat(change) or self._of_the_ceiling(change)

    def _of_the_seat(self, change: Change) -> Held | None:
        if change.kind is ChangeKind.ADD:
            return None
        seat = self._view.seats[change.seat]
        if not seat.is_dynamic:
            return Held(change, HeldBecause.NOT_OURS)
        if change.kind is ChangeKind.PENALTY:
            return None
        if seat.is_busy:
            return Held(change, HeldBecause.IN_CALL, seat.free_at)
        return self._of_the_queue(change, seat)

    def _of_the_queue(self, change: Change, seat: Seat) -> Held | None:
        # Where nobody can say that no caller waits, one may.
        if self._view.waiting.get(seat.queue, 1) == 0:
            return None
        # One who is available is of every kind: in most queues the first ones who are looked at answer the question.
        if any(one.is_available and one.is_present and not one.is_paused for one in self._others(seat)):
            return None
        others = list(self._others(seat))
        for is_kind, because in _KINDS_THAT_STAY:
            if is_kind(seat) and not any(map(is_kind, others)):
                return Held(change, because)
        return None

    def _others(self, seat: Seat) -> Iterator[Seat]:
        """The other members of his queue, without those who leave."""
        return (
            one
            for one in seats_of(self._view.seats, seat.queue)
            if one.interface != seat.interface and (one.queue, one.interface) not in self._gone
        )

    def _of_the_ceiling(self, change: Change) -> Held | None:
        if not is_counted(change) or len(self._sent) < self._ceiling:
            return None
        until = self._sent[-self._ceiling] + HOUR if self._ceiling > 0 else None
        return Held(change, HeldBecause.CEILING, until)

    def _passes(self, change: Change) -> None:
        if change.kind is ChangeKind.REMOVE:
            self._gone.add(change.seat)
        if is_counted(change):
            self._sent.append(self._now)


def is_counted(change: Change) -> bool:
    """True for what the ceiling counts: a membership that the machine begins or ends."""
    return change.kind is not ChangeKind.PENALTY and change.cause not in FREE_OF_THE_CEILING
