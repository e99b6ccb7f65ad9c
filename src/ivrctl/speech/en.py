"""British English: one hundred and twenty yuan and fifty fen, the twenty-fourth of February twenty twenty-six.

Numbers below a hundred, hundreds with and without their ``and``, ordinals, months with their ``of`` and days of the
month with their article are single sounds, as are the years 2000 to 2049: some 400 in all, none of which begins or ends
inside a word.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ivrctl.speech.en_clock import OH, clock_texts, duration, time_of_day
from ivrctl.speech.en_numerals import AND, MINUS, ONES, below_hundred, cardinal, numeral_texts, whole_number
from ivrctl.speech.en_ordinals import ordinal_number, ordinal_texts, ordinal_word
from ivrctl.speech.piece import Spelling
from ivrctl.speech.tongue import DIALLED_DIGITS, LETTERS

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
HUNDRED = "hundred"
WHOLE_YEARS = range(2000, 2050)
"""Years that are one sound: calls speak of these."""

SYMBOLS: Mapping[str, str] = MappingProxyType(
    dict(zip("0123456789", ONES, strict=False)) | {"*": "star", "#": "hash", "+": "plus"} | dict(LETTERS)
)


MARKS: Mapping[str, str] = MappingProxyType({"-": "dash", ".": "dot", "@": "at", "_": "underscore", "/": "slash"})
ENDING, AT, PERCENT = "ending in", "at", "percent"


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a currency in English, singular and plural."""

    whole: tuple[str, str]
    hundredth: tuple[str, str] | None
    """None when the currency has no smaller unit."""


CURRENCIES: Mapping[str, Units] = MappingProxyType(
    {
        "CNY": Units(("yuan", "yuan"), ("fen", "fen")),
        "EUR": Units(("euro", "euros"), ("cent", "cents")),
        "GBP": Units(("pound", "pounds"), ("penny", "pence")),
        "HKD": Units(("Hong Kong dollar", "Hong Kong dollars"), ("cent", "cents")),
        "JPY": Units(("yen", "yen"), None),
        "USD": Units(("dollar", "dollars"), ("cent", "cents")),
    }
)


class English:
    """British English."""

    symbols = SYMBOLS
    marks = MARKS
    ending_in = ENDING
    currencies = frozenset(CURRENCIES)

    def number(self, value: Decimal) -> Spelling:
        """Minus one hundred and twenty point five."""
        return (*_sign(value), *cardinal(value.copy_abs()))

    def money(self, value: Decimal, currency: str) -> Spelling:
        """One hundred and twenty yuan and fifty fen; one dollar and one cent; fifty pence."""
        units = CURRENCIES[currency]
        whole, hundredths = divmod(int(value.copy_abs().scaleb(2)), 100)
        said = [*cardinal(Decimal(whole)), _form(units.whole, whole)] if whole or not hundredths else []
        if hundredths and units.hundredth is not None:
            said += [AND] if said else []
            said += [below_hundred(hundredths), _form(units.hundredth, hundredths)]
        return (*_sign(value), *said)

    def date(self, day: dt.date) -> Spelling:
        """The twenty-fourth of February twenty twenty-six."""
        return (_ordinal(day.day), f"of {MONTHS[day.month - 1]}", *_year(day.year))

    def month(self, day: dt.date) -> Spelling:
        """February twenty twenty-six."""
        return (MONTHS[day.month - 1], *_year(day.year))

    def time(self, hour: int, minute: int) -> Spelling:
        """Eight oh five in the morning."""
        return time_of_day(hour, minute)

    def moment(self, moment: dt.datetime) -> Spelling:
        """The twenty-fourth of February twenty twenty-six at eight o'clock in the morning."""
        return (*self.date(moment), AT, *time_of_day(moment.hour, moment.minute))

    def duration(self, seconds: int) -> Spelling:
        """Two hours and thirty minutes."""
        return (*((MINUS,) if seconds < 0 else ()), *duration(abs(seconds)))

    def ordinal(self, value: int) -> Spelling:
        """First, twenty-second, one hundred and third."""
        return (*((MINUS,) if value < 0 else ()), *ordinal_number(abs(value)))

    def percent(self, value: Decimal) -> Spelling:
        """Eighty-five point five percent."""
        return (*self.number(value), PERCENT)

    def vocabulary(self, currency: str) -> tuple[str, ...]:
        """Numerals, units of money, parts of dates and times, and the names of characters."""
        texts = (
            *(MINUS, AT, PERCENT, ENDING),
            *numeral_texts(),
            *ordinal_texts(),
            *_money_texts(CURRENCIES.get(currency)),
            *_date_texts(),
            *clock_texts(),
            *SYMBOLS.values(),
            *MARKS.values(),
        )
        return tuple(dict.fromkeys(texts))

    def reading(self, words: str) -> str:
        """``dial 10010`` as ``dial one zero zero one zero``; a voice reads quantities well enough itself."""
        return _DIALLED.sub(_digit_by_digit, words)


_DIALLED = re.compile(
    rf"(?<![\w.,:])(?:0\d+|\d{{{DIALLED_DIGITS},}}|(?=[\d-]{{{DIALLED_DIGITS + 1},}})\d+(?:-\d+)+)(?!\w|[.,:]\d)",
    re.ASCII,
)


def _digit_by_digit(match: re.Match[str]) -> str:
    return ", ".join(" ".join(SYMBOLS[digit] for digit in group) for group in match[0].split("-"))


def _sign(value: Decimal) -> tuple[str, ...]:
    return (MINUS,) if value < 0 else ()


def _form(forms: tuple[str, str], count: int) -> str:
    return forms[0] if count == 1 else forms[1]


def _ordinal(day: int) -> str:
    """With its article, which is always said before it."""
    return f"the {ordinal_word(below_hundred(day))}"


def _year(year: int) -> tuple[str, ...]:
    return (" ".join(_year_words(year)),) if year in WHOLE_YEARS else tuple(_year_words(year))


def _year_words(year: int) -> Iterator[str]:
    """Nineteen eighty-five, nineteen oh five, nineteen hundred; two thousand and five and its like as plain numbers."""
    century, rest = divmod(year, 100)
    if century < 10 or year % 1000 < 10:  # noqa: PLR2004 - the years before 1000, and the first ten of a millennium
        yield from whole_number(year)
        return
    yield below_hundred(century)
    if not rest:
        yield HUNDRED
    elif rest < 10:  # noqa: PLR2004 - years of one digit
        yield from (OH, below_hundred(rest))
    else:
        yield below_hundred(rest)


def _money_texts(units: Units | None) -> Iterator[str]:
    if units is not None:
        yield from units.whole
        yield from units.hundredth or ()


def _date_texts() -> Iterator[str]:
    yield from (_ordinal(day) for day in range(1, 32))
    yield from (before + month for month in MONTHS for before in ("", "of "))
    yield from (" ".join(_year_words(year)) for year in WHOLE_YEARS)
    yield from (OH, HUNDRED)
