"""A forecast as a value: what is expected of each interval of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ivrctl.acd.intervals import Interval


@dataclass(frozen=True, slots=True)
class Expected:
    """One interval."""

    interval: Interval
    offered: float
    """Calls that join."""
    least: float
    """With the band's share (80 %) of past days no fewer came …"""
    most: float
    """… and no more."""
    handling: float
    """Seconds that a call takes an agent: talk and wrap-up."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One day."""

    day: date
    expected: tuple[Expected, ...]
    """In order; empty where there is not enough to go by, and without intervals that were seen too seldom."""
    lacking: str = ""
    """What is missing for a forecast, in a sentence; empty where there is one."""
    from_days: tuple[date, ...] = ()
    """The past days that it was made of."""
    class_: str = ""
    """What kind of day it was taken to be, in words: ``a Monday``, ``a holiday``, ``a Monday at the month's start``."""
    level: float = 1.0
    """By this today's calls so far are more than the days' that it was made of; the rest of today is scaled by it."""
    error: float | None = None
    """How wrong such forecasts were on the past days: the sum of differences over the sum of calls (WAPE), 0 upwards;
    None where too few days were there to tell."""
