"""From a forecast to people: how many each interval needs, and how many are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, inf

from ivrctl.acd.intervals import Interval
from ivrctl.forecast.erlang import Load, Target, people_required
from ivrctl.forecast.forecast import Expected, Forecast

AHEAD = timedelta(minutes=15)
"""People who are asked or called in need some minutes; longer before, they would sit and wait."""
_ROUNDED = 1e-9
"""So that 12 / 0.6 are 20 people and not 21."""


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
    if not 0 <= shrinkage < 1:
        raise ValueError(f"people are there for a share of their time: a shrinkage from 0 to below 1, not {shrinkage}")

    def people(calls: float, expected: Expected) -> int:
        load = Load.of(calls, expected.interval.length, expected.handling)
        return ceil(people_required(load, target, patience) / (1 - shrinkage) - _ROUNDED)

    return tuple(
        Required(one.interval, people(one.offered, one), people(one.least, one), people(one.most, one))
        for one in forecast.expected
    )


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
