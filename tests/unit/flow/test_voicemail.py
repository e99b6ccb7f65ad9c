from __future__ import annotations

import pytest

from ivrctl.flow.commands import HandedBack, KeyPressed, PromptEnded

from .playbook import BackElsewhere, HangUp, Lost, asks, call, ends, records, says, submits

STEPS = """
    start:
      - play: Leave a message.
      - voicemail: {box: office, longest: 90s}
        then: {too_short: start, failed: sorry}
      - play: Thank you.
      - hangup: unserved
    sorry:
      - hangup: {as: unserved, reason: nothing recorded}
"""
RECORDING = records("office", longest=90)


def test_message_goes_on_at_the_next_action() -> None:
    """A message that has been left is the good outcome."""
    assert (
        call(STEPS)
        << says("Leave a message.")
        >> PromptEnded()
        << RECORDING
        >> HandedBack("recorded")
        << says("Thank you.")
    )  # fmt: skip


def test_message_is_kept_in_the_position() -> None:
    """The record of the call will name it by its hand-off."""
    playbook = call(STEPS)
    assert (
        playbook
        << says("Leave a message.")
        >> PromptEnded()
        << RECORDING
        >> BackElsewhere("recorded")
        << says("Thank you.")
    )  # fmt: skip
    assert playbook.position.messages == ("voicemail-1",)


def test_message_too_short_leads_to_its_target() -> None:
    """Somebody who said nothing is asked again, where the flow says so."""
    assert (
        call(STEPS)
        << says("Leave a message.")
        >> PromptEnded()
        << RECORDING
        >> HandedBack("too_short")
        << says("Leave a message.")
    )  # fmt: skip


@pytest.mark.parametrize("outcome", ["failed", "teleported"])
def test_anything_else_has_failed(outcome: str) -> None:
    """What app_record does not say has not been recorded."""
    assert (
        call(STEPS)
        << says("Leave a message.")
        >> PromptEnded()
        << RECORDING
        >> HandedBack(outcome)
        << ends("unserved", "nothing recorded")
    )


def test_box_says_how_short_a_message_may_be() -> None:
    """The shortest message is the box's, the longest two minutes where the flow does not say."""
    steps = "start: [{voicemail: {box: night}, then: {otherwise: {hangup: unserved}}}, {hangup: unserved}]"
    assert call(steps) << records("night", shortest=5, longest=120)


def test_that_never_happened_is_asked_again_under_a_new_id() -> None:
    """A hand-off that was lost on the way is asked again: its file has another name."""
    assert (
        call(STEPS)
        << says("Leave a message.")
        >> PromptEnded()
        << RECORDING
        >> Lost()
        << records("office", longest=90, handoff=2)
        >> BackElsewhere("recorded")
        << says("Thank you.")
    )


def test_keys_typed_before_do_not_reach_behind_it() -> None:
    """What was typed ahead is no answer to a question behind the message."""
    steps = """
        start:
          - menu: {choices: {"1": {say: Press 1., goto: next}}}
            then: {otherwise: {hangup: unserved}}
          - voicemail: {box: office}
            then: {otherwise: {hangup: unserved}}
          - menu: {choices: {"1": {say: Again 1., hangup: served}}}
            then: {otherwise: {hangup: unserved}}
    """
    assert (
        call(steps)
        << asks("Press 1.")
        >> KeyPressed("1")
        << records("office")
        >> BackElsewhere("recorded")
        << asks("Again 1.")
    )  # fmt: skip


def test_caller_who_hangs_up_before_he_said_anything_has_abandoned() -> None:
    """A hang-up of which nobody knows more is an abandoned call."""
    assert (
        call(STEPS)
        << says("Leave a message.")
        >> PromptEnded()
        << RECORDING
        >> HangUp()
        << ends("abandoned", "the caller hung up")
    )


def test_caller_who_hangs_up_after_his_message_has_left_one() -> None:
    """Most do so during the thanks: they have not abandoned."""
    assert (
        call(STEPS)
        << says("Leave a message.")
        >> PromptEnded()
        << RECORDING
        >> BackElsewhere("recorded")
        << says("Thank you.")
        >> HangUp()
        << ends("unserved", "the caller left a message")
    )


def test_message_ended_by_hanging_up_is_kept() -> None:
    """The dialplan says that there is one: the caller has not abandoned, and was not served either."""
    playbook = call("start: [{voicemail: {box: office}, then: {otherwise: {hangup: unserved}}}, {hangup: unserved}]")
    begun = playbook.begin()
    begun.resume(None, playbook.world)
    finish = begun.hang_up("recorded")
    assert (str(finish.ending), finish.reason) == ("unserved", "the caller left a message")
    assert begun.position.messages == ("voicemail-1",)


PLAYS_BACK = """
    start:
      - voicemail: {box: office}
        save: message
        then: {otherwise: {hangup: unserved}}
      - menu:
          prompt: "You said: {message}."
          choices: {"1": {say: "To keep it, press 1.", goto: keep}, "2": {say: "To speak again, press 2.", goto: start}}
        then: {otherwise: {hangup: unserved}}
    keep:
      - submit: {to: notice, with: {recording: "{message}", lasts: 2h, reason: fault}}
        then: {failed: {hangup: unserved}}
      - hangup: served
"""
HEARD_BACK = asks("You said: (recording). To keep it, press 1. To speak again, press 2.")


def test_caller_hears_his_message_back() -> None:
    """The message that is saved is a value: a text plays it, and its written form says no more than that."""
    assert call(PLAYS_BACK) << records("office") >> BackElsewhere("recorded") << HEARD_BACK


def test_message_is_named_by_its_hand_off() -> None:
    """Whoever plays it finds its file by its name, in this very leg."""
    playbook = call(PLAYS_BACK)
    assert playbook << records("office") >> BackElsewhere("recorded") << HEARD_BACK
    assert playbook.position.frame.names == {"message": "voicemail-1"}


def test_second_message_takes_the_place_of_the_first() -> None:
    """Who speaks again hears and hands on what he said last."""
    said_again = submits(
        "notice",
        "main/keep[0]#1",
        recording="voicemail-2",
        lasts="timedelta(7200s)",
        line="NoneType(none)",
        region="NoneType(none)",
        reason="fault",
    )
    assert (
        call(PLAYS_BACK)
        << records("office")
        >> BackElsewhere("recorded")
        << HEARD_BACK
        >> KeyPressed("2")
        << records("office", handoff=2)
        >> BackElsewhere("recorded")
        << HEARD_BACK
        >> KeyPressed("1")
        << said_again
    )


def test_controller_that_takes_over_plays_the_same_message() -> None:
    """It stands in the journal like any value."""
    assert call(PLAYS_BACK) << records("office") >> BackElsewhere("recorded") << HEARD_BACK >> Lost() << HEARD_BACK


def test_message_goes_to_a_sub_flow() -> None:
    """A flow may take one as a parameter, or none."""
    sub = """
        params: {said: recording?}
        steps:
          start:
            - play: "{said}"
              when: said != none
            - return: done
    """
    steps = """
        start:
          - voicemail: {box: office}
            save: message
            then: {otherwise: {hangup: unserved}}
          - gosub: {flow: sub, with: {said: "{message}"}}
          - hangup: unserved
    """
    assert call(steps, sub=sub) << records("office") >> BackElsewhere("recorded") << says("(recording)")
