"""The connections that have not made their request yet: in the order of coming, and how many of each address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ivrctl.adapters.fastagi_server.wire import AgiWire


class WaitingRoom:
    """Knows who waits, since when relative to the others, and whose places are taken."""

    def __init__(self) -> None:
        self._wires: dict[AgiWire, None] = {}
        self._of_host: Counter[str] = Counter()

    def enter(self, wire: AgiWire) -> None:
        """A connection came."""
        self._wires[wire] = None
        self._of_host[wire.host] += 1

    def leave(self, wire: AgiWire) -> None:
        """It made its request, or is over; harmless for one that does not wait."""
        if wire not in self._wires:
            return
        del self._wires[wire]
        self._of_host[wire.host] -= 1
        if not self._of_host[wire.host]:
            del self._of_host[wire.host]

    def of(self, host: str) -> int:
        """How many of one address wait."""
        return self._of_host[host]

    def oldest(self) -> AgiWire | None:
        """Who has waited longest, or None."""
        return next(iter(self._wires), None)

    def too_many(self, per_host: int) -> Iterator[AgiWire]:
        """The oldest of every address that has more than its places, as many as it has too many."""
        surplus = {host: count - per_host for host, count in self._of_host.items() if count > per_host}
        for wire in tuple(self._wires) if surplus else ():
            if surplus.get(wire.host, 0) > 0:
                surplus[wire.host] -= 1
                yield wire
