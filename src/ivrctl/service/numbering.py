"""Caller numbers: as the network gives them, as E.164, and as the site's own databases write them.

Source of the numbering plans: phonenumbers, Google's libphonenumber for Python.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from ivrctl.site.site_file import Numbering
from ivrctl.speech.own_numbers import own_numbers
from ivrctl.speech.phone import national

_NUMBER = re.compile(r"\+?[0-9]{1,20}\Z")
"""What can be a number at all; anything else in a From header is no number (RFC 3261 lets it be any text)."""


def normalised(ani: str, numbering: Numbering) -> str:
    """The caller's number in E.164; an extension or short code stays as it came; empty for withheld or no number.

    Args:
        ani: the calling number as the dialplan has it, possibly hostile.
        numbering: the site's plan, whose country reads national numbers.
    """
    return _as_e164(ani, str(numbering.country)) if _NUMBER.match(ani) else ""


@lru_cache(maxsize=1024)
def _as_e164(ani: str, country: str) -> str:
    """Kept for a while: a call asks more than once, and scenarios have few callers."""
    if len(ani) <= MAX_EXTENSION:
        return ani
    own = own_numbers(country)
    found = None if own is None else own.as_e164(ani)
    return parsed_e164(ani, country) if found is None else found


def parsed_e164(ani: str, country: str) -> str:
    """The same of any number, by libphonenumber; one that it cannot read stays as it came."""
    try:
        parsed = phonenumbers.parse(ani, country)
    except phonenumbers.NumberParseException:
        return ani
    if not phonenumbers.is_possible_number(parsed):
        return ani
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


MAX_EXTENSION = 6
"""Numbers of up to so many digits are extensions and short codes: they belong to no country."""


def spoken(number: str, numbering: Numbering) -> str:
    """The form in which databases hold a number and people say it: as it is dialled in the site's country, or E.164.

    Inside many countries a 0 is dialled first. A number from abroad is E.164 in either form.
    """
    return number if numbering.spoken_as == "international" else national(number, str(numbering.country))
