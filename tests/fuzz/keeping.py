"""Which inputs are worth keeping: a few that together reach all that any of them reaches.

What is reached is counted by lines and the steps between them, by Python's own tracing: slow, and so only by hand.
"""

from __future__ import annotations

import gc
import hashlib
import heapq
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from .target import Target

Step = tuple[CodeType, int, int]
"""From a line to a line of one function."""

CORPUS = Path(__file__).parent / "corpus"
"""A folder of kept inputs for each target."""
SOURCES = f"{Path('src', 'ivrctl')}/"


def kept(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """Of many inputs some that together reach what any of them does and no seed: always the one that adds most."""
    reach = {data: reached(target.one, data) for data in sorted(set(inputs)) if len(data) <= target.longest}
    left = [(-len(steps), len(data), data) for data, steps in reach.items()]
    heapq.heapify(left)
    seen = set().union(*(reached(target.one, seed) for seed in target.seeds()))
    chosen = []
    while left:
        gain, length, data = heapq.heappop(left)
        adds = len(reach[data] - seen)
        if adds == -gain > 0:
            chosen.append(data)
            seen |= reach[data]
        elif adds:
            heapq.heappush(left, (-adds, length, data))
    return chosen


def inputs_of(name: str) -> list[Path]:
    """The inputs that are kept for a target."""
    folder = CORPUS / name
    return sorted(folder.iterdir()) if folder.is_dir() else []


def write(folder: Path, inputs: Iterable[bytes]) -> None:
    """Make a folder hold these inputs and nothing else, each under the hash of what it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {hashlib.sha256(data).hexdigest()[:12]: data for data in inputs}
    for file in folder.iterdir():
        if file.name not in wanted:
            file.unlink()
    for name, data in wanted.items():
        (folder / name).write_bytes(data)


def reached(one: Callable[[bytes], None], data: bytes) -> set[Step]:
    """What an input reaches of ivrctl each time: not what only the first one does, whichever it is, to fill caches.

    Nor what is cleared up meanwhile of what was before.
    """
    one(data)
    steps: set[Step] = set()

    def local(code: CodeType) -> Callable[[FrameType, str, Any], Any]:
        last = 0

        def step(frame: FrameType, _event: str, _argument: Any) -> Any:
            nonlocal last
            steps.add((code, last, frame.f_lineno))
            last = frame.f_lineno
            return step

        return step

    def called(frame: FrameType, _event: str, _argument: Any) -> Any:
        return local(frame.f_code) if SOURCES in frame.f_code.co_filename else None

    before = sys.gettrace()
    gc.disable()
    sys.settrace(called)
    try:
        one(data)
    finally:
        sys.settrace(before)
        gc.enable()
    return steps
