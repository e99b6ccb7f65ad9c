"""What is going to happen, by its time: one heap.

What happens at one moment happens in the order in which it was planned; behind that callers join, and at last it is
decided.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from math import inf
from typing import Any, TypeAlias

Deed: TypeAlias = Callable[[float, Any], None]
"""Is told the time, and what was planned with it."""
_JOINING = 2.0**52
"""The place of those who join among what happens at one moment; more is never planned."""


class Agenda:
    """Deeds to come."""

    __slots__ = ("_heap", "_planned", "now")

    def __init__(self) -> None:
        self.now = 0.0
        """When the last deed was done."""
        self._heap: list[tuple[float, float, Deed, Any]] = []
        self._planned = 0

    @property
    def is_empty(self) -> bool:
        """True when nothing is planned."""
        return not self._heap

    def plan(self, at: float, deed: Deed, what: object = None) -> None:
        """Have something done.

        Args:
            at: when; at an infinite time it is never done.
            deed: what does it.
            what: which it is told.
        """
        if at < inf:
            self._planned += 1
            heappush(self._heap, (at, self._planned, deed, what))

    def plan_last(self, at: float, deed: Deed) -> None:
        """Have something done behind everything else of that moment; one such deed at a time."""
        heappush(self._heap, (at, inf, deed, None))

    def run_to(self, at: float) -> None:
        """Do all that comes before somebody joins at this time."""
        heap, limit = self._heap, (at, _JOINING)
        while heap and heap[0] < limit:
            self.now, _, deed, what = heappop(heap)
            deed(self.now, what)

    def do_next(self) -> None:
        """Do the next one."""
        self.now, _, deed, what = heappop(self._heap)
        deed(self.now, what)
