from __future__ import annotations

from datetime import date
from decimal import Decimal

from ivrctl.flow.commands import KeyPressed, LookupFound, PromptEnded, Say
from ivrctl.model.utterance import Said

from .playbook import TWO_LANGUAGES, HangUp, Lost, asks, call, ends, looks_up, says

GREETING = """
    start:
      - play: Hello.
      - hangup: served
"""
GREETING_AND_MENU = """
    start:
      - play: Hello.
      - play: Our hours have changed.
      - menu: {choices: {"1": {say: Press 1., goto: bye}, "2": bye}}
        then: {otherwise: bye}
    bye:
      - hangup: served
"""


def test_says_its_text_and_goes_on() -> None:
    """A text is played, and the next action follows its end."""
    assert call(GREETING) << says("Hello.") >> PromptEnded() << ends("served")


def test_is_not_cut_by_keys_where_no_input_follows() -> None:
    """Keys do not cut a prompt after which nobody asks for any."""
    assert call(GREETING) << says("Hello.", keys_cut=False)


def test_key_cuts_it_and_is_the_first_key_of_the_input() -> None:
    """A key that cuts a prompt skips the prompts up to the input and answers it."""
    assert (
        call(GREETING_AND_MENU)
        << says("Hello.", keys_cut=True)
        >> KeyPressed("1")
        << ends("served")
    )  # fmt: skip


def test_input_after_an_uncut_prompt_is_asked() -> None:
    """A caller who types nothing hears every prompt, and then the question."""
    assert (
        call(GREETING_AND_MENU)
        << says("Hello.", keys_cut=True)
        >> PromptEnded()
        << says("Our hours have changed.", keys_cut=True)
        >> PromptEnded()
        << asks("Press 1.")
    )


def test_without_barge_in_it_is_heard_out_and_clears_what_was_typed() -> None:
    """A prompt that must be heard is not cut, and a key typed before it answers nothing after it."""
    steps = """
        start:
          - play: Hello.
          - play: {text: This call is recorded., barge_in: false}
          - menu: {choices: {"1": {say: Press 1., goto: bye}}}
            then: {otherwise: bye}
        bye:
          - hangup: served
    """
    assert (
        call(steps)
        << says("Hello.", keys_cut=True)
        >> KeyPressed("1")
        << says("This call is recorded.", keys_cut=False)
        >> PromptEnded()
        << asks("Press 1.")
    )


def test_key_before_a_queue_does_not_cut_it() -> None:
    """An input behind a queue is another conversation: keys do not cut what is said before the queue."""
    steps = """
        start:
          - play: Hello.
          - queue: {name: sales}
            then: {answered: rate, otherwise: rate}
        rate:
          - menu: {choices: {"1": {say: Rate us., goto: bye}}}
            then: {otherwise: bye}
        bye:
          - hangup: served
    """
    assert call(steps) << says("Hello.", keys_cut=False)


def test_is_passed_over_when_its_guard_says_no() -> None:
    """A guarded prompt is not played when its guard is false."""
    steps = """
        start:
          - play: Good day.
            when: call.subject == "faults"
          - play: Hello.
          - hangup: served
    """
    assert call(steps) << says("Hello.") >> PromptEnded() << ends("served")


def test_is_said_in_the_language_of_the_call() -> None:
    """A text of several languages is played in the caller's."""
    steps = """
        start:
          - play:
              zh: 您好。
              en: Hello.
          - hangup: served
    """
    assert call(steps, site=TWO_LANGUAGES) << says("zh:您好。")


def test_values_keep_the_format_in_which_they_are_spoken() -> None:
    """A value in a text goes out as a value with its format, not as text."""
    steps = """
        start:
          - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
            save: balance
            then: {otherwise: bye}
          - play: You owe {balance.amount}, on {today:date}.
          - goto: bye
        bye:
          - hangup: served
    """
    playbook = call(steps)
    found = LookupFound({"amount": Decimal("120.50"), "overdue": True, "due": None})
    assert playbook << looks_up("balance", number="+8613800138000") >> found << says("You owe 120.50, on 2026-02-14.")
    run = playbook.begin()
    run.resume(None, playbook.world)
    command = run.resume(found, playbook.world)
    assert isinstance(command, Say)
    said = [part for part in command.utterances[0].parts if isinstance(part, Said)]
    assert said == [Said("money", Decimal("120.50")), Said("date", date(2026, 2, 14))]


def test_caller_who_hangs_up_in_it_has_abandoned() -> None:
    """A hang-up in mid-prompt ends the call as abandoned."""
    assert call(GREETING) << says("Hello.") >> HangUp() << ends("abandoned", "the caller hung up")


def test_is_said_again_by_the_controller_that_takes_over() -> None:
    """A prompt that was cut by the loss of the controller is heard from its start."""
    assert call(GREETING) << says("Hello.") >> Lost() << says("Hello.") >> PromptEnded() << ends("served")
