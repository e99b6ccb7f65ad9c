"""Figures of several policies over several seeds: the middle of each, and between what it lies.

All of them are run on the same days, drawn from the same seeds. So what differs between two of them on one seed is not
that more callers came, and their difference is taken seed by seed: it spreads much less than the figures do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

from ivrctl.simulation.outcome import Outcome, QueueFigures

Reading: TypeAlias = Callable[[Outcome], "float | None"]
"""One figure of a run; None where it has none."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over several seeds."""

    median: float
    least: float
    most: float
    of: int
    """The seeds that had it."""

    @classmethod
    def of_values(cls, values: Iterable[float | None]) -> Spread | None:
        """The spread of those that there are; None without any."""
        known = [value for value in values if value is not None]
        return cls(median(known), min(known), max(known), len(known)) if known else None


@dataclass(frozen=True, slots=True)
class Runs:
    """One set of policies, run on the days of all seeds."""

    name: str
    policies: tuple[str, ...]
    """Their names; empty for none."""
    outcomes: tuple[Outcome, ...]
    """In the order of the seeds."""

    def spread(self, read: Reading) -> Spread | None:
        """A figure over all seeds."""
        return Spread.of_values(map(read, self.outcomes))

    @property
    def tiers(self) -> tuple[tuple[str, str], ...]:
        """Policy and tier, in the order in which they come in."""
        return tuple(dict.fromkeys(key for outcome in self.outcomes for key in outcome.tiers))


def difference(old: Runs, new: Runs, read: Reading) -> Spread | None:
    """By how much a figure of the new is more than the old's, on the same seed."""
    pairs = zip(map(read, old.outcomes), map(read, new.outcomes), strict=True)
    return Spread.of_values(after - before for before, after in pairs if before is not None and after is not None)


@dataclass(frozen=True, slots=True)
class Compared:
    """Several sets of policies on the days of the same seeds."""

    day: str
    seeds: tuple[int, ...]
    runs: tuple[Runs, ...]
    """The first is what the others are compared with by eye; ``old`` and ``new`` are compared seed by seed."""
    assumed: tuple[str, ...] = ()
    """What was not known of the day, in sentences."""
    was: Mapping[str, QueueFigures] | None = None
    """By queue, what became of the callers of a recorded day; None for a synthetic one."""


def interruptions(outcome: Outcome) -> Mapping[str, int]:
    """By agent's number, how often he was called in or asked, by all tiers."""
    counted: Counter[str] = Counter()
    for tier in outcome.tiers.values():
        counted.update(tier.interruptions)
    return counted


def reserve_minutes(outcome: Outcome) -> float:
    """Minutes of people of all tiers."""
    return sum(tier.reserve_minutes for tier in outcome.tiers.values())


def changes(outcome: Outcome) -> float:
    """Memberships that began or ended, of all tiers."""
    return float(sum(tier.changes for tier in outcome.tiers.values()))


def most_interrupted(outcome: Outcome) -> float:
    """How often somebody was interrupted, of him who was so most often."""
    return float(max(interruptions(outcome).values(), default=0))


def mean_interruptions(outcome: Outcome) -> float | None:
    """How often somebody was interrupted, of those who were at all; None when nobody was."""
    counted = interruptions(outcome)
    return sum(counted.values()) / len(counted) if counted else None


def of_tiers(keys: Sequence[tuple[str, str]], read: Callable[[Outcome, tuple[str, str]], float]) -> Reading:
    """A figure of some tiers together; None in a run that has none of them."""

    def found(outcome: Outcome) -> float | None:
        there = [key for key in keys if key in outcome.tiers]
        return sum(read(outcome, key) for key in there) if there else None

    return found


def of_queue(queue: str, read: Callable[[QueueFigures], float | None]) -> Reading:
    """A figure of one queue; None in a run that has no such queue."""
    return lambda outcome: read(outcome.queues[queue]) if queue in outcome.queues else None


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of the day, over all seeds."""

    began: float
    """Seconds from the day's beginning."""
    ended: float
    offered: float
    """Callers, in the mean of the seeds."""
    service_level: float | None
    """Of the callers of all seeds together; None where there were none."""
    tiers: Mapping[tuple[str, str], float]
    """By policy and tier, the share of the time, and of the seeds, in which it was in."""


def sliced(runs: Runs, length: float, lasts: float) -> tuple[Slice, ...]:
    """The day in stretches, for charts.

    Args:
        runs: on all seeds.
        length: seconds of a stretch, a multiple of the outcomes' intervals.
        lasts: seconds of the day.
    """
    seeds = len(runs.outcomes)
    found = []
    for number in range(int(-(-lasts // length))):
        began, ended = number * length, min((number + 1) * length, lasts)
        figures = [
            each
            for outcome in runs.outcomes
            for at, each in outcome.intervals
            if began <= at < number * length + length
        ]
        whole = sum(each.offered - each.short_abandons for each in figures)
        level = sum(each.in_time for each in figures) / whole if whole else None
        shares = {key: _share_in(key, runs, began, ended) for key in runs.tiers}
        found.append(Slice(began, ended, sum(each.offered for each in figures) / seeds, level, shares))
    return tuple(found)


def stays_in(key: tuple[str, str], outcome: Outcome, lasts: float) -> Iterator[tuple[float, float]]:
    """The times in which a tier was in."""
    began: float | None = None
    for move in outcome.moves:
        if (move.policy, move.tier) != key:
            continue
        if move.is_in and began is None:
            began = move.at
        elif not move.is_in and began is not None:
            yield began, move.at
            began = None
    if began is not None:
        yield began, max(began, lasts)


def _share_in(key: tuple[str, str], runs: Runs, began: float, ended: float) -> float:
    if ended <= began:
        return 0.0
    seconds = sum(
        max(0.0, min(ended, last) - max(began, first))
        for outcome in runs.outcomes
        for first, last in stays_in(key, outcome, ended)
    )
    return seconds / (ended - began) / len(runs.outcomes)
