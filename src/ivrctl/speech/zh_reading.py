"""How an author's Chinese words are handed to a voice: the numbers in them written out.

Needed because synthesisers misread them: espeak-ng says 10010 as 十千十, and a caller is told to dial a number that
does not exist. A bare run of five digits or more is something to dial and is said digit by digit; a quantity has a
thousands comma, a fraction, or a unit of measure behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ivrctl.speech.tongue import DIALLED_DIGITS
from ivrctl.speech.zh_numerals import DIGITS, PAIR, TWO, ZERO, below_hundred, cardinal

_TIME = r"(?<![\d:])(?P<hour>[01]?\d|2[0-4])[:：](?P<minute>[0-5]\d)(?![\d:])"
_DASHED = r"(?P<dashed>(?<![\d-])\d+(?:-\d+)+(?![\d-]))"
_NUMBER = (
    r"(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(?P<fraction>\d+))?"
    r"(?P<percent>[%％])?(?P<unit>[元块角分秒兆万亿个人次天年月日])?"
)
_NUMERAL = re.compile(f"{_TIME}|{_DASHED}|{_NUMBER}", re.ASCII)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
"""Digits as a Chinese keyboard writes them."""
_ORDINAL_UNITS = frozenset("月日")
"""After these a number counts which one, not how many: 二月."""


def reading(words: str, symbols: Mapping[str, str]) -> str:
    """Write out times, numbers to dial and quantities; all else stays as it is."""

    def write_out(match: re.Match[str]) -> str:
        if match["hour"]:
            return _time(int(match["hour"]), int(match["minute"]))
        if match["dashed"]:
            return _dashed(match["dashed"], symbols)
        return _number(match, symbols)

    return _NUMERAL.sub(write_out, words.translate(_HALF_WIDTH))


def _time(hour: int, minute: int) -> str:
    said = f"{TWO if hour == PAIR else below_hundred(hour)}点"
    if not minute:
        return said
    return f"{said}{ZERO if minute < len(DIGITS) else ''}{below_hundred(minute)}分"


def _dashed(text: str, symbols: Mapping[str, str]) -> str:
    """``021-61234567`` is dialled; ``3-5`` is two numbers."""
    if sum(character.isdigit() for character in text) >= DIALLED_DIGITS:
        return " ".join(_digit_by_digit(group, symbols) for group in text.split("-"))
    return "至".join("".join(cardinal(Decimal(number))) for number in text.split("-"))


def _number(match: re.Match[str], symbols: Mapping[str, str]) -> str:
    whole, fraction, unit = match["whole"], match["fraction"], match["unit"] or ""
    if unit == "年" and len(whole) == len("2026"):
        return "".join(DIGITS[int(digit)] for digit in whole) + unit
    is_quantity = "," in whole or fraction or unit or match["percent"]
    if not is_quantity and (len(whole) >= DIALLED_DIGITS or (whole[0] == "0" and len(whole) > 1)):
        return _digit_by_digit(whole, symbols)
    value = Decimal(f"{whole.replace(',', '')}.{fraction or 0}")
    if value == PAIR and unit and unit not in _ORDINAL_UNITS:
        return TWO + unit
    return ("百分之" if match["percent"] else "") + "".join(cardinal(value)) + unit


def _digit_by_digit(text: str, symbols: Mapping[str, str]) -> str:
    return "".join(symbols[digit] for digit in text)
