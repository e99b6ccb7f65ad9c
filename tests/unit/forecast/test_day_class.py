"""What a day is like."""

from __future__ import annotations

from datetime import date

import pytest

from ivrctl.forecast.day_class import class_of
from ivrctl.site.calendar import Calendar

CHINA = Calendar.of("CN")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 6, 8), "a Monday"),
        (date(2026, 6, 1), "a Monday at the month's start"),
        (date(2026, 6, 3), "a Wednesday at the month's start"),
        (date(2026, 6, 4), "a Thursday"),
        (date(2026, 2, 25), "a Wednesday"),
        (date(2026, 2, 26), "a Thursday at the month's end"),
        (date(2026, 2, 28), "a make-up working day at the month's end"),
        (date(2026, 2, 14), "a make-up working day"),
        (date(2026, 2, 22), "a holiday"),
        (date(2099, 6, 8), "a Monday"),
    ],
)
def test_words_of_a_day(day: date, words: str) -> None:
    """Its weekday, or what goes before it; a year that is not published has weekdays only."""
    assert class_of(day, CHINA).words == words


@pytest.mark.parametrize(("day", "edge"), [(1, 1), (2, 2), (3, 3), (4, 0), (27, 0), (28, -3), (29, -2), (30, -1)])
def test_edges_are_three_days_at_each_end(day: int, edge: int) -> None:
    """Of a month of 30 days."""
    assert class_of(date(2026, 6, day), None).edge == edge


def test_without_a_calendar_there_are_weekdays_only() -> None:
    """New Year's Day is a Thursday."""
    assert class_of(date(2026, 1, 1), None).words == "a Thursday at the month's start"
