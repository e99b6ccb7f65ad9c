"""Utterances as they are written, alone and in one breath."""

from __future__ import annotations

from decimal import Decimal

from ivrctl.model.utterance import Said, Utterance, in_one_breath


def test_value_is_written_in_its_one_form() -> None:
    """Words and values make one text."""
    assert Utterance("zh", ("您的余额是", Said("money", Decimal("120.50")), "。")).written == "您的余额是120.50。"


def test_english_texts_in_one_breath_have_a_space_between_them() -> None:
    """As a person writes sentences one after the other."""
    assert in_one_breath("en", ("Press 1.",), ("Press 2.",)).written == "Press 1. Press 2."


def test_chinese_texts_in_one_breath_have_none() -> None:
    """Wide punctuation stands for itself."""
    assert in_one_breath("zh", ("话费请按1。",), ("宽带请按2。",)).written == "话费请按1。宽带请按2。"


def test_text_that_ends_in_a_value_is_left_as_it_is() -> None:
    """No space is made up behind a value."""
    assert in_one_breath("en", (Said("number", Decimal(3)),), (" left.",)).written == "3 left."
