"""A backtest of two policies on one day: seconds, by the calls of the day; and that the same seeds give the same bytes.

python benchmarks/backtest.py --calls 5000 10000 20000

The day is a queue_log that is made up first, of a centre with three queues that share their agents, and imported. Two
policies of four tiers stand beside no policy, as `ivrctl staffing backtest` has them by default: three variants on each
seed. Wall time is of the whole command, from the shell to its last line; processor time is of all its processes.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

DAY, BEGIN = "2026-11-20", 1_795_154_400
"""Seven in the morning in Berlin."""
QUEUES = ("sales", "orders", "faults")
CALLS_OF_AN_AGENT = 200
"""In a day of twelve hours: at the peaks there are too few of them."""
RESERVE = {"leaders": 0.06, "quality": 0.06, "outbound": 0.12}
"""People of each tier, beside so many agents."""
POLICY = """\
queues: [sales, orders, faults]
tiers:
  - {tier: break, people: {paused_for: [break]}, bring: ask, patience: 2m}
  - {tier: leaders, people: {group: leaders}, bring: add, penalty: 5}
  - {tier: quality, people: {group: quality}, bring: add, penalty: 5}
  - {tier: outbound, people: {group: outbound}, bring: add, penalty: 10}
triggers:
  longest_wait: {engage: [30s, 60s, 90s, 120s], release: 15s}
  service_level: {engage: [85%, 75%, 65%, 55%], release: 92%}
timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 10m, changes_per_hour: 400}
"""
NEW = POLICY.replace("[85%, 75%, 65%, 55%]", "[75%, 65%, 55%, 45%]")
FLOW = 'lines: {"7000": start}\nsteps: {start: [{play: "Good morning."}, {hangup: served}]}\n'
SHAPE = (2, 4, 6, 6, 5, 4, 5, 6, 5, 4, 3, 2)
"""Calls of each hour, beside the others."""


def site(agents: int) -> str:
    """The site file of a centre with so many agents, and its backup staff."""
    lines = [
        "site: bench\ntime_zone: Europe/Berlin\nlanguages: [en]\ncurrency: EUR\nnumbers: {country: DE}",
        "prompts: {no_input: We heard no key., no_match: No., one_moment: One moment., fallback: Please hold.}",
        "extensions: {_XXXX: PJSIP/{extension}}".replace("PJSIP/{extension}", '"PJSIP/{extension}"'),
        'pause_reasons: {break: "1"}',
        f"queues: {{{', '.join(f'{queue}: {{}}' for queue in QUEUES)}}}",
        f"profiles: {{all: {{{', '.join(f'{queue}: 0' for queue in QUEUES)}}}}}\nagents:",
    ]
    lines += [f'  "{1000 + number}": {{name: Agent {number}, profile: all}}' for number in range(agents)]
    groups = {}
    for place, (group, share) in enumerate(RESERVE.items()):
        groups[group] = [str(7000 + 1000 * place + number) for number in range(max(1, round(share * agents)))]
        lines += [f'  "{number}": {{name: Reserve {number}}}' for number in groups[group]]
    quoted = {group: ", ".join(f'"{number}"' for number in numbers) for group, numbers in groups.items()}
    return "\n".join([*lines, "groups:", *(f"  {group}: [{numbers}]" for group, numbers in quoted.items())]) + "\n"


def log(calls: int, agents: int, dice: random.Random) -> Iterator[tuple[float, str]]:
    """The lines of a day, in no order: one line of callers before all agents, who pause once."""
    free: list[tuple[float, int]] = []
    for number in range(agents):
        name, began = f"PJSIP/{1000 + number}", BEGIN + dice.uniform(0, 600)
        yield from ((began, f"NONE|{queue}|{name}|ADDMEMBER|") for queue in QUEUES)
        pause = BEGIN + 3600 * dice.uniform(3, 9)
        yield from ((pause, f"NONE|{queue}|{name}|PAUSE|break") for queue in QUEUES)
        yield from ((pause + 900, f"NONE|{queue}|{name}|UNPAUSE|") for queue in QUEUES)
        yield from ((BEGIN + 12.2 * 3600, f"NONE|{queue}|{name}|REMOVEMEMBER|") for queue in QUEUES)
        heapq.heappush(free, (began, number))
    for index, at in enumerate(moments(calls, dice)):
        call, queue, patience = f"{index}.1", dice.choice(QUEUES), dice.expovariate(1 / 150)
        yield at, f"{call}|{queue}|NONE|ENTERQUEUE||+49305550000|1"
        answered = max(at + 4, free[0][0])
        if answered - at > patience:
            yield at + patience, f"{call}|{queue}|NONE|ABANDON|1|1|{int(patience)}"
            continue
        _, number = heapq.heappop(free)
        talk = dice.lognormvariate(5.0, 0.7)
        name, hold = f"PJSIP/{1000 + number}", int(answered - at)
        yield answered, f"{call}|{queue}|{name}|CONNECT|{hold}|{call}|4"
        yield answered + talk, f"{call}|{queue}|{name}|COMPLETECALLER|{hold}|{int(talk)}|1"
        heapq.heappush(free, (answered + talk + 10, number))


def moments(calls: int, dice: random.Random) -> Sequence[float]:
    """When they join, in order."""
    hours = dice.choices(range(len(SHAPE)), SHAPE, k=calls)
    return sorted(BEGIN + 3600 * (hour + dice.random()) for hour in hours)


def prepared(folder: Path, calls: int, seed: int) -> None:
    """A site with the books of the day."""
    agents, dice = max(4, calls // CALLS_OF_AN_AGENT), random.Random(seed)  # noqa: S311 - a made-up day
    (folder / "ivrctl.yaml").write_text(site(agents))
    (folder / "main.ivr.yaml").write_text(FLOW)
    (folder / "rush.staffing.yaml").write_text(POLICY)
    (folder / "new").mkdir()
    (folder / "new" / "rush.staffing.yaml").write_text(NEW)
    lines = sorted(log(calls, agents, dice), key=lambda one: one[0])
    (folder / "queue_log").write_text("".join(f"{int(at)}|{text}\n" for at, text in lines))
    run(folder, "kpi", "import", str(folder / "queue_log"), "--site", str(folder))


def run(folder: Path, *words: str) -> bytes:
    """What a command prints."""
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    return subprocess.run(
        [sys.executable, "-m", "ivrctl", *words], check=True, capture_output=True, env=environment
    ).stdout


def processor_seconds() -> float:
    """Of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print a line for each size of day."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--calls", type=int, nargs="+", default=[2_500, 5_000, 10_000, 20_000])
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    print(f"{'calls':>7} {'agents':>7} {'wall s':>8} {'processor s':>12}  the same again")
    for calls in asked.calls:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            prepared(folder, calls, asked.seed)
            words = (
                "staffing",
                "backtest",
                "--site",
                place,
                "--day",
                DAY,
                "--policy",
                f"{place}/new/rush.staffing.yaml",
            )
            began, used = time.perf_counter(), processor_seconds()
            printed = run(folder, *words)
            wall, used = time.perf_counter() - began, processor_seconds() - used
            is_same = run(folder, *words) == printed
        agents = max(4, calls // CALLS_OF_AN_AGENT)
        print(f"{calls:>7} {agents:>7} {wall:>8.2f} {used:>12.2f}  {'yes' if is_same else 'NO'}", flush=True)
    print(printed.decode())


if __name__ == "__main__":
    main()
