"""When what a phone received had arrived: its packets lie one behind the other, without the pauses of the call."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class Arrivals:
    """How much sound had arrived at a phone, and when: what places its packets, which have no pauses, in the call."""

    _seconds: list[float] = field(default_factory=list)
    _samples: list[int] = field(default_factory=list)

    def note(self, seconds: float, samples: int) -> None:
        """So many samples had arrived by a time, in seconds since the call began; not before the last one noted."""
        if not self._samples or samples > self._samples[-1]:
            self._seconds.append(seconds)
            self._samples.append(samples)

    def least(self, seconds: float) -> int:
        """The samples that had arrived by then for sure."""
        place = bisect_right(self._seconds, seconds)
        return self._samples[place - 1] if place else 0

    def since(self, seconds: float) -> int:
        """The most samples that may have arrived since then."""
        return self._samples[-1] - self.least(seconds) if self._samples else 0

    def most(self, seconds: float) -> int | None:
        """The samples that may have arrived by then; None for all that ever came."""
        place = bisect_left(self._seconds, seconds)
        return self._samples[place] if place < len(self._samples) else None

    def when(self, sample: int) -> float:
        """The time by which a sample had arrived, counted from 0; of one that never came, that of the last."""
        place = min(bisect_right(self._samples, sample), len(self._seconds) - 1)
        return self._seconds[place] if self._seconds else 0.0
