"""What a language must be able to say.

Every method takes a value and gives it as texts of the language's own vocabulary, so that ``vocabulary`` lists all that
a voice has to make beforehand. Property: each text that a method gives is in the vocabulary of that currency.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from string import ascii_uppercase
from types import MappingProxyType
from typing import Protocol

from ivrctl.speech.piece import Spelling

LARGEST_NUMBER = 10**15
"""From here on a number is said digit by digit: nobody follows the words any more."""
DIALLED_DIGITS = 5
"""A bare run of so many digits or more in an author's words is something to dial, such as 10010."""
LETTERS: Mapping[str, str] = MappingProxyType({letter: letter for letter in ascii_uppercase})
"""Every voice we know says a single capital letter by its name."""


class Tongue(Protocol):
    """One language: how it says the values of a call."""

    symbols: Mapping[str, str]
    """How single characters are said: the ten digits, the keys star and hash, plus, and the capital Latin letters."""
    marks: Mapping[str, str]
    """How further characters are said when a text is spelt: ``-``, ``.``, ``@``, ``_``, ``/``."""
    ending_in: str
    """What is said before the end of a masked number."""
    currencies: frozenset[str]
    """ISO 4217 codes of the currencies whose units it can name."""

    def number(self, value: Decimal) -> Spelling:
        """A finite number, its fraction digit by digit without closing zeros."""

    def money(self, value: Decimal, currency: str) -> Spelling:
        """A finite amount, rounded to hundredths (or to whole units, where the currency has no others)."""

    def date(self, day: dt.date) -> Spelling:
        """A day with its month and year."""

    def month(self, day: dt.date) -> Spelling:
        """The month of a day, with its year."""

    def time(self, hour: int, minute: int) -> Spelling:
        """A time of day, ``hour`` from 0 to 23."""

    def moment(self, moment: dt.datetime) -> Spelling:
        """A day with its month and year, and a time of day."""

    def duration(self, seconds: int) -> Spelling:
        """A length of time in days, hours, minutes and seconds."""

    def ordinal(self, value: int) -> Spelling:
        """Which one in a row: first, second."""

    def percent(self, value: Decimal) -> Spelling:
        """A finite number of hundredths."""

    def vocabulary(self, currency: str) -> tuple[str, ...]:
        """Every text that the other methods and ``symbols`` can give, each once; money in this currency, if known."""

    def reading(self, words: str) -> str:
        """An author's words as a voice should be given them: numbers that it would misread are written out."""


def plain_digits(value: Decimal) -> tuple[str, str]:
    """The digits before and after the point of a number that is not negative; closing zeros of the fraction are cut."""
    whole, _, fraction = format(value, "f").partition(".")
    return whole, fraction.rstrip("0")
