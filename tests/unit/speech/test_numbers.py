"""Spoken numbers, read back by readers that share nothing with the writers."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivrctl.model.utterance import Said, Utterance
from ivrctl.model.values import Scalar
from ivrctl.speech import Piece, pieces, vocabulary

from .readers import CHINESE_DIGITS, ENGLISH_SMALL, read_chinese, read_english

LARGEST = 10**12
WHOLE = st.one_of(st.integers(0, LARGEST), st.integers(0, 10**5), st.integers(0, 12).map(lambda power: 10**power))
AMOUNTS = st.integers(-(10**14), 10**14).map(lambda hundredths: Decimal(hundredths).scaleb(-2))
NUMBERS = st.decimals(min_value=-LARGEST, max_value=LARGEST, places=4)


def texts(language: str, form: str, value: Scalar, currency: str = "CNY") -> list[str]:
    found = pieces(Utterance(language, (Said(form, value),)), currency)
    return [item.text for item in found if isinstance(item, Piece)]


# SAFETY: what is said is the value, never another one.


@given(WHOLE)
@example(10_001)
@example(102_000_003)
@example(LARGEST)
def test_chinese_number_words_read_back_as_the_number(value: int) -> None:
    """A caller who writes down the Chinese words has the number."""
    assert read_chinese("".join(texts("zh", "number", Decimal(value)))) == value


@given(WHOLE)
@example(1_000_005)
@example(LARGEST)
def test_english_number_words_read_back_as_the_number(value: int) -> None:
    """A caller who writes down the English words has the number."""
    assert read_english(" ".join(texts("en", "number", Decimal(value)))) == value


@given(NUMBERS)
def test_a_chinese_fraction_reads_back(value: Decimal) -> None:
    """Sign and digits after the point are said, too."""
    words = "".join(texts("zh", "number", value))
    whole, _, fraction = words.removeprefix("负").partition("点")
    digits = "".join(str(CHINESE_DIGITS[character]) for character in fraction)
    magnitude = Decimal(f"{read_chinese(whole)}.{digits or 0}")
    assert (-magnitude if words.startswith("负") else magnitude) == value


@given(NUMBERS)
def test_an_english_fraction_reads_back(value: Decimal) -> None:
    """Sign and digits after the point are said, too."""
    words = " ".join(texts("en", "number", value))
    whole, _, fraction = words.removeprefix("minus ").partition(" point ")
    digits = "".join(str(ENGLISH_SMALL[word]) for word in fraction.split())
    magnitude = Decimal(f"{read_english(whole)}.{digits or 0}")
    assert (-magnitude if words.startswith("minus") else magnitude) == value


@given(AMOUNTS)
@example(Decimal("0.05"))
@example(Decimal("12.05"))
def test_chinese_amounts_read_back(value: Decimal) -> None:
    """元, 角 and 分 together are the amount, and a 零 before 分 is no digit of it."""
    match = re.fullmatch(r"(负)?(?:(.+)元)?(?:(.)角)?(?:零?(.)分)?", "".join(texts("zh", "money", value)))
    assert match is not None
    minus, whole, tenths, hundredths = match.groups()
    found = Decimal(read_chinese(whole) if whole else 0)
    found += Decimal(CHINESE_DIGITS[tenths] if tenths else 0).scaleb(-1)
    found += Decimal(CHINESE_DIGITS[hundredths] if hundredths else 0).scaleb(-2)
    assert (-found if minus else found) == value


@given(AMOUNTS, st.sampled_from(["CNY", "USD", "GBP", "EUR", "HKD"]))
def test_english_amounts_read_back(value: Decimal, currency: str) -> None:
    """Whole units and hundredths together are the amount."""
    words = " ".join(texts("en", "money", value, currency))
    unit = r"(?:yuan|(?:Hong Kong )?dollars?|pounds?|euros?)"
    match = re.fullmatch(rf"(minus )?(?:(.+?) {unit})?(?: and )?(?:(.+?) (?:fen|cents?|penny|pence))?", words)
    assert match is not None
    minus, whole, hundredths = match.groups()
    found = Decimal(read_english(whole) if whole else 0)
    found += Decimal(read_english(hundredths) if hundredths else 0).scaleb(-2)
    assert (-found if minus else found) == value


@given(st.dates())
def test_chinese_dates_read_back(day: date) -> None:
    """Year, month and day of what is said are those of the date."""
    year, rest = "".join(texts("zh", "date", day)).split("年")
    month, rest = rest.split("月")
    digits = "".join(str(CHINESE_DIGITS[character]) for character in year)
    assert date(int(digits), read_chinese(month), read_chinese(rest.removesuffix("日"))) == day


@given(st.text("0123456789*#+ABCXYZ", max_size=40))
def test_digits_are_all_said_in_order(text: str) -> None:
    """No character is lost or doubled, whatever the grouping."""
    names = {"零": "0", "幺": "1", "星号": "*", "井号": "#", "加": "+"} | dict(
        zip("二三四五六七八九", "23456789", strict=True)
    )
    assert "".join(names.get(word, word) for word in texts("zh", "digits", text)) == text


# SAFETY: nothing has to be synthesised during a call, but free text.

SAID = st.one_of(
    st.builds(Said, st.just("money"), AMOUNTS),
    st.builds(Said, st.just("number"), NUMBERS),
    st.builds(Said, st.just("number"), st.integers(-(10**20), 10**20).map(Decimal)),
    st.builds(Said, st.sampled_from(["ordinal", "percent"]), NUMBERS),
    st.builds(Said, st.sampled_from(["date", "month"]), st.dates()),
    st.builds(Said, st.sampled_from(["time", "datetime"]), st.datetimes()),
    st.builds(Said, st.just("duration"), st.timedeltas(timedelta(days=-4000), timedelta(days=4000))),
    st.builds(Said, st.sampled_from(["phone", "masked", "spell"]), st.text(max_size=40)),
    st.builds(Said, st.just("phone"), st.from_regex(r"\+[0-9]{1,15}", fullmatch=True)),
    st.builds(Said, st.just("digits"), st.text(max_size=40)),
    st.builds(Said, st.just("text"), st.text(max_size=40)),
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("currency", ["CNY", "EUR", "GBP", "HKD", "JPY", "USD"])
@given(said=SAID)
@example(said=Said("ordinal", Decimal(5000)))
@example(said=Said("ordinal", Decimal(10**15)))
@example(said=Said("ordinal", Decimal(10**12)))
@example(said=Said("percent", Decimal(200)))
@example(said=Said("money", Decimal("2000000000000000.00")))
@example(said=Said("money", Decimal("-999999999999999999.99")))
def test_every_piece_of_a_value_is_in_the_vocabulary_or_free(language: str, currency: str, said: Said) -> None:
    """The vocabulary is complete: what is not free text was made before any call."""
    known = frozenset(vocabulary(language, currency))
    found = pieces(Utterance(language, (said,)), currency)
    assert all(item in known or item.is_free for item in found if isinstance(item, Piece))


# SAFETY: Chinese as people say it.


@given(WHOLE)
def test_chinese_numbers_have_no_doubled_zero_and_no_bare_ten_inside(value: int) -> None:
    """零 never stands twice in a row or at the end, and 十 begins a number without 一 and continues it with one."""
    words = "".join(texts("zh", "number", Decimal(value)))
    assert "零零" not in words
    assert not words.startswith("一十")
    assert value == 0 or not words.endswith("零")
    assert not re.search(r"[万亿千百零]十", words)
