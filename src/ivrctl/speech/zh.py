"""Mandarin, as people say it: 十二元零五分, 二零二六年二月二十四日, 幺三八.

The vocabulary is cut so that tones which change with their neighbour stay inside one sound: 一百 (yì bǎi), 一万
(yí wàn) and 两千 are single sounds, as are all numbers below a hundred, the months, the days and the years 2000 to
2049. That is some 370 sounds; whole numbers up to 9,999 would join better still, but there would be thirty times as
many.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ivrctl.speech.piece import Spelling
from ivrctl.speech.tongue import LETTERS
from ivrctl.speech.zh_clock import clock_texts, duration, time_of_day
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


MARKS: Mapping[str, str] = MappingProxyType({"-": "杠", ".": "点", "@": "艾特", "_": "下划线", "/": "斜杠"})
ENDING = "尾号"
ORDINAL, SHARE, WHOLE = "第", "百分之", "百分之百"
_TWO_COUNTED: Mapping[str, str] = MappingProxyType({f"两{unit}": f"二{unit}" for unit in "百千万亿"})


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
    marks = MARKS
    ending_in = ENDING
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

    def time(self, hour: int, minute: int) -> Spelling:
        """上午八点零五分."""
        return time_of_day(hour, minute)

    def moment(self, moment: dt.datetime) -> Spelling:
        """二零二六年二月二十四日上午八点."""
        return (*self.date(moment), *time_of_day(moment.hour, moment.minute))

    def duration(self, seconds: int) -> Spelling:
        """两小时三十分钟."""
        return (*((MINUS,) if seconds < 0 else ()), *duration(abs(seconds)))

    def ordinal(self, value: int) -> Spelling:
        """第二, 第二百: two counts as 二 where it says which one."""
        return (ORDINAL, *((MINUS,) if value < 0 else ()), *_counted(Decimal(abs(value))))

    def percent(self, value: Decimal) -> Spelling:
        """百分之八十五点五; 百分之百."""
        share = (WHOLE,) if abs(value) == 100 else (SHARE, *_counted(value.copy_abs()))  # noqa: PLR2004 - all of it
        return (*_sign(value), *share)

    def vocabulary(self, currency: str) -> tuple[str, ...]:
        """Numerals, units of money, parts of dates and times, and the names of characters."""
        texts = (
            *(MINUS, ORDINAL, SHARE, WHOLE, ENDING),
            *numeral_texts(),
            *_TWO_COUNTED.values(),
            *_money_texts(CURRENCIES.get(currency)),
            *_date_texts(),
            *clock_texts(),
            *SYMBOLS.values(),
            *MARKS.values(),
        )
        return tuple(dict.fromkeys(texts))

    def reading(self, words: str) -> str:
        """``请按1`` as ``请按一``, ``拨10010`` as ``拨幺零零幺零``."""
        return reading(words, SYMBOLS)


def _counted(value: Decimal) -> Iterator[str]:
    """A number that says which one, or which part: two is 二 before 百 and 千 too."""
    return (_TWO_COUNTED.get(text, text) for text in cardinal(value))


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
