"""The days of a country, read from the file of that country alone."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import holidays
import pytest
from holidays.registry import COUNTRIES

from ivrctl.site import calendar as ours
from ivrctl.site.calendar import WHOLE_PERIODS, Calendar, DayKind

CODES = sorted(name for names in COUNTRIES.values() for name in names if len(name) == 2)
LOADED = """
import sys
from ivrctl.site.calendar import Calendar
print(Calendar.of("CN").last_year >= 2025, any("holidays.countries" in name for name in sys.modules))
"""


def test_no_other_country_is_loaded() -> None:
    """Every command that reads a site's hours would wait for 250 files of others."""
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "False"]


@pytest.mark.thorough
@pytest.mark.parametrize("year", [2024, 2026])
def test_each_country_has_the_days_that_the_library_says(year: int) -> None:
    """Whichever way its class was found; of make-up days, too."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
    unknown: set[str] = set()
    for code in CODES:
        calendar, theirs = Calendar.of(code), holidays.country_holidays(code, years=year, expand=False)
        kinds = {day: calendar.kind_of(day) for day in days}
        if DayKind.UNKNOWN in kinds.values():
            unknown.add(code)
            continue
        off = {day for day, kind in kinds.items() if kind is DayKind.HOLIDAY}
        assert off >= set(theirs) - theirs.weekend_workdays, code
        assert code in WHOLE_PERIODS or off <= set(theirs), code
        assert {day for day in theirs.weekend_workdays if day.year == year} == set(calendar.make_up_days(year)), code
    assert len(unknown) < len(CODES) / 5


def test_a_library_that_has_its_files_elsewhere_is_asked_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes longer, and the days are the same."""
    monkeypatch.setitem(COUNTRIES, "germany", ())
    monkeypatch.setitem(COUNTRIES, "moved", ("Germany", "DE", "DEU"))
    found = ours._of_country.__wrapped__("DE")(subdiv="BY", years=2026, expand=False)
    assert dict(found) == dict(holidays.country_holidays("DE", "BY", years=2026, expand=False))


@pytest.mark.parametrize("code", ["XX", "ZZ-1", "china"])
def test_a_country_that_nobody_knows_is_said(code: str) -> None:
    """A wrong code is no country without holidays."""
    with pytest.raises(ValueError, match=code):
        Calendar.of(code)
