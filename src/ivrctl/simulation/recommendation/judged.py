"""What a policy costs and what it keeps, over several days: what a search compares.

**Cost** is minutes of people who were in by a tier, each tier's times its place in the order: a minute of the first
counts once, of the second twice, and so on. A policy lists its tiers in the order in which it hurts to call them, so
a minute of the last is the dearest; how much dearer nobody has said, and this is the plainest order that is kept.

**The promise** is the site's: a share of callers answered in time, on the day in the middle, and in the mean of the
worst quarter of the days as well (the conditional value at risk of a quarter: Rockafellar and Uryasev, Optimization of
conditional value-at-risk, 2000). So one that holds on ordinary days only is not kept. Besides, no more callers may hang
up than by the policy that is given, of those who did not do so at once.

Whoever breaks the promise less is better, and of two that keep it the cheaper one: rules of Deb (An efficient
constraint handling method for genetic algorithms, 2000), which need no price for a broken promise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, median, stdev
from typing import TypeAlias

from ivrctl.simulation.outcome import Outcome

Key: TypeAlias = tuple[int, float]
"""By how much the promise is broken, in tenths of a point, and what it costs: the less the better."""
TENTH_OF_A_POINT = 0.001
"""Of two policies that break the promise, less between them than this is chance, and the cheaper one is better."""
WORST = 0.25
"""The share of days that are the worst."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One policy on one day."""

    level: float
    """The service level of all callers; 1 where there were none."""
    waited: int
    """Callers who did not hang up at once."""
    lost: int
    """Of those, who hung up."""
    reserve: tuple[float, ...] = ()
    """Minutes of people, by tier; empty without a policy."""
    changes: int = 0
    """Memberships that began or ended."""
    interruptions: int = 0
    """How often somebody was called in, or asked."""

    @property
    def cost(self) -> float:
        """Minutes, each tier's times its place in the order."""
        return sum(place * minutes for place, minutes in enumerate(self.reserve, start=1))

    @property
    def minutes(self) -> float:
        """Of people, of all tiers alike."""
        return sum(self.reserve)

    @property
    def lost_share(self) -> float:
        """Of those who waited, who hung up."""
        return self.lost / self.waited if self.waited else 0.0


def day_figures(outcome: Outcome, policy: str) -> DayFigures:
    """What counts of a run.

    Args:
        outcome: of the run.
        policy: whose tiers count.
    """
    total = outcome.total
    tiers = [figures for (of, _), figures in outcome.tiers.items() if of == policy]
    return DayFigures(
        level=1.0 if total.service_level is None else total.service_level,
        waited=total.offered - total.short_abandons,
        lost=total.abandoned - total.short_abandons,
        reserve=tuple(tier.reserve_minutes for tier in tiers),
        changes=sum(tier.changes for tier in tiers),
        interruptions=sum(sum(tier.interruptions.values()) for tier in tiers),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """One policy on several days."""

    days: tuple[DayFigures, ...]
    level: float
    """Service level of the day in the middle."""
    worst: float
    """Its mean on the worst quarter of the days."""
    lost_share: float
    """Of the callers of all days."""
    cost: float
    """Of a day, in the mean."""

    @classmethod
    def of(cls, days: Sequence[DayFigures]) -> Judged:
        """All of them, each counting alike."""
        levels = sorted(day.level for day in days)
        waited = sum(day.waited for day in days)
        return cls(
            tuple(days),
            median(levels),
            fmean(levels[: ceil(WORST * len(levels))]),
            sum(day.lost for day in days) / waited if waited else 0.0,
            fmean(day.cost for day in days),
        )

    @property
    def reserve(self) -> tuple[float, ...]:
        """Minutes of people of a day, by tier."""
        return tuple(map(fmean, zip(*(day.reserve for day in self.days), strict=True)))

    def mean(self, of: Callable[[DayFigures], float]) -> float:
        """A figure of a day, in the mean."""
        return fmean(map(of, self.days))


@dataclass(frozen=True, slots=True)
class Promise:
    """What is to be kept."""

    level: float
    """Share of callers answered in time, 0 to 1."""
    lost_share: float
    """No more may hang up."""

    def broken(self, level: float, worst: float, lost_share: float) -> float:
        """By how much it is, as a share: 0 where it is kept."""
        missed = max(0.0, self.level - min(level, worst))
        return missed + max(0.0, lost_share - self.lost_share)

    def broken_by(self, judged: Judged) -> float:
        """By how much a policy breaks it."""
        return self.broken(judged.level, judged.worst, judged.lost_share)

    def key(self, judged: Judged) -> Key:
        """What orders policies, the best first."""
        return tenths(self.broken_by(judged)), judged.cost

    def is_kept(self, judged: Judged) -> bool:
        """True where it is, in all its parts."""
        return tenths(self.broken_by(judged)) == 0


def tenths(broken: float) -> int:
    """In tenths of a point, begun ones as whole ones; an error of floating point is none."""
    return ceil(broken / TENTH_OF_A_POINT - 1e-6)


@dataclass(frozen=True, slots=True)
class Mean:
    """A figure in the mean of some days, and how sure that is."""

    value: float
    error: float
    """The standard error: of three such means about one is off by more than that, by chance alone."""

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        """Of one day nobody knows how sure it is: its error is nothing."""
        return cls(fmean(values), stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0)

    @property
    def is_chance(self) -> bool:
        """True for one that might as well be nothing."""
        return abs(self.value) <= self.error


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a policy differs from another on the same days."""

    level: Mean
    lost_share: Mean
    cost: Mean
    minutes: Mean


def difference(old: Sequence[DayFigures], new: Sequence[DayFigures]) -> Difference:
    """Day by day, the new less the old: the same callers came to both, so it spreads less than the figures do."""
    pairs = list(zip(old, new, strict=True))

    def mean(of: Callable[[DayFigures], float]) -> Mean:
        return Mean.of([of(after) - of(before) for before, after in pairs])

    return Difference(
        mean(lambda day: day.level),
        mean(lambda day: day.lost_share),
        mean(lambda day: day.cost),
        mean(lambda day: day.minutes),
    )
