"""How wrong forecasts were: each past day forecast from the days before it, beside two naive forecasts.

The measure is WAPE, the sum of differences over the sum of calls: it weighs a call as a call, in a busy hour and in a
quiet one, and does not break where an interval had none (R. J. Hyndman, A. B. Koehler, *Another look at measures of
forecast accuracy*, 2006, on the mean percentage error, which does both).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from ivrctl.acd.intervals import Intervals
from ivrctl.forecast.history import History
from ivrctl.forecast.rolling import Rolling
from ivrctl.forecast.table import Numbers, Table, columns
from ivrctl.site.calendar import Calendar

_WEEK = timedelta(weeks=1)
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Judged:
    """Over some days. Errors are the sum of differences over the sum of calls (WAPE), 0 upwards."""

    days: int
    """That could be forecast in each of the three ways, and are known."""
    intervals: int
    error: float | None = None
    """Of our forecast; None without a call, or a day."""
    last_week: float | None = None
    """Of taking what the same interval brought a week before."""
    mean: float | None = None
    """Of taking the mean of the interval over all days before."""
    covered: float | None = None
    """Share of intervals between ``least`` and ``most``; 0.8 is meant."""


def judged(history: History, days: Collection[date], calendar: Calendar | None = None, at: time = _MIDNIGHT) -> Judged:
    """Forecast each of some past days from those before it, and compare, where all three know an interval.

    Args:
        history: with those days in it.
        days: which are judged.
        calendar: as for ``forecast``.
        at: the time of day at which the forecast is made; what was before it is known then, and is not judged.
    """
    table = Table.of(history)
    cut = _cut(at, history.intervals)
    rows = {day: row for row, day in enumerate(table.days)}
    found: list[Numbers] = []
    for told in Rolling(calendar, cut).over(table):
        row, week = rows[told.day], rows.get(told.day - _WEEK)
        if told.day in days and week is not None:
            offered = table.offered
            one = np.array((offered[row], told.values, offered[week], _mean(offered[:row]), told.least, told.most))[
                :, cut:
            ]
            found.append(one[:, ~np.isnan(one).any(axis=0)])
    return _judged([one for one in found if one.size])


def _judged(found: list[Numbers]) -> Judged:
    """Of what came, three forecasts of it, and the band."""
    if not found:
        return Judged(0, 0)
    came, ours, week, mean, least, most = np.concatenate(found, axis=1)
    calls = float(came.sum())
    covered = float(np.mean((came >= least) & (came <= most)))
    if calls == 0:
        return Judged(len(found), len(came), covered=covered)
    error, last_week, of_all = (float(np.abs(came - one).sum()) / calls for one in (ours, week, mean))
    return Judged(len(found), len(came), error, last_week, of_all, covered)


def _cut(at: time, intervals: Intervals) -> int:
    passed = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
    return min(-(-passed // intervals.length), columns(intervals))


def _mean(rows: Numbers) -> Numbers:
    known = ~np.isnan(rows)
    counts = known.sum(axis=0)
    mean: Numbers = np.where(counts > 0, np.where(known, rows, 0.0).sum(axis=0) / np.maximum(counts, 1), np.nan)
    return mean
