"""What a flow asks of queues: figures of the moment, none while nobody sees them."""

from __future__ import annotations

from datetime import timedelta

from ivrctl.flow.call import World
from ivrctl.flow.commands import KeyPressed, PromptEnded
from ivrctl.model.queue_facts import QueueFacts

from .playbook import NOW, Playbook, asks, call, ends, queues, says

STEPS = """
    start:
      - goto: unseen
        when: queues.sales.waiting == none
      - play: You are number {queues.sales.waiting}.
        when: queues.sales.waiting != none and queues.sales.waiting > 3
      - goto: later
        when: queues.sales.expected_wait != none and queues.sales.expected_wait > 5m
      - queue: {name: sales, wait: 5m}
        then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    later:
      - play: Please call again later.
      - hangup: unserved
    unseen:
      - play: Please hold.
      - queue: {name: sales, wait: 5m}
        then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""


def _while(facts: QueueFacts) -> Playbook:
    playbook = call(STEPS)
    playbook.world = World(NOW, queues={"sales": facts})
    return playbook


def test_caller_hears_how_many_wait_and_is_led_elsewhere_where_it_takes_too_long() -> None:
    """Each figure is of the moment in which it is asked for."""
    facts = QueueFacts(waiting=7, expected_wait=timedelta(minutes=6))
    assert (
        _while(facts)
        << says("You are number 7.")
        >> PromptEnded()
        << says("Please call again later.")
        >> PromptEnded()
        << ends("unserved")
    )


def test_short_queue_is_entered_without_a_word() -> None:
    """Nothing to tell, nothing told."""
    assert _while(QueueFacts(waiting=0, expected_wait=timedelta(0))) << queues("sales", wait=300)


def test_queue_that_nobody_sees_has_no_figures() -> None:
    """Not even 0: a flow must say what it does then, or it is a finding."""
    assert call(STEPS) << says("Please hold.") >> PromptEnded() << queues("sales", wait=300)
    assert _while(QueueFacts()) << says("Please hold.")


BY_NAME = """
    start:
      - menu: {choices: {"1": {say: Sales., value: sales}, "2": {say: Support., value: support}}}
        save: wish
        then: {otherwise: {hangup: unserved}}
      - set: {call.desk: "{wish}"}
      - goto: later
        when: queues[wish].longest_wait != none and queues[wish].longest_wait > 5m
      - play: You are number {queues[call.desk].waiting}.
        when: queues[call.desk].waiting != none
      - queue: {name: "{call.desk}", wait: 5m}
        then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    later:
      - hangup: unserved
"""
ASKED = asks("Sales. Support.")


def _by_name() -> Playbook:
    playbook = call(BY_NAME)
    busy = QueueFacts(waiting=9, longest_wait=timedelta(minutes=9))
    playbook.world = World(NOW, queues={"sales": QueueFacts(waiting=2, longest_wait=timedelta(0)), "support": busy})
    return playbook


def test_figures_are_those_of_the_queue_that_a_name_holds() -> None:
    """One guard serves every queue that the caller may be on his way to; a word, or a value of the type queue."""
    numbered = says("You are number 2.")
    assert _by_name() << ASKED >> KeyPressed("1") << numbered >> PromptEnded() << queues("sales", wait=300)
    assert _by_name() << ASKED >> KeyPressed("2") << ends("unserved")


def test_figures_by_name_are_none_where_nobody_sees_the_queue() -> None:
    """As with a queue that is written out."""
    assert call(BY_NAME) << ASKED >> KeyPressed("2") << queues("support", wait=300)
