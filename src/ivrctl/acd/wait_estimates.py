"""What a caller could expect when he joined, against what became: how far the expected wait is to be believed.

The estimate is the one that needs no model: the P50 and P80 of the waits of those who were answered last in his queue
before he came. Only waits that ended in an answer are compared; how long others would have waited nobody knows. So
the share of waits within the P50 is to be near one half, and within the P80 near four fifths.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ivrctl.acd.figure import Figure, mean, share
from ivrctl.acd.kpi import percentile
from ivrctl.acd.stay import Stay, StayEnd

LAST = 50
"""Answered calls that an estimate is made of: half an hour of a queue of some size."""
LEAST = 10
"""Answered calls before which nothing is expected."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One caller's: what could be expected, and how long he waited; seconds."""

    stay: Stay
    p50: float
    p80: float
    waited: float


@dataclass(frozen=True, slots=True)
class EstimateQuality:
    """How good estimates were."""

    within_p50: Figure
    """The share of waits that were not longer than the P50."""
    within_p80: Figure
    error: Figure
    """The mean of the differences between P50 and wait, without their signs; seconds."""


def estimates(stays: Iterable[Stay]) -> Iterator[Estimate]:
    """The estimates of all answered calls that had enough before them, queue by queue."""
    by_queue: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        if stay.end is StayEnd.ANSWERED and stay.left_at is not None and stay.left_at >= stay.joined_at:
            by_queue[stay.queue].append(stay)
    for queue in sorted(by_queue):
        yield from _of_queue(by_queue[queue])


def quality(stays: Iterable[Stay]) -> EstimateQuality:
    """How good the estimates of some stays were."""
    made = list(estimates(stays))
    why = f"no call had {LEAST} answered ones before it"
    return EstimateQuality(
        within_p50=share(sum(one.waited <= one.p50 for one in made), len(made), why),
        within_p80=share(sum(one.waited <= one.p80 for one in made), len(made), why),
        error=mean(sum(abs(one.waited - one.p50) for one in made), len(made), why),
    )


def _of_queue(stays: list[Stay]) -> Iterator[Estimate]:
    answered = iter(sorted((stay.left_at, _waited(stay)) for stay in stays if stay.left_at is not None))
    upcoming = next(answered, None)
    last: deque[float] = deque(maxlen=LAST)
    for stay in sorted(stays, key=lambda stay: stay.joined_at):
        while upcoming is not None and upcoming[0] <= stay.joined_at:
            last.append(upcoming[1])
            upcoming = next(answered, None)
        if len(last) >= LEAST:
            known = sorted(last)
            yield Estimate(stay, percentile(known, 50), percentile(known, 80), _waited(stay))


def _waited(stay: Stay) -> float:
    return 0.0 if stay.left_at is None else (stay.left_at - stay.joined_at).total_seconds()
