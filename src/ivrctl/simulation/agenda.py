"""What is going to happen, by its time: one heap. What happens at one moment happens in the order of its planning."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from math import inf
from typing import Any, TypeAlias

Deed: TypeAlias = Callable[[float, Any], None]
"""Is told the time, and what was planned with it."""


class Agenda:
    """Deeds to come."""

    __slots__ = ("_heap", "_planned")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Deed, Any]] = []
        self._planned = 0

    @property
    def next_at(self) -> float:
        """When the next one is due; infinite when none is."""
        return self._heap[0][0] if self._heap else inf

    def plan(self, at: float, deed: Deed, what: object) -> None:
        """Have something done.

        Args:
            at: when; at an infinite time it is never done.
            deed: what does it.
            what: which it is told; None for nothing.
        """
        if at == inf:
            return
        self._planned += 1
        heappush(self._heap, (at, self._planned, deed, what))

    def do_next(self) -> float:
        """Do the next one; when that was."""
        at, _, deed, what = heappop(self._heap)
        deed(at, what)
        return at
