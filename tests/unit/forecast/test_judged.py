"""How wrong forecasts were, beside naive ones."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from ivrctl.forecast.judged import Judged, judged
from ivrctl.forecast.seasonal import forecast

from .seasons import MONDAY, busy_week, history, weeks_before


def test_week_that_never_changes_is_forecast_without_error() -> None:
    """So is it by last week; the mean of all days takes a Monday for a Sunday and a Sunday for a Monday."""
    days = weeks_before(MONDAY, 6)
    found = judged(history(days, busy_week), days[-7:])
    assert (found.days, found.intervals) == (7, 7 * 48)
    assert (found.error, found.last_week, found.covered) == (pytest.approx(0), 0, 1)
    assert found.mean is not None
    assert found.mean > 0.15


def test_error_is_of_calls_not_of_intervals() -> None:
    """A day that was half as busy as each before: what was too much, over what came, is one."""
    days = weeks_before(MONDAY, 6)
    found = judged(history(days, lambda day, hour: busy_week(day, hour) * (1 if day == days[-1] else 2)), days[-1:])
    assert (found.error, found.last_week) == (pytest.approx(1), 1)


def test_what_was_before_the_time_of_day_is_not_judged() -> None:
    """A forecast of noon is judged by the afternoon, with the morning known."""
    days = weeks_before(MONDAY, 6)

    def calls(day: date, hour: int) -> int:
        return busy_week(day, hour) * (2 if day == days[-1] and hour < 12 else 1)

    assert judged(history(days, calls), days[-1:], at=time(12)).intervals == 24
    assert judged(history(days, calls), days[-1:]).intervals == 48


def test_what_one_of_them_does_not_know_is_not_compared() -> None:
    """Where last week went unseen in the evening, the evening is left out for all three."""
    days = weeks_before(MONDAY, 6)

    def calls(day: date, hour: int) -> int | None:
        return None if day == days[-8] and hour >= 18 else busy_week(day, hour)

    assert judged(history(days, calls), days[-1:]).intervals == 36


def test_no_day_that_can_be_judged_says_nothing() -> None:
    """Neither an error nor a share is made up."""
    days = weeks_before(MONDAY, 1)
    assert judged(history(days, busy_week), days) == Judged(0, 0)


def test_days_without_calls_have_no_error() -> None:
    """Nothing over nothing."""
    days = weeks_before(MONDAY, 6)
    found = judged(history(days, lambda _day, _hour: 0), days[-7:])
    assert (found.days, found.error, found.covered) == (7, None, 1)


def test_error_of_a_forecast_is_that_of_its_past_days() -> None:
    """What a forecast says of itself is what judging the four weeks before it says."""
    days = weeks_before(MONDAY, 16)
    known = history(days, lambda day, hour: busy_week(day, hour) * (2 + day.toordinal() % 3))
    said = forecast(known, MONDAY).error
    assert said == judged(known, [MONDAY - timedelta(days=back) for back in range(1, 29)]).error
