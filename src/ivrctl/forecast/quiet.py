"""When it will be quiet: the advice to those who may call at another time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from ivrctl.acd.intervals import Interval
from ivrctl.forecast.forecast import Expected, Forecast
from ivrctl.model.off_peak import OffPeak

FEW = 0.5
"""An interval is quiet that brings at most so much of what the busiest one of its day brings, both in hours."""
SHORTEST = timedelta(hours=1)
"""A shorter time is no advice: nobody calls to the minute."""
_MOMENT = timedelta(seconds=1)


def quiet(forecasts: Iterable[Forecast], is_open: Callable[[datetime], bool], now: datetime) -> OffPeak | None:
    """The next quiet time, of whole intervals that begin from now on; None where none is forecast.

    Args:
        forecasts: of today and tomorrow, in their order.
        is_open: whether callers may be advised to call at a moment: no quiet time goes beyond.
        now: aware.
    """
    for made in forecasts:
        for stretch in _stretches(_few(made, is_open), now):
            if stretch.length >= SHORTEST:
                return OffPeak(stretch.begin, stretch.end)
    return None


def _few(made: Forecast, is_open: Callable[[datetime], bool]) -> list[Interval]:
    """The intervals of a day's hours in which few calls are expected."""
    within = [one for one in made.expected if is_open(one.interval.begin) and is_open(one.interval.end - _MOMENT)]
    most = max(map(_rate, within), default=0.0)
    return [one.interval for one in within if most and _rate(one) <= FEW * most]


def _stretches(intervals: Iterable[Interval], now: datetime) -> Iterator[Interval]:
    """Those that follow each other as one."""
    stretch: Interval | None = None
    for interval in intervals:
        if interval.begin < now:
            continue
        if stretch is not None and stretch.end != interval.begin:
            yield stretch
            stretch = None
        stretch = interval if stretch is None else Interval(stretch.begin, interval.end)
    if stretch is not None:
        yield stretch


def _rate(one: Expected) -> float:
    """Calls a second: where the clock is put back an interval can be short."""
    return one.offered / one.interval.length.total_seconds()
