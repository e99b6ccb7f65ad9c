"""One run of a day: events in the order of their times, from the first caller until the last has left.

What is simpler than on a real Asterisk:

- to be written with the code
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import inf
from types import MappingProxyType

from numpy.random import Generator

from ivrctl.simulation.agenda import Agenda
from ivrctl.simulation.day import Day
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.draws import Draws
from ivrctl.simulation.memberships import Memberships
from ivrctl.simulation.outcome import Outcome
from ivrctl.simulation.people import DeskCaller, DeskMember
from ivrctl.simulation.tally import Tally, occupancy, together
from ivrctl.staffing.policy import Policy

ROUNDS_EVERY = timedelta(seconds=5)
"""It is decided so often; the live controller decides each second while callers wait."""


def simulate(
    day: Day, policies: Mapping[str, Policy], chance: Generator, rounds_every: timedelta = ROUNDS_EVERY
) -> Outcome:
    """Run a day.

    Args:
        day: who calls and who works.
        policies: of backup staff, by name; empty for none.
        chance: whatever is left to chance on the way: who of several is rung, and who answers.
        rounds_every: how often it is decided.
    """
    return _Run(day, policies, chance, rounds_every).outcome()


class _Run:
    """One run, once."""

    def __init__(self, day: Day, policies: Mapping[str, Policy], chance: Generator, rounds_every: timedelta) -> None:
        self._day, self._policies, self._rounds_every = day, policies, rounds_every
        self._agenda = Agenda()
        self._tally = Tally(day)
        self._desk = Desk(day, self._agenda, Draws(chance), self)
        self._memberships = Memberships(self._desk, self._agenda)

    def outcome(self) -> Outcome:
        """What becomes of it."""
        ended_at = self._run()
        agents = (agent for agent in self._desk.agents.values() if agent.model.penalties)
        queues = self._tally.queues
        return Outcome(
            queues=MappingProxyType(dict(queues)),
            total=together(queues.values()),
            intervals=self._tally.intervals,
            tiers=MappingProxyType({}),
            moves=(),
            changes=(),
            rounds=0,
            busy_share=occupancy(agents, ended_at),
            simulated=timedelta(seconds=ended_at),
        )

    def _run(self) -> float:
        """Everything that happens; when the last of it does."""
        lasts, agenda, desk = self._day.lasts.total_seconds(), self._agenda, self._desk
        now = 0.0
        for arrival in self._day.arrivals:
            while agenda.next_at <= arrival.at:
                now = agenda.do_next()
            desk.join(arrival)
        while (at := agenda.next_at) <= lasts or (desk.callers and at < inf):
            now = agenda.do_next()
        desk.give_up(now)
        return max(now, lasts)

    # ---- told by the desk

    def joined(self, caller: DeskCaller) -> None:
        """He waits."""

    def refused(self, caller: DeskCaller) -> None:
        """He could not join."""
        self._tally.refused(caller)

    def answered(self, caller: DeskCaller, _by: DeskMember, now: float) -> None:
        """He talks."""
        self._tally.answered(caller, now)

    def abandoned(self, caller: DeskCaller, now: float) -> None:
        """He has hung up."""
        self._tally.abandoned(caller, now)

    def timed_out(self, caller: DeskCaller, now: float) -> None:
        """The flow has taken him out."""
        self._tally.timed_out(caller, now)

    def left_empty(self, caller: DeskCaller, now: float) -> None:
        """Nobody was left for him."""
        self._tally.left_empty(caller, now)
