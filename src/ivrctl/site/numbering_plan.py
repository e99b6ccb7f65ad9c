"""What a beginning of a number means in the site's country: national or international, it becomes one of E.164.

Source of the numbering plans: phonenumbers, Google's libphonenumber for Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ivrctl.site.prefixes import MOST_DIGITS

_TRUNKS = frozenset({"0", "1"})
"""Trunk prefixes with which no national number begins itself: 0, and the 1 of North America. The 8 of Russia may be the
first digit of an area, so it stays."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """The plan of one country."""

    code: str
    """Its calling code, such as ``86``; empty for a country without one."""
    trunk: str
    """What is dialled before a national number, where it can be told from one; else empty."""

    @classmethod
    def of(cls, country: str) -> NumberingPlan:
        """The plan of a country by its ISO 3166 code."""
        return _plan_of(country)

    def prefix(self, written: str) -> str | None:
        """The digits of a prefix in E.164, without the plus; None for what is no number.

        Args:
            written: national, ``021`` or ``21``, or international, ``+8621``.
        """
        if written.startswith("+"):
            digits = written[1:]
        else:
            national = written.removeprefix(self.trunk)
            # Two zeros are the way abroad, and not the beginning of a number.
            digits = self.code + national if self.code and national and not national.startswith("0") else ""
        return digits if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None


@lru_cache(maxsize=64)
def _plan_of(country: str) -> NumberingPlan:
    import phonenumbers  # noqa: PLC0415 - 30 ms that a site without regions does without

    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if metadata is None:
        return NumberingPlan("", "")
    trunk = metadata.national_prefix or ""
    return NumberingPlan(str(metadata.country_code), trunk if trunk in _TRUNKS else "")
