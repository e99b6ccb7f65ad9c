"""Which tiers are in: they come one after the other, and go home in reverse.

A tier that is out comes by the first of these that holds: an order, the calendar, the triggers. By triggers it comes
when one of its rows, or of a later tier's, has been at its engage value for ``engage_after``, the tier before it is in
and settled, and it has rested. A tier that is in leaves by an order; or when it is the last, every row has been calm
for ``release_after``, and it has stayed for ``stay_at_least``.

A tier whose people are asked asks those who pause when it comes in. Whoever begins to pause while it is in is asked,
too, once a row has held for ``engage_after``, and nobody is asked twice while it stays.

``Levels.climb`` takes the tiers in their order, ``Levels.descend`` in reverse, ``Levels.ask`` looks who pauses;
``standing`` says why each is as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivrctl.staffing.asking import has_answered, whom_to_ask
from ivrctl.staffing.decision import Cause, Memory, TierMemory
from ivrctl.staffing.floors import Floored, floored
from ivrctl.staffing.orders import Ordered, Word, ordered
from ivrctl.staffing.policy import Bring, Policy
from ivrctl.staffing.rows import Row, rows
from ivrctl.staffing.view import View


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides of tiers at one moment."""

    policy: Policy
    view: View
    now: datetime
    rows: tuple[Row, ...]
    orders: tuple[Ordered | None, ...]
    floor: Floored
    is_calm: bool
    """Every row is."""

    def word(self, index: int) -> Word | None:
        """What is ordered of a tier."""
        order = self.orders[index]
        return None if order is None else order.word

    def is_floored(self, index: int) -> bool:
        """True for a tier that the calendar wants in."""
        return index < self.floor.tiers

    def has_passed(self, since: datetime | None, lasts: timedelta) -> bool:
        """True when something began so long ago; also when it never began."""
        return since is None or self.now - since >= lasts


def situation(policy: Policy, view: View, now: datetime) -> Situation:
    """What decides of the tiers of a policy now."""
    found = rows(policy, view)
    return Situation(
        policy,
        view,
        now,
        found,
        ordered(policy, view.orders, now),
        floored(policy.floors, policy.time_zone, now),
        all(row.is_calm for row in found),
    )


class Levels:
    """The tiers while they are being decided."""

    def __init__(self, of: Situation, memory: Memory) -> None:
        """Begin with the tiers as they were.

        Args:
            of: what decides.
            memory: recalled: no moment in it is later than now.
        """
        self.of = of
        self.tiers = [
            _followed(of, index, memory.tiers.get(tier.name, TierMemory()))
            for index, tier in enumerate(of.policy.tiers)
        ]
        self.calm_since = (memory.calm_since or of.now) if of.is_calm else None
        self.changed: set[int] = set()
        """Those that have come or left now."""
        self.asks: dict[int, frozenset[str]] = {}
        """Whom tiers ask now."""
        self.was_calm_since: dict[int, datetime] = {}
        """Of those that have left because it was calm."""

    def climb(self) -> None:
        """Tiers come, in their order, and leave by order."""
        for index, tier in enumerate(self.tiers):
            word = self.of.word(index)
            if word is Word.STAY:
                continue
            if word is not None:
                self._set(index, Cause.ORDER, is_in=word is Word.IN)
            elif self.of.is_floored(index):
                self._set(index, Cause.FLOOR, is_in=True)
            elif not tier.is_in and self.may_come(index):
                self._set(index, Cause.TRIGGER, is_in=True)

    def descend(self) -> None:
        """Tiers leave because it is calm, the last one first."""
        for index in reversed(range(len(self.tiers))):
            if not self.tiers[index].is_in:
                continue
            if self.calm_since is None or not self.may_leave(index):
                return
            self._set(index, Cause.CALM, is_in=False)
            self.was_calm_since[index], self.calm_since = self.calm_since, self.of.now

    def ask(self) -> None:
        """Who pauses since a tier has come is asked, too, while figures want it; once, and not while it is frozen."""
        for index, tier in enumerate(self.tiers):
            if not tier.is_in or self.of.word(index) is Word.STAY or not self.is_wanted(index):
                continue
            later = whom_to_ask(self.of.policy.tiers[index], self.of.view) - tier.asked
            if later:
                self.tiers[index] = replace(tier, asked=tier.asked | later)
                self.asks[index] = later

    def may_come(self, index: int) -> bool:
        """True when the triggers want a tier, and nothing holds it back."""
        return self.is_wanted(index) and self.is_rested(index) and (index == 0 or self.is_settled(index - 1))

    def may_leave(self, index: int) -> bool:
        """True when nothing holds the last of the tiers that are in."""
        if self.of.word(index) is not None or self.of.is_floored(index):
            return False
        timing = self.of.policy.timing
        is_calm = self.calm_since is not None and self.of.has_passed(self.calm_since, timing.release_after)
        has_stayed = self.of.has_passed(self.tiers[index].changed_at, timing.stay_at_least)
        return is_calm and has_stayed and not self.is_wanted(index)

    def is_wanted(self, index: int) -> bool:
        """True when a row of this tier, or of a later one, holds for long enough: a tier needs those before it."""
        return any(True for _ in self.wanting(index))

    def wanting(self, index: int) -> Iterator[tuple[int, Row, datetime]]:
        """The rows that hold for long enough, each with the tier that it is about and since when; this tier's first."""
        after = self.of.policy.timing.engage_after
        for later in range(index, len(self.tiers)):
            since = self.tiers[later].met_since
            for row in self.of.rows:
                if row.measure in since and self.of.has_passed(since[row.measure], after):
                    yield later, row, since[row.measure]

    def is_rested(self, index: int) -> bool:
        """True for a tier that has been home for long enough, or was never in."""
        return self.of.has_passed(self.tiers[index].changed_at, self.of.policy.timing.rest_at_least)

    def is_settled(self, index: int) -> bool:
        """True when a tier is in, and what it brings can be seen by now."""
        settles_at = self.settles_at(index)
        return settles_at is not None and settles_at <= self.of.now

    def settles_at(self, index: int) -> datetime | None:
        """When the next tier may come; None while this one is out."""
        tier, timing = self.tiers[index], self.of.policy.timing
        if not tier.is_in:
            return None
        if tier.changed_at is None:
            return self.of.now
        rule = self.of.policy.tiers[index]
        came = tier.changed_at + timing.engage_after
        if rule.bring is Bring.ADD or not tier.asked:
            return came
        patient = tier.changed_at + rule.patience
        return patient if tier.answered_at is None else min(patient, tier.answered_at + timing.engage_after)

    def edges(self) -> Iterator[datetime]:
        """Moments at which time alone may change which tiers are in; some are past."""
        timing = self.of.policy.timing
        for index, tier in enumerate(self.tiers):
            for since in tier.met_since.values():
                yield since + timing.engage_after
            if tier.changed_at is not None:
                yield tier.changed_at + (timing.stay_at_least if tier.is_in else timing.rest_at_least)
            if (settles_at := self.settles_at(index)) is not None:
                yield settles_at
        if self.calm_since is not None:
            yield self.calm_since + timing.release_after
        if self.of.floor.next_edge is not None:
            yield self.of.floor.next_edge
        for order in self.of.view.orders:
            yield from (order.given_at, order.expires_at)

    def _set(self, index: int, cause: Cause, *, is_in: bool) -> None:
        tier = self.tiers[index]
        if tier.is_in is not is_in:
            self.changed.add(index)
            asked = whom_to_ask(self.of.policy.tiers[index], self.of.view) if is_in else frozenset()
            self.tiers[index] = TierMemory(is_in, self.of.now, tier.met_since, asked=asked, cause=cause)
            self.asks[index] = asked


def _followed(of: Situation, index: int, tier: TierMemory) -> TierMemory:
    """A tier with what holds of its rows now, and whether somebody has come whom it asked."""
    met = {row.measure: tier.met_since.get(row.measure, of.now) for row in of.rows if row.engages(index)}
    answered_at = tier.answered_at
    if answered_at is None and has_answered(of.policy.tiers[index], tier.asked, of.view):
        answered_at = of.now
    if met == tier.met_since and answered_at == tier.answered_at:
        return tier
    return replace(tier, met_since=met, answered_at=answered_at)
