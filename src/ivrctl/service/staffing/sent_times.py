"""When changes were sent that the ceiling of a policy counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ivrctl.staffing.guard import HOUR


class SentTimes:
    """By policy; those of the last hour."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with none.

        Args:
            now: by Asterisk's clock.
        """
        self._now = now
        self._times: dict[str, list[datetime]] = {}

    def begin(self, inherited: Mapping[str, Sequence[datetime]]) -> None:
        """Go on with those of a predecessor."""
        self._times = {policy: list(times) for policy, times in inherited.items()}

    def of(self, policy: str) -> tuple[datetime, ...]:
        """Those of one policy."""
        since = self._now() - HOUR
        self._times[policy] = [at for at in self._times.get(policy, ()) if at > since]
        return tuple(self._times[policy])

    def add(self, policy: str, at: datetime) -> None:
        """One was sent."""
        self._times.setdefault(policy, []).append(at)

    def take_back(self, policy: str, at: datetime) -> None:
        """One has changed nothing, or is sent once more."""
        times = self._times.get(policy, [])
        if at in times:
            times.remove(at)
