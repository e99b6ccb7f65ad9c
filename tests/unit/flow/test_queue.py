from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivrctl.flow.commands import HandedBack, KeyPressed, PromptEnded

from .playbook import BackElsewhere, HangUp, Lost, asks, call, ends, queues, says

STEPS = """
    start:
      - queue:
          name: sales
          wait: 90s
          priority: 5
          choices: {"1": keyed}
        then: {answered: rate, timed_out: late, left: {hangup: {as: unserved, reason: left}},
               empty: {hangup: {as: unserved, reason: empty}}, full: {hangup: {as: unserved, reason: full}},
               failed: {hangup: {as: unserved, reason: failed}}}
    keyed:
      - hangup: {as: unserved, reason: key}
    late:
      - hangup: {as: unserved, reason: late}
    rate:
      - menu: {choices: {"1": {say: Rate us., hangup: served}}}
        then: {otherwise: {hangup: served}}
"""
QUEUED = queues("sales", wait=90, priority=5)


def test_answered_goes_on_after_the_talk() -> None:
    """When the agent has hung up the caller goes on where answered leads."""
    assert call(STEPS) << QUEUED >> HandedBack("answered") << asks("Rate us.")


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("timed_out", "late"),
        ("left", "left"),
        ("empty", "empty"),
        ("full", "full"),
        ("failed", "failed"),
        ("key_1", "key"),
    ],
)
def test_every_other_outcome_leads_to_its_target(outcome: str, reason: str) -> None:
    """What app_queue says, and an exit key, lead where the flow says."""
    assert call(STEPS) << QUEUED >> HandedBack(outcome) << ends("unserved", reason)


def test_exit_key_without_a_choice_reaches_a_person() -> None:
    """A key that the queue lets through and the flow does not know is no dead end."""
    assert (
        call(STEPS)
        << QUEUED
        >> HandedBack("key_2")
        << ends("fallback", "nothing says where key_2 leads at main/start[0]")
    )


def test_otherwise_covers_what_is_not_named() -> None:
    """All outcomes but answered can be covered by otherwise."""
    steps = """
        start:
          - queue: {name: support}
            then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    """
    assert call(steps) << queues("support") >> HandedBack("full") << ends("unserved")


def test_queue_can_be_a_parameter() -> None:
    """A queue's name that was passed to the flow is used as it is."""
    desk = """
        params: {queue: queue}
        steps:
          start:
            - queue: {name: "{queue}"}
              then: {answered: {return: done}, otherwise: {return: done}}
    """
    assert call("start: [{gosub: {flow: desk, with: {queue: support}}}, {hangup: served}]", desk=desk) << queues(
        "support"
    )


def test_type_ahead_does_not_reach_behind_it() -> None:
    """Keys typed before the queue do not answer the survey behind it."""
    steps = STEPS.replace(
        "start:\n",
        'start:\n      - menu: {choices: {"1": {say: Press 1., goto: next}}}\n        then: {otherwise: late}\n',
    )
    assert (
        call(steps)
        << asks("Press 1.")
        >> KeyPressed("1")
        << QUEUED
        >> HandedBack("answered")
        << asks("Rate us.")
    )  # fmt: skip


def test_comes_back_in_another_process() -> None:
    """Coming back from a queue needs nothing but the journal, as after a loss."""
    assert call(STEPS) << QUEUED >> BackElsewhere("answered") << asks("Rate us.") >> KeyPressed("1") << ends("served")


def test_that_never_happened_is_asked_again_under_a_new_id() -> None:
    """A hand-off that was lost on the way is asked again, so that no late outcome can be taken for its own."""
    assert (
        call(STEPS)
        << QUEUED
        >> Lost()
        << queues("sales", wait=90, priority=5, handoff=2)
        >> BackElsewhere("timed_out")
        << ends("unserved", "late")
    )


def test_outcome_is_taken_though_the_guard_says_no_by_now() -> None:
    """The guard was asked when the call was handed off: a wait over midnight does not lose the outcome."""
    steps = """
        start:
          - queue: {name: support}
            when: today == 2026-02-14
            then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
          - queue: {name: sales}
            then: {answered: {hangup: unserved}, otherwise: {hangup: unserved}}
    """
    playbook = call(steps)
    assert playbook << queues("support")
    assert playbook.later(datetime(2026, 2, 14, 16, 1, tzinfo=UTC), "answered") << ends("served")


def test_caller_who_hangs_up_after_the_talk_was_served() -> None:
    """Who has spoken with a person and hangs up in the survey has not abandoned."""
    assert (
        call(STEPS)
        << QUEUED
        >> BackElsewhere("answered")
        << asks("Rate us.")
        >> HangUp()
        << ends("served", "the caller hung up")
    )


def test_caller_who_hangs_up_while_waiting_has_abandoned() -> None:
    """A hang-up in the queue, before anybody answered, is an abandoned call."""
    assert call(STEPS) << QUEUED >> HangUp() << ends("abandoned", "the caller hung up")


def test_second_handoff_has_the_next_id() -> None:
    """Hand-offs of a call are numbered, so that each outcome belongs to one."""
    steps = """
        start:
          - queue: {name: sales, wait: 30s}
            then: {answered: {hangup: served}, otherwise: more}
        more:
          - play: Please hold.
          - queue: {name: support}
            then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    """
    assert (
        call(steps)
        << queues("sales", wait=30)
        >> BackElsewhere("timed_out")
        << says("Please hold.")
        >> PromptEnded()
        << queues("support", handoff=2)
    )


KEPT = """
    start:
      - queue: {name: sales, wait: 60s, keep_wait: true, choices: {"1": told}}
        then: {answered: after, otherwise: told}
    told:
      - play: Still all busy.
      - goto: start
    after:
      - queue: {name: sales, keep_wait: true}
        then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""


@pytest.mark.parametrize("outcome", ["timed_out", "key_1", "left"])
def test_place_that_was_left_is_taken_again(outcome: str) -> None:
    """A caller who comes back to a queue that keeps his wait stands where he stood."""
    assert (
        call(KEPT)
        << queues("sales", wait=60)
        >> BackElsewhere(outcome, place=3)
        << says("Still all busy.")
        >> PromptEnded()
        << queues("sales", wait=60, handoff=2, place=3)
    )


def test_place_is_remembered_through_a_loss_of_the_controller() -> None:
    """It stands in the position."""
    assert (
        call(KEPT)
        << queues("sales", wait=60)
        >> BackElsewhere("timed_out", place=3)
        << says("Still all busy.")
        >> Lost()
        << says("Still all busy.")
        >> PromptEnded()
        << queues("sales", wait=60, handoff=2, place=3)
    )


def test_queue_that_keeps_no_wait_is_entered_at_its_end() -> None:
    """Without keep_wait the caller comes last, whatever he had."""
    assert (
        call(KEPT.replace("keep_wait: true, choices", "choices"))
        << queues("sales", wait=60)
        >> BackElsewhere("timed_out", place=3)
        << says("Still all busy.")
        >> PromptEnded()
        << queues("sales", wait=60, handoff=2)
    )


def test_answered_caller_has_no_place() -> None:
    """Whoever was answered waits anew, from the end."""
    assert (
        call(KEPT)
        << queues("sales", wait=60)
        >> BackElsewhere("timed_out", place=3)
        << says("Still all busy.")
        >> PromptEnded()
        << queues("sales", wait=60, handoff=2, place=3)
        >> BackElsewhere("answered", place=1)
        << queues("sales", handoff=3)
    )


def test_place_that_nobody_knows_is_the_end() -> None:
    """An Asterisk that does not say where he stood cannot be asked for it again."""
    assert (
        call(KEPT)
        << queues("sales", wait=60)
        >> BackElsewhere("timed_out")
        << says("Still all busy.")
        >> PromptEnded()
        << queues("sales", wait=60, handoff=2)
    )
