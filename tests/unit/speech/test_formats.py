"""The formats of times, durations, ordinals, shares and spelt texts, and their tables.

A table has ``format<TAB>value<TAB>written<TAB>spoken``, and is read line by line by people who speak the language.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.formats import FORMATS as CHECKED
from ivrctl.model.utterance import Said, Utterance
from ivrctl.model.values import Scalar
from ivrctl.speech import FORMATS, Piece, pieces

from .readers import CHINESE_DIGITS, CLOCKS, DURATIONS, ENGLISH_SMALL, ORDINALS, read_chinese, read_english
from .test_golden import TABLES, rows, spoken

FEWEST_ROWS = 200
LANGUAGES = ("zh", "en")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NAMES = dict(zip(DIGITS, "0123456789", strict=True))


def _table(language: str) -> list[list[str]]:
    [table] = [table for table in TABLES if table.stem == f"{language}-formats"]
    return rows(table)


def _value(form: str, text: str) -> Scalar:
    match form:
        case "ordinal" | "percent":
            return Decimal(text)
        case "time" | "datetime":
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        case "duration":
            return timedelta(seconds=float(text.removesuffix("s")))
        case _:
            return text


def said(language: str, form: str, value: Scalar) -> str:
    return spoken(language, Said(form, value), "CNY")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_written_and_said_as_it_stands(language: str) -> None:
    """Each value of the table has the written form and the words beside it."""
    found = [
        [
            form,
            value,
            Utterance(language, (shown := Said(form, _value(form, value)),)).written,
            spoken(language, shown, ""),
        ]
        for form, value, _written, _spoken in _table(language)
    ]
    assert found == _table(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_is_long_enough_to_be_believed(language: str) -> None:
    """Two hundred rows, and some of every format that has no table of its own."""
    table = _table(language)
    assert len(table) >= FEWEST_ROWS
    own = {table.stem.partition("-")[2] for table in TABLES}
    assert {form for form, *_ in table} == set(FORMATS) - own - {"text", "recording"}


def test_formats_that_are_checked_are_those_that_can_be_said() -> None:
    """What a flow may write is what the speech can say."""
    assert list(CHECKED) == list(FORMATS)


# SAFETY: what is said is the value, never another one.


@pytest.mark.parametrize("language", LANGUAGES)
@given(at=st.times())
def test_time_reads_back(language: str, at: time) -> None:
    """Hour and minute, the half of the day included."""
    words = said(language, "time", datetime.combine(datetime(2026, 2, 24, tzinfo=UTC), at))
    assert CLOCKS[language](words) == (at.hour, at.minute)


@pytest.mark.parametrize("language", LANGUAGES)
@given(seconds=st.integers(-(10**8), 10**8))
def test_duration_reads_back(language: str, seconds: int) -> None:
    """Days, hours, minutes and seconds together are the length."""
    words = said(language, "duration", timedelta(seconds=seconds))
    assert DURATIONS[language](words) == timedelta(seconds=seconds)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.one_of(st.integers(0, 1000), st.integers(0, 10**12)))
def test_ordinal_reads_back(language: str, value: int) -> None:
    """Which one it is."""
    assert ORDINALS[language](said(language, "ordinal", Decimal(value))) == value


@given(value=st.decimals(min_value=-(10**6), max_value=10**6, places=3))
def test_chinese_share_reads_back(value: Decimal) -> None:
    """百分之 and the number, 百分之百 for all of it."""
    words = said("zh", "percent", value)
    number = words.removeprefix("负").removeprefix("百分之")
    whole, _, fraction = number.partition("点")
    digits = "".join(str(CHINESE_DIGITS[character]) for character in fraction)
    found = Decimal(100) if number == "百" else Decimal(f"{read_chinese(whole)}.{digits or 0}")
    assert (-found if words.startswith("负") else found) == value


@given(value=st.decimals(min_value=-(10**6), max_value=10**6, places=3))
def test_english_share_reads_back(value: Decimal) -> None:
    """The number and percent."""
    words = said("en", "percent", value).removesuffix(" percent")
    whole, _, fraction = words.removeprefix("minus ").partition(" point ")
    digits = "".join(str(ENGLISH_SMALL[word]) for word in fraction.split())
    found = Decimal(f"{read_english(whole)}.{digits or 0}")
    assert (-found if words.startswith("minus") else found) == value


@given(text=st.text("0123456789ABCXYZ-.@_/ ", max_size=40))
def test_spelt_text_reads_back(text: str) -> None:
    """Every character but the blank is said, in its order."""
    names = dict(NAMES)
    names |= {"dash": "-", "dot": ".", "at": "@", "underscore": "_", "slash": "/"}
    found = pieces(Utterance("en", (Said("spell", text),)), "CNY")
    words = [item.text for item in found if isinstance(item, Piece)]
    assert "".join(names.get(word, word) for word in words) == text.replace(" ", "")


@given(number=st.from_regex(r"\+?[0-9]{1,18}", fullmatch=True))
def test_phone_number_loses_no_digit(number: str) -> None:
    """The groups of its country hold every digit, in its order."""
    names = dict(NAMES)
    found = pieces(Utterance("en", (Said("phone", number),)), "CNY")
    words = [item.text for item in found if isinstance(item, Piece)]
    assert "".join({**names, "plus": "+"}.get(word, word) for word in words) == number


# SAFETY: a masked number stays masked.


@given(text=st.text("0123456789X", max_size=30))
def test_masked_text_hides_four_characters_at_least(text: str) -> None:
    """At most four at the end are said and written, and never any of the first four."""
    utterance = Utterance("en", (Said("masked", text),))
    shown = utterance.written.removeprefix("***")
    assert len(shown) <= max(0, min(4, len(text) - 4))
    assert text.endswith(shown)
    heard = [item for item in pieces(utterance, "CNY") if isinstance(item, Piece)]
    assert len(heard) == (len(shown) + 1 if shown else 0)
