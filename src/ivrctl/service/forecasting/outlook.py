"""What some queues are forecast to need: calls, people, and how wrong such forecasts were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ivrctl.acd.intervals import DAY, Interval, Intervals
from ivrctl.forecast.erlang import Target
from ivrctl.forecast.forecast import Forecast
from ivrctl.forecast.history import Counted
from ivrctl.forecast.judged import Judged, judged
from ivrctl.forecast.required import Required, required
from ivrctl.forecast.seasonal import forecast
from ivrctl.service.forecasting.past import Past
from ivrctl.service.forecasting.reading import Counting, Queues
from ivrctl.site.calendar import Calendar
from ivrctl.site.site_file import Site

LENGTH = timedelta(minutes=30)
"""Of the intervals: in shorter ones chance says more than the hour does, in longer ones a peak is lost."""
JUDGED_DAYS = 28
"""Of the past, on which forecasts are compared with what came."""


@dataclass(frozen=True, slots=True)
class DayOutlook:
    """One day of some queues."""

    queues: Queues
    forecast: Forecast
    needed: tuple[Required, ...]
    """By interval; empty where nothing is forecast."""
    came: Mapping[Interval, Counted]
    """What is known already."""
    target: Target
    patience: float
    """Seconds; infinite where too few callers hung up to tell: then by Erlang C."""


def counting_of(site: Site, groups: frozenset[Queues]) -> Counting:
    """How the days of a site are counted."""
    return Counting(Intervals(site.zone, LENGTH), groups, site.kpi.short_abandon)


def calendar_of(site: Site) -> Calendar | None:
    """Whose holidays count: those of its hours, else of its numbers' country; None where nobody knows them."""
    places = (hours.holidays for hours in site.hours.values() if hours.holidays is not None)
    place = next(places, None)
    if place is not None:
        return place.calendar
    try:
        return Calendar.of(str(site.numbers.country))
    except ValueError:
        return None


def target_of(site: Site) -> Target:
    """What a site promises to those who call."""
    return Target(site.kpi.answer_share.fraction, site.kpi.answer_in)


def outlook(past: Past, queues: Queues, day: date, target: Target) -> DayOutlook:
    """Forecast a day.

    Args:
        past: with what is needed for that day.
        queues: one of its groups.
        day: today or later; of one that is over what came is told beside what had been forecast before it.
        target: what is promised.
    """
    came = past.on(queues, day)
    made = forecast(past.history(queues), day, () if _is_over(came, day, past) else came, past.calendar)
    patience = past.waits(queues).patience
    needed = required(made, target, patience) if made.expected else ()
    return DayOutlook(queues, made, needed, {one.interval: one for one in came}, target, patience)


def judged_by(past: Past, queues: Queues, day: date) -> Judged:
    """How wrong such forecasts were in the weeks before a day."""
    days = [day - back * DAY for back in range(1, JUDGED_DAYS + 1)]
    return judged(past.history(queues).before(day), days, past.calendar)


def _is_over(came: tuple[Counted, ...], day: date, past: Past) -> bool:
    """True when all of a day came: then it is forecast as it was before it began."""
    last = came[-1].interval.end if came else None
    return last is not None and last.astimezone(past.counting.intervals.zone).date() > day
