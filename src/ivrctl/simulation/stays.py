"""What becomes of callers as the measures of policies learn it: by stays, as the books have them.

They are told when somebody joins, and when he waits no longer.

Nothing is told to an estimate that no policy looks at.
"""

from __future__ import annotations

from collections.abc import Iterable

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.recent_stays import LONGEST, RecentStays
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.simulation.day import Day
from ivrctl.simulation.people import DeskCaller
from ivrctl.simulation.seen import Clock
from ivrctl.staffing.policy import Measure, Policy

_OF_RECENT = frozenset({Measure.SERVICE_LEVEL, Measure.ABANDON_SHARE, Measure.PROMISE_USED})


class DayStays:
    """See the module."""

    def __init__(self, day: Day, clock: Clock, policies: Iterable[Policy]) -> None:
        """Nobody has called for an hour.

        Args:
            day: with its rule, and what is promised.
            clock: of the day.
            policies: whose measures are taken.
        """
        self.recent = RecentStays(day.rule)
        self.expected = ExpectedWaits()
        begins = clock.at(0.0)
        self.recent.take(Gap(begins - 2 * LONGEST, begins - LONGEST, "the day has not begun"))
        measures = {trigger.measure for policy in policies for trigger in policy.triggers}
        self._of_recent = not measures.isdisjoint(_OF_RECENT)
        self._of_expected = Measure.EXPECTED_WAIT in measures
        self._of_promises = Measure.PROMISE_USED in measures and bool(day.promises)
        self._clock = clock

    def joined(self, caller: DeskCaller) -> None:
        """He waits: only of promises that matters."""
        if self._of_promises:
            self.recent.take(self._stay(caller, StayEnd.WAITING, None))

    def ended(self, caller: DeskCaller, end: StayEnd, now: float) -> None:
        """He waits no longer."""
        if not (self._of_recent or self._of_expected):
            return
        stay = self._stay(caller, end, now)
        if self._of_recent:
            self.recent.take(stay)
        if self._of_expected:
            self.expected.take(stay)

    def _stay(self, caller: DeskCaller, end: StayEnd, left: float | None) -> Stay:
        arrival, clock = caller.arrival, self._clock
        return Stay(
            queue=arrival.queue,
            uniqueid=str(caller.number),
            linkedid="",
            number="",
            line="",
            joined_at=clock.at(arrival.at),
            is_joined_exactly=True,
            position=0,
            tier=arrival.tier,
            end=end,
            left_at=None if left is None else clock.at(left),
        )
