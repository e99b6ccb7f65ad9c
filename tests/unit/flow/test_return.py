from __future__ import annotations

from ivrctl.flow.commands import KeyPressed

from .playbook import HangUp, Lost, asks, call, ends, says

SUB = """
    outcomes: [other]
    steps:
      start:
        - menu: {choices: {"1": {say: Press 1., return: done}, "2": two}}
          then: {otherwise: {return: other}}
      two:
        - return: other
"""
STEPS = """
    start:
      - gosub: {flow: sub}
        then: {other: {hangup: unserved}}
      - play: Back.
      - hangup: served
"""


def test_done_goes_on_behind_the_gosub() -> None:
    """The outcome done leads to the action after the one that entered the flow."""
    assert call(STEPS, sub=SUB) << asks("Press 1.") >> KeyPressed("1") << says("Back.")


def test_other_outcome_is_the_gosubs() -> None:
    """A declared outcome is the outcome of the gosub."""
    assert call(STEPS, sub=SUB) << asks("Press 1.") >> KeyPressed("2") << ends("unserved")


def test_done_from_the_flow_of_the_line_has_served() -> None:
    """Where no flow entered this one, done ends the call as served."""
    assert call("start: [{return: done}]") << ends("served", "done")


def test_other_outcome_from_the_flow_of_the_line_has_not_served() -> None:
    """Where no flow entered this one, any other outcome ends the call as unserved, with its name."""
    flow = """
        lines: {"200": start}
        outcomes: [tired]
        steps:
          start:
            - return: tired
    """
    playbook = call("start: [{hangup: served}]", other=flow)
    begun = playbook.program.begin("", "200", playbook.world.now)
    assert begun is not None
    assert type(playbook)(playbook.program, begun) << ends("unserved", "tired")


def test_caller_who_hangs_up_before_it_has_abandoned() -> None:
    """A hang-up before the flow could return is no outcome of the gosub."""
    assert call(STEPS, sub=SUB) << asks("Press 1.") >> HangUp() << ends("abandoned", "the caller hung up")


def test_position_after_it_is_in_the_flow_that_entered() -> None:
    """A controller that takes over after the return goes on behind the gosub."""
    playbook = call(STEPS, sub=SUB)
    assert playbook << asks("Press 1.") >> KeyPressed("1") << says("Back.") >> Lost() << says("Back.")
    assert [frame.flow for frame in playbook.position.frames] == ["main"]
