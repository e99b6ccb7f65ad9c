"""Public holidays and make-up working days of a country, as far as they are published.

The days are those of the ``holidays`` library. It is asked once per country and year; its names of the days are read
from its files when a site is bound, so that no question during a call reads anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from functools import lru_cache, partial
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

WHOLE_PERIODS = frozenset({"CN"})
"""Countries that announce a holiday as one period with the weekends inside it, where the library lists only its working
days: the Spring Festival of 2026 lasts from 15 to 23 February, and Sunday the 22nd is no ordinary Sunday."""

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""No call is taken outside these; a country that publishes nothing year by year is known as far."""

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_DAY = timedelta(days=1)


class DayKind(Enum):
    """What a day is, by the calendar of a country."""

    ORDINARY = auto()
    HOLIDAY = auto()
    MAKE_UP = auto()
    """A day of a weekend on which people work, for a day off elsewhere."""
    UNKNOWN = auto()
    """Of a year that is not published yet."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of a country, ``CN``, or of a part of one, ``DE-BY`` (ISO 3166)."""

    country: str
    subdivision: str | None = None

    @classmethod
    def of(cls, text: str) -> Calendar:
        """Read ``CN`` or ``DE-BY``.

        Raises:
            ValueError: nothing is known of such a place.
        """
        if not _CODE.fullmatch(text):
            raise ValueError(f'"{text}" is no code of a country')
        country, _, subdivision = text.partition("-")
        calendar = cls(country, subdivision or None)
        try:
            _library(country, calendar.subdivision, None)
        except (NotImplementedError, ValueError, KeyError) as error:
            raise ValueError(f'the holidays of "{text}" are not known') from error
        return calendar

    def kind_of(self, day: date) -> DayKind:
        """What a day is here."""
        return _kind_of(self.country, self.subdivision, day)

    @property
    def last_year(self) -> int:
        """The last year of which the days are known."""
        return _known(self.country, self.subdivision)[1]

    def make_up_days(self, year: int) -> tuple[date, ...]:
        """The days of weekends in a year on which people work."""
        return tuple(sorted(_days(self.country, self.subdivision, year)[1]))


@lru_cache(maxsize=4096)
def _kind_of(country: str, subdivision: str | None, day: date) -> DayKind:
    first, last = _known(country, subdivision)
    if not first <= day.year <= last:
        return DayKind.UNKNOWN
    off, work = _days(country, subdivision, day.year)
    if day in work:
        return DayKind.MAKE_UP
    if day in off:
        return DayKind.HOLIDAY
    if country in WHOLE_PERIODS and _is_within_period(country, subdivision, day):
        return DayKind.HOLIDAY
    return DayKind.ORDINARY


def _is_within_period(country: str, subdivision: str | None, day: date) -> bool:
    """True for a weekend that hangs together with a holiday."""
    if not _is_free(country, subdivision, day):
        return False
    return any(
        neighbour in _days(country, subdivision, neighbour.year)[0]
        for step in (-_DAY, _DAY)
        for neighbour in _free_from(country, subdivision, day, step)
    )


def _free_from(country: str, subdivision: str | None, day: date, step: timedelta) -> Iterator[date]:
    """The free days that follow one another in a direction."""
    while _is_free(country, subdivision, day):
        yield day
        day += step


def _is_free(country: str, subdivision: str | None, day: date) -> bool:
    off, work = _days(country, subdivision, day.year)
    return day in off or (day.weekday() >= 5 and day not in work)  # noqa: PLR2004 - Saturday


@lru_cache(maxsize=512)
def _known(country: str, subdivision: str | None) -> tuple[int, int]:
    """The first and the last year that are known.

    Where working days are moved, a year is known once the government has published its own; elsewhere the law itself
    says the days of every year.
    """
    found = _library(country, subdivision, None)
    years = [year for year in getattr(found, "special_public_holidays", {}) if FIRST_YEAR <= year <= LAST_YEAR]
    if found.has_substituted_holidays and years:
        return min(years), max(years)
    return max(FIRST_YEAR, found.start_year), min(LAST_YEAR, found.end_year)


@lru_cache(maxsize=512)
def _days(country: str, subdivision: str | None, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The holidays of a year, and the days of its weekends on which people work."""
    found = _library(country, subdivision, year)
    work = {day for day in found.weekend_workdays if day.year == year}
    return frozenset(found), frozenset(work)


def _library(country: str, subdivision: str | None, year: int | None) -> HolidayBase:
    return _of_country(country)(subdiv=subdivision, years=year, expand=False)


@lru_cache(maxsize=512)
def _of_country(country: str) -> Callable[..., HolidayBase]:
    """The library's class of a country, from the file of that country, where that is where it was.

    The library's own way there imports the files of all countries first, as long as a tenth of a controller's start.

    Raises:
        ValueError: there is none.
    """
    import holidays  # noqa: PLC0415 - 70 ms that a site without a calendar, and every other command, does without
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - the same

    file = next((file for file, names in COUNTRIES.items() if country in names), None)
    if file is None:
        raise ValueError(f'no country has the code "{country}"')
    name = f"{holidays.__name__}.countries.{file}"
    entity: Callable[..., HolidayBase] = partial(holidays.country_holidays, country)
    spec = spec_from_file_location(name, f"{holidays.__path__[0]}/countries/{file}.py")
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        # Another version of the library may have its files elsewhere: then its own way in is gone.
        with suppress(AttributeError, ImportError, OSError):
            spec.loader.exec_module(module)
            entity = getattr(module, country)
    return entity
