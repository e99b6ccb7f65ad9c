"""What callers could expect when they joined, against what became: how far the expected wait is to be believed.

The stays of a time are told once more to the estimator of the queue's facts (``expected_wait``), in the order in which
they happened. Only waits that ended in an answer are compared; how long others would have waited nobody knows. So the
share of waits within the P50 is to be near one half, and within the P80 near four fifths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

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


def estimates(stays: Iterable[Stay]) -> Iterator[Estimate]:
    """The estimates of all answered calls that had enough before them, in the order in which they were answered."""
    estimator, promised = ExpectedWaits(), dict[int, ExpectedWait]()
    for at, is_joining, number, stay in _as_they_happened(stays):
        if is_joining:
            if stay.is_joined_exactly and stay.position > 0:
                expected = estimator.expect(stay.queue, stay.position - 1, at)
                promised.update({} if expected is None else {number: expected})
            continue
        estimator.take(stay)
        if number in promised and stay.end is StayEnd.ANSWERED:
            yield Estimate(stay, promised.pop(number), (at - stay.joined_at).total_seconds())


def quality(stays: Iterable[Stay]) -> EstimateQuality:
    """How good the estimates of some stays were."""
    made = list(estimates(stays))
    why = "too few calls were answered before to expect anything"
    return EstimateQuality(
        within_p50=share(sum(one.error <= 0 for one in made), len(made), why),
        within_p80=share(sum(one.waited <= one.expected.p80.total_seconds() for one in made), len(made), why),
        error=mean(sum(abs(one.error) for one in made), len(made), why),
        bias=mean(sum(one.error for one in made), len(made), why),
    )


def _as_they_happened(stays: Iterable[Stay]) -> list[tuple[datetime, bool, int, Stay]]:
    """Joinings and ends by their times; an end before a joining of the same moment."""
    happened: list[tuple[datetime, bool, int, Stay]] = []
    for number, stay in enumerate(stays):
        happened.append((stay.joined_at, True, number, replace(stay, end=StayEnd.WAITING, left_at=None)))
        if stay.left_at is not None and stay.left_at >= stay.joined_at:
            happened.append((stay.left_at, False, number, stay))
    return sorted(happened, key=lambda one: one[:3])
