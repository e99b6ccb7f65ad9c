"""From a forecast to people: how many each interval needs, and how many are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from ivrctl.acd.intervals import Interval
from ivrctl.forecast.erlang import Target
from ivrctl.forecast.forecast import Forecast

AHEAD = timedelta(minutes=15)
"""People who are asked or called in need some minutes; longer before, they would sit and wait."""


@dataclass(frozen=True, slots=True, order=True)
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


def ahead(needed: Iterable[Required], now: datetime) -> Required | None:
    """Of the interval of now and those that begin within ``AHEAD``, the one that needs most people; of alike the first.

    The interval of now counts: else those who were called in for it would be sent home as soon as it begins. None where
    not all of that time is forecast.
    """
    until = now + AHEAD
    touched = sorted(each for each in needed if each.interval.begin <= until and now < each.interval.end)
    if not touched or touched[0].interval.begin > now or touched[-1].interval.end < until:
        return None
    return max(touched, key=lambda each: each.people)


def shortfall(needed: Iterable[Required], present: int, now: datetime) -> int | None:
    """People missing now and ahead, 0 for none; None where it is not forecast.

    Args:
        needed: of today, and of tomorrow where today is nearly over.
        present: the queues' own staff who are there. Whom a policy has brought does not count, else they would go home
            for having come.
        now: aware.
    """
    most = ahead(needed, now)
    return None if most is None else max(0, most.people - present)
