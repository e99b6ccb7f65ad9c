"""Every variant on the days of all seeds: on several processors, in an order that does not depend on who is quicker.

A run of a seed follows from the seed: the day is drawn from one generator, and what is left to chance on the way from
another, so that all variants have the same callers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from numpy.random import Generator, default_rng

from ivrctl.service.backtesting.processes import Processes, processors
from ivrctl.simulation.compared import Runs
from ivrctl.simulation.day import Day
from ivrctl.simulation.engine import simulate
from ivrctl.simulation.outcome import Outcome
from ivrctl.staffing.policy import Policy

CALLERS, ON_THE_WAY = 0, 1
"""What of a run a generator is for: with the seed it begins by this."""

FEW_CALLS = 2_000
"""Of all runs together: they take no longer than another process takes to start."""


class Days(Protocol):
    """From which a day is drawn: a synthetic one, or one that was."""

    def day(self, chance: Generator) -> Day:
        """The day of a seed."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Policies that are in force together."""

    name: str
    policies: Mapping[str, Policy]
    """By name; empty for none."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is run."""

    days: Days
    variants: Sequence[Variant]
    seeds: Sequence[int]

    @property
    def many(self) -> int:
        """How many runs it has."""
        return len(self.seeds) * len(self.variants)

    @property
    def calls(self) -> int:
        """Those of the first seed's day."""
        return len(self.days.day(default_rng([self.seeds[0], CALLERS])).arrivals)

    def run(self, task: tuple[int, int]) -> Outcome:
        """One variant, by its place, on the day of one seed."""
        seed, variant = task
        day = self.days.day(default_rng([seed, CALLERS]))
        return simulate(day, self.variants[variant].policies, default_rng([seed, ON_THE_WAY]))


def run_all(trial: Trial, told: Callable[[int, int], None], workers: int | None = None) -> tuple[Runs, ...]:
    """Run every variant on every seed.

    Args:
        trial: what is run.
        told: is told how many runs of how many are done.
        workers: processes; by default one for each processor, where it is worth it. With one, it is done here.

    Returns:
        The runs of each variant, in the variants' order.
    """
    with Processes() as processes:
        processes.start(min(trial.many, workers or worth(trial.many, trial.calls)))
        return run_in(processes, trial, told)


def run_in(processes: Processes, trial: Trial, told: Callable[[int, int], None]) -> tuple[Runs, ...]:
    """The same, in processes that were started before."""
    outcomes = []
    # Seed by seed, and of each seed in the order of the variants.
    for outcome in processes.results(trial.run, product(trial.seeds, range(len(trial.variants)))):
        outcomes.append(outcome)
        told(len(outcomes), trial.many)
    width = len(trial.variants)
    return tuple(
        Runs(variant.name, tuple(variant.policies), tuple(outcomes[place::width]))
        for place, variant in enumerate(trial.variants)
    )


def worth(many: int, calls: int) -> int:
    """The processes that are worth their start, for so many runs of a day of so many calls."""
    return 1 if calls * many < FEW_CALLS else min(many, processors())
