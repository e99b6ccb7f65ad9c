"""How far days are from what was expected of them: the band of a forecast, and what the day so far says of its rest.

The model is that of G. Jongbloed and G. Koole, *Managing uncertainty in call centres using Poisson mixtures* (2001): a
day has a level, gamma around 1, and calls come by chance around level * expected. Two variances say how much:

- **between** days: that of the level, by the median deviation of past days' levels, less what chance adds to it;
- **within** a day: that of an interval around level * expected, over its mean; 1 for calls that come by chance alone
  (Poisson), and more for real ones.

So with ``came`` calls so far where ``due`` were expected, the level is expected to be
``(came / within + 1 / between) / (due / within + 1 / between)``, the mean of its gamma distribution after them; early
in the day this is nearly 1, and a quiet first quarter of an hour says next to nothing. What stays unknown of the level
has the variance ``1 / (due / within + 1 / between)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivrctl.forecast.season import bounded
from ivrctl.forecast.table import Numbers

_TO_SIGMA = 1.4826
_LEAST, _MOST = 0.01**2, 0.5**2
"""Of the variance between days: no centre's days are nearer to each other than 1 %, and at 50 % nothing is known."""
_WILDEST = 100.0
_QUIET = 0.5
"""An interval of fewer expected calls is taken for one of so many: the spread of none would be none."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Two variances; see the module."""

    between: float = 0.1**2
    within: float = 1.0

    @classmethod
    def of(cls, came: Numbers, due: Numbers) -> Spread:
        """From past days: what came and what was expected, a row each; without any, what is usual."""
        both = ~(np.isnan(came) | np.isnan(due))
        x, f = np.where(both, came, 0.0), np.where(both, due, 0.0)
        totals = x.sum(axis=1), f.sum(axis=1)
        told = (totals[0] > 0) & (totals[1] > 0)
        if np.count_nonzero(told) < 2:  # noqa: PLR2004 - one day has no spread
            return cls()
        level = totals[0][told] / totals[1][told]
        within = _within(x[told], f[told] * level[:, None], both[told])
        logs = np.log(level)
        seen = (_TO_SIGMA * float(np.median(np.abs(logs - np.median(logs))))) ** 2
        by_chance = within * float(np.median(1 / totals[1][told]))
        return cls(min(max(seen - by_chance, _LEAST), _MOST), within)

    def level(self, came: float, due: float) -> float:
        """By how much a day is more than expected, after so many calls."""
        prior = 1 / self.between
        return bounded((came / self.within + prior) / (due / self.within + prior))

    def sigma(self, values: Numbers, due: float) -> Numbers:
        """The standard deviation of intervals that are expected so, when so many calls were expected before."""
        unknown = 1 / (due / self.within + 1 / self.between)
        at_least = np.maximum(values, _QUIET)
        found: Numbers = np.sqrt(self.within * at_least + unknown * at_least**2)
        return found


def _within(came: Numbers, due: Numbers, both: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    """The median day's mean of squared deviations over expected."""
    counts = (due > 0) & both
    squares = np.where(counts, (came - due) ** 2 / np.where(counts, due, 1.0), 0.0)
    each = squares.sum(axis=1) / np.maximum(counts.sum(axis=1), 1)
    return float(min(max(float(np.median(each)), 1.0), _WILDEST))
