"""What a day is like, as far as calls go: its day of the week, a holiday, a make-up day; at an edge of the month.

Whose holidays, ``site.calendar`` knows; a year that is not published yet has none. Edges are days of the calendar,
counted from the month's start and from its end: bills and pay days go by them.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date

from ivrctl.site.calendar import Calendar, DayKind

EDGE = 3
"""So many days at each end of a month are days of their own."""

_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class DayClass:
    """Days of one pattern are forecast from one another; an edge scales them."""

    kind: DayKind
    weekday: int
    """0 is Monday."""
    edge: int = 0
    """1 for the first of a month, 2, 3; -1 for the last, -2, -3; 0 between."""

    @property
    def pattern(self) -> str:
        """The name of those that go alike through the hours."""
        if self.kind is DayKind.HOLIDAY:
            return "a holiday"
        return "a make-up working day" if self.kind is DayKind.MAKE_UP else f"a {months.day_name[self.weekday]}"

    @property
    def is_ordinary(self) -> bool:
        """True for a day of the week like any."""
        return self.kind is not DayKind.HOLIDAY and self.kind is not DayKind.MAKE_UP

    @property
    def is_working_day(self) -> bool:
        """True from Monday to Friday, but for holidays."""
        return self.is_ordinary and self.weekday < _SATURDAY

    @property
    def is_sunday(self) -> bool:
        """True for what a holiday is most like."""
        return self.is_ordinary and self.weekday == _SUNDAY

    @property
    def words(self) -> str:
        """As one says it."""
        where = {1: " at the month's start", -1: " at the month's end"}.get((self.edge > 0) - (self.edge < 0), "")
        return self.pattern + where


def class_of(day: date, calendar: Calendar | None) -> DayClass:
    """The class of a day; without a calendar every day is one of the week."""
    kind = DayKind.ORDINARY if calendar is None else calendar.kind_of(day)
    return DayClass(kind, day.weekday(), _edge(day))


def _edge(day: date) -> int:
    left = day.day - months.monthrange(day.year, day.month)[1] - 1
    if day.day <= EDGE:
        return day.day
    return left if -left <= EDGE else 0
