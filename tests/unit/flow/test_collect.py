from __future__ import annotations

from ivrctl.flow.commands import KeyPressed, KeysTimedOut

from .playbook import HangUp, Lost, Playbook, asks, awaits_key, call, ends, says

COLLECT = """
    start:
      - collect: {prompt: Your order number., digits: 3-5}
        save: number
        then: {no_input: silent, no_match: wrong}
      - play: Order {number}.
      - hangup: served
    silent:
      - hangup: {as: refused, reason: silence}
    wrong:
      - hangup: {as: refused, reason: wrong keys}
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
    assert playbook >> KeyPressed("#") << ends("refused", "wrong keys")


def test_silence_is_no_input_in_the_end() -> None:
    """After three silences the outcome is no_input."""
    again = asks("We heard no key.", "Your order number.")
    playbook = call(COLLECT) << ASKED >> KeysTimedOut() << again >> KeysTimedOut() << again
    assert playbook >> KeysTimedOut() << ends("refused", "silence")


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
        "silent:\n      - hangup: {as: refused, reason: silence}\n    ", ""
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
        << ends("refused", "wrong keys")
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
