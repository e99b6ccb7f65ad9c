"""The season as it is learnt, day by day: what each kind of day is like, and how much more or less it is lately.

Of a day before it begins is expected, interval by interval::

    middle of the same kind of day over recent weeks  *  edge of the month  *  level of the last days

- **Middle**: of up to eight such days, each first divided by the edge that it stood at, the mean of the middle half
  (J. W. Tukey's midmean). Like a median it takes no notice of a day that is far off, such as that of a breakdown, and
  chance moves it less.
- **Edge**: the median of what such days of the month were more than was expected of them, drawn towards 1 by
  n / (n + 1) for n of them; nothing until there were two.
- **Level**: the median of what the last seven days were more than the middles say now. It counts as far as it stands
  out from their spread, by the positive part of James and Stein (1961), 1 - (error / level)^2 in logarithms: so chance
  is not followed, and a change is after four days.

It learns a day after it was expected, so that what is expected of a past day never knows what came later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp, log, pi

import numpy as np

from ivrctl.forecast.day_class import DayClass
from ivrctl.forecast.table import Numbers
from ivrctl.site.calendar import DayKind

WEEKS = 8
"""Of how many weeks days are looked at: enough for a middle, few enough for what changes with the year."""
NEEDED = 3
"""Fewer days of a kind have no middle."""
RARE = timedelta(days=400)
"""How far back holidays and make-up days are looked for, which a few weeks have none of."""
LATELY = 7
"""Days that the level is of."""
MOST = 3.0
"""No edge and no level makes more of a day than three times as much, or less than a third."""

_EDGES_NEEDED = 2
_TO_SIGMA = 1.4826
"""Times the median of deviations, the standard deviation of a normal spread."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of a day before it begins."""

    values: Numbers
    """By column; nan where such days were seen too seldom."""
    rows: tuple[int, ...]
    """Days that it was made of."""
    like: str
    """What kind of day they are."""


@dataclass(frozen=True, slots=True)
class _Day:
    row: int
    day: date
    day_class: DayClass
    values: Numbers
    """Without the edge that it stood at."""


@dataclass(slots=True)
class Season:
    """See the module; it changes in place."""

    _days: list[_Day] = field(default_factory=list)
    _by_pattern: defaultdict[str, list[_Day]] = field(default_factory=lambda: defaultdict(list))
    _edges: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    _middles: dict[tuple[int, ...], Numbers] = field(default_factory=dict)

    def expect(self, day: date, day_class: DayClass, needed: int = NEEDED) -> Outlook | None:
        """What is expected of a day; None where too few like it were seen."""
        like, name = self._like(day, day_class)
        if len(like) < needed:
            return None
        values = self._between_edges(day, like, needed) * self._edge(day_class)
        return None if np.isnan(values).all() else Outlook(values, tuple(one.row for one in like), name)

    def seen(self, day: date, day_class: DayClass) -> int:
        """How many days like one there are to go by."""
        return len(self._like(day, day_class)[0])

    def learn(self, row: int, day: date, day_class: DayClass, values: Numbers) -> None:
        """A day as it was."""
        if np.isnan(values).all():
            return
        one = _Day(row, day, day_class, values / self._edge(day_class))
        if day_class.edge and day_class.is_ordinary:
            self._learn_edge(one, values)
        self._days.append(one)
        self._by_pattern[day_class.pattern].append(one)

    def _learn_edge(self, one: _Day, values: Numbers) -> None:
        like, _ = self._like(one.day, one.day_class)
        more = ratio(values, self._between_edges(one.day, like, 1)) if len(like) >= _EDGES_NEEDED else None
        if more is not None:
            self._edges[one.day_class.edge].append(log(more))

    def _between_edges(self, day: date, like: Sequence[_Day], needed: int) -> Numbers:
        return self._middle(like, needed) * self._level(day)

    def _like(self, day: date, day_class: DayClass) -> tuple[list[_Day], str]:
        """Days to go by, and what they are."""
        since = day - (timedelta(weeks=WEEKS) if day_class.is_ordinary else RARE)
        found = [one for one in self._by_pattern[day_class.pattern][-WEEKS:] if one.day >= since]
        if day_class.is_ordinary or len(found) >= NEEDED:
            return found, day_class.pattern
        return self._instead(day, day_class)

    def _instead(self, day: date, day_class: DayClass) -> tuple[list[_Day], str]:
        """A holiday is taken as a Sunday, and a make-up day as a working day, until enough of them were seen."""
        since = day - timedelta(weeks=WEEKS)
        near = [one for one in self._days if one.day >= since]
        if day_class.kind is DayKind.MAKE_UP:
            return [one for one in near if one.day_class.is_working_day][-WEEKS:], "a working day"
        return [one for one in near if one.day_class.is_sunday][-WEEKS:], "a Sunday"

    def _middle(self, like: Sequence[_Day], needed: int) -> Numbers:
        key = (needed, *(one.row for one in like))
        if key not in self._middles:
            self._middles[key] = middle(np.array([one.values for one in like]), needed)
        return self._middles[key]

    def _edge(self, day_class: DayClass) -> float:
        """By how much days at this edge are more than others."""
        seen = self._edges[day_class.edge] if day_class.edge and day_class.is_ordinary else []
        if len(seen) < _EDGES_NEEDED:
            return 1.0
        return bounded(exp(float(np.median(seen)) * len(seen) / (len(seen) + 1)))

    def _level(self, day: date) -> float:
        """By how much the last days were more than the middles of their kinds."""
        since = day - timedelta(days=2 * LATELY)
        last = [one for one in self._days[-2 * LATELY :] if one.day_class.is_ordinary and one.day >= since][-LATELY:]
        more = [found for one in last if (found := self._more(one)) is not None]
        return 1.0 if len(more) < LATELY // 2 else bounded(exp(_shrunk(np.log(more))))

    def _more(self, one: _Day) -> float | None:
        like = self._by_pattern[one.day_class.pattern][-WEEKS:]
        return ratio(one.values, self._middle(like, 1)) if len(like) >= NEEDED else None


def middle(rows: Numbers, needed: int) -> Numbers:
    """The mean of the middle half of each column's known values: of three the median, of eight the middle four.

    nan where fewer are known than needed.
    """
    known = np.count_nonzero(~np.isnan(rows), axis=0)
    outside = (known + 1) // 4
    place = np.arange(len(rows))[:, None]
    is_inside = (place >= outside) & (place < known - outside)
    total = np.where(is_inside, np.sort(rows, axis=0), 0.0).sum(axis=0)
    found: Numbers = np.where(known >= max(needed, 1), total / np.maximum(known - 2 * outside, 1), np.nan)
    return found


def ratio(values: Numbers, expected: Numbers) -> float | None:
    """By how much values are more than expected, over what both know; None where one of them has nothing."""
    both = ~(np.isnan(values) | np.isnan(expected))
    came, due = float(values[both].sum()), float(expected[both].sum())
    return came / due if came > 0 and due > 0 else None


def bounded(factor: float) -> float:
    """No more than three times as much, no less than a third."""
    return min(max(factor, 1 / MOST), MOST)


def _shrunk(logs: Numbers) -> float:
    """Their median, as far as it stands out from their spread; a median's variance is pi / 2 times that of a mean."""
    centre = float(np.median(logs))
    spread = _TO_SIGMA * float(np.median(np.abs(logs - centre)))
    error = pi / 2 * spread**2 / len(logs)
    return centre * max(0.0, 1 - error / centre**2) if centre else 0.0
