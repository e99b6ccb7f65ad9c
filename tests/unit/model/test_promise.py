from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.model.call import Ending, Wait
from ivrctl.model.promise import MAX_WAITS, Promise, callback_due, promise_of

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WITHIN = timedelta(seconds=15)


def wait(outcome: str, seconds: float | None) -> Wait:
    """A stay in the queue ``vip``."""
    return Wait("vip", 10, NOW, seconds, outcome)


def test_caller_who_is_answered_in_time_was_promised_no_more() -> None:
    """To the second: what is promised within 15 s is kept after 15 s."""
    assert promise_of(WITHIN, [wait("answered", 15)], Ending.SERVED) is Promise.KEPT


def test_caller_who_is_answered_late_was_promised_more() -> None:
    """A talk does not make good for the wait."""
    assert promise_of(WITHIN, [wait("answered", 16)], Ending.SERVED) is Promise.BROKEN


def test_waits_in_several_queues_count_together() -> None:
    """For the caller it is one wait, whichever queue he stands in."""
    waits = [wait("timed_out", 10), wait("answered", 6)]
    assert promise_of(WITHIN, waits, Ending.SERVED) is Promise.BROKEN


def test_waits_behind_the_first_answer_do_not_count() -> None:
    """He was answered; that somebody else is asked for afterwards is another matter."""
    waits = [wait("answered", 10), wait("timed_out", 60)]
    assert promise_of(WITHIN, waits, Ending.SERVED) is Promise.KEPT


def test_hold_time_that_nobody_knows_leaves_the_promise_unknown() -> None:
    """A queues.conf that does not tell it is no reason to guess."""
    assert promise_of(WITHIN, [wait("answered", None)], Ending.SERVED) is Promise.UNKNOWN


def test_promise_that_is_broken_already_stays_so_whatever_is_unknown() -> None:
    """What is known of his waits is too much by itself."""
    waits = [wait("timed_out", 20), wait("answered", None)]
    assert promise_of(WITHIN, waits, Ending.SERVED) is Promise.BROKEN


def test_wait_that_is_not_over_leaves_the_promise_unknown() -> None:
    """The call was not heard of again."""
    assert promise_of(WITHIN, [wait("", None)], Ending.ABANDONED) is Promise.UNKNOWN


def test_caller_who_left_after_the_promised_time_was_promised_more() -> None:
    """That he gave up does not make it good."""
    assert promise_of(WITHIN, [wait("abandoned", 16)], Ending.ABANDONED) is Promise.BROKEN


@pytest.mark.parametrize("outcome", ["abandoned", "key_1"])
def test_caller_who_left_by_himself_in_time_is_not_counted(outcome: str) -> None:
    """Nobody knows whether he would have been answered in time."""
    assert promise_of(WITHIN, [wait(outcome, 14)], Ending.UNSERVED) is None


def test_caller_who_hangs_up_between_two_queues_in_time_is_not_counted() -> None:
    """He left by himself there, too."""
    assert promise_of(WITHIN, [wait("timed_out", 10)], Ending.ABANDONED) is None


@pytest.mark.parametrize("outcome", ["timed_out", "left", "empty", "full", "failed"])
def test_caller_whom_the_queues_turned_away_was_promised_more(outcome: str) -> None:
    """However short it was: he wanted a person and got none."""
    assert promise_of(WITHIN, [wait(outcome, 1)], Ending.UNSERVED) is Promise.BROKEN


@pytest.mark.parametrize("ending", [Ending.SERVED, Ending.FALLBACK])
def test_caller_whom_somebody_else_may_have_answered_is_unknown(ending: Ending) -> None:
    """A telephone that the flow dials, or the fallback queue, tells nobody how long it took."""
    assert promise_of(WITHIN, [wait("empty", 0)], ending) is Promise.UNKNOWN


def test_caller_who_is_promised_nothing_is_not_counted() -> None:
    """Nor is one who was in no queue."""
    assert promise_of(None, [wait("answered", 1)], Ending.SERVED) is None
    assert promise_of(WITHIN, [], Ending.SERVED) is None


def test_call_with_more_waits_than_are_kept_is_unknown() -> None:
    """The first ones are gone."""
    waits = [wait("full", 0)] * (MAX_WAITS - 1) + [wait("answered", 1)]
    assert promise_of(WITHIN, waits, Ending.SERVED) is Promise.UNKNOWN


def test_caller_who_left_a_message_is_due_a_call_from_the_end_of_his_own() -> None:
    """And nobody else is."""
    within = timedelta(minutes=15)
    assert callback_due(within, NOW, has_message=True) == NOW + within
    assert callback_due(within, NOW, has_message=False) is None
    assert callback_due(None, NOW, has_message=True) is None


OUTCOMES = st.sampled_from(["answered", "timed_out", "left", "empty", "full", "failed", "key_1", "abandoned", ""])
SECONDS = st.none() | st.floats(0, 1000)


@given(st.lists(st.builds(wait, OUTCOMES, SECONDS), max_size=6), st.sampled_from(Ending), st.integers(1, 600))
def test_safety_kept_is_said_of_nobody_who_waited_longer(waits: list[Wait], ending: Ending, seconds: int) -> None:
    """SAFETY: of a promise that is kept, all waits until the answer are known and no longer than it."""
    if promise_of(timedelta(seconds=seconds), waits, ending) is Promise.KEPT:
        until = [each.outcome for each in waits].index("answered")
        known = [each.seconds for each in waits[: until + 1] if each.seconds is not None]
        assert len(known) == until + 1
        assert sum(known) <= seconds
