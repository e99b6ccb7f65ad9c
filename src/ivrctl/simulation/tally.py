"""What is counted on the way: ends of callers, in all, by queue and by quarter of an hour, and what agents did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivrctl.simulation.day import Day
from ivrctl.simulation.outcome import QueueFigures
from ivrctl.simulation.people import DeskAgent, DeskCaller

QUARTER = 900.0
"""Seconds."""


@dataclass(slots=True)
class Count:
    """``QueueFigures`` that grow."""

    offered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short_abandons: int = 0
    timed_out: int = 0
    refused: int = 0
    left_empty: int = 0
    waited: float = 0.0
    longest_wait: float = 0.0
    talked: float = 0.0

    def figures(self) -> QueueFigures:
        """As they are."""
        return QueueFigures(
            self.offered,
            self.answered,
            self.in_time,
            self.abandoned,
            self.short_abandons,
            self.timed_out,
            self.refused,
            self.left_empty,
            self.waited,
            self.longest_wait,
            self.talked,
        )


class Tally:
    """See the module. Whoever is offered has one end."""

    def __init__(self, day: Day) -> None:
        """Count nothing yet.

        Args:
            day: with its queues, and the rule by which answers are in time.
        """
        self._answer_in = day.rule.answer_in.total_seconds()
        self._short = day.rule.short_abandon.total_seconds()
        self._of_queues = {queue.name: Count() for queue in day.queues}
        self._of_quarters: dict[int, Count] = {}

    @property
    def queues(self) -> Mapping[str, QueueFigures]:
        """By name."""
        return {name: count.figures() for name, count in self._of_queues.items()}

    @property
    def intervals(self) -> tuple[tuple[float, QueueFigures], ...]:
        """By the second in which each begins."""
        return tuple((quarter * QUARTER, self._of_quarters[quarter].figures()) for quarter in sorted(self._of_quarters))

    def answered(self, caller: DeskCaller, now: float) -> None:
        """Somebody was, and talks."""
        waited, talk = now - caller.arrival.at, caller.arrival.talk
        for count in self._counts(caller, waited):
            count.answered += 1
            count.waited += waited
            count.talked += talk
            if waited <= self._answer_in:
                count.in_time += 1

    def abandoned(self, caller: DeskCaller, now: float) -> None:
        """Somebody has hung up."""
        waited = now - caller.arrival.at
        for count in self._counts(caller, waited):
            count.abandoned += 1
            if waited < self._short:
                count.short_abandons += 1

    def timed_out(self, caller: DeskCaller, now: float) -> None:
        """The flow has taken somebody out."""
        for count in self._counts(caller, now - caller.arrival.at):
            count.timed_out += 1

    def refused(self, caller: DeskCaller) -> None:
        """Somebody could not join."""
        for count in self._counts(caller, 0.0):
            count.refused += 1

    def left_empty(self, caller: DeskCaller, now: float) -> None:
        """Nobody was left for him."""
        for count in self._counts(caller, now - caller.arrival.at):
            count.left_empty += 1

    def _counts(self, caller: DeskCaller, waited: float) -> tuple[Count, Count]:
        quarter = int(caller.arrival.at // QUARTER)
        of_quarter = self._of_quarters.get(quarter)
        if of_quarter is None:
            of_quarter = self._of_quarters[quarter] = Count()
        of_queue = self._of_queues[caller.arrival.queue]
        for count in (of_queue, of_quarter):
            count.offered += 1
            count.longest_wait = max(count.longest_wait, waited)
        return of_queue, of_quarter


def together(figures: Iterable[QueueFigures]) -> QueueFigures:
    """Of several queues."""
    found = tuple(figures)
    return QueueFigures(
        offered=sum(one.offered for one in found),
        answered=sum(one.answered for one in found),
        in_time=sum(one.in_time for one in found),
        abandoned=sum(one.abandoned for one in found),
        short_abandons=sum(one.short_abandons for one in found),
        timed_out=sum(one.timed_out for one in found),
        refused=sum(one.refused for one in found),
        left_empty=sum(one.left_empty for one in found),
        waited=sum(one.waited for one in found),
        longest_wait=max((one.longest_wait for one in found), default=0.0),
        talked=sum(one.talked for one in found),
    )


def occupancy(agents: Iterable[DeskAgent], now: float) -> float | None:
    """The share of their time at their daily work in which agents rang, talked or wrapped up; None without any."""
    worked = ready = 0.0
    for agent in agents:
        agent.passes(now)
        worked, ready = worked + agent.worked, ready + agent.ready
    return worked / ready if ready else None
