"""An import of a queue_log: lines a second and memory, on a log of any length that is made up first.

python benchmarks/queue_log_import.py --lines 2000000

The log is that of a centre with 8 queues and 200 agents: of ten callers seven are answered, the others hang up, time
out or press a key; agents miss calls, pause, sign on and off.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SITE = """\
site: bench
time_zone: Europe/Berlin
languages: [en]
currency: EUR
numbers: {country: DE}
prompts: {no_input: We heard no key., no_match: That is no choice., one_moment: One moment., fallback: Please hold.}
"""
BEGIN = 1_760_000_000
QUEUES = [f"q{number}" for number in range(8)]
PAGE = 2_000
"""Lines that are written together: the first half of twice as many in order."""
AGENTS = [f"PJSIP/{8000 + number}" for number in range(200)]


def lines(wanted: int, seed: int) -> Iterator[str]:
    """A log of at least so many lines, in the order of their times."""
    dice = random.Random(seed)  # noqa: S311 - a made-up log
    pending: list[tuple[int, str]] = []
    at, call, made = BEGIN, 0, 0
    yield f"{at}|NONE|NONE|NONE|QUEUESTART|"
    while made < wanted:
        at += dice.choice((0, 0, 1, 1, 2))
        call += 1
        pending += _call(dice, at, f"{at}.{call}") if call % 20 else _agent(dice, at)
        if len(pending) > 2 * PAGE:
            pending.sort(key=lambda one: one[0])
            out, pending = pending[:PAGE], pending[PAGE:]
            made += len(out)
            yield from (text for _, text in out)
    yield from (text for _, text in sorted(pending))


def _call(dice: random.Random, at: int, id_: str) -> list[tuple[int, str]]:
    queue, agent = dice.choice(QUEUES), dice.choice(AGENTS)
    wait, talk = dice.randrange(1, 90), dice.randrange(20, 400)
    made = [(at, f"{at}|{id_}|{queue}|NONE|ENTERQUEUE||+4930{dice.randrange(10**6):06}|1")]
    left = at + wait
    if dice.random() < 0.3:  # noqa: PLR2004 - of ten three miss
        made.append((left - 1, f"{left - 1}|{id_}|{queue}|{agent}|RINGNOANSWER|15000"))
    ends = dice.random()
    if ends < 0.7:  # noqa: PLR2004 - of ten seven are answered
        made.append((left, f"{left}|{id_}|{queue}|{agent}|CONNECT|{wait}|{at}.9|4"))
        event = dice.choice(("COMPLETECALLER", "COMPLETEAGENT"))
        made.append((left + talk, f"{left + talk}|{id_}|{queue}|{agent}|{event}|{wait}|{talk}|1"))
    else:
        text = dice.choice((f"ABANDON|1|1|{wait}", f"EXITWITHTIMEOUT|1|1|{wait}", f"EXITWITHKEY|1|1|1|{wait}"))
        made.append((left, f"{left}|{id_}|{queue}|NONE|{text}"))
    return made


def _agent(dice: random.Random, at: int) -> list[tuple[int, str]]:
    queue, agent = dice.choice(QUEUES), dice.choice(AGENTS)
    event = dice.choice(("ADDMEMBER|", "REMOVEMEMBER|", "PAUSE|lunch", "UNPAUSE|"))
    return [(at, f"{at}|NONE|{queue}|{agent}|{event}")]


def main() -> None:
    """Make a log, import it twice, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site, log = Path(folder) / "site", Path(folder) / "queue_log"
        site.mkdir()
        (site / "ivrctl.yaml").write_text(SITE)
        with log.open("w") as file:
            made = sum(file.write(f"{text}\n") and 1 for text in lines(options.lines, options.seed))
        state = Path(folder) / "state"
        state.mkdir()
        print(f"{made:,} lines, {log.stat().st_size / 1e6:.0f} MB")
        for name in ("first", "again"):
            print(f"{name:6} {_imported(log, site, state)}")
        print(f"the database has {(state / 'calls.sqlite').stat().st_size / 1e6:.0f} MB")


def _imported(log: Path, site: Path, state: Path) -> str:
    command = [sys.executable, "-m", "ivrctl", "kpi", "import", str(log), "--site", str(site), "--state", str(state)]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{took:7.1f} s, {cpu:.1f} s of a core, peak {after.ru_maxrss / 1024:.0f} MB: {_last(ran.stdout)}"


def _last(text: str) -> str:
    return text.strip().splitlines()[-1]


if __name__ == "__main__":
    main()
