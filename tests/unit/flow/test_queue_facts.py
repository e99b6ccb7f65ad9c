"""What a flow asks of queues: figures of the moment, none while nobody sees them."""

from __future__ import annotations

from datetime import timedelta

from ivrctl.flow.call import World
from ivrctl.flow.commands import PromptEnded
from ivrctl.model.queue_facts import QueueFacts

from .playbook import NOW, Playbook, call, ends, queues, says

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
