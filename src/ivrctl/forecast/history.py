"""What came in the past, by interval: only what was wholly seen. Unseen is not without calls.

Counterpart of ``acd.books``, whose rows say what became of each stay; a forecast needs their number and how long they
took, of many days, and so a history can be kept day by day and joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from ivrctl.acd.intervals import Interval, Intervals
from ivrctl.acd.stay import Gap, Stay


@dataclass(frozen=True, slots=True)
class Counted:
    """One interval that was wholly seen."""

    interval: Interval
    offered: int
    """Who joined in it."""
    handled: int = 0
    """Those of them who were answered and whose talk is over."""
    handling: float = 0.0
    """Seconds of all those: talk and wrap-up."""


@dataclass(frozen=True, slots=True)
class History:
    """Intervals of some queues together. What is not there is not known."""

    intervals: Intervals
    counted: Mapping[Interval, Counted] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def days(self) -> tuple[date, ...]:
        """Those of which anything is known, in order."""
        raise NotImplementedError

    def on(self, day: date) -> tuple[Counted, ...]:
        """What is known of a day, in order."""
        raise NotImplementedError

    def before(self, day: date) -> History:
        """The days before one."""
        raise NotImplementedError

    def joined(self, other: History) -> History:
        """Both together; where both know an interval, the other's."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Seen:
    """What a history is counted from."""

    period: Interval
    """From when on the books are kept; no interval that begins before or ends after is counted."""
    intervals: Intervals
    queues: frozenset[str] = frozenset()
    """Whose callers are counted; empty for all."""
    wrap_up: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """By queue, seconds of wrap-up behind a talk (``wrapuptime``)."""


def count(stays: Iterable[Stay], gaps: Sequence[Gap], seen: Seen, now: datetime) -> History:
    """Count a time of the books.

    Args:
        stays: in any order, each once; others than those of the period and the queues do no harm.
        gaps: those that touch the period.
        seen: what is counted.
        now: an interval that is not over is not counted, and until now a gap lasts that has not ended.
    """
    raise NotImplementedError
