from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.source import Span, Word
from ivrctl.service.numbering import normalised, spoken
from ivrctl.site.site_file import Numbering

NOWHERE = Span("", 1, 1, 1, 1)
CHINA = Numbering(Word.at("CN", NOWHERE))
CHINA_AS_E164 = Numbering(Word.at("CN", NOWHERE), "international")
GERMANY = Numbering(Word.at("DE", NOWHERE))


@pytest.mark.parametrize(
    ("ani", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("+8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("02164370000", "+862164370000"),
        ("+4930123456", "+4930123456"),
        ("0012125550123", "+12125550123"),
    ],
)
def test_number_becomes_e164(ani: str, number: str) -> None:
    """However a network writes a number, a flow sees it in one form."""
    assert normalised(ani, CHINA) == number


@pytest.mark.parametrize("ani", ["8101", "10010", "95588", "110", "6001"])
def test_extension_or_short_code_stays_as_it_is(ani: str) -> None:
    """A number that belongs to no country is not given one."""
    assert normalised(ani, CHINA) == ani


@pytest.mark.parametrize(
    "ani",
    [
        "",
        "anonymous",
        "unknown",
        "<sip:1@evil>",
        "13800138000\r\nSET VARIABLE X 1",
        "13800138000\n",
        "1" * 21,
        "١٣٨٠٠١٣٨٠٠٠",
        "+",
        "++8613800138000",
        "13800138000;isub=1",
        "' or 1=1 --",
        "${SHELL(id)}",
        "\x00",
    ],
)
def test_withheld_or_hostile_number_is_empty(ani: str) -> None:
    """A From header can hold any text: what is no number is none."""
    assert normalised(ani, CHINA) == ""


@pytest.mark.parametrize("ani", ["+999999999999", "+0", "+1", "12345678901234567890"])
def test_digits_that_no_plan_has_stay_as_they_are(ani: str) -> None:
    """A number that cannot exist still identifies its caller's trunk."""
    assert normalised(ani, CHINA) == ani


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+8613800138000", "13800138000"),
        ("+862164370000", "02164370000"),
        ("+862087654321", "02087654321"),
        ("+4930123456", "+4930123456"),
        ("8101", "8101"),
        ("", ""),
        ("+999999999999", "+999999999999"),
        ("+0", "+0"),
    ],
)
def test_database_gets_national_numbers(number: str, said: str) -> None:
    """Numbers of the site's country go out without the country, all others as they are."""
    assert spoken(number, CHINA) == said


@pytest.mark.parametrize(
    ("country", "number", "said"),
    [
        ("GB", "+447700900001", "07700900001"),
        ("GB", "+442071838750", "02071838750"),
        ("DE", "+4930123456", "030123456"),
        ("IT", "+390612345678", "0612345678"),
        ("US", "+12125550123", "2125550123"),
        ("HK", "+85223456789", "23456789"),
        ("GB", "+8613800138000", "+8613800138000"),
        ("GB", "+999123", "+999123"),
        ("CN", "+447700900001", "+447700900001"),
    ],
)
def test_national_is_what_is_dialled_inside_the_country(country: str, number: str, said: str) -> None:
    """With the 0 where the country dials one, without where it has none; an unused number is its own country's."""
    assert spoken(number, Numbering(Word.at(country, NOWHERE))) == said


@pytest.mark.parametrize("written", ["07700900001", "02071838750"])
def test_national_number_is_read_back(written: str) -> None:
    """What a database holds, and an agent dials, is the number that called."""
    britain = Numbering(Word.at("GB", NOWHERE))
    assert spoken(normalised(written, britain), britain) == written


def test_site_may_keep_e164() -> None:
    """A site whose databases hold E.164 has it so."""
    assert spoken("+8613800138000", CHINA_AS_E164) == "+8613800138000"


def test_country_decides() -> None:
    """The same digits belong to the country of the site."""
    assert normalised("030123456", GERMANY) == "+4930123456"


# SAFETY: whatever a network sends, a flow gets a number or nothing.
@given(st.text() | st.text("+0123456789 ()-.", max_size=24))
def test_any_calling_number_is_a_number_or_empty(ani: str) -> None:
    """Nothing raises, nothing but digits behind at most one plus comes through, here or on the way to a database."""
    number = normalised(ani, CHINA)
    assert re.fullmatch(r"(\+?[0-9]{1,20})?", number)
    assert re.fullmatch(r"(\+?[0-9]{1,20})?", spoken(number, CHINA))
