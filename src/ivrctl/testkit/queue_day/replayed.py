"""The callers of a day on a real Asterisk once more, in the simulator: how far apart the two are.

Both get the same callers: each joins when Asterisk's books say that he did, and has the talk and the patience that were
planned for him. What differs is what the simulator leaves out: the greeting's last moments, signalling, the answering
of a phone that takes its time, and the whole seconds at which app_queue looks at its members.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from ivrctl.acd.service_level import Rule
from ivrctl.acd.stay import Stay
from ivrctl.simulation.day import Arrival, Day, QueueModel, Shift, SimulatedAgent, Strategy
from ivrctl.simulation.days.recorded import figures_of
from ivrctl.simulation.engine import simulate
from ivrctl.simulation.outcome import QueueFigures
from ivrctl.testkit.queue_day.compare import Evidence
from ivrctl.testkit.queue_day.site import AGENTS, RING_SECONDS, SALES, SUPPORT, WRAP_UP

RULE = Rule(timedelta(seconds=5), timedelta(seconds=1))
"""A day whose talks take seconds is judged by seconds."""
ANSWERED_AFTER = 0.5
"""Seconds that a phone rings before it is answered."""
RETRY = 1.0
QUEUES = (
    QueueModel(SALES, Strategy.RRMEMORY, RING_SECONDS, RETRY),
    QueueModel(SUPPORT, Strategy.LEASTRECENT, RING_SECONDS, RETRY, WRAP_UP),
)
"""As ``site`` sets them."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One queue, or both together."""

    name: str
    asterisk: QueueFigures
    simulated: QueueFigures


def replay(evidence: Evidence) -> list[Replayed]:
    """Each queue, and both together; seconds and shares of both."""
    stays = [stay for stay in evidence.stays if stay.queue in {SALES, SUPPORT}]
    began = min(stay.joined_at for stay in stays)
    outcome = simulate(_day(stays, evidence, began), {}, np.random.default_rng(0))
    by_queue = [
        Replayed(name, figures_of((stay for stay in stays if stay.queue == name), RULE), outcome.queues[name])
        for name in (SALES, SUPPORT)
    ]
    return [*by_queue, Replayed("together", figures_of(stays, RULE), outcome.total)]


def _day(stays: list[Stay], evidence: Evidence, began: datetime) -> Day:
    lasts = max(stay.joined_at for stay in stays) - began + timedelta(seconds=1)
    return Day("replayed", began, lasts, QUEUES, tuple(_agents()), tuple(_arrivals(stays, evidence, began)), RULE)


def _agents() -> Iterator[SimulatedAgent]:
    for number in dict.fromkeys((*AGENTS[SALES], *AGENTS[SUPPORT])):
        yield SimulatedAgent(
            number,
            f"PJSIP/{number}",
            {queue: 0 for queue in (SALES, SUPPORT) if number in AGENTS[queue]},
            (Shift(0.0, 1e6),),
            answers_after=ANSWERED_AFTER,
        )


def _arrivals(stays: list[Stay], evidence: Evidence, began: datetime) -> Iterator[Arrival]:
    """His patience begins when the line answers, before the greeting that he hears ahead of the queue."""
    for stay in sorted(stays, key=lambda each: each.joined_at):
        made = evidence.noted.made[stay.number.removeprefix("+86")]
        greeted_at = stay.joined_at if made.call is None else made.call.established_at or stay.joined_at
        greeted = (stay.joined_at - greeted_at).total_seconds()
        at = (stay.joined_at - began).total_seconds()
        yield Arrival(at, stay.queue, max(0.0, made.planned.patience - greeted), made.planned.talk)
