from __future__ import annotations

from decimal import Decimal

from ivrctl.flow.commands import KeyPressed, KeysTimedOut, LookupFound, PromptEnded

from .playbook import TWO_LANGUAGES, HangUp, Lost, Playbook, asks, awaits_key, call, dials, ends, looks_up, says

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
      - hangup: {as: unserved, reason: silence}
    wrong:
      - hangup: {as: unserved, reason: wrong keys}
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
        << ends("unserved", "silence")
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
        << ends("unserved", "wrong keys")
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
        << ends("unserved", "silence")
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


EXTENSIONS = """
    start:
      - menu:
          prompt: Key an extension.
          choices:
            "0": {say: For anybody press 0., goto: anybody}
            "8": {goto: eight}
            "8100": {goto: hundred}
            "_81XX": {}
        save: number
        then: {no_input: silent, no_match: wrong}
      - dial: {to: "{number}"}
        then: {answered: {hangup: served}, otherwise: silent}
    anybody: [{play: Anybody.}, {hangup: served}]
    eight: [{play: "Eight, keyed as {number}."}, {hangup: served}]
    hundred: [{play: "Hundred, keyed as {number}."}, {hangup: served}]
    silent: [{hangup: {as: unserved, reason: silence}}]
    wrong: [{hangup: {as: unserved, reason: wrong keys}}]
"""
KEY_IT = "Key an extension. For anybody press 0."


def _keyed(playbook: Playbook, keys: str) -> Playbook:
    """Key an entry, of which each key but the last is followed by the wait for the next."""
    for key in keys[:-1]:
        playbook = playbook >> KeyPressed(key) << awaits_key()
    return playbook >> KeyPressed(keys[-1])


def test_key_that_begins_no_longer_entry_counts_at_once() -> None:
    """Beside entries of four keys a single key is taken without waiting for a second."""
    assert call(EXTENSIONS) << asks(KEY_IT) >> KeyPressed("0") << says("Anybody.")


def test_keys_of_a_pattern_are_saved_and_dialled() -> None:
    """Four keys that a pattern lets through are what save keeps, and an extension where one is due."""
    assert _keyed(call(EXTENSIONS) << asks(KEY_IT), "8123") << dials("8123", "PJSIP/8123")


def test_exact_entry_wins_over_a_pattern() -> None:
    """What is written out is chosen, though a pattern lets it through too."""
    assert _keyed(call(EXTENSIONS) << asks(KEY_IT), "8100") << says("Hundred, keyed as 8100.")


def test_key_beside_a_longer_entry_is_decided_by_the_time_between() -> None:
    """8 alone and 81XX begin alike: when no second key comes in time, it was 8 alone."""
    assert (
        call(EXTENSIONS)
        << asks(KEY_IT)
        >> KeyPressed("8")
        << awaits_key()
        >> KeysTimedOut()
        << says("Eight, keyed as 8.")
    )  # fmt: skip


def test_hash_ends_the_wait_for_a_longer_entry() -> None:
    """A caller who knows says so with the hash key, which is no part of what he keyed."""
    assert _keyed(call(EXTENSIONS) << asks(KEY_IT), "8#") << says("Eight, keyed as 8.")


def test_keys_that_lead_nowhere_are_wrong_at_once() -> None:
    """85 begins nothing: nobody waits for the rest."""
    assert _keyed(call(EXTENSIONS) << asks(KEY_IT), "85") << asks("That is no choice.", KEY_IT)


def test_unfinished_entry_is_wrong_and_no_silence() -> None:
    """812 and nothing more is a wrong entry."""
    assert (
        _keyed(call(EXTENSIONS) << asks(KEY_IT), "812")
        << awaits_key()
        >> KeysTimedOut()
        << asks("That is no choice.", KEY_IT)
    )


def test_time_between_of_its_own_replaces_the_sites() -> None:
    """The inter-digit time can be the menu's own."""
    steps = EXTENSIONS.replace("prompt: Key", "between: 1s\n          prompt: Key")
    assert call(steps) << asks(KEY_IT) >> KeyPressed("8") << awaits_key(1)


def test_caller_who_hangs_up_between_keys_has_abandoned() -> None:
    """A hang-up in the middle of an extension ends the call as abandoned."""
    assert (
        call(EXTENSIONS)
        << asks(KEY_IT)
        >> KeyPressed("8")
        << awaits_key()
        >> HangUp()
        << ends("abandoned", "the caller hung up")
    )


BRANCHES = """
    start:
      - lookup: {query: branches, with: {city: "21"}, timeout: 3s}
        save: branches
        then: {missing: nothing, failed: nothing}
      - menu:
          prompt: Which branch?
          from:
            rows: "{branches}"
            say: "{it.name}: press {it.key}."
            when: it.state == "open"
            value: "{it.extension}"
          choices: {"0": {say: For none press 0., value: none}}
        save: branch
        then: {empty: nothing, no_input: silent, no_match: silent}
      - play: You chose {branch}.
      - hangup: served
    nothing: [{hangup: {as: unserved, reason: no branch}}]
    silent: [{hangup: unserved}]
"""
NORTH = {"name": "North", "extension": "8101", "state": "open"}
SOUTH = {"name": "South", "extension": "8102", "state": "open"}
CLOSED = {"name": "West", "extension": "8103", "state": "closed"}
WHICH = "Which branch? North: press 1. South: press 2. For none press 0."


def _asked(*rows: dict[str, str], steps: str = BRANCHES) -> Playbook:
    return call(steps) << looks_up("branches", city="21") >> LookupFound(rows)


def test_rows_are_choices_numbered_in_their_order() -> None:
    """One choice for each row whose guard holds, and what is written beside; save keeps the value of the row."""
    assert _asked(NORTH, CLOSED, SOUTH) << asks(WHICH) >> KeyPressed("2") << says("You chose 8102.")


def test_written_choice_stands_beside_the_rows() -> None:
    """A key that is no row's leads where it says."""
    assert _asked(NORTH, SOUTH) << asks(WHICH) >> KeyPressed("0") << says("You chose none.")


def test_no_row_to_offer_is_an_outcome_of_its_own() -> None:
    """Where every row is hidden nothing is asked."""
    assert _asked(CLOSED) << ends("unserved", "no branch")


def test_row_that_is_not_there_is_a_wrong_key() -> None:
    """The keys of rows end with the rows."""
    assert _asked(NORTH, SOUTH) << asks(WHICH) >> KeyPressed("3") << asks("That is no choice.", WHICH)


def test_key_of_a_row_may_be_a_field() -> None:
    """What is keyed for a row can stand in it; a row with no keys in that field, or with another's, is not offered."""
    steps = BRANCHES.replace('value: "{it.extension}"', 'key: "{it.extension}"').replace("press {it.key}", "now")
    broken, again = {**SOUTH, "extension": "x"}, {**SOUTH, "name": "Again", "extension": "8101"}
    playbook = _asked(broken, NORTH, again, steps=steps) << asks("Which branch? North: now. For none press 0.")
    assert _keyed(playbook, "8101") << says("You chose 8101.")


def test_row_whose_key_a_choice_has_is_not_offered() -> None:
    """A choice that is written out wins; where that leaves no row, there is none to offer."""
    steps = BRANCHES.replace('value: "{it.extension}"', 'key: "{it.extension}"').replace("press {it.key}", "now")
    taken = {**SOUTH, "extension": "0"}
    assert _asked(taken, NORTH, steps=steps) << asks("Which branch? North: now. For none press 0.")
    assert _asked(taken, steps=steps) << ends("unserved", "no branch")


def test_ten_rows_are_told_apart_by_the_time_between() -> None:
    """The first of ten rows is 1, the tenth 10."""
    rows = [{**NORTH, "name": f"N{number}", "extension": f"81{number:02}"} for number in range(1, 11)]
    steps = BRANCHES.replace('say: "{it.name}: press {it.key}."', 'say: "{it.key}."')
    asked = asks("Which branch? 1. 2. 3. 4. 5. 6. 7. 8. 9. 10. For none press 0.")
    assert _keyed(_asked(*rows, steps=steps) << asked, "10") << says("You chose 8110.")
    assert (
        _asked(*rows, steps=steps)
        << asked
        >> KeyPressed("1")
        << awaits_key()
        >> KeysTimedOut()
        << says("You chose 8101.")
    )


def test_rows_are_there_for_the_controller_that_takes_over() -> None:
    """The list is in the position: nothing is looked up again."""
    assert _asked(NORTH, SOUTH) << asks(WHICH) >> Lost() << asks(WHICH) >> KeyPressed("1") << says("You chose 8101.")
