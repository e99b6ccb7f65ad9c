"""English number words, British: one hundred and twenty, one million two hundred thousand and five.

``and`` stands before the tens of every group of three digits, and before a last group below a hundred when something
went before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ivrctl.speech.tongue import LARGEST_NUMBER, plain_digits

ONES = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
GROUPS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
AND, POINT, MINUS = "and", "point", "minus"


def cardinal(value: Decimal) -> Iterator[str]:
    """Say a number that is not negative; the fraction digit by digit, without closing zeros."""
    whole, fraction = plain_digits(value)
    if int(whole) < LARGEST_NUMBER:
        yield from whole_number(int(whole))
    else:
        yield from (ONES[int(digit)] for digit in whole)
    if fraction:
        yield POINT
        yield from (ONES[int(digit)] for digit in fraction)


def whole_number(value: int) -> list[str]:
    """Say 0 to 10**15 - 1."""
    said: list[str] = []
    rest = value
    for unit, name in GROUPS:
        count, rest = divmod(rest, unit)
        if count:
            said += [*_below_thousand(count), name]
    if not said:
        return _below_thousand(rest)
    if rest:
        said += _below_thousand(rest) if rest >= 100 else [AND, below_hundred(rest)]  # noqa: PLR2004 - a hundred
    return said


def below_hundred(value: int) -> str:
    """One sound: twenty-four."""
    if value < len(ONES):
        return ONES[value]
    tens, ones = divmod(value, 10)
    return TENS[tens - 2] + (f"-{ONES[ones]}" if ones else "")


def _below_thousand(value: int) -> list[str]:
    hundreds, rest = divmod(value, 100)
    if not hundreds:
        return [below_hundred(rest)]
    if not rest:
        return [_hundreds(hundreds)]
    return [f"{_hundreds(hundreds)} {AND}", below_hundred(rest)]


def _hundreds(count: int) -> str:
    return f"{ONES[count]} hundred"


def numeral_texts() -> Iterator[str]:
    """Every text that ``cardinal`` can give."""
    yield from (below_hundred(value) for value in range(100))
    yield from (_hundreds(count) + ending for count in range(1, 10) for ending in ("", f" {AND}"))
    yield from (name for _, name in GROUPS)
    yield from (AND, POINT)
