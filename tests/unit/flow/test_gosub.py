from __future__ import annotations

from ivrctl.flow.commands import KeyPressed, PromptEnded

from .playbook import HangUp, Lost, asks, call, ends, says

STEPS = """
    start:
      - set: {name: Ann}
      - gosub: {flow: ask, with: {what: orders, least: "3"}}
        save: answer
        then: {gave_up: {hangup: unserved}}
      - play: "{name} said {answer.key}."
      - hangup: served
"""
ASK = """
    params: {what: [orders, faults], least: number}
    outcomes: [gave_up]
    returns: {key: text}
    steps:
      start:
        - set: {name: Bob}
        - menu:
            prompt: About {what}, at least {least}.
            choices: {"1": {value: yes}, "2": {return: gave_up}}
          save: key
          then: {otherwise: {return: gave_up}}
        - return: done
"""
QUESTION = asks("About orders, at least 3.")


def test_enters_the_flow_with_its_params() -> None:
    """The sub-flow begins at start, and its params have the values that were passed, in their declared types."""
    playbook = call(STEPS, ask=ASK)
    assert playbook << QUESTION
    assert str(type(playbook.position.frame.names["least"]).__name__) == "Decimal"


def test_good_outcome_goes_on_with_what_was_returned() -> None:
    """After done the next action follows, and save has the values that the flow returns."""
    assert call(STEPS, ask=ASK) << QUESTION >> KeyPressed("1") << says("Ann said yes.")


def test_other_outcome_leads_where_then_says() -> None:
    """A declared outcome of the sub-flow leads to its target."""
    assert call(STEPS, ask=ASK) << QUESTION >> KeyPressed("2") << ends("unserved")


def test_names_of_a_flow_are_its_own() -> None:
    """A name set in the sub-flow changes nothing in the flow that entered it."""
    playbook = call(STEPS, ask=ASK)
    assert playbook << QUESTION >> KeyPressed("1") << says("Ann said yes.")
    assert playbook.position.frame.names["name"] == "Ann"


def test_call_fields_are_shared() -> None:
    """A call field set in the sub-flow is there when it has returned."""
    sub = """
        steps:
          start:
            - set: {call.subject: faults}
            - return: done
    """
    steps = """
        start:
          - gosub: {flow: sub}
          - hangup: served
            when: call.subject == "faults"
          - hangup: unserved
    """
    assert call(steps, sub=sub) << ends("served")


def test_returned_value_may_be_none() -> None:
    """A return that is declared with ? is none where the flow never set it."""
    sub = """
        returns: {order: digits?}
        steps:
          start:
            - return: done
    """
    steps = """
        start:
          - gosub: {flow: sub}
            save: got
          - hangup: served
            when: got.order == none
          - hangup: unserved
    """
    assert call(steps, sub=sub) << ends("served")


def test_flows_within_flows_are_bounded() -> None:
    """A flow that enters itself without end brings the caller to a person."""
    steps = """
        start:
          - gosub: {flow: deep}
          - hangup: served
    """
    deep = """
        steps:
          start:
            - play: Deeper.
            - gosub: {flow: deep}
            - return: done
    """
    playbook = call(steps, deep=deep) << says("Deeper.")
    for _ in range(8):
        playbook = playbook >> PromptEnded() << says("Deeper.")
    assert playbook >> PromptEnded() << ends("fallback", "more than 10 flows within flows at deep/start[1]")


def test_caller_who_hangs_up_in_the_sub_flow_has_abandoned() -> None:
    """A hang-up in a sub-flow ends the whole call."""
    assert call(STEPS, ask=ASK) << QUESTION >> HangUp() << ends("abandoned", "the caller hung up")


def test_stack_survives_the_controller() -> None:
    """A sub-flow goes on in another controller, and returns to the flow that entered it."""
    assert call(STEPS, ask=ASK) << QUESTION >> Lost() << QUESTION >> KeyPressed("1") << says("Ann said yes.")
