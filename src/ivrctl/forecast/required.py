"""From a forecast to people: how many each interval needs, and how many are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from ivrctl.acd.intervals import Interval
from ivrctl.forecast.erlang import Target
from ivrctl.forecast.forecast import Forecast


@dataclass(frozen=True, slots=True)
class Required:
    """People for one interval."""

    interval: Interval
    people: int
    """To keep the target with the calls that are expected."""
    least: int
    """With as few calls as the band has …"""
    most: int
    """… and with as many."""


def required(forecast: Forecast, target: Target, patience: float = inf, shrinkage: float = 0.0) -> tuple[Required, ...]:
    """People per interval, by Erlang A, or by C where patience is infinite; empty where nothing is forecast.

    Args:
        forecast: of a day.
        target: what is promised.
        patience: seconds in the mean after which one who waits hangs up.
        shrinkage: share of the time in which people who are signed on cannot take calls, 0 to below 1.
    """
    raise NotImplementedError


def following(needed: Sequence[Required], now: datetime) -> Required | None:
    """The next interval that begins after now; None where it is not forecast."""
    raise NotImplementedError


def shortfall(needed: Sequence[Required], present: int, now: datetime) -> int | None:
    """People missing in the next interval, 0 for none; None where it is not forecast.

    Args:
        needed: of today, and of tomorrow where today is nearly over.
        present: how many are signed on, and will be then.
        now: the interval that it lies in is not the next.
    """
    raise NotImplementedError
