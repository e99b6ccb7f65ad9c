from __future__ import annotations

from ivrctl.flow.commands import KeyPressed, KeysTimedOut

from .playbook import TWO_LANGUAGES, HangUp, Lost, Playbook, asks, awaits_key, call, ends, says

COLLECT = """
    start:
      - collect: {prompt: Your order number., digits: 3-5}
        save: number
        then: {no_input: silent, no_match: wrong}
      - play: Order {number}.
      - hangup: served
    silent:
      - hangup: {as: unserved, reason: silence}
    wrong:
      - hangup: {as: unserved, reason: wrong keys}
"""
ASKED = asks("Your order number.")
ASKED_AGAIN = asks("That is no choice.", "Your order number.")


def _keyed(playbook: Playbook, keys: str) -> Playbook:
    """Key a number, of which each key but the last is followed by the wait for the next."""
    for key in keys[:-1]:
        playbook = playbook >> KeyPressed(key) << awaits_key()
    return playbook >> KeyPressed(keys[-1])


def test_greatest_length_ends_the_number() -> None:
    """The last possible digit ends the input without waiting."""
    assert _keyed(call(COLLECT) << ASKED, "12345") << says("Order 12345.")


def test_hash_ends_the_number_early() -> None:
    """A shorter number is ended by the hash key, which is not part of it."""
    assert _keyed(call(COLLECT) << ASKED, "0042#") << says("Order 0042.")


def test_silence_after_enough_digits_ends_the_number() -> None:
    """The inter-digit time ends a number that is long enough."""
    playbook = _keyed(call(COLLECT) << ASKED, "123") << awaits_key()
    assert playbook >> KeysTimedOut() << says("Order 123.")


def test_exact_length_takes_that_many() -> None:
    """A length that is one number ends with that digit."""
    steps = COLLECT.replace("digits: 3-5", "digits: 4")
    assert _keyed(call(steps) << ASKED, "1234") << says("Order 1234.")


def test_too_few_digits_are_asked_again() -> None:
    """A number that ends too short is a wrong entry, and is asked again."""
    assert _keyed(call(COLLECT) << ASKED, "12#") << ASKED_AGAIN


def test_too_few_digits_by_silence_are_asked_again() -> None:
    """A number that stops too short is a wrong entry too."""
    assert _keyed(call(COLLECT) << ASKED, "12") << awaits_key() >> KeysTimedOut() << ASKED_AGAIN


def test_hash_alone_is_a_wrong_entry_and_no_silence() -> None:
    """A caller who presses only hash has pressed a key, and is not told that none was heard."""
    assert call(COLLECT) << ASKED >> KeyPressed("#") << ASKED_AGAIN


def test_wrong_entries_are_no_match_in_the_end() -> None:
    """After three wrong entries the outcome is no_match."""
    playbook = call(COLLECT) << ASKED >> KeyPressed("#") << ASKED_AGAIN >> KeyPressed("#") << ASKED_AGAIN
    assert playbook >> KeyPressed("#") << ends("unserved", "wrong keys")


def test_silence_is_no_input_in_the_end() -> None:
    """After three silences the outcome is no_input."""
    again = asks("We heard no key.", "Your order number.")
    playbook = call(COLLECT) << ASKED >> KeysTimedOut() << again >> KeysTimedOut() << again
    assert playbook >> KeysTimedOut() << ends("unserved", "silence")


def test_star_cancels_where_that_is_named() -> None:
    """The star is the outcome cancelled where then names it, also after some digits."""
    steps = (
        COLLECT.replace("no_input: silent", "cancelled: gone, no_input: silent")
        + """
    gone:
      - hangup: unserved
    """
    )
    assert _keyed(call(steps) << ASKED, "12*") << ends("unserved")


def test_star_is_a_wrong_key_where_it_is_not_named() -> None:
    """Without the outcome cancelled the star is a wrong entry."""
    assert call(COLLECT) << ASKED >> KeyPressed("*") << ASKED_AGAIN


def test_otherwise_does_not_name_the_star() -> None:
    """The outcome cancelled exists only where it is written: otherwise does not bring it into being."""
    steps = COLLECT.replace("{no_input: silent, no_match: wrong}", "{otherwise: wrong}").replace(
        "silent:\n      - hangup: {as: unserved, reason: silence}\n    ", ""
    )
    assert call(steps) << ASKED >> KeyPressed("*") << ASKED_AGAIN


def test_times_and_attempts_of_its_own_replace_the_sites() -> None:
    """First-digit time, inter-digit time and attempts can be the action's own."""
    steps = COLLECT.replace("digits: 3-5", "digits: 3-5, first_digit: 9s, between: 4s, attempts: 1")
    assert (
        call(steps)
        << asks("Your order number.", seconds=9)
        >> KeyPressed("1")
        << awaits_key(4)
        >> KeysTimedOut()
        << ends("unserved", "wrong keys")
    )


def test_key_typed_ahead_is_its_first_digit() -> None:
    """The key that cut the prompt before it is the first digit, and nothing is asked."""
    steps = COLLECT.replace("start:\n", "start:\n      - play: Hello.\n")
    playbook = call(steps) << says("Hello.", keys_cut=True) >> KeyPressed("7") << awaits_key()
    assert _keyed(playbook, "89#") << says("Order 789.")


def test_caller_who_hangs_up_between_digits_has_abandoned() -> None:
    """A hang-up in the middle of a number ends the call as abandoned."""
    assert (
        call(COLLECT) << ASKED >> KeyPressed("1") << awaits_key() >> HangUp() << ends("abandoned", "the caller hung up")
    )


def test_controller_that_takes_over_asks_for_the_whole_number() -> None:
    """Half a number is forgotten with the controller: the question is heard again."""
    playbook = _keyed(call(COLLECT) << ASKED, "12") << awaits_key() >> Lost() << ASKED
    assert _keyed(playbook, "345#") << says("Order 345.")


CHECKED = COLLECT.replace("digits: 3-5", "digits: 3, check: it != '123'")
CONFIRMED = COLLECT.replace("digits: 3-5", 'digits: 3, confirm: "{it:digits}, right?"')
READ_BACK = asks("123, right?")


def test_number_that_the_check_refuses_is_a_wrong_entry() -> None:
    """What must hold of a number and does not is told in the site's words, and asked again."""
    checked = CHECKED.replace("'", '"').replace('it != "123"', "'it != \"123\"'")
    assert _keyed(_keyed(call(checked) << ASKED, "123") << ASKED_AGAIN, "124") << says("Order 124.")


def test_check_may_speak_of_the_names_of_the_flow() -> None:
    """A number is compared with what the flow knows."""
    steps = COLLECT.replace("digits: 3-5", "digits: 3, check: it == known").replace(
        "start:\n", 'start:\n      - set: {known: "555"}\n'
    )
    assert _keyed(_keyed(call(steps) << ASKED, "123") << ASKED_AGAIN, "555") << says("Order 555.")


def test_number_is_read_back_and_1_takes_it() -> None:
    """The text that reads the number back says its digits."""
    assert _keyed(call(CONFIRMED) << ASKED, "123") << READ_BACK >> KeyPressed("1") << says("Order 123.")


def test_2_is_one_more_try() -> None:
    """A caller who says that the number is wrong is asked again, without being told what he knows."""
    playbook = _keyed(call(CONFIRMED) << ASKED, "123") << READ_BACK >> KeyPressed("2") << ASKED
    assert _keyed(playbook, "124") << asks("124, right?") >> KeyPressed("1") << says("Order 124.")


def test_tries_are_bounded_by_attempts() -> None:
    """Who refuses his own number three times has had his tries."""
    playbook = call(CONFIRMED)
    for _ in range(3):
        playbook = _keyed(playbook << ASKED, "123") << READ_BACK >> KeyPressed("2")
    assert playbook << ends("unserved", "wrong keys")


def test_silence_and_wrong_keys_have_the_number_read_back_again() -> None:
    """A question that was not answered is asked again, and a number that is never confirmed costs a try."""
    playbook = _keyed(call(CONFIRMED) << ASKED, "123") << READ_BACK >> KeysTimedOut()
    playbook = playbook << asks("We heard no key.", "123, right?") >> KeyPressed("7")
    assert playbook << asks("That is no choice.", "123, right?") >> KeysTimedOut() << ASKED


def test_site_has_the_words_where_the_flow_writes_none() -> None:
    """With confirm: true the site's prompts.confirm is said, in the caller's language."""
    site = TWO_LANGUAGES.replace("prompts:\n", 'prompts:\n  confirm: {zh: "{it:digits}对吗?", en: "{it:digits}?"}\n')
    steps = CONFIRMED.replace('confirm: "{it:digits}, right?"', "confirm: true")
    steps = steps.replace("prompt: Your order number.", "prompt: {zh: 请输入。, en: Enter it.}")
    steps = steps.replace("play: Order {number}.", 'play: "{number}"')
    playbook = _keyed(call(steps, site=site) << asks("zh:请输入。"), "123")
    assert playbook << asks("zh:123对吗?") >> KeyPressed("1") << says("zh:123")


def test_key_typed_ahead_confirms() -> None:
    """A caller who knows the question answers before it is asked; keys behind a refusal of it are not taken."""
    steps = CONFIRMED.replace("start:\n", "start:\n      - play: Hello.\n").replace("digits: 3,", "digits: 1,")
    playbook = call(steps) << says("Hello.", keys_cut=True) >> KeyPressed("7")
    assert playbook << asks("7, right?") >> KeyPressed("1") << says("Order 7.")


def test_caller_who_hangs_up_while_it_is_read_back_has_abandoned() -> None:
    """A number that was not confirmed is no answer."""
    playbook = _keyed(call(CONFIRMED) << ASKED, "123") << READ_BACK >> HangUp()
    assert playbook << ends("abandoned", "the caller hung up")


def test_controller_that_takes_over_asks_for_the_number_again() -> None:
    """A number that was being read back is forgotten with the controller."""
    assert _keyed(call(CONFIRMED) << ASKED, "123") << READ_BACK >> Lost() << ASKED
