"""Mutate files of sites by the thousand; each is refused with a finding that has a place, or it runs.

``python -m tests.unit.mutations [--files N] [--seed S] [--jobs N] [--keep FOLDER]``; ends with 1 when a file was
neither. ``--file N`` tries one file again, and prints its site.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .trial import LONGEST, Files, Outcome, fault_of, kind_of, mutant, reduced, run, tried
from .workers import outcomes_of

SHOWN = 5
"""Numbers of files that are named for one kind of fault."""
EVERY = 10
"""Seconds between two lines that say how far it is."""
LONGEST_SHOWN = 2000
"""Characters of a file that are shown."""


@dataclass(slots=True)
class Tally:
    """What came of all files."""

    accepted: int = 0
    refused: int = 0
    calls: int = 0
    scenarios: int = 0
    seconds: float = 0.0
    slowest: Outcome | None = None
    rules: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[Outcome]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        self.seconds += outcome.seconds
        self.rules.update(outcome.rules)
        self.calls += outcome.calls
        self.scenarios += outcome.scenarios
        if self.slowest is None or outcome.seconds > self.slowest.seconds:
            self.slowest = outcome
        if outcome.fault:
            self.faults.setdefault(kind_of(outcome.fault), []).append(outcome)
        elif outcome.is_accepted:
            self.accepted += 1
        else:
            self.refused += 1


def _run(seed: int, files: int, jobs: int) -> tuple[Tally, int]:
    tally, most_memory, done = Tally(), 0, 0
    began = told = time.monotonic()
    for outcomes, memory in outcomes_of(seed, files, jobs):
        most_memory = max(most_memory, memory)
        for outcome in outcomes:
            tally.add(outcome)
        done += len(outcomes)
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            rate = done / (told - began)
            faults = sum(map(len, tally.faults.values()))
            sys.stderr.write(f"{done} of {files} files, {rate:.0f} a second, {faults} faults\n")
    return tally, most_memory


def _table(tally: Tally, files: int, seed: int, memory: int) -> str:
    slow = tally.slowest
    rows = [
        ("files", f"{files} (seed {seed})"),
        ("accepted, and run", str(tally.accepted)),
        ("refused, with a place", str(tally.refused)),
        ("calls", str(tally.calls)),
        ("scenarios", str(tally.scenarios)),
        ("rules met", str(len(tally.rules))),
        ("processor time", f"{tally.seconds:.0f} s, {1000 * tally.seconds / max(1, files):.2f} ms a file"),
        ("slowest file", f"{slow.seconds:.2f} s, file {slow.number}: {slow.case}/{slow.file}" if slow else "none"),
        ("most memory", f"{memory / 1024:.0f} MB"),
        (f"faults, or over {LONGEST:g} s", str(sum(map(len, tally.faults.values())))),
    ]
    width = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in rows)


def _fails_alike(kind: str, seed: int, number: int, files: Files) -> bool:
    try:
        run(files, random.Random(f"calls {seed}:{number}"))
    except Exception as error:  # noqa: BLE001 - of any kind
        return kind_of(fault_of(error)) == kind
    return False


def _show_faults(tally: Tally, seed: int, keep: Path | None) -> None:
    for kind, outcomes in sorted(tally.faults.items(), key=lambda item: -len(item[1])):
        first = outcomes[0]
        numbers = ", ".join(str(outcome.number) for outcome in outcomes[:SHOWN])
        sys.stdout.write(f"\n{len(outcomes)} x {first.fault}\n  files {numbers}\n")
        files = _small(kind, seed, first)
        text = files[first.file].decode(errors="backslashreplace")
        sys.stdout.write(f"  {first.case}, {first.file}:\n{text[:LONGEST_SHOWN]}\n")
        if keep is not None:
            folder = keep / f"{seed}-{first.number}"
            folder.mkdir(parents=True, exist_ok=True)
            for path, content in files.items():
                (folder / path).write_bytes(content)


def _small(kind: str, seed: int, outcome: Outcome) -> Files:
    """The site of a fault, with the mutated file as short as it shows the same fault."""
    files, name = outcome.files or {}, outcome.file
    if not _fails_alike(kind, seed, outcome.number, files):
        return files
    return {**files, name: reduced(files, name, lambda less: _fails_alike(kind, seed, outcome.number, less))}


def main() -> int:
    """Run; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--keep", type=Path, help="a folder for the reduced sites of faults")
    parser.add_argument("--file", type=int, help="try one file again, and print it")
    options = parser.parse_args()
    if options.file is not None:
        _case, name, files = mutant(options.seed, options.file)
        text = files[name].decode(errors="backslashreplace")
        sys.stdout.write(f"{name}:\n{text}\n{tried(options.seed, options.file)}\n")
        return 0
    tally, memory = _run(options.seed, options.files, options.jobs)
    sys.stdout.write(_table(tally, options.files, options.seed, memory))
    _show_faults(tally, options.seed, options.keep)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
