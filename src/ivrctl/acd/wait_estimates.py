"""What callers could expect when they joined, against what became: how far the expected wait is to be believed.

The stays of a time are told once more to the estimator of the queue's facts (``expected_wait``), in the order in which
they happened. Only waits that ended in an answer are compared; how long others would have waited nobody knows. So the
share of waits within the P50 is to be near one half, and within the P80 near four fifths.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from ivrctl.acd.expected_wait import ExpectedWait, ExpectedWaits
from ivrctl.acd.figure import Figure, mean, share
from ivrctl.acd.stay import Stay, StayEnd


@dataclass(frozen=True, slots=True)
class Estimate:
    """One caller's: what could be expected, and how long he waited."""

    stay: Stay
    expected: ExpectedWait
    waited: float
    """Seconds."""

    @property
    def error(self) -> float:
        """Seconds that he waited longer than the P50, or shorter: then it is below zero."""
        return self.waited - self.expected.p50.total_seconds()


@dataclass(frozen=True, slots=True)
class EstimateQuality:
    """How good estimates were."""

    within_p50: Figure
    """The share of waits that were not longer than the P50."""
    within_p80: Figure
    error: Figure
    """The mean of the differences between P50 and wait, without their signs; seconds."""
    bias: Figure
    """The same with their signs: above zero, waits were longer than expected."""


class Estimating:
    """Tells stays to the estimator one after the other, as they joined; who waits is held until he has left."""

    def __init__(self) -> None:
        self._estimator = ExpectedWaits()
        self._leaving: list[tuple[datetime, int, Stay, ExpectedWait | None]] = []
        """A heap, by when they leave."""
        self._number = 0
        self._together: list[Stay] = []
        """Who joined at the same moment."""

    def joined(self, stay: Stay) -> Iterator[Estimate]:
        """One more, in the order in which they joined; the estimates of those who were answered before that."""
        if self._together and stay.joined_at != self._together[0].joined_at:
            yield from self._join()
        self._together.append(stay)

    def rest(self) -> Iterator[Estimate]:
        """Those of everybody who was answered behind the last joining."""
        yield from self._join()
        yield from self._leave(None)

    def _join(self) -> Iterator[Estimate]:
        """What is over at the moment of a joining is known to whoever joins, times of whole seconds among it."""
        together, self._together = self._together, []
        yield from self._leave(together[0].joined_at if together else None)
        for stay in together:
            if stay.left_at == stay.joined_at:
                self._estimator.take(stay)
        for stay in together:
            if stay.left_at is not None and stay.left_at > stay.joined_at:
                heappush(self._leaving, (stay.left_at, self._number, stay, self._expected(stay)))
                self._number += 1

    def _expected(self, stay: Stay) -> ExpectedWait | None:
        is_told = stay.is_joined_exactly and stay.position > 0
        return self._estimator.expect(stay.queue, stay.position - 1, stay.joined_at) if is_told else None

    def _leave(self, until: datetime | None) -> Iterator[Estimate]:
        """An end comes before a joining of the same moment."""
        while self._leaving and (until is None or self._leaving[0][0] <= until):
            at, _, stay, expected = heappop(self._leaving)
            self._estimator.take(stay)
            if expected is not None and stay.end is StayEnd.ANSWERED:
                yield Estimate(stay, expected, (at - stay.joined_at).total_seconds())


class QualityTally:
    """How good estimates were, from one stay after the other, in the order in which they joined."""

    def __init__(self) -> None:
        self._estimating = Estimating()
        self._within_p50 = self._within_p80 = 0
        self._errors = array("d")

    def add(self, stay: Stay) -> None:
        """One more."""
        for estimate in self._estimating.joined(stay):
            self._judge(estimate)

    def quality(self) -> EstimateQuality:
        """Of all that were added; nothing is added behind it."""
        for estimate in self._estimating.rest():
            self._judge(estimate)
        why, count = "too few calls were answered before to expect anything", len(self._errors)
        return EstimateQuality(
            within_p50=share(self._within_p50, count, why),
            within_p80=share(self._within_p80, count, why),
            error=mean(sum(map(abs, self._errors)), count, why),
            bias=mean(sum(self._errors), count, why),
        )

    def _judge(self, estimate: Estimate) -> None:
        self._within_p50 += estimate.error <= 0
        self._within_p80 += estimate.waited <= estimate.expected.p80.total_seconds()
        self._errors.append(estimate.error)


def estimates(stays: Iterable[Stay]) -> Iterator[Estimate]:
    """The estimates of all answered calls that had enough before them, in the order in which they were answered."""
    estimating = Estimating()
    for stay in sorted(stays, key=_joined_at):
        yield from estimating.joined(stay)
    yield from estimating.rest()


def quality(stays: Iterable[Stay]) -> EstimateQuality:
    """How good the estimates of some stays were."""
    tally = QualityTally()
    for stay in sorted(stays, key=_joined_at):
        tally.add(stay)
    return tally.quality()


def _joined_at(stay: Stay) -> datetime:
    return stay.joined_at
