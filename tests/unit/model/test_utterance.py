"""Utterances as they are written, alone and in one breath."""

from __future__ import annotations

from decimal import Decimal

from ivrctl.model.utterance import Said, Sound, SoundFolder, Utterance, apart, in_one_breath


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


MESSAGE = Said("recording", "voicemail-1")
STORM = Sound(SoundFolder.NOTICES, "n1-en-0", "A storm.")


def test_message_is_written_as_a_recording() -> None:
    """Nobody has written down what a caller said, and its name is nobody's to read."""
    assert Utterance("en", ("You said: ", MESSAGE, ".")).written == "You said: (recording)."


def test_recording_is_written_as_what_it_says() -> None:
    """Where somebody has written it down; else as a recording."""
    assert Utterance("en", (STORM,)).written == "A storm."
    assert Utterance("en", (Sound(SoundFolder.NOTICES, "n1-en-0", ""),)).written == "(recording)"


def test_recordings_stand_apart_from_the_words_around_them() -> None:
    """Each is a file of its own; a full stop alone is none."""
    whole = Utterance("en", ("You said: ", MESSAGE, ". Press 1.", STORM, MESSAGE, "."))
    assert [each.written for each in apart(whole)] == [
        "You said: ",
        "(recording)",
        ". Press 1.",
        "A storm.",
        "(recording)",
    ]


def test_words_and_other_values_stay_together() -> None:
    """An utterance without a recording is itself."""
    whole = Utterance("en", ("You have ", Said("number", Decimal(3)), " left."))
    assert apart(whole) == (whole,)
