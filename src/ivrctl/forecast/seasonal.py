"""A forecast of a day: the seasonal median of days of its kind, scaled by how the day has gone so far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ivrctl.forecast.forecast import Forecast
from ivrctl.forecast.history import Counted, History
from ivrctl.site.calendar import Calendar


def forecast(history: History, day: date, so_far: Iterable[Counted] = (), calendar: Calendar | None = None) -> Forecast:
    """What a day will bring.

    Args:
        history: of it, days before this one are looked at.
        day: today, tomorrow, or some weeks ahead.
        so_far: intervals of the day itself that are over; none for a day to come.
        calendar: whose holidays and make-up days count; without one every day is one of the week.
    """
    raise NotImplementedError
