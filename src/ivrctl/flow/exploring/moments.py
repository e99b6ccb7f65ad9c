"""When calls are made: one moment for everything that the hours, dates and queues of a site can tell apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import product

from ivrctl.flow.call import World
from ivrctl.flow.exploring.crowds import crowds_of
from ivrctl.flow.exploring.relevance import TIME, Relevance
from ivrctl.model.queue_facts import NOTHING_KNOWN, UNKNOWN
from ivrctl.site.calendar import Calendar, DayKind
from ivrctl.site.hours import Hours
from ivrctl.site.opening import MINUTES

MAX_MOMENTS = 24
"""More are not tried: each is a walk of its own through all that depends on the time."""

_DAY = timedelta(days=1)
_WEEK = 7
_HOLIDAYS_WITHIN = 400
"""Days that are searched for a holiday and a make-up day: a year and a bit."""
_NOON = 12 * 60


def moments_of(sites: Sequence[Relevance], now: datetime) -> tuple[tuple[World, ...], bool]:
    """The moments at which callers can fare differently, the present one first.

    Of queues something is known in ``World.queues`` only where a guard asks: all of them the same then.

    Args:
        sites: one, or two that are compared: a moment counts where either of them differs.
        now: aware.

    Returns:
        The moments; and False when there are more than these.
    """
    times, are_all = _times_of(sites, now)
    crowds, are_crowds_all = crowds_of(sites)
    names = sorted({str(name) for site in sites for name in site.program.site.queues})
    worlds = tuple(
        World(time, queues=NOTHING_KNOWN if crowd == UNKNOWN else dict.fromkeys(names, crowd))
        for time, crowd in product(times, crowds)
    )
    return worlds[:MAX_MOMENTS], are_all and are_crowds_all and len(worlds) <= MAX_MOMENTS


def _times_of(sites: Sequence[Relevance], now: datetime) -> tuple[tuple[datetime, ...], bool]:
    if not any(site.is_read(TIME) for site in sites):
        return (now,), True
    found: dict[Hashable, datetime] = {}
    for moment in _candidates(sites, now):
        found.setdefault(_seen(sites, moment), moment)
    chosen = tuple(found.values())
    return chosen[:MAX_MOMENTS], len(chosen) <= MAX_MOMENTS


def _seen(sites: Sequence[Relevance], moment: datetime) -> Hashable:
    """What the sites can tell of a moment."""
    return tuple(
        (
            tuple(hours.is_open(moment.astimezone(site.program.site.zone)) for hours in _hours(site)),
            tuple(_sign(literal, moment.astimezone(site.program.site.zone)) for literal in _dates(site)),
        )
        for site in sites
    )


def _sign(literal: date, moment: datetime) -> int:
    if isinstance(literal, datetime):
        return (moment > literal) - (moment < literal)
    return (moment.date() > literal) - (moment.date() < literal)


def _hours(site: Relevance) -> tuple[Hours, ...]:
    return tuple(site.program.site.hours.values())


def _dates(site: Relevance) -> list[date]:
    return sorted({value for value in site.literals if isinstance(value, date)}, key=str)


def _candidates(sites: Sequence[Relevance], now: datetime) -> Iterator[datetime]:
    yield now
    for site in sites:
        zone = site.program.site.zone
        first = now.astimezone(zone).date()
        minutes = _minutes(site)
        for day in dict.fromkeys(_days(site, first)):
            for minute in minutes:
                yield datetime.combine(day, time(minute // 60, minute % 60), zone)


def _minutes(site: Relevance) -> list[int]:
    """The minutes of a day at which something can begin or end, and noon."""
    found = {_NOON}
    for hours in _hours(site):
        plans = [*hours.weekly.plans, *(rule.plan for rule in hours.exceptions.rules.values())]
        plans += [rule.plan for rule in (hours.on_holidays, hours.on_make_up_days) if rule is not None]
        for plan in plans:
            for opening in plan.openings if plan is not None else ():
                ends = (opening.start, opening.end, opening.start - 1, opening.end - 1)
                found |= {minute % MINUTES for minute in ends}
    return sorted(found, key=lambda minute: (minute != _NOON, minute))


def _days(site: Relevance, first: date) -> Iterator[date]:
    """The week from a day on, the days that differ, and those that expressions name, with their neighbours."""
    yield from (first + _DAY * number for number in range(_WEEK))
    for hours in _hours(site):
        yield from sorted(hours.exceptions.rules)
        if hours.holidays is not None:
            yield from _holidays(hours.holidays.calendar, first)
    for literal in _dates(site):
        day = literal.date() if isinstance(literal, datetime) else literal
        yield from (day - _DAY, day, day + _DAY)


def _holidays(calendar: Calendar, first: date) -> Iterable[date]:
    """The next holiday, and the next make-up day."""
    found: dict[DayKind, date] = {}
    for number in range(_HOLIDAYS_WITHIN):
        day = first + _DAY * number
        kind = calendar.kind_of(day)
        if kind in {DayKind.HOLIDAY, DayKind.MAKE_UP}:
            found.setdefault(kind, day)
    return found.values()
