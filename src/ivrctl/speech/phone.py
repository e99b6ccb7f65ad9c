"""Phone numbers as people group them.

Source of the groups and of what is dialled inside a country: phonenumbers, Google's libphonenumber for Python.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from ivrctl.speech.own_numbers import own_numbers

_DIGIT = re.compile(r"[0-9]")


def grouped(number: str, country: str = "") -> str:
    """A number in E.164 as its country writes it, ``+86 138 0013 8000``; any other as it is.

    Args:
        number: as a value holds it.
        country: whose own numbers are written as they are dialled inside it, ``138 0013 8000``; empty for none.
    """
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    if country and _is_of(parsed, country):
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    # A number that no plan has may lose a zero on the way: then it is said as it came.
    return written if _DIGIT.findall(written) == _DIGIT.findall(number) else number


@lru_cache(maxsize=1024)
def national(number: str, country: str) -> str:
    """A number in E.164 in digits as they are dialled inside this country, ``07700900001``; as it is from abroad.

    Kept for a while: a call asks for its caller's with every lookup.
    """
    if not number.startswith("+"):
        return number
    own = own_numbers(country)
    found = None if own is None else own.national(number)
    return parsed_national(number, country) if found is None else found


def parsed_national(number: str, country: str) -> str:
    """The same of any number in E.164, by libphonenumber."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    if not _is_of(parsed, country):
        return number
    return "".join(_DIGIT.findall(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)))


def _is_of(parsed: phonenumbers.PhoneNumber, country: str) -> bool:
    """A number that is in use nowhere belongs to the country that has its calling code."""
    region = phonenumbers.region_code_for_number(parsed)
    return region == country or (
        region is None and parsed.country_code == phonenumbers.country_code_for_region(country)
    )
