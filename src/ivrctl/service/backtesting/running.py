"""Every variant on the days of all seeds: on several processors, in an order that does not depend on who is quicker.

A run of a seed follows from the seed: the day is drawn from one generator, and what is left to chance on the way from
another, so that all variants have the same callers. Processes are started anew (``spawn``): none inherits a connection,
a thread or a lock of this one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from numpy.random import Generator, default_rng

from ivrctl.service.backtesting.pickling import take_read_only_mappings
from ivrctl.service.backtesting.variants import Variant
from ivrctl.simulation.compared import Runs
from ivrctl.simulation.day import Day
from ivrctl.simulation.engine import simulate
from ivrctl.simulation.outcome import Outcome

CALLERS, ON_THE_WAY = 0, 1
"""What of a run a generator is for: with the seed it begins by this."""

FEW_CALLS = 2_000
"""Of all runs together: they take no longer than another process takes to start."""


class Days(Protocol):
    """From which a day is drawn: a synthetic one, or one that was."""

    def day(self, chance: Generator) -> Day:
        """The day of a seed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is run."""

    days: Days
    variants: Sequence[Variant]
    seeds: Sequence[int]


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(trial: Trial, told: Callable[[int, int], None], workers: int | None = None) -> tuple[Runs, ...]:
    """Run every variant on every seed.

    Args:
        trial: what is run.
        told: is told how many runs of how many are done.
        workers: processes; by default one for each processor, where it is worth it. With one, it is done here.

    Returns:
        The runs of each variant, in the variants' order.
    """
    many = len(trial.seeds) * len(trial.variants)
    outcomes = []
    for outcome in _outcomes(trial, min(many, workers or _worth(trial, many))):
        outcomes.append(outcome)
        told(len(outcomes), many)
    width = len(trial.variants)
    return tuple(
        Runs(variant.name, tuple(variant.policies), tuple(outcomes[place::width]))
        for place, variant in enumerate(trial.variants)
    )


def run_one(trial: Trial, seed: int, variant: int) -> Outcome:
    """One variant on the day of one seed."""
    day = trial.days.day(default_rng([seed, CALLERS]))
    return simulate(day, trial.variants[variant].policies, default_rng([seed, ON_THE_WAY]))


def _worth(trial: Trial, many: int) -> int:
    """The processes that are worth their start."""
    calls = len(trial.days.day(default_rng([trial.seeds[0], CALLERS])).arrivals)
    return 1 if calls * many < FEW_CALLS else processors()


def _outcomes(trial: Trial, workers: int) -> Iterator[Outcome]:
    """Seed by seed, and of each seed in the order of the variants."""
    tasks = list(product(trial.seeds, range(len(trial.variants))))
    if workers <= 1:
        yield from (run_one(trial, seed, variant) for seed, variant in tasks)
        return
    take_read_only_mappings()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (trial,)) as pool:
        try:
            with _undisturbed():
                waiting = deque(pool.submit(_do, task) for task in tasks)
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            # Whoever interrupts waits for no run that is under way. What waits is not cancelled: the pool finds its
            # processes gone, and ends all of it itself.
            for process in multiprocessing.active_children():
                process.terminate()
            raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes that never hear of a Ctrl-C; this one does when they are started, and ends them.

    What is blocked stays so in a process that is started, what is handled does not. And a signal that the main thread
    blocks another one takes, for the main thread to be interrupted all the same: so it is handled, too.
    """
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


_trial: list[Trial] = []
"""That of this process, where it is one that was started for it."""


def _begin(trial: Trial) -> None:
    take_read_only_mappings()
    _trial.append(trial)


def _do(task: tuple[int, int]) -> Outcome:
    return run_one(_trial[0], *task)
