from __future__ import annotations

import pytest

from ivrctl.flow.commands import PromptEnded

from .playbook import HangUp, Lost, call, ends, says


@pytest.mark.parametrize("ending", ["served", "unserved"])
def test_says_how_the_call_ended(ending: str) -> None:
    """The word of the flow is how the call ended."""
    assert call(f"start: [{{hangup: {ending}}}]") << ends(ending)


def test_refusal_says_its_reason() -> None:
    """A refusal, which the caller has heard, carries its reason into the record."""
    steps = "start: [{play: Closed.}, {hangup: {as: refused, reason: closed}}]"
    assert call(steps) << says("Closed.") >> PromptEnded() << ends("refused", "closed")


def test_other_ending_may_have_a_reason() -> None:
    """A reason can stand beside any ending."""
    assert call("start: [{hangup: {as: unserved, reason: closed}}]") << ends("unserved", "closed")


def test_caller_who_hangs_up_before_it_has_abandoned() -> None:
    """The flow's ending counts only when it was reached."""
    steps = "start: [{play: Goodbye.}, {hangup: served}]"
    assert call(steps) << says("Goodbye.") >> HangUp() << ends("abandoned", "the caller hung up")


def test_is_reached_by_the_controller_that_takes_over() -> None:
    """The ending is the flow's, whichever controller reaches it."""
    steps = "start: [{play: Goodbye.}, {hangup: served}]"
    assert call(steps) << says("Goodbye.") >> Lost() << says("Goodbye.") >> PromptEnded() << ends("served")
