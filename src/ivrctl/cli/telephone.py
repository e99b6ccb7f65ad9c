"""What a caller gives his telephone: the number he dials, the keys he presses, and the number he calls from."""

from __future__ import annotations

import re

from ivrctl.errors import ConfigurationError
from ivrctl.model.dial_pattern import NUMBER

KEYS = "keys 0-9 * #, h to hang up; commas part what is pressed at each question"

DOCUMENTED = {"CN": "13800138000"}
"""Callers that documents and example databases have, by country, where they differ from libphonenumber's examples."""

_CALLER = re.compile(r"\+?[0-9]{1,20}\Z")
_WRITTEN = re.compile(r"[\s()./-]+")
"""What people write between the digits of a number, and a telephone does not send."""


def check_number(number: str) -> None:
    """Check a number that is dialled.

    Raises:
        ConfigurationError: no telephone can dial it.
    """
    if NUMBER.match(number) is None:
        advice = _digits_of(number, NUMBER) or "digits, * and #, such as 10010"
        raise ConfigurationError(f'"{number}" is no number to dial', advice=advice)


def check_caller(number: str) -> None:
    """Check a number that is called from.

    Raises:
        ConfigurationError: no network gives such a number.
    """
    if _CALLER.match(number) is None:
        advice = _digits_of(number, _CALLER) or "digits, with a + before a country code, such as +493012345678"
        raise ConfigurationError(f'"{number}" is no number to call from', advice=advice)


def key_groups(press: str) -> tuple[str, ...]:
    """The keys for each question, which commas part.

    Raises:
        ConfigurationError: one is neither keys nor a hang-up.
    """
    groups = tuple(group.strip() for group in press.split(",") if group.strip())
    for group in groups:
        if re.fullmatch(r"h|[0-9*#]+", group) is None:
            raise ConfigurationError(f'"{group}" is no keys', advice=KEYS)
    return groups


def example_caller(country: str) -> str:
    """A caller's number of a country: libphonenumber's example of a mobile number, in E.164.

    Args:
        country: its ISO 3166 code.

    Raises:
        ConfigurationError: there is no example.
    """
    if country in DOCUMENTED:
        return DOCUMENTED[country]
    import phonenumbers

    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    example = example or phonenumbers.example_number(country)
    if example is None:
        raise ConfigurationError(f"there is no example of a caller's number in {country}", advice="give one: --from")
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)


def _digits_of(number: str, form: re.Pattern[str]) -> str | None:
    digits = _WRITTEN.sub("", number)
    return f'"{digits}", without anything between the digits' if form.match(digits) else None
