"""The numbers of a site's own country, where its numbering plan decides by itself.

Nearly every caller is from there, and libphonenumber takes as long over each of them as ten actions of a flow: it reads
whatever a person may write. What a network gives is digits. Here are the same rules for digits that need no second
thought; for any other number the answer is None, and libphonenumber is asked. That both agree is tried over all
countries (``tests/unit/speech/test_own_numbers.py``).

Source of the plans: phonenumbers, Google's libphonenumber for Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import NumberFormat, PhoneMetadata

NOWHERE = "(?!)"
"""A pattern that nothing matches."""

_NO_DIGITS = re.compile(r"[^0-9A-Z]")
_IN_ORDER = re.compile(r"([0-9]*)A(?:B(?:C(?:D(?:E)?)?)?)?")
_GROUP = re.compile(r"\\([1-5])")


@dataclass(frozen=True, slots=True)
class Grouping:
    """Numbers that are written alike."""

    leading: re.Pattern[str]
    """What they begin with."""
    whole: re.Pattern[str]
    prefix: str | None
    """The digits that are dialled before such a number inside its country; None where it is not that simple."""

    def has(self, significant: str) -> bool:
        """Whether it is one of them."""
        return self.leading.match(significant) is not None and self.whole.fullmatch(significant) is not None


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """What a country's plan says."""

    code: str
    """The country's calling code, with its ``+``."""
    lengths: frozenset[int]
    """How many digits a number can have behind the code."""
    is_sole: bool
    """True when no other country has the same code."""
    unclear: re.Pattern[str]
    """What a number begins with that was dialled with something in front of it, or may have been."""
    groupings: tuple[Grouping, ...]

    def as_e164(self, number: str) -> str | None:
        """A number in E.164; None when that needs thought.

        Args:
            number: digits, with or without the country's code and its ``+``.
        """
        if number.startswith("+"):
            return number if self._significant(number) is not None else None
        is_clear = len(number) in self.lengths and self.unclear.match(number) is None
        return self.code + number if is_clear else None

    def national(self, number: str) -> str | None:
        """A number in E.164 as it is dialled inside the country; None when that needs thought."""
        significant = self._significant(number)
        if significant is None:
            return None
        for grouping in self.groupings:
            if grouping.has(significant):
                return None if grouping.prefix is None else grouping.prefix + significant
        return significant

    def _significant(self, number: str) -> str | None:
        """What stands behind the country's code; None when it is another's, or the number needs thought."""
        if not self.is_sole or not number.startswith(self.code):
            return None
        significant = number[len(self.code) :]
        is_clear = len(significant) in self.lengths and self.unclear.match(significant) is None
        return significant if is_clear else None


@cache
def own_numbers(country: str) -> OwnNumbers | None:
    """The plan of a country, by its two letters; None when there is none."""
    plan = PhoneMetadata.metadata_for_region(country, None)
    code = phonenumbers.country_code_for_region(country)
    main = phonenumbers.region_code_for_country_code(code)
    general = PhoneMetadata.metadata_for_region_or_calling_code(code, main)
    numbers = None if general is None else general.general_desc
    if plan is None or general is None or numbers is None:
        return None
    lengths = (*numbers.possible_length, *numbers.possible_length_local_only)
    begins = (plan.international_prefix, plan.national_prefix_for_parsing, general.national_prefix_for_parsing)
    return OwnNumbers(
        code=f"+{code}",
        lengths=frozenset(lengths),
        is_sole=phonenumbers.region_codes_for_country_code(code) == (country,),
        unclear=re.compile("|".join(f"(?:{begin})" for begin in ("0", str(code), *filter(None, begins)))),
        groupings=tuple(_groupings(plan.number_format)),
    )


def _groupings(formats: Iterable[NumberFormat]) -> Iterable[Grouping]:
    for written in formats:
        # The last one is the most detailed, and counts alone.
        leading = written.leading_digits_pattern[-1] if written.leading_digits_pattern else ""
        whole = re.compile(written.pattern or NOWHERE)
        yield Grouping(re.compile(leading), whole, _prefix(written, whole.groups))


def _prefix(written: NumberFormat, groups: int) -> str | None:
    """The digits before the first group; None when groups change places, are left out, or others stand between."""
    rule = written.national_prefix_formatting_rule
    form = _GROUP.sub(lambda group: rule or group[0], written.format or "", count=1)
    letters = _GROUP.sub(lambda group: "ABCDE"[int(group[1]) - 1], form)
    match = _IN_ORDER.fullmatch(_NO_DIGITS.sub("", letters))
    return match[1] if match is not None and sum(letter in "ABCDE" for letter in match[0]) == groups else None
