"""Mandarin, as people say it: 十二元零五分, 二零二六年二月二十四日, 幺三八.

The vocabulary is cut so that tones which change with their neighbour stay inside one sound: 一百 (yì bǎi), 一万
(yí wàn) and 两千 are single sounds, as are all numbers below a hundred, the months, the days and the years 2000 to
2049. That is 280 sounds; whole numbers up to 9,999 would join better still, but there would be thirty times as many.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ivrctl.speech.piece import Spelling
from ivrctl.speech.tongue import LETTERS
from ivrctl.speech.zh_numerals import (
    DIGITS,
    MINUS,
    ZERO,
    below_hundred,
    cardinal,
    measured,
    numeral_texts,
    one_to_nine,
)
from ivrctl.speech.zh_reading import reading

YEAR = "年"
WHOLE_YEARS = range(2000, 2050)
"""Years that are one sound: calls speak of these. Others are four digits and 年."""

SYMBOLS: Mapping[str, str] = MappingProxyType(
    dict(zip("0123456789", "零幺二三四五六七八九", strict=True)) | {"*": "星号", "#": "井号", "+": "加"} | dict(LETTERS)
)
"""One is yāo (幺) here: yī is too easily heard as seven (qī)."""


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a currency in Chinese."""

    whole: str
    tenth: str | None
    """None when only hundredths are said, as with 美分."""
    hundredth: str | None
    """None when the currency has no smaller unit."""


CURRENCIES: Mapping[str, Units] = MappingProxyType(
    {
        "CNY": Units("元", "角", "分"),
        "EUR": Units("欧元", None, "欧分"),
        "GBP": Units("英镑", None, "便士"),
        "HKD": Units("港元", "角", "分"),
        "JPY": Units("日元", None, None),
        "USD": Units("美元", None, "美分"),
    }
)


class Chinese:
    """Mandarin; texts in simplified characters."""

    symbols = SYMBOLS
    currencies = frozenset(CURRENCIES)

    def number(self, value: Decimal) -> Spelling:
        """负一百二十点五."""
        return (*_sign(value), *cardinal(value.copy_abs()))

    def money(self, value: Decimal, currency: str) -> Spelling:
        """十二元零五分: a skipped 角 is a 零 between 元 and 分."""
        units = CURRENCIES[currency]
        whole, hundredths = divmod(int(value.copy_abs().scaleb(2)), 100)
        said = measured(whole, units.whole) if whole or not hundredths else []
        return (*_sign(value), *said, *_small_change(hundredths, units, has_whole=bool(whole)))

    def date(self, day: dt.date) -> Spelling:
        """二零二六年二月二十四日."""
        return (*self.month(day), f"{below_hundred(day.day)}日")

    def month(self, day: dt.date) -> Spelling:
        """二零二六年二月."""
        return (*_year(day.year), f"{below_hundred(day.month)}月")

    def vocabulary(self, currency: str) -> tuple[str, ...]:
        """Numerals, units of money, parts of dates, and the names of characters."""
        texts = (MINUS, *numeral_texts(), *_money_texts(CURRENCIES.get(currency)), *_date_texts(), *SYMBOLS.values())
        return tuple(dict.fromkeys(texts))

    def reading(self, words: str) -> str:
        """``请按1`` as ``请按一``, ``拨10010`` as ``拨幺零零幺零``."""
        return reading(words, SYMBOLS)


def _sign(value: Decimal) -> tuple[str, ...]:
    return (MINUS,) if value < 0 else ()


def _small_change(hundredths: int, units: Units, *, has_whole: bool) -> Iterator[str]:
    """The part of an amount below one."""
    if not hundredths or units.hundredth is None:
        return
    if units.tenth is None:
        yield from measured(hundredths, units.hundredth)
        return
    tenths, rest = divmod(hundredths, 10)
    if tenths:
        yield one_to_nine(tenths) + units.tenth
    elif has_whole:
        yield ZERO
    if rest:
        yield one_to_nine(rest) + units.hundredth


def _year(year: int) -> tuple[str, ...]:
    digits = [DIGITS[int(digit)] for digit in str(year)]
    return ("".join(digits) + YEAR,) if year in WHOLE_YEARS else (*digits, YEAR)


def _money_texts(units: Units | None) -> Iterator[str]:
    if units is None:
        return
    yield units.whole
    if units.hundredth is None:
        return
    if units.tenth is None:
        yield units.hundredth
        return
    yield from (one_to_nine(count) + unit for unit in (units.tenth, units.hundredth) for count in range(1, 10))


def _date_texts() -> Iterator[str]:
    yield YEAR
    yield from (text for year in WHOLE_YEARS for text in _year(year))
    yield from (f"{below_hundred(month)}月" for month in range(1, 13))
    yield from (f"{below_hundred(day)}日" for day in range(1, 32))
