"""How many calls an hour a synthetic day expects of a queue, by stretches of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivrctl.simulation.days.day_file import CallKeys, DayFile, Rates
from ivrctl.site.opening import MINUTES, Opening

WHOLE_DAY = (Opening(0, MINUTES),)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some time of the day in which the rate is one."""

    opening: Opening
    per_hour: float

    @property
    def expected(self) -> float:
        """Calls in it, of an average day."""
        return self.per_hour * _hours(self.opening)


def hours_of(file: DayFile) -> Sequence[Opening]:
    """When somebody works, where nothing else is said of it."""
    return WHOLE_DAY if file.hours is None else file.hours.openings


def stretches_of(keys: CallKeys, hours: Sequence[Opening]) -> tuple[Stretch, ...]:
    """The rates of a queue.

    Args:
        keys: what the file says; where it says it in several ways, the first counts.
        hours: the day's.
    """
    if keys.per_hour is not None:
        return _of_rates(keys.per_hour, 1.0)
    if keys.per_half_hour is not None:
        return _of_rates(keys.per_half_hour, 2.0)
    if keys.total is None:
        return ()
    heights = tuple(Stretch(each, 1.0) for each in hours) if keys.shape is None else _of_rates(keys.shape, 1.0)
    whole = sum(each.expected for each in heights)
    return tuple(Stretch(each.opening, each.per_hour * keys.total.number / whole) for each in heights) if whole else ()


def _of_rates(rates: Rates, in_an_hour: float) -> tuple[Stretch, ...]:
    return tuple(Stretch(span.opening, (rate.amount or 0.0) * in_an_hour) for span, rate in rates.items())


def _hours(opening: Opening) -> float:
    return (opening.end - opening.start) / 60
