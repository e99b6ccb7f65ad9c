"""From a forecast to people, and how many are missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.forecast.erlang import Load, Target, people_required, served
from ivrctl.forecast.forecast import Expected, Forecast
from ivrctl.forecast.required import Required, ahead, required, shortfall

from .seasons import HALF_HOURS, MONDAY, ONE_DAY, at, hours

TARGET = Target()
EIGHT, HALF_PAST, NINE, TEN = (
    HALF_HOURS.of(at(MONDAY, hour, minute)) for hour, minute in ((8, 0), (8, 30), (9, 0), (10, 0))
)


def forecast_of(*offered: float, handling: float = 180.0) -> Forecast:
    """From eight on; the band is a half and twice of each."""
    intervals = HALF_HOURS.within(hours(MONDAY, 8, 20))
    each = zip(offered, intervals, strict=False)
    return Forecast(MONDAY, tuple(Expected(at_, calls, calls / 2, calls * 2, handling) for calls, at_ in each))


def test_people_are_those_of_erlang() -> None:
    """100 calls of 180 s in half an hour need 14 people, as the published example has it; none need none."""
    found = required(forecast_of(100, 0), TARGET)
    assert [(one.interval, one.people) for one in found] == [(EIGHT, 14), (HALF_PAST, 0)]


def test_band_has_people_of_its_own() -> None:
    """So many for the fewest calls that are likely, and so many for the most."""
    (found,) = required(forecast_of(100), TARGET)
    assert (found.least, found.most) == tuple(
        people_required(Load.of(calls, timedelta(minutes=30), 180), TARGET) for calls in (50, 200)
    )


def test_impatient_callers_need_fewer() -> None:
    """Whoever hangs up is not waited for: by Erlang A no more people than by C."""
    (patient,), (impatient,) = required(forecast_of(300), TARGET), required(forecast_of(300), TARGET, patience=60)
    assert impatient.people < patient.people


@pytest.mark.parametrize(("shrinkage", "people"), [(0.0, 14), (0.3, 20), (0.5, 28)])
def test_people_who_cannot_always_answer_are_more(shrinkage: float, people: int) -> None:
    """14 answering are 20 signed on where each is away for three tenths of the time; no more by rounding."""
    assert required(forecast_of(100), TARGET, shrinkage=shrinkage)[0].people == people


@pytest.mark.parametrize("shrinkage", [-0.1, 1.0])
def test_shrinkage_that_cannot_be_is_refused(shrinkage: float) -> None:
    """People who are never there answer nobody."""
    with pytest.raises(ValueError, match="shrinkage"):
        required(forecast_of(100), TARGET, shrinkage=shrinkage)


def test_nothing_forecast_requires_nobody_known() -> None:
    """Where a forecast lacks, nothing is said of people."""
    lacking = required(Forecast(MONDAY, (), "too little"), TARGET)
    assert lacking == ()
    assert shortfall(lacking, 3, at(MONDAY, 9)) is None


@given(
    st.lists(st.floats(0, 400), min_size=1, max_size=6),
    st.floats(30, 600),
    st.one_of(st.floats(20, 600), st.just(inf)),
    st.floats(0, 0.6),
)
def test_people_keep_the_target(offered: list[float], handling: float, patience: float, shrinkage: float) -> None:
    """SAFETY: those who answer keep it in each interval; more calls never need fewer."""
    made = forecast_of(*offered, handling=handling)
    for one, found in zip(made.expected, required(made, TARGET, patience, shrinkage), strict=True):
        assert found.least <= found.people <= found.most
        if one.offered > 1e-9:
            answering = ceil(found.people * (1 - shrinkage) - 1e-9)
            load = Load.of(one.offered, one.interval.length, handling)
            assert served(load, answering, patience).in_time >= TARGET.share


NEEDED = tuple(Required(interval, people, 0, 0) for interval, people in ((EIGHT, 5), (HALF_PAST, 9), (NINE, 4)))


def test_next_interval_counts_a_quarter_of_an_hour_ahead() -> None:
    """At ten past eight those of now, from a quarter past on also those of half past."""
    assert ahead(NEEDED, at(MONDAY, 8, 10)) == NEEDED[0]
    assert ahead(NEEDED, at(MONDAY, 8, 15)) == NEEDED[1]
    assert ahead(NEEDED, at(MONDAY, 8, 50)) == NEEDED[1]


def test_shortfall_is_what_is_missing_of_the_most() -> None:
    """Nine are needed soon and six are there: three are missing; with ten nobody is."""
    assert shortfall(NEEDED, 6, at(MONDAY, 8, 20)) == 3
    assert shortfall(NEEDED, 10, at(MONDAY, 8, 20)) == 0


@pytest.mark.parametrize("moment", [at(MONDAY, 7, 50), at(MONDAY, 9, 20), at(MONDAY + ONE_DAY, 8)])
def test_time_that_is_not_forecast_has_no_shortfall(moment: datetime) -> None:
    """Before, behind, and where not all of the time ahead is forecast."""
    assert shortfall(NEEDED, 0, moment) is None
