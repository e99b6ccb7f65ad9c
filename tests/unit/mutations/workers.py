"""Trials in several processes, each of which may have so much memory and no more."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Iterator

from .trial import Outcome, tried

MEMORY = 1024**3
"""Bytes of address space that a worker may have: what needs more is a fault."""
CHUNK = 50
"""Files that a worker takes at a time."""


def outcomes_of(seed: int, files: int, jobs: int) -> Iterator[tuple[list[Outcome], int]]:
    """The outcomes of many files, some at a time as they come, each time with the worker's greatest memory in kB."""
    chunks = [(seed, range(first, min(first + CHUNK, files))) for first in range(0, files, CHUNK)]
    context = multiprocessing.get_context("forkserver")
    with context.Pool(jobs, initializer=_limited) as pool:
        yield from pool.imap_unordered(_chunk, chunks)


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _chunk(work: tuple[int, range]) -> tuple[list[Outcome], int]:
    seed, numbers = work
    outcomes = [tried(seed, number) for number in numbers]
    return outcomes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
