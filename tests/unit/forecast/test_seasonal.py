"""What a day will bring: the middle of such days, edges, levels, the day so far; what is said where little is known."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.acd.intervals import Intervals
from ivrctl.forecast.history import Counted, History
from ivrctl.forecast.judged import judged
from ivrctl.forecast.seasonal import forecast
from ivrctl.site.calendar import Calendar

from .seasons import HALF_HOURS, MONDAY, ONE_DAY, Calls, busy_week, by_hour, counted, history, weeks_before

CHINA = Calendar.of("CN")
BERLIN = Intervals(ZoneInfo("Europe/Berlin"), timedelta(minutes=30))


def test_week_that_never_changes_comes_again() -> None:
    """Each interval of a Monday has what the Mondays had; the band is as narrow as they were alike, the error none."""
    found = forecast(history(weeks_before(MONDAY, 8), busy_week), MONDAY)
    assert len(found.expected) == 48
    assert by_hour(found) == pytest.approx({hour: 2 * busy_week(MONDAY, hour) for hour in range(24)})
    assert all(one.least == one.offered == one.most for one in found.expected)
    assert all(one.handling == pytest.approx(180) for one in found.expected)
    assert (found.class_, found.level, found.error, found.lacking) == ("a Monday", 1.0, 0.0, "")
    assert found.from_days == tuple(MONDAY - timedelta(weeks=weeks) for weeks in range(8, 0, -1))


@settings(max_examples=10)
@given(st.integers(0, 400), st.integers(3, 9), st.integers(0, 13))
def test_constant_history_gives_the_constant(calls: int, weeks: int, ahead: int) -> None:
    """SAFETY: whatever the day, the weeks and how far ahead, days that are all alike give one more of them."""
    found = forecast(history(weeks_before(MONDAY, weeks), lambda _day, _hour: calls), MONDAY + ONE_DAY * ahead)
    assert {round(one.offered, 6) for one in found.expected} == ({calls} if calls else set())
    assert bool(found.lacking) == (not calls)


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (0, "for a Monday, 3 such days of the last 8 weeks must be known, and 0 are"),
        (1, "for a Monday, 3 such days of the last 8 weeks must be known, and 1 is"),
        (2, "for a Monday, 3 such days of the last 8 weeks must be known, and 2 are"),
    ],
)
def test_too_little_history_says_how_much_is_missing(weeks: int, said: str) -> None:
    """Two Mondays have no middle."""
    found = forecast(history(weeks_before(MONDAY, weeks), busy_week), MONDAY)
    assert (found.expected, found.lacking, found.error) == ((), said, None)


def test_old_days_are_not_looked_at() -> None:
    """What was before eight weeks says nothing of this Monday."""
    found = forecast(history(weeks_before(MONDAY - timedelta(weeks=9), 8), busy_week), MONDAY)
    assert found.lacking.endswith("and 0 are")


def test_days_that_come_later_are_not_looked_at() -> None:
    """SAFETY: a past day is forecast from what was known before it."""
    known = history(weeks_before(MONDAY, 8), busy_week)
    later = known.joined(history([MONDAY + ONE_DAY * day for day in range(20)], lambda _day, _hour: 999))
    assert forecast(later, MONDAY) == forecast(known, MONDAY)


def test_three_weeks_are_enough_for_a_forecast_and_its_error() -> None:
    """The last of them is judged by the two before."""
    found = forecast(history(weeks_before(MONDAY, 3), busy_week), MONDAY)
    assert (len(found.expected), found.error) == (48, 0.0)


def test_unseen_time_is_not_without_calls() -> None:
    """SAFETY: where half of the Mondays' mornings went unseen, the others say how a morning is."""

    def calls(day: date, hour: int) -> int | None:
        is_unseen = day.weekday() == 0 and 9 <= hour < 12 and (MONDAY - day).days % 14 == 0
        return None if is_unseen else busy_week(day, hour)

    assert forecast(history(weeks_before(MONDAY, 8), calls), MONDAY).expected == pytest.approx(
        forecast(history(weeks_before(MONDAY, 8), busy_week), MONDAY).expected
    )


def test_interval_that_was_seen_too_seldom_is_not_forecast() -> None:
    """The nights went unseen in all weeks but two: there is a forecast, and none of the nights."""

    def calls(day: date, hour: int) -> int | None:
        return None if hour < 6 and (MONDAY - day).days > 14 else busy_week(day, hour)

    found = forecast(history(weeks_before(MONDAY, 8), calls), MONDAY)
    assert sorted(by_hour(found)) == list(range(6, 24))


def test_breakdown_of_one_day_is_taken_no_notice_of() -> None:
    """Ten times the calls on one of eight Mondays move nothing."""

    def calls(day: date, hour: int) -> int:
        return busy_week(day, hour) * (10 if day == MONDAY - timedelta(weeks=2) else 1)

    assert by_hour(forecast(history(weeks_before(MONDAY, 8), calls), MONDAY)) == pytest.approx(
        {hour: 2 * busy_week(MONDAY, hour) for hour in range(24)}
    )


def test_change_of_level_is_followed_within_a_week() -> None:
    """Since Wednesday there are half as many calls again: next Monday has them, too, though no Monday had."""

    def calls(day: date, hour: int) -> int:
        return busy_week(day, hour) * (3 if (MONDAY - day).days <= 5 else 2)

    found = forecast(history(weeks_before(MONDAY, 8), calls), MONDAY)
    assert sum(by_hour(found).values()) == pytest.approx(3 * 2 * sum(busy_week(MONDAY, hour) for hour in range(24)))


def _first_days(day: date, hour: int) -> int:
    return busy_week(day, hour) * (3 if day.day <= 2 else 2)


def test_first_of_the_month_is_a_peak_once_some_were_seen() -> None:
    """With half a year behind it, the first of July is expected to be busier than other Wednesdays."""
    first = date(2026, 7, 1)
    plain = 2 * 2 * sum(busy_week(first, hour) for hour in range(24))
    found = forecast(history(weeks_before(first, 26), _first_days), first)
    assert 1.35 * plain < sum(by_hour(found).values()) <= 1.5 * plain
    assert found.class_ == "a Wednesday at the month's start"
    other = forecast(history(weeks_before(first, 26), _first_days), first + timedelta(weeks=1))
    assert sum(by_hour(other).values()) == pytest.approx(plain)


def test_edge_of_the_month_that_was_seen_once_makes_no_factor() -> None:
    """With six weeks behind it the one first of the month says nothing yet."""
    first = date(2026, 7, 1)
    found = forecast(history(weeks_before(first, 6), _first_days), first)
    assert sum(by_hour(found).values()) == pytest.approx(2 * 2 * sum(busy_week(first, hour) for hour in range(24)))


def _china(day: date, hour: int) -> int:
    """A third of the calls on holidays, and a Friday's on make-up days."""
    kind = CHINA.kind_of(day).name
    if kind == "HOLIDAY":
        return busy_week(date(2026, 6, 10), hour) // 3
    return busy_week(date(2026, 6, 12) if kind == "MAKE_UP" else day, hour)


def test_holidays_are_forecast_from_holidays() -> None:
    """With the Spring Festival on record, the first of May has the calls of a holiday."""
    day = date(2026, 5, 1)
    found = forecast(history(weeks_before(day, 20), _china), day, calendar=CHINA)
    assert by_hour(found)[13] == pytest.approx(2 * (60 // 3))
    assert found.class_ == "a holiday at the month's start"


def test_first_holiday_is_taken_as_a_sunday_and_says_so() -> None:
    """Four weeks know none: a Sunday is the nearest, in words that one can doubt."""
    day = date(2026, 5, 1)
    found = forecast(history(weeks_before(day, 3), _china), day, calendar=CHINA)
    assert by_hour(found)[13] == pytest.approx(2 * (60 // 2))
    assert found.class_ == "a holiday at the month's start, taken as a Sunday"


def test_make_up_day_is_taken_as_a_working_day() -> None:
    """Saturday the ninth of May 2026 is worked, and has the calls of a day of the week."""
    day = date(2026, 5, 9)
    found = forecast(history(weeks_before(day, 8), _china), day, calendar=CHINA)
    assert by_hour(found)[13] == pytest.approx(2 * 60)
    assert found.class_ == "a make-up working day, taken as a working day"


def test_holidays_do_not_make_ordinary_days_quiet() -> None:
    """The Monday behind the festival has a Monday's calls."""
    day = date(2026, 3, 2)
    found = forecast(history(weeks_before(day, 8), _china), day, calendar=CHINA)
    assert by_hour(found)[13] == pytest.approx(2 * 60)


def test_busy_morning_scales_the_rest_of_the_day() -> None:
    """With half as many calls again until noon, the afternoon is expected busier; the morning stays as it was."""
    known = _noisy(8)
    morning = forecast(known, MONDAY)
    found = forecast(known, MONDAY, _until(12, lambda day, hour: busy_week(day, hour) * 3 // 2))
    assert 1.2 < found.level < 1.5
    before, after = by_hour(morning), by_hour(found)
    assert after[9] == before[9]
    assert after[15] == pytest.approx(before[15] * found.level)


def test_first_quarter_says_less_than_a_whole_morning() -> None:
    """The same excess counts more, the more calls it is seen in."""
    known = _noisy(8)
    levels = [
        forecast(known, MONDAY, _until(until, lambda day, hour: busy_week(day, hour) * 2)).level
        for until in (9, 11, 16)
    ]
    assert 1 < levels[0] < levels[1] < levels[2] < 2


def test_so_far_of_another_day_is_none_of_this() -> None:
    """Yesterday's calls scale nothing today."""
    known = _noisy(8)
    assert forecast(known, MONDAY, counted(MONDAY - ONE_DAY, busy_week)) == forecast(known, MONDAY)


@settings(max_examples=8)
@given(st.lists(st.integers(0, 200), min_size=1, max_size=30), st.integers(0, 29), st.integers(0, 300))
def test_level_is_monotone_and_bounded(calls: list[int], at: int, more: int) -> None:
    """SAFETY: with more calls so far no less is expected of the rest, at most three times as much, at least a third."""
    intervals = [one.interval for one in counted(MONDAY, busy_week)]

    def level(offered: list[int]) -> float:
        so_far = (Counted(interval, number) for interval, number in zip(intervals, offered, strict=False))
        return forecast(_KNOWN, MONDAY, so_far).level

    at %= len(calls)
    fewer, rather = level(calls), level([*calls[:at], calls[at] + more, *calls[at + 1 :]])
    assert 1 / 3 <= fewer <= rather <= 3


@settings(max_examples=12)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=8, max_size=40),
    st.integers(3, 10),
    st.integers(0, 23),
    st.integers(0, 6),
)
def test_forecasts_are_never_negative(drawn: list[int | None], weeks: int, until: int, ahead: int) -> None:
    """SAFETY: whatever came and went unseen, expected is no less than nothing, and within its band."""

    def calls(day: date, hour: int) -> int | None:
        return drawn[(day.toordinal() * 7 + hour) % len(drawn)]

    day = MONDAY + ONE_DAY * ahead
    found = forecast(history(weeks_before(MONDAY, weeks), calls), day, _until(until, calls, day), CHINA)
    assert bool(found.expected) != bool(found.lacking)
    for one in found.expected:
        assert 0 <= one.least <= one.offered <= one.most
        assert one.handling > 0


@settings(max_examples=4)
@given(st.integers(2, 60))
def test_more_of_everything_gives_a_forecast_of_so_much_more(times: int) -> None:
    """LIVENESS: a centre with so many times the calls is forecast so many times the calls."""
    one, many = forecast(_noisy(4), MONDAY), forecast(_noisy(4, times), MONDAY)
    assert sum(by_hour(many).values()) == pytest.approx(times * sum(by_hour(one).values()), rel=0.02)


def test_band_holds_eight_of_ten_intervals() -> None:
    """On days by chance around a known truth, about so many of those with calls lie in it."""
    known = _noisy(30)
    open_hours = History.of(HALF_HOURS, (one for day in known.by_day.values() for one in day[16:40]))
    found = judged(open_hours, known.days[-60:])
    assert found.covered == pytest.approx(0.8, abs=0.05)


def test_hour_that_comes_twice_is_expected_twice() -> None:
    """The night in which clocks are put back has 50 half hours; the night in which they are put forward has 46."""
    for day, halves in ((date(2026, 10, 25), 50), (date(2026, 3, 29), 46)):
        known = history(weeks_before(day, 8), lambda _day, _hour: 6, intervals=BERLIN)
        found = forecast(known, day)
        assert [round(one.offered, 6) for one in found.expected] == [6] * halves


def test_days_with_a_changed_clock_count_as_others() -> None:
    """A Sunday behind the change is expected as before; the skipped hour is not known to have had no calls."""
    day = date(2026, 4, 12)
    known = history(weeks_before(day, 8), lambda _day, _hour: 6, intervals=BERLIN)
    assert {round(one.offered, 6) for one in forecast(known, day).expected} == {6}


def test_talk_that_never_ended_lengthens_nothing() -> None:
    """One interval whose talks took an hour each among months of three minutes."""
    known = history(weeks_before(MONDAY, 8), busy_week)
    odd = known.on(MONDAY - timedelta(weeks=1))[20]
    longer = known.joined(
        History.of(HALF_HOURS, [Counted(odd.interval, odd.offered, odd.handled, 3600.0 * odd.handled)])
    )
    assert {round(one.handling) for one in forecast(longer, MONDAY).expected} == {180}


def test_calls_that_nobody_answered_have_no_handling_time() -> None:
    """Where no talk is known, no time is made up."""
    unanswered = (
        Counted(one.interval, one.offered) for day in weeks_before(MONDAY, 8) for one in counted(day, busy_week)
    )
    found = forecast(History.of(HALF_HOURS, unanswered), MONDAY)
    assert (found.expected, found.lacking) == ((), "no talk is known, and so not how long one takes")


def test_days_can_be_intervals() -> None:
    """A forecast of whole days, for the weeks ahead."""
    days = Intervals(HALF_HOURS.zone, ONE_DAY)
    known = history(weeks_before(MONDAY, 8), lambda day, _hour: 100 + day.weekday(), intervals=days)
    found = forecast(known, MONDAY + timedelta(days=9))
    assert [one.offered for one in found.expected] == [pytest.approx(102)]


def _noisy(weeks: int, times: int = 1) -> History:
    """Days of which each has a level of its own, and calls by chance around it; the same at each call."""
    chance = np.random.default_rng(7)
    days = weeks_before(MONDAY, weeks)
    levels = {day: chance.gamma(100, 1 / 100) for day in days}
    drawn = {(day, hour): int(chance.poisson(levels[day] * busy_week(day, hour))) for day in days for hour in range(24)}
    return history(days, lambda day, hour: times * drawn[day, hour])


def _until(hour: int, calls: Calls, day: date = MONDAY) -> list[Counted]:
    """A day so far."""
    return [one for one in counted(day, calls) if one.interval.begin.astimezone(HALF_HOURS.zone).hour < hour]


_KNOWN = _noisy(4)
