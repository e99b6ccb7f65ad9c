"""What became of callers, as the measures of policies learn it.

``DayStays`` says what ``RecentStays`` would say that was told each stay of the day: callers leave in the order of their
times here, and nothing is told twice, so it is enough to add up. An expected wait learns from stays of the books.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.recent_stays import LONGEST, Caller, RecentStays, Shares
from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.simulation.day import Day
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.people import DeskCaller
from ivrctl.simulation.seen import Clock
from ivrctl.staffing.policy import Measure, Policy

_NOBODY = Shares()


@dataclass(slots=True)
class _Left:
    """Of one queue, those who count, in the order in which they left."""

    ats: list[datetime] = field(default_factory=list)
    in_time: list[int] = field(default_factory=lambda: [0])
    """How many were answered in time of those before each, and of all."""
    abandoned: list[int] = field(default_factory=lambda: [0])

    def add(self, at: datetime, *, is_in_time: bool, is_abandoned: bool) -> None:
        self.ats.append(at)
        self.in_time.append(self.in_time[-1] + is_in_time)
        self.abandoned.append(self.abandoned[-1] + is_abandoned)


class DayStays(RecentStays):
    """See the module; it is told when somebody waits no longer."""

    def __init__(self, day: Day, desk: Desk, clock: Clock, policies: Iterable[Policy]) -> None:
        """Nobody has called for an hour.

        Args:
            day: with its rule.
            desk: on which callers wait.
            clock: of the day.
            policies: whose measures are taken.
        """
        super().__init__(day.rule)
        self.seen_since = clock.at(0.0) - LONGEST
        self.expected = ExpectedWaits()
        measures = {trigger.measure for policy in policies for trigger in policy.triggers}
        self._is_asked = not measures.isdisjoint({Measure.SERVICE_LEVEL, Measure.ABANDON_SHARE})
        self._is_expected = Measure.EXPECTED_WAIT in measures
        self._desk = desk
        self._clock = clock
        self._left = {queue.name: _Left() for queue in day.queues}

    def shares(self, queue: str, begin: datetime, end: datetime) -> Shares:
        """What became of those of a queue whose fate was known behind ``begin`` and until ``end``."""
        left = self._left[queue]
        ats = left.ats
        if not ats or ats[-1] <= begin:
            return _NOBODY
        first, last = bisect_right(ats, begin), len(ats) if ats[-1] <= end else bisect_right(ats, end)
        if last <= first:
            return _NOBODY
        return Shares(
            last - first, left.in_time[last] - left.in_time[first], left.abandoned[last] - left.abandoned[first]
        )

    def caller(self, uniqueid: str) -> Caller | None:
        """Somebody who waits: he has not waited before."""
        for queue in self._desk.queues.values():
            caller = queue.callers.get(int(uniqueid))
            if caller is not None:
                return Caller(caller.arrival.tier)
        return None

    def ended(self, caller: DeskCaller, end: StayEnd, now: float) -> None:
        """He waits no longer."""
        if self._is_asked:
            self._add(caller, end, self._clock.at(now))
        if self._is_expected:
            self.expected.take(_stay(caller, end, self._clock, now))

    def _add(self, caller: DeskCaller, end: StayEnd, at: datetime) -> None:
        """By ``judge`` of ``service_level``: short abandons count nowhere."""
        waited = at - self._clock.at(caller.arrival.at)
        is_abandoned = end is StayEnd.ABANDONED
        if is_abandoned and waited < self.rule.short_abandon:
            return
        is_in_time = end is StayEnd.ANSWERED and waited <= self.rule.answer_in
        self._left[caller.arrival.queue].add(at, is_in_time=is_in_time, is_abandoned=is_abandoned)


def _stay(caller: DeskCaller, end: StayEnd, clock: Clock, left: float) -> Stay:
    return Stay(
        queue=caller.arrival.queue,
        uniqueid=str(caller.number),
        linkedid="",
        number="",
        line="",
        joined_at=clock.at(caller.arrival.at),
        is_joined_exactly=True,
        position=0,
        end=end,
        left_at=clock.at(left),
    )
