"""How wrong forecasts were: each past day forecast from the days before it, beside two naive forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from ivrctl.forecast.history import History
from ivrctl.site.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Judged:
    """Over some days. Errors are the sum of differences over the sum of calls (WAPE), 0 upwards."""

    days: int
    """That could be forecast and are known."""
    intervals: int
    error: float | None
    """Of our forecast; None without a call, or a day."""
    last_week: float | None
    """Of taking what the same interval brought a week before."""
    mean: float | None
    """Of taking the mean of the interval over all days before."""
    covered: float | None
    """Share of intervals between ``least`` and ``most``; 0.8 is meant."""


def judged(history: History, days: Sequence[date], calendar: Calendar | None = None, at: time = time()) -> Judged:
    """Forecast each of some past days from those before it, and compare, where all three know an interval.

    Args:
        history: with those days in it.
        days: which are judged.
        calendar: as for ``forecast``.
        at: the time of day at which the forecast is made; what was before it is known then, and is not judged.
    """
    raise NotImplementedError
