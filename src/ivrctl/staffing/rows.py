"""The trigger table against a view: what engages a tier, what is calm, and how far a figure is on its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf, isinf

from ivrctl.staffing.decision import Comparison
from ivrctl.staffing.policy import Measure, Policy, Trigger
from ivrctl.staffing.view import Reading, View


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its figure."""

    trigger: Trigger
    reading: Reading

    @property
    def measure(self) -> Measure:
        """What it looks at."""
        return self.trigger.measure

    @property
    def value(self) -> float | None:
        """None: not known."""
        return self.reading.value

    def engages(self, tier: int) -> bool:
        """True when the figure is known, and at or beyond what brings this tier."""
        return self.value is not None and self.trigger.engages(tier, self.value)

    @property
    def is_calm(self) -> bool:
        """True when the figure is known, of every queue, and on the calm side."""
        return self.value is not None and not self.reading.why_unknown and self.trigger.is_calm(self.value)

    def way(self, tier: int) -> float:
        """How far the figure is from ``release``, 0, to what brings this tier, 1; below zero it is calmer still.

        Infinitely far back where the row never brings the tier, or the figure is not known.
        """
        engage = self.trigger.engage[tier]
        if engage is None or self.value is None:
            return -inf
        gone, whole = self.value - self.trigger.release, engage - self.trigger.release
        if self.measure.is_low_bad:
            gone, whole = -gone, -whole
        if isinf(gone) or whole <= 0:
            return inf if self.engages(tier) else -inf
        return gone / whole

    def against_engage(self, tier: int, since: datetime | None = None, name: str = "") -> Comparison | None:
        """The figure against what brings this tier, which may be named; None where the row never does."""
        threshold = self.trigger.engage[tier]
        if threshold is None:
            return None
        return Comparison(self.measure, self.value, threshold, self.reading.queue, self.engages(tier), since, name)

    def against_release(self, since: datetime | None = None) -> Comparison:
        """The figure against the release value; met when it is calm."""
        return Comparison(self.measure, self.value, self.trigger.release, self.reading.queue, self.is_calm, since)


def rows(policy: Policy, view: View) -> tuple[Row, ...]:
    """The rows of a policy whose measures are taken at all."""
    found = ((trigger, view.readings.get(trigger.measure)) for trigger in policy.triggers)
    return tuple(Row(trigger, reading) for trigger, reading in found if reading is not None and reading.is_taken)


def nearest(of: Iterable[Row], tier: int) -> Comparison | None:
    """What is nearest to bringing this tier; None when nothing is known that could."""
    able = [row for row in of if row.value is not None and row.trigger.engage[tier] is not None]
    return max(able, key=lambda row: row.way(tier)).against_engage(tier) if able else None


def farthest_from_calm(of: Iterable[Row], tier: int) -> Comparison | None:
    """What is farthest from letting this tier go; None when everything that is known is calm."""
    restless = [row for row in of if row.value is not None and not row.trigger.is_calm(row.value)]
    return max(restless, key=lambda row: row.way(tier)).against_release() if restless else None
