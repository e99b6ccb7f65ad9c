"""Outcomes: made of evidence, kept as JSON, read again for the page."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from .invariants import INVARIANTS
from .matrix import Evidence, Fault, Outcome, Terminal

RESULTS = Path(__file__).parent / "results"
"""What the page is written from: one file for each row."""
FORMAT_VERSION = 1
MOST_SAID = 20
"""Sentences that are kept of what an invariant found wrong."""


async def outcome_of(fault: Fault, seeds: Sequence[int], folder: Path) -> Outcome:
    """Run a row, and judge what was found."""
    made = Outcome(fault.name, fault.where, list(seeds), machine=machine())
    if why := fault.needs():
        made.left_out = why
        return made
    began = time.monotonic()
    found = await fault.run(seeds, folder)
    made.seconds = round(time.monotonic() - began, 1)
    if not fault.brings_to_person:
        found.faults += [
            f"seed {call.seed}: {call.uniqueid} did not go on where it was, but came to a person\n{call.story}"
            for call in found.calls
            if call.terminal is Terminal.PERSON
        ]
    judge(made, found)
    return made


def judge(made: Outcome, found: Evidence) -> None:
    """Put into an outcome what the invariants say of the evidence."""
    made.calls = len(found.calls)
    made.ended = dict(Counter(str(call.terminal) for call in found.calls))
    made.silences = [round(call.silence, 2) for call in found.calls if call.silence is not None]
    made.remarks = list(found.remarks)
    for invariant in INVARIANTS:
        wrong = invariant.check(found)
        if wrong is None:
            continue
        made.looked.append(invariant.name)
        if wrong:
            made.broken[invariant.name] = wrong[:MOST_SAID]


def machine() -> dict[str, object]:
    """What it was run on."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "ivrctl": version("ivrctl"),
        "load": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    told = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return told[1].strip() if told else platform.machine()


def keep(outcome: Outcome, folder: Path = RESULTS) -> None:
    """Write it into its file; one that was left out does not replace figures that are there."""
    file = folder / f"{outcome.fault}.json"
    if outcome.left_out and file.exists():
        return
    folder.mkdir(exist_ok=True)
    kept = {"format_version": FORMAT_VERSION, **asdict(outcome), "seeds": _written(outcome.seeds)}
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    numbers = re.compile(r"\[\s*(-?[\d.]+(?:,\s*-?[\d.]+)*)\s*\]")
    file.write_text(f"{numbers.sub(_on_one_line, text)}\n", encoding="utf-8")


def _on_one_line(found: re.Match[str]) -> str:
    return f"[{' '.join(found[1].split())}]"


def read(fault: Fault, folder: Path = RESULTS) -> Outcome | None:
    """What was kept of a row.

    Raises:
        ValueError: it is of another version of this form.
    """
    file = folder / f"{fault.name}.json"
    if not file.exists():
        return None
    kept = json.loads(file.read_text(encoding="utf-8"))
    if kept.pop("format_version") != FORMAT_VERSION:
        raise ValueError(f"{file.name} was written by another release: make faults")
    first, last = kept.pop("seeds")
    return Outcome(seeds=list(range(first, last + 1)), **kept)


def _written(seeds: Sequence[int]) -> list[int]:
    """They follow each other: the first and the last."""
    return [seeds[0], seeds[-1]]
