from __future__ import annotations

from decimal import Decimal

from ivrctl.flow.commands import KeyPressed, LookupFailed, LookupFound, LookupMissing, PromptEnded

from .playbook import TWO_LANGUAGES, HangUp, Lost, asks, call, ends, looks_up, says

STEPS = """
    start:
      - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
        save: balance
        then: {missing: unknown, failed: {hangup: unserved}}
      - play: Your balance is {balance.amount}.
      - play: Please pay.
        when: balance.overdue
      - menu: {choices: {"1": {say: Press 1., goto: more}, "2": more}}
        then: {otherwise: more}
    more:
      - menu: {choices: {"1": {say: More., goto: more}, "2": {hangup: served}}}
        then: {otherwise: more}
    unknown:
      - play: We do not know you.
      - hangup: unserved
"""
QUESTION = looks_up("balance", number="+8613800138000")
ROW = {"amount": Decimal("12.00"), "overdue": False, "due": None}


def test_row_is_saved_under_its_name() -> None:
    """The row that was found can be said and asked by its fields."""
    assert call(STEPS) << QUESTION >> LookupFound(ROW) << says("Your balance is 12.00.", keys_cut=True)


def test_fields_of_the_row_guard_what_follows() -> None:
    """A field that is true lets a guarded action through."""
    assert (
        call(STEPS)
        << QUESTION
        >> LookupFound({**ROW, "overdue": True})
        << says("Your balance is 12.00.", keys_cut=True)
        >> PromptEnded()
        << says("Please pay.", keys_cut=True)
    )


def test_missing_row_is_an_outcome() -> None:
    """No such row leads where missing says."""
    assert call(STEPS) << QUESTION >> LookupMissing() << says("We do not know you.")


def test_failure_is_an_outcome() -> None:
    """No usable answer leads where failed says."""
    assert call(STEPS) << QUESTION >> LookupFailed("no answer within 3 s") << ends("unserved")


def test_key_pressed_meanwhile_answers_the_next_input() -> None:
    """A key that was pressed while the caller waited skips the prompts and answers the menu."""
    assert call(STEPS) << QUESTION >> LookupFound(ROW, keys="2") << asks("More.")


def test_keys_pressed_meanwhile_answer_in_their_order() -> None:
    """Several keys answer one input after the other."""
    assert call(STEPS) << QUESTION >> LookupFound(ROW, keys="12") << ends("served")


def test_keys_pressed_meanwhile_survive_a_failure() -> None:
    """Keys count also where the lookup has another outcome."""
    steps = STEPS.replace("failed: {hangup: unserved}", "failed: more")
    assert call(steps) << QUESTION >> LookupFailed("away", keys="2") << ends("served")


def test_keys_pressed_meanwhile_are_dropped_where_no_input_follows() -> None:
    """Where no input can follow, keys are not steps for another part of the call."""
    sub = """
        steps:
          start:
            - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
              then: {otherwise: {return: done}}
            - return: done
    """
    steps = """
        start:
          - gosub: {flow: sub}
          - menu: {choices: {"1": {say: Press 1., goto: bye}}}
            then: {otherwise: bye}
        bye:
          - hangup: served
    """
    assert call(steps, sub=sub) << QUESTION >> LookupFound(ROW, keys="1") << asks("Press 1.")


def test_keys_typed_during_a_lookup_survive_the_controller() -> None:
    """Type-ahead is part of the position, and answers an input of the controller that takes over."""
    steps = """
        start:
          - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
            then: {otherwise: again}
          - goto: again
        again:
          - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
            then: {otherwise: ask}
          - goto: ask
        ask:
          - menu: {choices: {"7": {say: Press 7., hangup: served}}}
            then: {otherwise: {hangup: unserved}}
    """
    assert (
        call(steps)
        << QUESTION
        >> LookupFound(ROW, keys="7")
        << QUESTION
        >> Lost()
        << QUESTION
        >> LookupFound(ROW)
        << ends("served")
    )


def test_written_parameters_have_the_declared_types() -> None:
    """A parameter that is written out goes to the database as what the site declares, not as text."""
    steps = """
        start:
          - lookup: {query: best, with: {least: "100.5", before: "2026-01-01"}, timeout: 1s}
            then: {otherwise: bye}
          - goto: bye
        bye:
          - hangup: served
    """
    assert call(steps) << looks_up("best", 1, least="Decimal(100.5)", before="date(2026-01-01)")


def test_one_moment_goes_with_the_question_in_the_callers_language() -> None:
    """Whoever waits for the answer is given what the caller hears meanwhile."""
    steps = """
        start:
          - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
            then: {otherwise: bye}
          - goto: bye
        bye:
          - hangup: served
    """
    playbook = call(steps, site=TWO_LANGUAGES)
    command = playbook.begin().resume(None, playbook.world)
    assert command.one_moment.written == "请稍候。"


def test_withheld_number_is_asked_as_it_is() -> None:
    """A caller without a number is looked up with an empty one, which no row has."""
    assert call(STEPS, caller="") << looks_up("balance", number="") >> LookupMissing() << says("We do not know you.")


def test_caller_who_hangs_up_meanwhile_has_abandoned() -> None:
    """A hang-up while the answer is awaited ends the call as abandoned."""
    assert call(STEPS) << QUESTION >> HangUp() << ends("abandoned", "the caller hung up")


def test_is_asked_again_by_the_controller_that_takes_over() -> None:
    """A lookup only reads: it is asked again."""
    assert call(STEPS) << QUESTION >> Lost() << QUESTION >> LookupMissing() << says("We do not know you.")


def test_saved_row_survives_the_controller() -> None:
    """What was saved is in the position, with its types."""
    assert (
        call(STEPS)
        << QUESTION
        >> LookupFound(ROW)
        << says("Your balance is 12.00.", keys_cut=True)
        >> Lost()
        << says("Your balance is 12.00.", keys_cut=True)
        >> KeyPressed("1")
        << asks("More.")
    )
