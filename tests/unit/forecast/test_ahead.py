"""Who is missing soon: the interval of now, and what begins within a quarter of an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ivrctl.acd.intervals import Interval
from ivrctl.forecast.required import Required, ahead, shortfall

HALF = timedelta(minutes=30)
NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)


def needed(*people: int, begin: datetime = NINE) -> tuple[Required, ...]:
    """Half hours from nine on."""
    begins = [begin + place * HALF for place in range(len(people))]
    return tuple(
        Required(Interval(at, at + HALF), count, count, count) for at, count in zip(begins, people, strict=True)
    )


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def test_a_peak_counts_a_quarter_of_an_hour_before_it_begins() -> None:
    """So who is called in for it has time to come."""
    day = needed(5, 12, 5)
    assert [shortfall(day, 5, at(minutes)) for minutes in (0, 14, 15, 29)] == [0, 0, 7, 7]


def test_a_peak_counts_until_it_is_over() -> None:
    """Nobody goes home in the middle of it."""
    day = needed(5, 12, 5)
    assert [shortfall(day, 5, at(minutes)) for minutes in (30, 45, 59, 60)] == [7, 7, 7, 0]


def test_what_is_not_forecast_is_not_known() -> None:
    """Neither with nothing at all, nor with a hole ahead."""
    assert ahead((), NINE) is None
    assert ahead(needed(5, begin=at(30)), NINE) is None
    assert ahead(needed(5), at(20)) is None
    assert ahead(needed(5, 5)[1:], at(29)) is None
    assert shortfall(needed(5, 5), 9, at(29)) == 0
