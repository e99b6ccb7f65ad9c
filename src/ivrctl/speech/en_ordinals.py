"""English ordinals: first, twenty-second, one hundred and third, two thousandth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from ivrctl.speech.en_numerals import AND, POINT, cardinal, numeral_texts

IRREGULAR: Mapping[str, str] = MappingProxyType(
    {
        "one": "first",
        "two": "second",
        "three": "third",
        "five": "fifth",
        "eight": "eighth",
        "nine": "ninth",
        "twelve": "twelfth",
    }
)


def ordinal_number(value: int) -> list[str]:
    """Say which one in a row, not negative: all of the number, and its last word as an ordinal."""
    *first, last = cardinal(Decimal(value))
    return [*first, ordinal_word(last)]


def ordinal_word(words: str) -> str:
    """A cardinal as its ordinal: only its last word changes, as in ``twenty-second``."""
    cut = max(words.rfind("-"), words.rfind(" ")) + 1
    head, last = words[:cut], words[cut:]
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return head + IRREGULAR.get(last, regular)


def ordinal_texts() -> Iterator[str]:
    """Every text that ``ordinal_number`` can end with."""
    yield from (ordinal_word(text) for text in numeral_texts() if text.rpartition(" ")[2] not in {AND, POINT})
