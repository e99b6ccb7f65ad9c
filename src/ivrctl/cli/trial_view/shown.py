"""A trial that is to be shown: what was compared, and what is known of its day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivrctl.simulation.compared import Compared, Runs, Slice, sliced

QUARTER = 900.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """See the module."""

    compared: Compared
    begins: datetime
    """The moment of second 0, in the site's time zone."""
    lasts: timedelta
    answer_in: timedelta
    """The threshold of the service level."""
    has_served: bool
    """True where the site has policies of its own."""

    @property
    def pair(self) -> tuple[Runs, Runs] | None:
        """Old and new: the last variant, and the one that is in force now; None where there is only one."""
        runs = self.compared.runs
        if len(runs) == 1:
            return None
        return runs[1 if self.has_served and len(runs) > 2 else 0], runs[-1]  # noqa: PLR2004 - none, served, another

    def slices(self, length: float = QUARTER) -> Mapping[str, Sequence[Slice]]:
        """By variant the day in stretches, of all the same: from the first that has a caller, or a tier in, on."""
        found = {runs.name: sliced(runs, length, self.lasts.total_seconds()) for runs in self.compared.runs}
        busy = [
            index
            for slices in found.values()
            for index, each in enumerate(slices)
            if each.offered or any(each.tiers.values())
        ]
        return {name: slices[min(busy) : max(busy) + 1] if busy else () for name, slices in found.items()}

    def clock(self, seconds: float) -> datetime:
        """What the clock on the wall shows then."""
        zone = self.begins.tzinfo
        return datetime.fromtimestamp(self.begins.timestamp() + seconds, zone)


def few_or_many(callers: float) -> str:
    """Callers in the mean of several days: ``26``, ``1.5``, and ``0.33``, which is not none."""
    return f"{callers:.0f}" if callers >= 10 else f"{callers:.2g}"  # noqa: PLR2004 - from two digits on
