"""Recordings in a call over AGI: each a prompt of its own, and what happens when one cannot be played."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ivrctl.model.notice import Notice
from ivrctl.model.utterance import Said, Sound, SoundFolder, Utterance
from ivrctl.service.speaking import by_language

from .controllers import BEGAN, Start, said

PLAYS_BACK = """
    lines: {"100": start}
    steps:
      start:
        - voicemail: {box: office}
          save: message
          then: {otherwise: {hangup: unserved}}
        - play: "You said: {message}. Thank you."
        - menu:
            prompt: "{message}"
            choices: {"1": {goto: end}}
          then: {otherwise: {hangup: unserved}}
      end: [{hangup: served}]
"""
STORM = Sound(SoundFolder.NOTICES, "n1-en-0", "A storm.")


def test_recording_is_said_between_the_words_around_it() -> None:
    """The words of one language stay one prompt; a recording is none of theirs."""
    spoken = (
        Utterance("en", ("Hello.",)),
        Utterance("en", ("You said: ", Said("recording", "voicemail-1"), ". Press 1.")),
        Utterance("en", ("Press 2.",)),
        Utterance("en", (STORM,)),
        Utterance("en", ("Balance: ", Said("number", Decimal(3)))),
    )
    assert [each.written for each in by_language(spoken)] == [
        "Hello. You said: ",
        "(recording)",
        ". Press 1. Press 2.",
        "A storm.",
        "Balance: 3",
    ]


async def test_caller_hears_his_message_back(controller_of: Start) -> None:
    """Behind the words, and as the last that he hears before he presses a key."""
    controller = await controller_of(PLAYS_BACK)
    caller = controller.call()
    await caller.is_recorded()
    await caller.press("#", after=10)
    for text in ("You said: ", "(recording)", ". Thank you.", "(recording)"):
        await caller.hears(text)
    await caller.press("1")
    await caller.ends()
    assert said(await controller.record()) == ["You said: (recording). Thank you.", "(recording)"]
    assert controller.faults == []


async def test_message_is_asked_for_by_its_leg_and_its_hand_off(controller_of: Start) -> None:
    """Nobody can hear the message of another call."""
    controller = await controller_of(PLAYS_BACK)
    caller = controller.call()
    await caller.is_recorded()
    await caller.press("#", after=10)
    await caller.hears("(recording)")
    caller.hang_up()
    record = await controller.record()
    [sound] = {part for each in controller.voice.prepared for part in each.parts if isinstance(part, Sound)}
    assert sound == Sound(SoundFolder.MESSAGES, f"{record.leg}-voicemail-1", "")


async def test_message_that_cannot_be_played_is_told_and_passed_over(controller_of: Start) -> None:
    """The call goes on: the caller hears the words around it, and is asked all the same."""
    controller = await controller_of(PLAYS_BACK)
    controller.voice.unmade.add("(recording)")
    caller = controller.call()
    await caller.is_recorded()
    await caller.press("#", after=10)
    await caller.hears(". Thank you.")
    await caller.press("1", after=4)
    await caller.ends()
    assert (await controller.record()).ending == "served"
    assert controller.faults == ["no prompt for '(recording)': no space left on device"] * 2


GREETS = """
    lines: {"100": start}
    steps: {start: [{play: Hello.}, {hangup: served}]}
"""


def storm(text: str) -> Notice:
    """A notice that was recorded."""
    texts = {"en": text} if text else {}
    return Notice("n1", texts, BEGAN, BEGAN + timedelta(hours=1), recordings={"en": STORM.file})


async def test_notice_is_heard_as_it_was_recorded(controller_of: Start) -> None:
    """The transcript has what it says."""
    controller = await controller_of(GREETS)
    controller.notices.append(storm("A storm."))
    caller = controller.call()
    await caller.hears("A storm.")
    await caller.hears("Hello.")
    await caller.ends()
    assert controller.voice.prepared[0] == Utterance("en", (STORM,))
    assert controller.faults == []


async def test_words_of_a_notice_are_spoken_when_its_recording_is_broken(controller_of: Start) -> None:
    """Callers are told of the storm by a voice, and whoever runs the site of the file."""
    controller = await controller_of(GREETS)
    controller.notices.append(storm("A storm."))
    controller.voice.broken.add(STORM.file)
    caller = controller.call()
    await caller.hears("A storm.")
    await caller.hears("Hello.")
    await caller.ends()
    assert Utterance("en", ("A storm.",)) in controller.voice.prepared
    assert controller.faults == ["no prompt for 'A storm.': cut short"]


async def test_broken_notice_without_words_is_passed_over(controller_of: Start) -> None:
    """Nobody has written down what it says; the call goes on."""
    controller = await controller_of(GREETS)
    controller.notices.append(storm(""))
    controller.voice.broken.add(STORM.file)
    caller = controller.call()
    await caller.hears("Hello.")
    await caller.ends()
    assert controller.faults == ["no prompt for '(recording)': cut short"]
