"""A forecast of a day: what such days were like, scaled by how this one has gone so far; its band and its past error.

``season`` says what is expected before the day begins, ``spread`` what the day so far says of its rest, ``rolling`` how
wrong both were on past days, ``handling`` how long calls take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np

from ivrctl.acd.intervals import Intervals, day_of
from ivrctl.forecast.day_class import DayClass, class_of
from ivrctl.forecast.forecast import Expected, Forecast
from ivrctl.forecast.handling import handling
from ivrctl.forecast.history import Counted, History
from ivrctl.forecast.rolling import ASKED_BACK, Rolling, Told
from ivrctl.forecast.season import NEEDED, RARE, WEEKS
from ivrctl.forecast.table import Numbers, Table, by_column, column, portion
from ivrctl.site.calendar import Calendar

JUDGED = 28
"""Days of which the error is told …"""
JUDGED_AT_LEAST = 5
"""… and how many there must be to tell one."""


def forecast(history: History, day: date, so_far: Iterable[Counted] = (), calendar: Calendar | None = None) -> Forecast:
    """What a day will bring.

    Args:
        history: of it, days before this one are looked at, back to a year and a month.
        day: today, tomorrow, or some weeks ahead.
        so_far: intervals of the day itself that are over; none for a day to come.
        calendar: whose holidays and make-up days count; without one every day is one of the week.
    """
    intervals, kind = history.intervals, class_of(day, calendar)
    table = Table.of(history.before(day).since(day - RARE))
    known = [one for one in so_far if one.interval.begin.astimezone(intervals.zone).date() == day]
    rolling = Rolling(calendar, max((column(one.interval, intervals) + 1 for one in known), default=0))
    past = list(rolling.over(table, day - ASKED_BACK))
    told = rolling.ask(day, by_column(known, intervals)[0])
    if told is None:
        return Forecast(day, (), _lacking(kind, rolling.season.seen(day, kind)), class_=kind.words)
    talk = handling(table, told.outlook.rows)
    if talk is None:
        return Forecast(day, (), "no talk is known, and so not how long one takes", class_=kind.words)
    return Forecast(
        day,
        tuple(_expected(told, talk, intervals)),
        from_days=tuple(table.days[row] for row in told.outlook.rows),
        class_=_words(kind, told),
        level=told.level,
        error=_error(past[-JUDGED:], table, rolling.cut),
    )


def _expected(told: Told, talk: Numbers, intervals: Intervals) -> Iterator[Expected]:
    for interval in intervals.within(day_of(told.day, intervals.zone)):
        at, share = column(interval, intervals), portion(interval, intervals)
        if not np.isnan(told.values[at]):
            offered, least, most = (share * float(numbers[at]) for numbers in (told.values, told.least, told.most))
            yield Expected(interval, offered, least, most, float(talk[at]))


def _lacking(kind: DayClass, seen: int) -> str:
    of = f"of the last {WEEKS} weeks " if kind.is_ordinary else ""
    return f"for {kind.pattern}, {NEEDED} such days {of}must be known, and {seen} {'is' if seen == 1 else 'are'}"


def _words(kind: DayClass, told: Told) -> str:
    """What kind of day it is, and as which it was taken, where those are two."""
    return kind.words if told.outlook.like == kind.pattern else f"{kind.words}, taken as {told.outlook.like}"


def _error(past: list[Told], table: Table, cut: int) -> float | None:
    """WAPE of the rest of each day."""
    rows = {day: row for row, day in enumerate(table.days)}
    came = np.array([table.offered[rows[told.day]] for told in past])[:, cut:] if past else np.empty((0, 0))
    due = np.array([told.values for told in past])[:, cut:] if past else came
    both = ~(np.isnan(came) | np.isnan(due))
    if np.count_nonzero(both.any(axis=1)) < JUDGED_AT_LEAST or came[both].sum() == 0:
        return None
    return float(np.abs(came - due)[both].sum() / came[both].sum())
