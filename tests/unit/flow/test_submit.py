from __future__ import annotations

from ivrctl.flow.commands import KeyPressed, PromptEnded, SubmitFailed, Submitted

from .playbook import BackElsewhere, HangUp, Lost, asks, call, ends, queues, says, submits

STEPS = """
    start:
      - submit: {to: note, with: {text: "called {call.line}"}}
        then: {failed: sorry}
      - menu: {choices: {"1": {say: Press 1., goto: again}, "2": {hangup: served}}}
        then: {otherwise: {hangup: served}}
    again:
      - goto: start
    sorry:
      - play: Please call again.
      - hangup: unserved
"""
FIRST = submits("note", "main/start[0]#1", text="called 100")


def test_call_goes_on_once_it_is_kept() -> None:
    """Behind it the flow goes on, whoever takes it."""
    assert call(STEPS) << FIRST >> Submitted() << asks("Press 1.")


def test_what_could_not_be_kept_is_an_outcome() -> None:
    """A disk that is full leads where failed says."""
    assert (
        call(STEPS)
        << FIRST
        >> SubmitFailed("the disk is full")
        << says("Please call again.")
        >> PromptEnded()
        << ends("unserved")
    )


def test_every_visit_hands_over_anew() -> None:
    """A step that is entered once more has another key: it is another ticket."""
    again = submits("note", "main/start[0]#2", text="called 100")
    assert call(STEPS) << FIRST >> Submitted() << asks("Press 1.") >> KeyPressed("1") << again


def test_controller_that_takes_over_hands_over_under_the_same_key() -> None:
    """After a loss the action starts again, and its key says that it is the same."""
    assert call(STEPS) << FIRST >> Lost() << FIRST >> Submitted() << asks("Press 1.")


def test_controller_that_takes_over_after_a_hand_off_hands_over_under_a_key_of_its_own() -> None:
    """What comes behind a queue is another place."""
    steps = """
        start:
          - submit: {to: note, with: {text: before}}
            then: {failed: next}
          - queue: {name: sales}
            then: {answered: next, otherwise: next}
          - submit: {to: note, with: {text: behind}}
            then: {failed: next}
          - hangup: served
    """
    assert (
        call(steps)
        << submits("note", "main/start[0]#1", text="before")
        >> Submitted()
        << queues("sales")
        >> BackElsewhere("answered")
        << submits("note", "main/start[2]#1", text="behind")
        >> Submitted()
        << ends("served")
    )


def test_two_places_of_one_step_have_two_keys() -> None:
    """Two actions of a step hand over two things."""
    steps = """
        start:
          - submit: {to: note, with: {text: one}}
            then: {failed: next}
          - submit: {to: note, with: {text: two}}
            then: {failed: next}
          - hangup: served
    """
    first = call(steps) << submits("note", "main/start[0]#1", text="one")
    assert first >> Submitted() << submits("note", "main/start[1]#1", text="two") >> Submitted() << ends("served")


def test_flow_that_is_entered_twice_hands_over_twice() -> None:
    """A sub-flow hands over for each time that it is entered."""
    sub = """
        steps:
          start:
            - submit: {to: note, with: {text: sub}}
              then: {failed: {return: done}}
            - return: done
    """
    steps = "start: [{gosub: {flow: sub}}, {gosub: {flow: sub}}, {hangup: served}]"
    first = call(steps, sub=sub) << submits("note", "sub/start[0]#1", text="sub")
    assert first >> Submitted() << submits("note", "sub/start[0]#2", text="sub") >> Submitted() << ends("served")


def test_keys_pressed_meanwhile_answer_the_next_input() -> None:
    """A key that was pressed while it was kept skips the prompts and answers the menu."""
    assert call(STEPS) << FIRST >> Submitted(keys="2") << ends("served")


def test_values_keep_their_types_and_may_be_none() -> None:
    """A number goes out as a number, and what is none as none."""
    steps = """
        start:
          - submit: {to: ticket, timeout: 500ms, with: {number: "{caller.number}", text: faults, count: "{call.count}"}}
            then: {failed: next}
          - set: {call.count: 2}
          - submit: {to: ticket, with: {number: "{caller.number}", text: faults, count: "{call.count}"}}
            then: {failed: next}
          - hangup: served
    """
    number, text = "+8613800138000", "faults"
    assert (
        call(steps)
        << submits("ticket", "main/start[0]#1", 0.5, number=number, text=text, count="NoneType(none)")
        >> Submitted()
        << submits("ticket", "main/start[2]#1", number=number, text=text, count="Decimal(2)")
        >> Submitted()
        << ends("served")
    )


def test_what_may_be_none_can_be_left_out() -> None:
    """An optional parameter that is not given is none."""
    steps = """
        start:
          - submit: {to: ticket, with: {number: "{caller.number}", text: faults}}
            then: {failed: next}
          - hangup: served
    """
    handed = submits("ticket", "main/start[0]#1", number="+8613800138000", text="faults", count="NoneType(none)")
    assert call(steps) << handed >> Submitted() << ends("served")


def test_ivrctls_own_submission_is_there_in_every_site() -> None:
    """A flow hands an announcement over, although no site file declares who takes it."""
    steps = """
        start:
          - submit:
              to: notice
              with: {line: "100", lasts: 2h, reason: outage}
            then: {failed: next}
          - hangup: served
    """
    given = {"recording": "NoneType(none)", "line": "100", "region": "NoneType(none)", "reason": "outage"}
    announced = submits("notice", "main/start[0]#1", lasts="timedelta(7200s)", **given)
    assert call(steps) << announced >> Submitted() << ends("served")


def test_caller_who_hangs_up_in_it_has_abandoned() -> None:
    """A hang-up while it is kept ends the call as abandoned; what was kept is kept."""
    assert call(STEPS) << FIRST >> HangUp() << ends("abandoned", "the caller hung up")
