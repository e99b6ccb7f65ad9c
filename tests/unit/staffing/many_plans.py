"""Tries the properties of guarded plans on many centres: ``python -m tests.unit.staffing.many_plans [--cases 100000]``.

Prints a line for each property; ends with 1, and the seed, where one does not hold.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable

from .any_centre import Centre, seeded
from .plan_properties import PROPERTIES, planned

CASES = 100_000


def failing(holds: Callable[[Centre], None], seeds: range) -> int | None:
    """The first seed that it does not hold for."""
    for seed in seeds:
        try:
            holds(seeded(seed))
        except AssertionError:
            traceback.print_exc()
            return seed
    return None


def main() -> int:
    """Try all of them."""
    options_of = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    options_of.add_argument("--cases", type=int, default=CASES)
    options_of.add_argument("--seed", type=int, default=0, help="the first one")
    options = options_of.parse_args()
    cases, seeds = options.cases, range(options.seed, options.seed + options.cases)
    plans = [planned(seeded(seed)) for seed in seeds[:1000]]
    done, waits = sum(len(plan.changes) for plan in plans), sum(len(plan.held) for plan in plans)
    print(f"of 1000 centres: {done} changes planned, {waits} held")  # noqa: T201 - a program
    is_good = True
    for holds in PROPERTIES:
        began = time.perf_counter()
        seed = failing(holds, seeds)
        is_good &= seed is None
        said = "holds" if seed is None else f"FAILS with seed {seed}"
        print(f"{holds.__name__:50} {cases:>9,} cases {time.perf_counter() - began:7.1f} s  {said}")  # noqa: T201 - a program
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
