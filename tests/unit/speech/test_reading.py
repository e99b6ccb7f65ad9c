"""How words are handed to a voice: numbers that it would misread are written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.speech import Piece, reading


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("请按1。", "请按一。"),
        ("或拨10010接人工服务。", "或拨幺零零幺零接人工服务。"),
        ("请拨10000号。", "请拨幺零零零零号。"),
        ("满10000元", "满一万元"),
        ("满10,000", "满一万"),
        ("套餐129元", "套餐一百二十九元"),
        ("2元", "两元"),
        ("12元", "十二元"),
        ("2个月", "两个月"),
        ("2月2日", "二月二日"),
        ("2026年2月", "二零二六年二月"),
        ("2年", "两年"),
        ("95%", "百分之九十五"),
        ("12.5元", "十二点五元"),
        ("早8:00到晚21:30", "早八点到晚二十一点三十分"),
        ("2:05", "两点零五分"),
        ("021-61234567", "零二幺 六幺二三四五六七"),
        ("3-5天", "三至五天"),
        ("代码007", "代码零零七"),
        ("5G畅爽", "五G畅爽"),
        ("按１，拨１００１０", "按一，拨幺零零幺零"),
        ("没有数字", "没有数字"),
    ],
)
def test_chinese_words_have_their_numbers_written_out(written: str, read: str) -> None:
    """A synthesiser that reads 10010 as 十千十 sends callers to a number that does not exist."""
    assert reading(Piece("zh", written)) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("or dial 10010 for an advisor.", "or dial one zero zero one zero for an advisor."),
        ("code 007.", "code zero zero seven."),
        ("call 400-820-8820", "call four zero zero, eight two zero, eight eight two zero"),
        ("press 1.", "press 1."),
        ("10,000 yuan", "10,000 yuan"),
        ("12345.5 megabytes", "12345.5 megabytes"),
        ("from 08:00 to 21:30", "from 08:00 to 21:30"),
        ("order AB12345", "order AB12345"),
    ],
)
def test_english_words_have_what_is_dialled_written_out(written: str, read: str) -> None:
    """Quantities stay: a voice reads them well."""
    assert reading(Piece("en", written)) == read


def test_words_in_another_language_are_read_as_written() -> None:
    """We do not know better than its voice."""
    assert reading(Piece("fr", "appelez 10010")) == "appelez 10010"


# SAFETY: a Chinese voice is never given digits to misread.


@given(st.text("0123456789-.,:% 年月日元按拨aG０１", max_size=30))
def test_no_ascii_digit_is_left_for_a_chinese_voice(text: str) -> None:
    """However they are mixed, all digits become words."""
    assert not set("0123456789０１") & set(reading(Piece("zh", text)))


# LIVENESS: any text has a reading.


@given(st.sampled_from(["zh", "en"]), st.text(max_size=60) | st.text("01٠٩１²-:,.% ", max_size=30))
def test_any_text_has_a_reading(language: str, text: str) -> None:
    """No free text of a database breaks a call."""
    assert isinstance(reading(Piece(language, text)), str)
