"""Kill the controller and its parent under calls, for as long as wanted, and print what became of the calls.

    sudo .venv/bin/python benchmarks/survival.py --minutes 60 --seed 1

Each round serves the demonstration site with lines of its own to softphones on a PBX of its own, kills twenty times at
seeded random moments, and compares what callers heard with Asterisk's books and the controller's records. The rounds
have the seeds that follow each other; a round with faults can be run again alone. Exit code 1 when a call was lost,
served twice, queued twice or left without a record.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ivrctl.adapters import pbx as development
from ivrctl.testkit.survival.campaign import CampaignFigures, CampaignPlan, run_campaign
from ivrctl.testkit.survival.lines import copy_site
from ivrctl.testkit.survival.serving import serving
from ivrctl.web.client import ask

SITE = Path(__file__).parents[1] / "flows"
COLUMNS = ("seed", "kills", "parent_kills", "calls", "undisturbed", "resumed", "fell_back", "lost", "longest_silence")


def main() -> int:
    """Run rounds until the time is up; the exit code."""
    options = _options()
    name = f"survival-{os.getpid()}"
    pbx = development.up(name, agi=("127.0.0.1", _free_port()), progress=lambda text: print(text, file=sys.stderr))
    try:
        with tempfile.TemporaryDirectory(prefix="ivrctl-survival-") as folder:
            site = copy_site(SITE, Path(folder) / "site")
            build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(site), "--pbx", name]
            subprocess.run(build, check=True)
            rounds = _rounds(options, pbx, site, Path(folder))
    finally:
        development.down(name)
    _summarise(rounds)
    if options.json is not None:
        options.json.write_text(json.dumps([figures.as_json() for figures in rounds], indent=1) + "\n")
    return 1 if any(figures.faults for figures in rounds) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="no round begins after so many")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--kills", type=int, default=20, help="of the controller in each round")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser.parse_args()


def _rounds(options: argparse.Namespace, pbx: development.Pbx, site: Path, folder: Path) -> list[CampaignFigures]:
    until = time.monotonic() + 60 * options.minutes
    rounds: list[CampaignFigures] = []
    print(" ".join(f"{column:>15}" for column in COLUMNS))
    while not rounds or time.monotonic() < until:
        plan = CampaignPlan(options.seed + len(rounds), kills=options.kills)
        of_round = folder / str(plan.seed)
        of_round.mkdir()
        figures = asyncio.run(_round(plan, pbx, site, of_round))
        rounds.append(figures)
        told = figures.as_json()
        print(" ".join(f"{told[column]:>15.6g}" for column in COLUMNS), flush=True)
        for fault in figures.faults:
            print(f"    {fault}", flush=True)
    return rounds


async def _round(plan: CampaignPlan, pbx: development.Pbx, site: Path, folder: Path) -> CampaignFigures:
    async with serving(site, folder, pbx, ask) as served:
        return await run_campaign(served, plan, folder)


def _summarise(rounds: list[CampaignFigures]) -> None:
    """The sums, and the spread of the silences."""
    silences = [figures.longest_silence for figures in rounds]
    sums = {
        name: sum(getattr(figures, name) for figures in rounds)
        for name in ("kills", "parent_kills", "calls", "resumed", "fell_back", "lost", "without_record")
    }
    print("\n" + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sums.items()))
    print(
        f"longest silence of a round: {min(silences):.2f} s at least, "
        f"{statistics.median(silences):.2f} s in the middle, {max(silences):.2f} s at most"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
