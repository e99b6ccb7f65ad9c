"""When callers are advised to call: a time in hours in which at most half of the day's peak is expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.intervals import Interval
from ivrctl.forecast.forecast import Expected, Forecast
from ivrctl.forecast.quiet import quiet
from ivrctl.model.off_peak import OffPeak

HALF = timedelta(minutes=30)
FRIDAY = date(2026, 11, 20)
DAY = {8: 60, 9: 100, 10: 100, 11: 80, 12: 40, 13: 45, 14: 90, 15: 80, 16: 50, 17: 30, 18: 20, 19: 20}
"""Calls by hour: quiet from noon to two, and from four on."""


def made(by_hour: Mapping[int, float] = DAY, day: date = FRIDAY) -> Forecast:
    expected = []
    for half in range(48):
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) + half * HALF
        calls = by_hour.get(half // 2, 1.0) / 2
        expected.append(Expected(Interval(begin, begin + HALF), calls, calls, calls, 180))
    return Forecast(day, tuple(expected))


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def is_open(moment: datetime) -> bool:
    return 8 <= moment.hour < 20


def test_the_next_quiet_time_of_today_is_told() -> None:
    """Half as much as in the busiest half hour, or less, and for an hour at least."""
    assert quiet([made()], is_open, at(9)) == OffPeak(at(12), at(14))


def test_one_that_goes_on_is_told_from_its_next_interval() -> None:
    """As long as an hour of it is left; then the next one is."""
    assert quiet([made()], is_open, at(12, 10)) == OffPeak(at(12, 30), at(14))
    assert quiet([made()], is_open, at(13, 1)) == OffPeak(at(16), at(20))


def test_a_night_is_no_advice() -> None:
    """It is quiet, and nobody is there: outside of the hours, and behind them, tomorrow's come."""
    tomorrow = made(day=date(2026, 11, 21))
    assert quiet([made(), tomorrow], is_open, at(19, 15)) == OffPeak(at(12, day=21), at(14, day=21))
    assert quiet([made(), tomorrow], lambda _moment: False, at(9)) is None


def test_where_nothing_is_quiet_or_nothing_is_forecast_there_is_no_advice() -> None:
    """A day that is even all through, one without calls, and a site without a history."""
    assert quiet([made(dict.fromkeys(range(24), 50))], is_open, at(9)) is None
    assert quiet([made(dict.fromkeys(range(24), 0))], is_open, at(9)) is None
    assert quiet([Forecast(FRIDAY, (), "2 Fridays are known")], is_open, at(9)) is None


@given(
    calls=st.lists(st.floats(0, 200), min_size=24, max_size=24),
    opens=st.integers(0, 23),
    hours=st.integers(1, 24),
    minute=st.integers(0, 1439),
)
def test_advice_keeps_its_word(calls: list[float], opens: int, hours: int, minute: int) -> None:
    """SAFETY: it lies ahead, within hours, lasts an hour, and nowhere in it more than half of the peak is expected."""

    def in_hours(moment: datetime) -> bool:
        return (moment.hour - opens) % 24 < hours

    now = at(0) + timedelta(minutes=minute)
    forecast = made(dict(enumerate(calls)))
    advised = quiet([forecast], in_hours, now)
    if advised is not None:
        peak = max(one.offered for one in forecast.expected if in_hours(one.interval.begin))
        within = [one for one in forecast.expected if advised.begins <= one.interval.begin < advised.ends]
        assert now <= advised.begins
        assert advised.ends - advised.begins >= timedelta(hours=1)
        assert all(in_hours(one.interval.begin) and 2 * one.offered <= peak for one in within)


def test_a_short_lull_is_no_advice() -> None:
    """Half an hour between two peaks."""
    forecast = made({**DAY, 12: 90, 13: 90})
    lull = [
        one if one.interval.begin != at(12) else Expected(one.interval, 10, 10, 10, 180) for one in forecast.expected
    ]
    assert quiet([Forecast(FRIDAY, tuple(lull))], is_open, at(9)) == OffPeak(at(16), at(20))
