"""Numbers of a site's own country: as libphonenumber reads them, or left to it."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.service.numbering import MAX_EXTENSION, parsed_e164
from ivrctl.speech.own_numbers import own_numbers
from ivrctl.speech.phone import parsed_national

COUNTRIES = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
DIGITS = st.text("0123456789", min_size=1, max_size=16)


@st.composite
def dialled(draw: st.DrawFn, country: str) -> str:
    """A number as the network of a country may give it: one that is in use, one digit of it changed, or any digits."""
    code = phonenumbers.country_code_for_region(country)
    kind = draw(st.sampled_from(sorted(phonenumbers.supported_types_for_region(country))))
    example = phonenumbers.example_number_for_type(country, kind)
    significant = draw(DIGITS) if example is None else phonenumbers.national_significant_number(example)
    if draw(st.booleans()):
        place = draw(st.integers(0, len(significant) - 1))
        significant = significant[:place] + draw(DIGITS)[:3] + significant[place + 1 :]
    return draw(st.sampled_from(("", "", "0", "00", f"+{code}", f"+{code}", f"{code}"))) + significant


@given(st.data(), COUNTRIES)
def test_what_the_plan_decides_is_what_libphonenumber_says(data: st.DataObject, country: str) -> None:
    """SAFETY: a number of any country is the same in E.164, and as it is dialled inside, by either way."""
    own, number = own_numbers(country), data.draw(dialled(country))
    assert own is not None
    as_e164 = own.as_e164(number)
    if len(number) > MAX_EXTENSION and as_e164 is not None:
        assert as_e164 == parsed_e164(number, country)
    national = own.national(number)
    if national is not None:
        assert national == parsed_national(number, country)


@pytest.mark.thorough
@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_beginning_of_a_plan_is_as_libphonenumber_says(country: str) -> None:
    """SAFETY: for numbers of every length that begin in forty ways, others at each run, both ways agree."""
    own = own_numbers(country)
    assert own is not None
    for length in sorted(own.lengths):
        for begin in range(random.randrange(27), 1000, 27):
            significant = f"{begin:03}{'2468013579246'[: max(0, length - 3)]}"
            for number in (significant, own.code + significant):
                found = own.as_e164(number)
                assert len(number) <= MAX_EXTENSION or found in {None, parsed_e164(number, country)}
            found = own.national(own.code + significant)
            assert found in {None, parsed_national(own.code + significant, country)}


@pytest.mark.parametrize(
    ("country", "number", "e164", "national"),
    [
        ("CN", "13800138000", "+8613800138000", "13800138000"),
        ("CN", "2164370000", "+862164370000", "02164370000"),
        ("DE", "30123456", "+4930123456", "030123456"),
        ("FR", "612345678", "+33612345678", "0612345678"),
    ],
)
def test_common_number_needs_no_thought(country: str, number: str, e164: str, national: str) -> None:
    """A mobile or fixed number as a trunk gives it is decided by the plan alone."""
    own = own_numbers(country)
    assert own is not None
    assert own.as_e164(number) == own.as_e164(e164) == e164
    assert own.national(e164) == national


@pytest.mark.parametrize("number", ["02164370000", "008613800138000", "8613800138000", "+4930123456", "17911", "+86"])
def test_number_with_something_in_front_is_left_to_libphonenumber(number: str) -> None:
    """A prefix, another country's code and too few digits need thought."""
    own = own_numbers("CN")
    assert own is not None
    assert own.as_e164(number) is None
    assert own.national(number) is None
