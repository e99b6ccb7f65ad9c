"""From an utterance to pieces and pauses."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.errors import ConfigurationError
from ivrctl.model.utterance import Said, Utterance
from ivrctl.model.values import Scalar
from ivrctl.speech import FORMATS, MAX_FREE_TEXT, TONGUES, Item, Pause, Piece, fixed_words, pieces, vocabulary
from ivrctl.speech.piece import CLAUSE_PAUSE, SENTENCE_PAUSE, WORD_PAUSE


def split(language: str, *parts: str | Said) -> tuple[Item, ...]:
    return pieces(Utterance(language, parts), "CNY")


def zh(*texts: str) -> list[Piece]:
    return [Piece("zh", text) for text in texts]


def test_a_static_utterance_is_one_piece_and_the_pause_after_its_sentence() -> None:
    """A voice gets the whole sentence, so that its melody is right."""
    assert split("zh", "欢迎致电", "客户热线。") == (*zh("欢迎致电客户热线。"), SENTENCE_PAUSE)


def test_words_and_a_value_are_parted_by_a_breath() -> None:
    """Neither runs into the other."""
    [words, pause, *_] = split("zh", "您的余额是", Said("money", Decimal("120.50")), "。")
    assert [words, pause] == [*zh("您的余额是"), WORD_PAUSE]


def test_the_pieces_of_a_value_follow_without_a_pause() -> None:
    """A number sounds like one number."""
    assert split("zh", Said("money", Decimal("120.50"))) == tuple(zh("一百", "二十", "元", "五角"))


def test_punctuation_after_a_value_is_a_pause() -> None:
    """A full stop is heard, not spoken."""
    assert split("zh", Said("number", Decimal(5)), "。") == (*zh("五"), SENTENCE_PAUSE)


def test_a_comma_between_two_values_is_a_shorter_pause() -> None:
    """Two values do not become one."""
    assert split("zh", Said("number", Decimal(5)), "，", Said("number", Decimal(6))) == (
        *zh("五"),
        CLAUSE_PAUSE,
        *zh("六"),
    )


def test_two_values_side_by_side_are_parted_by_a_breath() -> None:
    """Twenty and five are not twenty-five."""
    assert split("en", Said("number", Decimal(20)), Said("number", Decimal(5)))[1] == WORD_PAUSE


def test_words_that_begin_with_punctuation_begin_with_its_pause() -> None:
    """The sentence that a value ended is over before the next begins."""
    assert split("zh", Said("digits", "5"), "。正确请按1") == (*zh("五"), SENTENCE_PAUSE, *zh("正确请按1"))


def test_an_utterance_of_punctuation_only_is_a_pause() -> None:
    """There is nothing to synthesise."""
    assert split("en", " … ") == (SENTENCE_PAUSE,)


def test_an_empty_utterance_has_no_items() -> None:
    """Nothing is nothing."""
    assert split("en", "") == ()


def test_line_breaks_in_words_are_blanks() -> None:
    """A text written over several lines is one sentence."""
    assert split("en", "Please\n  hold.")[0] == Piece("en", "Please hold.")


def test_free_text_is_marked() -> None:
    """It may be personal: it must be known from what is cached."""
    assert split("zh", Said("text", "畅爽套餐")) == (Piece("zh", "畅爽套餐", is_free=True),)


def test_free_text_is_cut() -> None:
    """A database cannot make a caller listen for an hour."""
    [piece] = split("en", Said("text", "word " * 1000))
    assert isinstance(piece, Piece)
    assert len(piece.text) <= MAX_FREE_TEXT


def test_free_text_loses_control_characters() -> None:
    """Line breaks and NULs are blanks."""
    assert split("en", Said("text", "one\r\ntwo\x00three")) == (Piece("en", "one two three", is_free=True),)


def test_free_text_without_a_word_is_nothing() -> None:
    """A voice is not asked to say a dash."""
    assert split("en", Said("text", " -- ")) == ()


def test_a_character_without_a_name_is_free_text_among_digits() -> None:
    """沪A12345 is said whole, though 沪 is in no vocabulary."""
    assert split("zh", Said("digits", "沪A"))[::2] == (Piece("zh", "沪", is_free=True), Piece("zh", "A"))


def test_a_date_with_a_time_is_said_as_its_day() -> None:
    """The time of day has a format of its own."""
    assert split("zh", Said("date", datetime(2026, 2, 24, 8, tzinfo=UTC)))[-1] == Piece("zh", "二十四日")


def test_a_regional_language_is_spoken_as_its_language() -> None:
    """zh-CN says numbers as zh does, in sounds of its own."""
    assert split("zh-CN", Said("number", Decimal(5))) == (Piece("zh-CN", "五"),)


def test_fixed_words_are_known_without_the_values() -> None:
    """Before any call there are no values yet."""
    utterance = Utterance("zh", ("您的余额是", Said("money", None), "。谢谢。"))
    assert fixed_words(utterance) == tuple(zh("您的余额是", "谢谢。"))


def test_fixed_words_are_the_very_pieces_of_the_utterance() -> None:
    """What is made before a call is what the call asks for."""
    utterance = Utterance("en", ("You used ", Said("number", Decimal(5)), " megabytes; ", Said("text", "x"), " left."))
    assert set(fixed_words(utterance)) <= set(pieces(utterance, "CNY"))


def test_values_in_an_unknown_language_are_refused_with_those_that_there_are() -> None:
    """The author learns what can be done instead."""
    with pytest.raises(ConfigurationError, match='values cannot be spoken in "fr"') as caught:
        split("fr", Said("number", Decimal(1)))
    assert "en, zh" in str(caught.value.advice)


def test_words_in_an_unknown_language_are_spoken() -> None:
    """A language needs no tables as long as nothing is computed."""
    assert split("fr", "Bonjour.") == (Piece("fr", "Bonjour."), SENTENCE_PAUSE)


def test_free_text_in_an_unknown_language_is_spoken() -> None:
    """A name is a name in every language."""
    assert split("fr", Said("text", "Paris")) == (Piece("fr", "Paris", is_free=True),)


def test_an_unknown_currency_is_refused_with_those_that_there_are() -> None:
    """Nobody hears an amount in the wrong money."""
    with pytest.raises(ConfigurationError, match='amounts in "XAU"'):
        pieces(Utterance("en", (Said("money", Decimal(1)),)), "XAU")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("money", "120"),
        ("money", None),
        ("number", Decimal("NaN")),
        ("number", Decimal("Infinity")),
        ("number", Decimal("1e999999")),
        ("date", "2026-02-24"),
        ("month", None),
        ("poem", "x"),
    ],
)
def test_a_value_that_its_format_cannot_say_is_refused(form: str, value: Scalar) -> None:
    """The checker excludes it; a fault elsewhere must not be spoken."""
    with pytest.raises(ValueError, match=r"cannot be said|no format"):
        split("zh", Said(form, value))


def test_a_number_beyond_words_is_said_digit_by_digit() -> None:
    """Ten to the fifteenth is a one and fifteen zeros."""
    assert split("en", Said("number", Decimal(10**15))) == tuple(Piece("en", word) for word in ["one", *["zero"] * 15])


@pytest.mark.parametrize("language", sorted(TONGUES))
def test_a_vocabulary_names_each_piece_once(language: str) -> None:
    """No sound is made twice."""
    found = vocabulary(language, "CNY")
    assert len(found) == len(set(found))


@pytest.mark.parametrize("language", sorted(TONGUES))
def test_a_vocabulary_can_be_made_within_seconds(language: str) -> None:
    """At some hundredths of a second a sound, four hundred are the price of a cup of tea, four thousand are not."""
    assert 200 < len(vocabulary(language, "CNY")) < 450


def test_a_language_without_spoken_values_has_no_vocabulary() -> None:
    """There is nothing to build for it."""
    assert vocabulary("fr", "EUR") == ()


def test_a_currency_that_a_language_cannot_name_leaves_the_other_formats() -> None:
    """A site without amounts needs no currency that we know."""
    assert Piece("zh", "二十") in vocabulary("zh", "XAU")
    assert Piece("zh", "元") not in vocabulary("zh", "XAU")


# LIVENESS: whatever a database or a caller gave, there is something to play.


@given(st.sampled_from(["digits", "text"]), st.sampled_from(["zh", "en"]), st.text(max_size=2000))
def test_any_text_can_be_said(form: str, language: str, text: str) -> None:
    """No text of a caller or a database breaks a call."""
    assert form in FORMATS
    for item in split(language, Said(form, text)):
        assert isinstance(item, Pause) or any(character.isalnum() for character in item.text)


@given(st.text(max_size=300))
def test_any_words_are_at_most_one_piece(text: str) -> None:
    """Words are never cut in pieces, so that static prompts are one sound."""
    assert sum(isinstance(item, Piece) for item in split("zh", text)) <= 1


@pytest.mark.parametrize(
    ("country", "number", "dialled"),
    [
        ("CN", "+8613800138000", "13800138000"),
        ("CN", "+862161234567", "02161234567"),
        ("GB", "+447700900001", "07700 900001"),
    ],
)
def test_number_of_the_own_country_is_said_as_it_is_dialled(country: str, number: str, dialled: str) -> None:
    """Who is at home in a country hears the 0 and not the country; without one, its code is said."""
    own = pieces(Utterance("en", (Said("phone", number),)), "CNY", country)
    assert own == split("en", Said("phone", dialled))
    assert split("en", Said("phone", number))[0] == Piece("en", "plus")


def test_number_from_abroad_is_said_with_its_country() -> None:
    """Dialled at home it would be another's."""
    abroad = Said("phone", "+447700900001")
    assert pieces(Utterance("en", (abroad,)), "CNY", "CN") == split("en", abroad)
