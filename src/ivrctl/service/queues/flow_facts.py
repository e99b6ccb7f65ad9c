"""What flows are told of queues: reckoned when it is asked for, of one queue at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.facts import facts
from ivrctl.acd.picture import Picture, Queue
from ivrctl.model.queue_facts import QueueFacts


@dataclass(frozen=True, slots=True)
class FlowFacts(Mapping[str, QueueFacts]):
    """By the name of the queue; empty while nothing is seen."""

    picture: Picture
    now: datetime
    expected: ExpectedWaits
    _queues: Mapping[str, Queue] = field(init=False)

    def __post_init__(self) -> None:
        """Those that are there now."""
        object.__setattr__(self, "_queues", self.picture.queues if self.picture.is_known else {})

    def __getitem__(self, name: str) -> QueueFacts:
        if name not in self._queues:
            raise KeyError(name)
        seen = facts(self.picture, name, self.now, self.expected)
        expected = None if seen.expected_wait is None else seen.expected_wait.p50
        return QueueFacts(seen.staff, seen.available, seen.waiting, seen.longest_wait, expected, seen.age)

    def __iter__(self) -> Iterator[str]:
        return iter(self._queues)

    def __len__(self) -> int:
        return len(self._queues)
