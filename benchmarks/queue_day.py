"""A day of a contact centre in twenty minutes: what the books say against what the script did and Asterisk wrote.

    sudo .venv/bin/python benchmarks/queue_day.py --minutes 20 --seed 1

Callers and agents without sound call, wait, answer, talk, give up, press keys, are transferred, pause and sign off, in
several queues of a PBX and a site of their own. In the end each call's stays in the books are compared with the script,
with queue_log, with the CDRs and with the channel event log, read by readers of their own; and the rows of ``ivrctl
kpi`` with the lines of queue_log. Every difference is printed; exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from ivrctl.testkit.queue_day.day import live, place
from ivrctl.testkit.queue_day.plan import plan
from ivrctl.web.client import ask


def main() -> int:
    """Live a day, and print what was found; the exit code."""
    options = _options()
    day = plan(options.seed, 60 * options.minutes, options.per_minute)
    with (
        tempfile.TemporaryDirectory(prefix="ivrctl-day-") as folder,
        place(f"day-{os.getpid()}", Path(folder), ask) as where,
    ):
        print(f"seed {options.seed}: {len(day.calls)} calls in {options.minutes:g} minutes", flush=True)
        began = time.monotonic()
        lived = asyncio.run(live(where, day))
        took = time.monotonic() - began
    compared = lived.compared()
    for what, counts in (("calls", compared.kinds), ("stays", compared.ends)):
        print(f"\n{sum(counts.values())} {what}")
        for name, count in counts.most_common():
            print(f"{count:>7} {name}")
    print("\nlargest differences of times")
    for name, apart in sorted(compared.worst.items(), key=lambda item: -item[1]):
        print(f"{apart:>7.3f} s  {name}")
    print(f"\n{len(compared.differences)} differences, in {took:.0f} s")
    for difference in compared.differences:
        print(f"    {difference}")
    if options.json is not None:
        told = {
            "differences": compared.differences,
            "kinds": compared.kinds,
            "ends": compared.ends,
            "kpi": lived.figures,
        }
        options.json.write_text(json.dumps({**told, "worst": compared.worst}, indent=1) + "\n")
    return 1 if compared.differences else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=20.0, help="in which calls begin")
    parser.add_argument("--seed", type=int, default=1, help="of the day")
    parser.add_argument("--per-minute", type=float, default=60.0, help="calls that begin, on average")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
