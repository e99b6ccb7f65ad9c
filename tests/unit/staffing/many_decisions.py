"""Tries the properties of decisions on many desks: ``python -m tests.unit.staffing.many_decisions [--cases 100000]``.

A case of those that hold at each decision is a decision, with all that came before it; of the others a desk with its
history. Prints a line for each property; ends with 1, and a seed, where one does not hold.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count

from .chance import Seeded
from .decision_properties import AT_EACH_DECISION, OF_A_DESK, Made, history

CASES = 100_000


def cases_of(seeds: Iterator[int], least: int, seen: Counter[str]) -> Iterator[tuple[int, list[Made]]]:
    """Histories until there are so many decisions."""
    made = 0
    while made < least:
        seed = next(seeds)
        decisions = list(history(Seeded(seed)))
        made += len(decisions)
        for each in decisions:
            _count(each, seen)
        yield seed, decisions


def _count(made: Made, seen: Counter[str]) -> None:
    seen["decisions"] += 1
    seen["without sight"] += not made.view.is_known
    seen["under an order"] += bool(made.view.orders)
    for reason in made.decision.reasons:
        if reason.is_change:
            seen[f"{'came by' if reason.is_in else 'left by'} {reason.cause}"] += 1
    for who, one in made.decision.memory.people.items():
        if not one.is_in and one.left_at == made.decision.at and one != made.before.people.get(who):
            seen[f"person sent home by {one.sent_home_by}"] += 1


def failing(holds: Callable[[], None]) -> bool:
    """True where it does not hold, which is shown."""
    try:
        holds()
    except AssertionError:
        traceback.print_exc()
        return True
    return False


def at_each_decision(cases: int, first: int) -> Iterator[str]:
    """A line for each property."""
    seen: Counter[str] = Counter()
    spent = dict.fromkeys(AT_EACH_DECISION, 0.0)
    failed: dict[Callable[[Made], None], int] = {}
    for seed, decisions in cases_of(count(first), cases, seen):
        for holds in AT_EACH_DECISION:
            began = time.process_time()
            if holds not in failed and any(failing(lambda made=made: holds(made)) for made in decisions):  # noqa: B023
                failed[holds] = seed
            spent[holds] += time.process_time() - began
    yield ", ".join(f"{what} {number:,}" for what, number in sorted(seen.items()))
    for holds in AT_EACH_DECISION:
        yield _line(holds.__name__, seen["decisions"], spent[holds], failed.get(holds))


def of_a_desk(cases: int, first: int) -> Iterator[str]:
    """A line for each property."""
    for holds in OF_A_DESK:
        began = time.process_time()
        seeds = range(first, first + cases)
        failed = next((seed for seed in seeds if failing(lambda seed=seed: holds(Seeded(seed)))), None)  # noqa: B023
        yield _line(holds.__name__, cases, time.process_time() - began, failed)


def _line(name: str, cases: int, spent: float, failed: int | None) -> str:
    said = "holds" if failed is None else f"FAILS with seed {failed}"
    return f"{name:52} {cases:>9,} cases {spent:8.1f} s  {said}"


def main() -> int:
    """Try all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    given = parser.parse_args()
    is_good = True
    for tried in (at_each_decision, of_a_desk):
        for line in tried(given.cases, given.seed):
            is_good &= "FAILS" not in line
            print(line, flush=True)  # noqa: T201 - a program
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
