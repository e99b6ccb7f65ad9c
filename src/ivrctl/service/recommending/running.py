"""Settings of a policy on drawn days, each drawn from its seed as in a backtest: the same seed, the same callers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from numpy.random import default_rng

from ivrctl.service.backtesting.processes import Processes
from ivrctl.service.backtesting.running import CALLERS, ON_THE_WAY, Days
from ivrctl.simulation.day import Day, QueueModel
from ivrctl.simulation.engine import simulate
from ivrctl.simulation.recommendation.judged import DayFigures, day_figures
from ivrctl.simulation.recommendation.space import Space
from ivrctl.simulation.recommendation.tries import NOBODY, Run, Try
from ivrctl.staffing.policy import Policy


@dataclass(frozen=True, slots=True)
class Ground:
    """On what settings are tried."""

    days: Sequence[Days]
    """From which days are drawn, all of them for each seed."""
    space: Space
    beside: Mapping[str, Policy]
    """Other policies that are in force, by name."""
    seed: int
    """The first."""

    def seed_of(self, day: int) -> int:
        """By which a day is drawn."""
        return self.seed + day // len(self.days)

    def run(self, one: Try) -> DayFigures:
        """One setting on one day."""
        seed, name = self.seed_of(one.day), self.space.given.name
        own = {} if one.setting == NOBODY else {name: self.space.policy(one.setting)}
        policies = {**self.beside, **own}
        day = with_queues(self.days[one.day % len(self.days)].day(default_rng([seed, CALLERS])), policies.values())
        return day_figures(simulate(day, policies, default_rng([seed, ON_THE_WAY])), name)


def with_queues(day: Day, policies: Iterable[Policy]) -> Day:
    """A day on which the queues that policies watch are there, called or not: a description may leave them out."""
    known = {queue.name for queue in day.queues}
    missing = dict.fromkeys(queue for policy in policies for queue in policy.queues if queue not in known)
    return replace(day, queues=(*day.queues, *map(QueueModel, missing))) if missing else day


def in_processes(processes: Processes, ground: Ground, told: Callable[[int], None]) -> Run:
    """Run tries in some processes, many at the same time; ``told`` is told how many are done, after each, over all."""
    done = count(1)

    def run(tries: Sequence[Try]) -> Sequence[DayFigures]:
        found = []
        for figures in processes.results(ground.run, tries):
            found.append(figures)
            told(next(done))
        return found

    return run
