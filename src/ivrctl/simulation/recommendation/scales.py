"""The values that each number of a policy can take in a search: few, round, and not far from what it is.

A scale goes from the value that brings most reserve to the one that brings least: towards its end tiers come later and
go home sooner. What the number is now is one of its values, however odd, and no other is more than ``REACH`` away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ivrctl.staffing.policy import Measure
from ivrctl.staffing.policy_files.check_table import RANGES
from ivrctl.staffing.policy_files.check_timing import DAY, ENGAGE
from ivrctl.staffing.policy_files.numbers import WAITS, Place, TimingKey, TimingValue

Scale: TypeAlias = tuple[float, ...]
"""From most reserve to least."""

REACH = 5
"""Values to each side of what the number is: a time goes to about a fifth of it and to five times as much, a service
level 25 points up and down. Beyond that a policy is another one, which somebody should write."""

TIMES: Sequence[float] = (
    *(5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700),
    *(3600, 5400, 7200, 10800, 14400),
)
"""Seconds: each is a third to a half more than the one before, as far as round numbers let it."""
AMOUNTS: Sequence[float] = (
    *(0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50, 70),
    *(100, 150, 200, 300, 500, 700, 1000),
)
LEVELS: Sequence[float] = tuple(each / 100 for each in (*range(5, 96, 5), 98, 100))
"""Of service levels: what matters lies near the top."""
PORTIONS: Sequence[float] = (*(each / 100 for each in (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 70)), 1.0)
"""Of abandons: what matters lies near zero."""
USED: Sequence[float] = tuple(each / 10 for each in (*range(1, 11), 12, 15, 20, 25, 30))
"""Of promises: at 1 they break."""

_VALUES: Mapping[Measure, Sequence[float]] = {
    **dict.fromkeys(WAITS, TIMES),
    Measure.WAITING_PER_AVAILABLE: AMOUNTS,
    Measure.FORECAST_SHORTFALL: AMOUNTS,
    Measure.SERVICE_LEVEL: LEVELS,
    Measure.ABANDON_SHARE: PORTIONS,
    Measure.PROMISE_USED: USED,
}


def scale_of(place: Place, value: float) -> Scale:
    """The values that a number can take.

    Args:
        place: where it stands.
        value: what it is now.
    """
    least, most = _range(place)
    rising = sorted({value, *(each for each in _round(place) if least <= each <= most)})
    at = rising.index(value)
    near = rising[max(0, at - REACH) : at + REACH + 1]
    return tuple(near if _is_rising(place) else reversed(near))


def _round(place: Place) -> Sequence[float]:
    return TIMES if isinstance(place, TimingValue) else _VALUES[place.measure]


def _range(place: Place) -> tuple[float, float]:
    if isinstance(place, TimingValue):
        least, most = ENGAGE if place.key is TimingKey.ENGAGE_AFTER else DAY
        return least.total_seconds(), most.total_seconds()
    least_value, most_value, _ = RANGES[place.measure]
    return least_value, most_value


def _is_rising(place: Place) -> bool:
    """True where a greater value brings less reserve."""
    if isinstance(place, TimingValue):
        return place.key is TimingKey.ENGAGE_AFTER
    return not place.measure.is_low_bad
