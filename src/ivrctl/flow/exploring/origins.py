"""From which beginnings each node of a growing graph can be reached.

States that are the same are walked once, by whoever came first; that callers of other lines come there too is found
when the graph is whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ivrctl.flow.exploring.starts import Start


@dataclass(slots=True)
class Origins:
    """A graph whose nodes are numbers from 0; each beginning is a node of its own."""

    begins: list[Start] = field(default_factory=list)
    _known: list[int] = field(default_factory=list)
    """For each node a bit for each beginning that leads there."""
    _following: list[set[int]] = field(default_factory=list)

    def add(self, start: Start | None = None) -> int:
        """A new node, of a beginning or of a state."""
        bit = 0
        if start is not None:
            bit = 1 << len(self.begins)
            self.begins.append(start)
        self._known.append(bit)
        self._following.append(set())
        return len(self._known) - 1

    def lead(self, node: int, to: int) -> None:
        """One node leads to another."""
        self._following[node].add(to)

    def settle(self) -> None:
        """Spread what is known along all ways."""
        ahead = deque(number for number, known in enumerate(self._known) if known)
        waiting = set(ahead)
        while ahead:
            node = ahead.popleft()
            waiting.discard(node)
            for to in self._following[node]:
                if self._known[node] & ~self._known[to]:
                    self._known[to] |= self._known[node]
                    if to not in waiting:
                        waiting.add(to)
                        ahead.append(to)

    def of(self, nodes: Iterable[int]) -> Iterator[Start]:
        """The beginnings that lead to one of some nodes, once it is settled."""
        known = 0
        for node in nodes:
            known |= self._known[node]
        return (start for number, start in enumerate(self.begins) if known >> number & 1)
