"""Break things under calls, look what held, and write ``docs/proof.md``: ``make faults``.

::

    python -m tests.faults [--seeds N | --seed N] [--only NAME] [--real | --seeded] [--write]

The figures of a row are kept in ``tests/faults/results`` with ``--write``, and the page is written from them; without
it the rows are run and nothing is kept. Ends with 1 when something did not hold, or a row could not be run to its end:
it keeps the figures that it had, and the others go on.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from . import page
from .matrix import Fault, Outcome, Where
from .outcomes import keep, outcome_of
from .rows import FAULTS

SEEDS = 20
"""As CI has them."""


def main() -> int:
    """Read the command line, and do it."""
    asked = _arguments()
    if asked.list:
        for fault in FAULTS:
            print(f"{fault.name:<20} {fault.where:<8} {fault.what}{_needs(fault)}")
        return 0
    if asked.check:
        return 0 if page.PAGE.read_text(encoding="utf-8") == page.page() else 1
    if asked.page:
        page.write()
        return 0
    seeds = [asked.seed] if asked.seed is not None else list(range(1, asked.seeds + 1))
    outcomes = [_run(fault, seeds, is_kept=asked.write) for fault in _chosen(asked)]
    if asked.write:
        page.write()
    return int(not all(outcome is not None and outcome.is_whole for outcome in outcomes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, from 1 on")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--only", action="append", default=[], help="the name of a row")
    parser.add_argument("--real", action="store_true", help="the rows on a real Asterisk alone")
    parser.add_argument("--seeded", action="store_true", help="the rows against a fake Asterisk alone")
    parser.add_argument("--write", action="store_true", help="keep the figures, and write the page")
    parser.add_argument("--page", action="store_true", help="write the page from the figures that are there")
    parser.add_argument("--check", action="store_true", help="end with 1 when the page is not as its figures are")
    parser.add_argument("--list", action="store_true", help="say which rows there are")
    return parser.parse_args()


def _chosen(asked: argparse.Namespace) -> list[Fault]:
    unknown = set(asked.only) - {fault.name for fault in FAULTS}
    if unknown:
        raise SystemExit(f"no such row: {', '.join(sorted(unknown))}; see --list")
    where = {Where.REAL} if asked.real else {Where.SEEDED} if asked.seeded else set(Where)
    return [fault for fault in FAULTS if (fault.name in asked.only or not asked.only) and fault.where in where]


def _run(fault: Fault, seeds: Sequence[int], *, is_kept: bool) -> Outcome | None:
    try:
        with tempfile.TemporaryDirectory(prefix="ivrctl-faults-") as folder:
            outcome = asyncio.run(outcome_of(fault, seeds[: fault.most_seeds], Path(folder) / fault.name))
    except Exception:  # noqa: BLE001 - whatever it is: the rows behind it take a quarter of an hour
        traceback.print_exc()
        print(f"{fault.name:<20} not run to its end: see above", flush=True)
        return None
    if outcome.left_out:
        print(f"{fault.name:<20} left out: {outcome.left_out}", flush=True)
    else:
        ended = ", ".join(f"{count} {how}" for how, count in sorted(outcome.ended.items()))
        verdict = "held" if outcome.is_whole else f"broken: {', '.join(outcome.broken)}"
        print(f"{fault.name:<20} {outcome.calls:>5} calls in {outcome.seconds:>6.1f} s: {ended}; {verdict}", flush=True)
    for remark in outcome.remarks:
        print(f"    {remark}", flush=True)
    for name, wrong in outcome.broken.items():
        for sentence in wrong:
            print(f"    {name}: {sentence}", flush=True)
    if is_kept:
        keep(outcome)
    return outcome


def _needs(fault: Fault) -> str:
    why = fault.needs()
    return f" (needs what is missing: {why})" if why else ""


if __name__ == "__main__":
    sys.exit(main())
