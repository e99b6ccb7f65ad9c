"""A history as numbers: a row a day, a column for each interval of the clock on the wall, nan where it is not known.

Where the clock is put back, an hour comes twice and its column has their mean; where it is put forward, the column of
the skipped hour is not known on that day. An interval that such a change cuts short counts as if it went on so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import nan

import numpy as np
from numpy.typing import NDArray

from ivrctl.acd.intervals import DAY, Interval, Intervals
from ivrctl.forecast.history import Counted, History

Numbers = NDArray[np.float64]

_MINUTES = 24 * 60
"""Of a day."""
_UNKNOWN = (nan, nan, nan)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order of the days."""

    days: tuple[date, ...]
    offered: Numbers
    handled: Numbers
    handling: Numbers
    """Seconds of all the handled."""

    @classmethod
    def of(cls, history: History) -> Table:
        """All days of a history."""
        sums = np.empty((3, len(history.by_day), columns(history.intervals)))
        for row, counted in enumerate(history.by_day.values()):
            sums[:, row] = by_column(counted, history.intervals)
        return cls(history.days, *sums)


def columns(intervals: Intervals) -> int:
    """How many intervals of the clock a day has."""
    return DAY // intervals.length


def column(interval: Interval, intervals: Intervals) -> int:
    """Which of them an interval is."""
    if intervals.length == DAY:
        return 0
    local = interval.begin.astimezone(intervals.zone)
    return (local.hour * 60 + local.minute) * columns(intervals) // _MINUTES


def portion(interval: Interval, intervals: Intervals) -> float:
    """How much of its length an interval has; a day is a day."""
    return 1.0 if intervals.length == DAY else interval.length / intervals.length


def by_column(counted: Iterable[Counted], intervals: Intervals) -> Numbers:
    """Offered, handled and handling of one day, a row each."""
    found: list[list[tuple[float, float, float]]] = [[] for _ in range(columns(intervals))]
    for one in counted:
        share = portion(one.interval, intervals)
        found[column(one.interval, intervals)].append((one.offered / share, one.handled / share, one.handling / share))
    return np.array([_mean(each) for each in found]).T


def _mean(found: list[tuple[float, float, float]]) -> tuple[float, ...]:
    """Of an hour that came twice, or once, or not."""
    if len(found) == 1:
        return found[0]
    return tuple(sum(each) / len(found) for each in zip(*found, strict=True)) if found else _UNKNOWN
