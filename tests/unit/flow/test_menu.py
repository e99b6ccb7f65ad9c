from __future__ import annotations

from decimal import Decimal

from ivrctl.flow.commands import KeyPressed, KeysTimedOut, LookupFound, PromptEnded

from .playbook import TWO_LANGUAGES, HangUp, Lost, asks, call, ends, looks_up, says

MENU = """
    start:
      - menu:
          prompt: Welcome.
          choices:
            "1": {say: Orders press 1., goto: orders}
            "2": {say: Faults press 2., hangup: unserved}
            "*": start
        then: {no_input: silent, no_match: wrong}
    orders:
      - play: Orders.
      - hangup: served
    silent:
      - hangup: {as: refused, reason: silence}
    wrong:
      - hangup: {as: refused, reason: wrong keys}
"""
OFFER = "Welcome. Orders press 1. Faults press 2."
RATING = """
    start:
      - menu:
          prompt: Please rate us.
          choices:
            "1": {value: good}
            "2": {value: bad}
          attempts: 1
        save: rating
        then: {otherwise: bye}
      - play: You said {rating}.
      - goto: bye
    bye:
      - hangup: served
"""


def test_key_leads_to_its_target() -> None:
    """The prompt and the choices are one question; the key that is pressed leads to its target."""
    assert call(MENU) << asks(OFFER) >> KeyPressed("1") << says("Orders.")


def test_choice_may_end_the_call() -> None:
    """A choice's target can be an ending."""
    assert call(MENU) << asks(OFFER) >> KeyPressed("2") << ends("unserved")


def test_short_form_leads_to_a_step() -> None:
    """A key with nothing but a step leads there; here it asks the same again."""
    assert call(MENU) << asks(OFFER) >> KeyPressed("*") << asks(OFFER)


def test_silence_is_asked_again_and_then_is_no_input() -> None:
    """After three silences, each told, the outcome is no_input."""
    again = asks("We heard no key.", OFFER)
    assert (
        call(MENU)
        << asks(OFFER)
        >> KeysTimedOut()
        << again
        >> KeysTimedOut()
        << again
        >> KeysTimedOut()
        << ends("refused", "silence")
    )


def test_wrong_keys_are_asked_again_and_then_are_no_match() -> None:
    """After three wrong keys, each told, the outcome is no_match."""
    again = asks("That is no choice.", OFFER)
    assert (
        call(MENU)
        << asks(OFFER)
        >> KeyPressed("9")
        << again
        >> KeyPressed("#")
        << again
        >> KeyPressed("9")
        << ends("refused", "wrong keys")
    )


def test_last_try_names_the_outcome() -> None:
    """Silence after a wrong key counts as silence."""
    assert (
        call(MENU)
        << asks(OFFER)
        >> KeyPressed("9")
        << asks("That is no choice.", OFFER)
        >> KeyPressed("9")
        << asks("That is no choice.", OFFER)
        >> KeysTimedOut()
        << ends("refused", "silence")
    )


def test_right_key_after_a_wrong_one_counts() -> None:
    """A try that fails costs nothing but a try."""
    assert (
        call(MENU) << asks(OFFER) >> KeyPressed("9") << asks("That is no choice.", OFFER) >> KeyPressed("2")
    ) << ends("unserved")


def test_value_of_the_choice_is_saved() -> None:
    """A choice without a target goes on to the next action, and save keeps its value."""
    assert call(RATING) << asks("Please rate us.") >> KeyPressed("2") << says("You said bad.")


def test_attempts_of_its_own_replace_the_sites() -> None:
    """A menu with one attempt takes the first silence for an answer."""
    assert call(RATING) << asks("Please rate us.") >> KeysTimedOut() << ends("served")


def test_key_itself_is_saved_without_values() -> None:
    """Without values save keeps the key, also of a choice that leads elsewhere."""
    steps = """
        start:
          - menu: {choices: {"1": {say: Press a key., goto: told}, "2": told}}
            save: key
            then: {otherwise: bye}
        told:
          - play: Your key was {key}.
          - goto: bye
        bye:
          - hangup: served
    """
    assert call(steps) << asks("Press a key.") >> KeyPressed("2") << says("Your key was 2.")


def test_first_digit_of_its_own_replaces_the_sites() -> None:
    """The time for the first key can be the menu's own."""
    steps = MENU.replace("prompt: Welcome.", "prompt: Welcome.\n          first_digit: 8s")
    assert call(steps) << asks(OFFER, seconds=8)


def test_guard_hides_the_key_and_its_sentence() -> None:
    """A choice whose guard is false is neither said nor taken."""
    steps = """
        start:
          - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
            save: balance
            then: {otherwise: bye}
          - menu:
              choices:
                "1": {say: "Due on {balance.due}, press 1.", when: balance.due != none, goto: bye}
                "2": {say: Press 2., goto: bye}
            then: {otherwise: lost}
        lost:
          - hangup: unserved
        bye:
          - hangup: served
    """
    found = LookupFound({"amount": Decimal(1), "overdue": False, "due": None})
    assert (
        call(steps)
        << looks_up("balance", number="+8613800138000")
        >> found
        << asks("Press 2.")
        >> KeyPressed("1")
        << asks("That is no choice.", "Press 2.")
        >> KeyPressed("2")
        << ends("served")
    )


def test_key_typed_ahead_answers_without_a_question() -> None:
    """A key that waits in the type-ahead buffer is taken before anything is said."""
    steps = MENU.replace("start:\n      - menu", "start:\n      - play: Hello.\n      - menu")
    assert call(steps) << says("Hello.", keys_cut=True) >> KeyPressed("1") << says("Orders.")


def test_wrong_key_clears_what_was_typed_after_it() -> None:
    """After a no-match the caller starts over: the keys typed behind the wrong one are not taken."""
    steps = """
        start:
          - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
            then: {otherwise: ask}
          - goto: ask
        ask:
          - menu: {choices: {"1": {say: Press 1., goto: bye}}}
            then: {otherwise: bye}
        bye:
          - hangup: served
    """
    found = LookupFound({"amount": Decimal(1), "overdue": False, "due": None}, keys="91")
    assert (
        call(steps)
        << looks_up("balance", number="+8613800138000")
        >> found
        << asks("That is no choice.", "Press 1.")
    )  # fmt: skip


def test_is_said_in_the_language_of_the_call() -> None:
    """Prompt, choices and the site's own prompts are said in the caller's language."""
    steps = """
        start:
          - menu: {choices: {"1": {say: {zh: 请按1。, en: Press 1.}, goto: bye}}}
            then: {otherwise: bye}
        bye:
          - hangup: served
    """
    assert (
        call(steps, site=TWO_LANGUAGES)
        << asks("zh:请按1。")
        >> KeysTimedOut()
        << asks("zh:没有收到按键。", "zh:请按1。")
    )  # fmt: skip


def test_choice_may_lead_to_the_next_action_by_name() -> None:
    """The target next goes on in the same step."""
    steps = """
        start:
          - menu: {choices: {"1": {say: Press 1., goto: next}, "2": next}}
            then: {otherwise: next}
          - play: Thank you.
          - hangup: served
    """
    assert call(steps) << asks("Press 1.") >> KeyPressed("2") << says("Thank you.") >> PromptEnded() << ends("served")


def test_caller_who_hangs_up_in_it_has_abandoned() -> None:
    """A hang-up while a key is awaited ends the call as abandoned."""
    assert call(MENU) << asks(OFFER) >> HangUp() << ends("abandoned", "the caller hung up")


def test_controller_that_takes_over_asks_from_the_first_try() -> None:
    """A menu that was cut in its second try begins again: the caller has all tries."""
    assert (
        call(MENU)
        << asks(OFFER)
        >> KeysTimedOut()
        << asks("We heard no key.", OFFER)
        >> Lost()
        << asks(OFFER)
        >> KeyPressed("1")
        << says("Orders.")
    )
