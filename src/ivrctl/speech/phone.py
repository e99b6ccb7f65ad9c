"""Phone numbers as people group them.

Source of the groups of international numbers: phonenumbers, Google's libphonenumber for Python.
"""

from __future__ import annotations

import re

import phonenumbers

_DIGIT = re.compile(r"[0-9]")


def grouped(number: str) -> str:
    """A number in E.164 as its country writes it, ``+86 138 0013 8000``; any other as it is."""
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    # A number that no plan has may lose a zero on the way: then it is said as it came.
    return written if _DIGIT.findall(written) == _DIGIT.findall(number) else number
