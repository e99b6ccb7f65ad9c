"""A quiet time: when callers who are advised to call at another time reach somebody soonest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OffPeak:
    """The next time in which few calls are expected; ``forecast.quiet`` says what few is."""

    begins: datetime
    """Aware."""
    ends: datetime
    """Aware; later than ``begins``."""

    def is_over(self, now: datetime) -> bool:
        """True when it is no advice any more."""
        return self.ends <= now
