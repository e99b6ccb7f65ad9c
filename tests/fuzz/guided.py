"""Fuzzing that is guided by coverage: libFuzzer by way of Atheris, a target in a process of its own.

Atheris is no requirement of ivrctl and comes from ``requirements.txt`` beside this file: its wheels are for x86-64 and
glibc. Without it the kept inputs are tried all the same (``test_corpus``).
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from .keeping import CORPUS, write
from .target import Target
from .targets import every_target

IS_THERE = importlib.util.find_spec("atheris") is not None
"""True where Atheris is installed."""
EVERYTHING = ("ivrctl",)
"""All of ivrctl is instrumented: seven seconds of processor time."""
DECODERS = ("ivrctl.agi", "ivrctl.ami", "ivrctl.lang")
"""What the short form instruments: two seconds."""
LONGEST = 30
"""Seconds for one input, after which it counts as endless."""
MEMORY = 1024
"""MiB that a process may hold."""
MOST_SEEDS = 30
"""With which the short form begins, beside the inputs that are kept."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """How much of it, and where inputs lie."""

    made: Path
    """Where new inputs, faults and what libFuzzer says are left."""
    seconds: int = 0
    """For each target; 0 for its short form, which is the same each time."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one target."""

    target: str
    runs: int
    inputs: int
    """That were found beside the kept ones, each with coverage of its own."""
    coverage: int
    """Of libFuzzer's counters: what was reached."""
    fault: str
    """The exception that left the target, or why it was broken off; empty when nothing was found."""
    found: Path | None
    """The input that did it."""


def instrumented(packages: tuple[str, ...]) -> dict[str, Target]:
    """All targets, with what they import from some packages instrumented; once in a process."""
    with _instrumenting(packages):
        return every_target()


def fuzz(targets: Sequence[Target], campaign: Campaign, jobs: int) -> Iterator[Ran]:
    """Fuzz targets, each in a child of this process and some at a time; what came of each as it ends."""
    waiting = [target for target in targets if campaign.seconds or target.short]
    running = dict[int, Target]()
    while waiting or running:
        while waiting and len(running) < jobs:
            target = waiting.pop(0)
            running[_start(target, campaign)] = target
        child, status = os.wait()
        target = running.pop(child)
        told = _told(target, campaign).read_text(errors="replace")
        yield _ran(target.name, told, os.waitstatus_to_exitcode(status))


def _start(target: Target, campaign: Campaign) -> int:
    made = campaign.made / target.name
    made.mkdir(parents=True, exist_ok=True)
    seeds = [seed for seed in target.seeds() if len(seed) <= target.longest]
    if not campaign.seconds:
        seeds = seeds[:: len(seeds) // MOST_SEEDS + 1]
    write(made, [*seeds, *(file.read_bytes() for file in made.iterdir())])
    arguments = _arguments(target, campaign, made)
    child = os.fork()
    if child == 0:
        _in_child(target, arguments, _told(target, campaign))
    return child


def _told(target: Target, campaign: Campaign) -> Path:
    """What libFuzzer says."""
    return campaign.made / f"{target.name}.txt"


def _arguments(target: Target, campaign: Campaign, made: Path) -> list[str]:
    folders = [folder for folder in (made, CORPUS / target.name) if folder.is_dir()]
    begins_with = sum(len(list(folder.iterdir())) for folder in folders)
    how_long = f"-max_total_time={campaign.seconds}" if campaign.seconds else f"-runs={begins_with + target.short}"
    limits = (f"-timeout={LONGEST}", f"-rss_limit_mb={MEMORY}", f"-max_len={target.longest}")
    faults = f"-artifact_prefix={campaign.made}/{target.name}-"
    return [
        sys.argv[0],
        *map(str, folders),
        how_long,
        *limits,
        faults,
        f"-seed={campaign.seed}",
        "-print_final_stats=1",
    ]


def _in_child(target: Target, arguments: list[str], told: Path) -> None:
    """Never comes back: libFuzzer ends the process."""
    import atheris  # noqa: PLC0415 - no requirement

    with told.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    mutate = target.mutate
    more = {} if mutate is None else {"custom_mutator": _mutator(mutate)}
    atheris.Setup(arguments, target.one, **more)
    atheris.Fuzz()
    os._exit(0)


def _mutator(mutate: Callable[[bytes, random.Random], bytes]) -> Callable[[bytes, int, int], bytes]:
    """What a target knows of its inputs, and now and then libFuzzer's own way."""
    import atheris  # noqa: PLC0415 - no requirement

    def mutator(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return atheris.Mutate(data, longest)  # type: ignore[no-any-return] # it is another one once Fuzz() runs
        return mutate(data, chance)[:longest]

    return mutator


def _ran(target: str, told: str, code: int) -> Ran:
    def figure(pattern: str) -> int:
        found = re.findall(pattern, told)
        return int(found[-1]) if found else 0

    written = re.findall(r"Test unit written to (\S+)", told)
    return Ran(
        target,
        figure(r"stat::number_of_executed_units: (\d+)"),
        figure(r"stat::new_units_added: +(\d+)"),
        figure(r" cov: (\d+)"),
        _fault(told, code),
        Path(written[-1]) if written else None,
    )


def _fault(told: str, code: int) -> str:
    """Why it ended early, in one line; the traceback is in the file."""
    if code == 0:
        return ""
    lines = told.splitlines()
    uncaught = [at for at, line in enumerate(lines) if "Uncaught Python exception" in line]
    if uncaught:
        return next((line for line in lines[uncaught[-1] + 1 :] if line and "Traceback" not in line), "")
    return next((line for line in lines if line.startswith("==")), f"ended with {code}")


@contextmanager
def _instrumenting(packages: tuple[str, ...]) -> Iterator[None]:
    """Instrument the modules of some packages that are imported meanwhile; Atheris itself can only take whole trees."""
    from atheris.import_hook import AtherisMetaPathFinder  # noqa: PLC0415 - no requirement

    class Finder(AtherisMetaPathFinder):  # type: ignore[misc]
        def find_spec(self, fullname: str, *more: object) -> object:
            is_one = any(fullname == package or fullname.startswith(f"{package}.") for package in packages)
            return super().find_spec(fullname, *more) if is_one else None

    finder = Finder({"ivrctl"}, set(), enable_loader_override=False, trace_dataflow=True)
    sys.meta_path.insert(0, finder)
    try:
        with redirect_stderr(StringIO()):  # a line for each module
            yield
    finally:
        sys.meta_path.remove(finder)
