"""One day after the other is forecast from those before it, as it would have been at a time of that day.

The last of them is the day that is asked for; the others tell how wrong such forecasts are: the band lies between the
tenth and the ninetieth of a hundred of their deviations, each over the deviation that the spread lets one expect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from ivrctl.forecast.day_class import class_of
from ivrctl.forecast.season import NEEDED, Outlook, Season
from ivrctl.forecast.spread import Spread
from ivrctl.forecast.table import Numbers, Table
from ivrctl.site.calendar import Calendar

BAND = (0.1, 0.9)
"""Eighty of a hundred intervals are meant to lie between these two."""
LOOKED_BACK = 56
"""Days of which deviations count."""
ASKED_BACK = timedelta(days=2 * LOOKED_BACK)
"""What is to be asked before a day, so that its band and all before it are what they are with every day asked."""
_NEEDED_OF_PAST = 2
"""A past day is forecast from fewer than a day to come, so that three weeks tell something of the error."""


@dataclass(frozen=True, slots=True)
class Told:
    """One day's forecast."""

    day: date
    outlook: Outlook
    level: float
    """Of the day so far."""
    values: Numbers
    """By column; those of the day's rest are scaled by its level."""
    least: Numbers
    most: Numbers


@dataclass(slots=True)
class Rolling:
    """Forecasts at one time of the day."""

    calendar: Calendar | None
    cut: int = 0
    """The column from which on the day is its rest; what was before it is known."""
    season: Season = field(default_factory=Season)
    _came: list[Numbers] = field(default_factory=list)
    _due: list[Numbers] = field(default_factory=list)
    _scores: list[Numbers] = field(default_factory=list)
    """Deviations of the day's rest, over those that were to be expected."""

    def over(self, table: Table, since: date = date.min) -> Iterator[Told]:
        """The days of a table that can be forecast, each before it is learnt from; those before one only to learn."""
        for row, day in enumerate(table.days):
            told = self.ask(day, table.offered[row], _NEEDED_OF_PAST) if day >= since else None
            if told is not None:
                yield told
            self.season.learn(row, day, class_of(day, self.calendar), table.offered[row])

    def ask(self, day: date, came: Numbers, needed: int = NEEDED) -> Told | None:
        """One day; None where fewer days like it are known than needed.

        Args:
            day: behind all that were learnt.
            came: by column, as far as it is known.
            needed: how many like it there are to be.
        """
        outlook = self.season.expect(day, class_of(day, self.calendar), needed)
        if outlook is None:
            return None
        spread = Spread.of(self._last(self._came), self._last(self._due))
        so_far, due = self._so_far(came, outlook.values)
        level = spread.level(so_far, due)
        values = np.where(np.arange(len(came)) < self.cut, outlook.values, outlook.values * level)
        sigma = spread.sigma(values, due)
        low, high = self._band()
        self._came.append(came)
        self._due.append(outlook.values)
        self._scores.append(((came - values) / sigma)[self.cut :])
        return Told(day, outlook, level, values, np.maximum(values + low * sigma, 0), values + high * sigma)

    def _so_far(self, came: Numbers, due: Numbers) -> tuple[float, float]:
        known = ~(np.isnan(came) | np.isnan(due))
        known[self.cut :] = False
        return float(came[known].sum()), float(due[known].sum())

    def _band(self) -> tuple[float, float]:
        """Of past scores; never on one side of what is expected."""
        scores = self._last(self._scores)
        known = scores[~np.isnan(scores)]
        if not len(known):
            return 0.0, 0.0
        low, high = np.quantile(known, BAND)
        return min(float(low), 0.0), max(float(high), 0.0)

    @staticmethod
    def _last(rows: list[Numbers]) -> Numbers:
        return np.array(rows[-LOOKED_BACK:]) if rows else np.empty((0, 0))
