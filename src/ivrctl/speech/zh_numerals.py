"""Chinese number words: 一百一十, 两千, 一万零一, 一亿零两百万零三.

The rules of 零, 两 and 万/亿 are those of a primer: 零 stands once wherever digits are skipped between two that
are said; 两 is two before 百, 千, 万, 亿 and before a unit of measure, 二 everywhere else. Where speakers differ (二百
and 两百, 一亿零二万 and 一亿零两万) the form with 两 is chosen throughout, so that there are fewer sounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ivrctl.speech.tongue import LARGEST_NUMBER, plain_digits

DIGITS = "零一二三四五六七八九"
ZERO, TWO, POINT, MINUS = "零", "两", "点", "负"
MYRIADS = ((10**8, "亿"), (10**4, "万"))
"""Above ten thousand, Chinese counts in ten-thousands."""
PAIR = 2
"""The numeral that changes before units."""


def cardinal(value: Decimal) -> Iterator[str]:
    """Say a number that is not negative; the fraction digit by digit, without closing zeros."""
    whole, fraction = plain_digits(value)
    if int(whole) < LARGEST_NUMBER:
        yield from whole_number(int(whole))
    else:
        yield from (DIGITS[int(digit)] for digit in whole)
    if fraction:
        yield POINT
        yield from (DIGITS[int(digit)] for digit in fraction)


def whole_number(value: int, *, at_start: bool = True) -> list[str]:
    """Say 0 to 10**16 - 1; ``at_start`` is what makes 十 of 一十."""
    for unit, name in MYRIADS:
        high, low = divmod(value, unit)
        if high:
            skipped = [ZERO] if 0 < low < unit // 10 else []
            rest = whole_number(low, at_start=False) if low else []
            return [*_myriads(high, name, at_start=at_start), *skipped, *rest]
    return _below_myriad(value, at_start=at_start)


def measured(count: int, unit: str) -> list[str]:
    """Say so many of a unit of measure: 两元, 十二元."""
    return [TWO, unit] if count == PAIR else [*whole_number(count), unit]


def one_to_nine(count: int) -> str:
    """A single digit before a unit: 两 for two."""
    return TWO if count == PAIR else DIGITS[count]


def below_hundred(value: int, *, at_start: bool = True) -> str:
    """One sound: 十二 at the start of a number, 一十二 inside it."""
    tens, ones = divmod(value, 10)
    if not tens:
        return DIGITS[ones]
    lead = "" if tens == 1 and at_start else DIGITS[tens]
    return f"{lead}十{DIGITS[ones] if ones else ''}"


def _myriads(count: int, name: str, *, at_start: bool) -> list[str]:
    """So many 万 or 亿; one and two of them are single sounds."""
    if count <= PAIR:
        return [one_to_nine(count) + name]
    return [*whole_number(count, at_start=at_start), name]


def _below_myriad(value: int, *, at_start: bool) -> list[str]:
    said: list[str] = []
    rest = value
    for unit, name in ((1000, "千"), (100, "百")):
        count, rest = divmod(rest, unit)
        if count:
            said.append(one_to_nine(count) + name)
            said.extend([ZERO] if 0 < rest < unit // 10 else [])
    if rest or not said:
        said.append(below_hundred(rest, at_start=at_start and not said))
    return said


def numeral_texts() -> Iterator[str]:
    """Every text that ``cardinal`` and ``measured`` can give, but the units of measure."""
    yield from (below_hundred(value) for value in range(100))
    yield from (below_hundred(value, at_start=False) for value in range(10, 20))
    yield from (one_to_nine(count) + name for name in "百千" for count in range(1, 10))
    yield from (one_to_nine(count) + name for name in "万亿" for count in (1, 2))
    yield from ("万", "亿", TWO, POINT)
