"""How far the simulator is from a real Asterisk: the same callers on both.

    sudo .venv/bin/python benchmarks/simulated_day.py --minutes 10 --seed 1

Softphones without sound call two queues that share agents, with more callers than agents at times; who waits too long
hangs up. Then the same callers, with the same moments of joining, talks and patience, are simulated. Printed are the
figures of both, for each queue and together.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ivrctl.simulation.outcome import QueueFigures
from ivrctl.testkit.queue_day.day import live, place
from ivrctl.testkit.queue_day.plan import rush_hour
from ivrctl.testkit.queue_day.replayed import Replayed, replay
from ivrctl.web.client import ask

FIGURES: dict[str, Callable[[QueueFigures], float]] = {
    "offered": lambda figures: figures.offered,
    "answered": lambda figures: figures.answered,
    "abandoned": lambda figures: figures.abandoned,
    "in 5 s": lambda figures: 100 * (figures.service_level or 0),
    "ASA": lambda figures: figures.speed_of_answer or 0,
    "longest": lambda figures: figures.longest_wait,
}


def main() -> int:
    """Live a day, simulate it, and print both."""
    options = _options()
    day = rush_hour(options.seed, 60 * options.minutes, options.per_minute)
    with (
        tempfile.TemporaryDirectory(prefix="ivrctl-day-") as folder,
        place(f"day-{os.getpid()}", Path(folder), ask) as where,
    ):
        print(f"seed {options.seed}: {len(day.calls)} calls in {options.minutes:g} minutes", flush=True)
        lived = asyncio.run(live(where, day))
    print(f"\n{'':10}{'':10}" + "".join(f"{name:>11}" for name in FIGURES))
    for one in replay(lived.evidence):
        _print(one)
    return 0


def _print(one: Replayed) -> None:
    for name, figures in (("Asterisk", one.asterisk), ("simulated", one.simulated)):
        print(f"{one.name:10}{name:10}" + "".join(f"{reckon(figures):>11.1f}" for reckon in FIGURES.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="in which calls begin")
    parser.add_argument("--seed", type=int, default=1, help="of the day")
    parser.add_argument("--per-minute", type=float, default=46.0, help="calls that begin, on average")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
