"""One run of a day: events in the order of their times, from the first caller until the last has left.

What is simpler than on a real Asterisk, and which way it errs:

- **Time is exact.** app_queue counts wrap-up, time-outs and waits in whole seconds, so each of its own is up to a
  second longer or shorter. Signalling takes no time: a phone rings, and a talk begins, at once. Callers look for their
  turn each second, as the real ones do (``QueueModel.looks_every``).
- **Phones are there.** Nobody's phone is unreachable, busy with something else, or declines; who does not answer lets
  it ring. A member who has signed off while his phone rings may still answer.
- **An agent wraps up in all of his queues**, for the time of the queue in which he talked (``shared_lastcall = yes``).
  app_queue thinks him free in queues with a shorter one, and lets callers try him in vain.
- **Members of equal rank** are rung in the order in which they came. app_queue keeps them in a hash table, and takes
  them in its order: as fixed, but another.
- **No penalty rules, no announcements, no keys**: nobody leaves a queue by a key or for a call back, and nobody is
  delayed by what is played to him. ``autofill`` is on, ``ringinuse``, ``autopause`` and ``timeoutrestart`` are off.
- **A caller calls once.** Who hung up or was refused does not call again, though many would; who calls, how long he
  waits and talks is fixed beforehand, whoever answers.
- **Plans come about at once**, and people who are called in are there at once: the live controller sends fifty changes
  a second, and people need a moment to take up their phone. A policy that advises is taken as one that acts.
- **It is decided every five seconds**, from a picture that is never stale; the live controller decides each second
  while callers wait, and whenever something happens. Nobody gives orders by hand.

What is the same: ``look`` and ``go_round`` of ``staffing``, with their memory, leases and ceilings. With
``looks_every = 0`` and phones that are answered at once the model is that of Erlang C and A, and
``benchmarks/simulator.py`` says how near it is to both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from numpy.random import Generator

from ivrctl.acd.stay import StayEnd
from ivrctl.simulation.agenda import Agenda
from ivrctl.simulation.backup import Backup, BackupParts
from ivrctl.simulation.carrying import Carrying
from ivrctl.simulation.day import Day
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.draws import Draws
from ivrctl.simulation.memberships import Memberships
from ivrctl.simulation.named_queues import check_queues
from ivrctl.simulation.outcome import Outcome
from ivrctl.simulation.people import DeskCaller, DeskMember
from ivrctl.simulation.reserve import Reserve
from ivrctl.simulation.seen import Clock
from ivrctl.simulation.stays import DayStays
from ivrctl.simulation.tally import Tally, occupancy, together
from ivrctl.staffing.policy import Policy

NOTHING_FOR = 3600.0
"""Seconds: when so long nothing has happened to anybody, nothing will."""
ROUNDS_EVERY = timedelta(seconds=5)
"""It is decided so often; the live controller decides each second while callers wait."""


def simulate(
    day: Day, policies: Mapping[str, Policy], chance: Generator, rounds_every: timedelta = ROUNDS_EVERY
) -> Outcome:
    """Run a day.

    Args:
        day: who calls and who works.
        policies: of backup staff, each of another name; empty for none.
        chance: whatever is left to chance on the way: who of several is rung, and who answers.
        rounds_every: how often it is decided.

    Raises:
        ConfigurationError: somebody calls, works or is called in to a queue that the day does not have.
    """
    check_queues(day, policies)
    return Run(day, policies, chance, rounds_every).outcome()


class Run:
    """One run, once."""

    def __init__(
        self,
        day: Day,
        policies: Mapping[str, Policy],
        chance: Generator,
        rounds_every: timedelta,
        *,
        skips: bool = True,
    ) -> None:
        """Prepare.

        Args:
            day: as of ``simulate``; so are the next three.
            policies: by name.
            chance: of this run alone.
            rounds_every: how often it is decided.
            skips: rounds that change nothing are not reckoned; False for tests, which see that it changes nothing.
        """
        self._day, self._every = day, rounds_every.total_seconds()
        clock, draws = Clock(day.begins), Draws(chance)
        self._agenda = Agenda()
        self._tally = Tally(day)
        self._reserve = Reserve(policies.values())
        self.desk = Desk(day, self._agenda, draws, self)
        self._stays = DayStays(day, self.desk, clock, policies.values())
        memberships = Memberships(self.desk, self._agenda, self._reserve)
        carrying = Carrying(self.desk, memberships, self._reserve, self._agenda, draws)
        parts = BackupParts(day, clock, self.desk, memberships, self._stays, carrying, self._reserve, skips)
        self.backup = Backup(parts, policies, rounds_every)
        self._ticks = 0
        self._idle_since: float | None = None
        if policies:
            self._agenda.plan_last(0.0, self._tick)

    def outcome(self) -> Outcome:
        """What becomes of it."""
        self._run()
        ended_at = max(self._agenda.now, self._day.lasts.total_seconds())
        agents = (agent for agent in self.desk.agents.values() if agent.model.penalties)
        queues = self._tally.queues
        return Outcome(
            queues=MappingProxyType(dict(queues)),
            total=together(queues.values()),
            intervals=self._tally.intervals,
            tiers=MappingProxyType(dict(self._reserve.tiers(ended_at))),
            moves=tuple(self._reserve.moves),
            changes=tuple(self._reserve.changes),
            rounds=self.backup.rounds,
            busy_share=occupancy(agents, ended_at),
            simulated=timedelta(seconds=ended_at),
        )

    def _run(self) -> None:
        """Everything that happens. Who waits still when nothing has happened for long leaves."""
        agenda, desk = self._agenda, self.desk
        for arrival in self._day.arrivals:
            agenda.run_to(arrival.at)
            desk.join(arrival)
        agenda.run_to(self._day.lasts.total_seconds())
        while desk.callers and not agenda.is_empty:
            agenda.do_next()
        desk.give_up(agenda.now)

    def _tick(self, now: float, _: None) -> None:
        """It is decided, and will be again: unless nothing is going to happen to those who wait."""
        self.backup.tick(now)
        self._ticks += 1
        if not self._agenda.is_empty or now < self._day.lasts.total_seconds():
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        elif now >= self._idle_since + NOTHING_FOR:
            return
        self._agenda.plan_last(self._ticks * self._every, self._tick)

    # ---- told by the desk

    def joined(self, _caller: DeskCaller) -> None:
        """He waits."""

    def refused(self, caller: DeskCaller) -> None:
        """He could not join."""
        self._tally.refused(caller)

    def answered(self, caller: DeskCaller, by: DeskMember, now: float) -> None:
        """He talks."""
        self._tally.answered(caller, now)
        self._reserve.answered(by, caller.arrival.talk, now)
        self._stays.ended(caller, StayEnd.ANSWERED, now)

    def abandoned(self, caller: DeskCaller, now: float) -> None:
        """He has hung up."""
        self._tally.abandoned(caller, now)
        self._stays.ended(caller, StayEnd.ABANDONED, now)

    def timed_out(self, caller: DeskCaller, now: float) -> None:
        """The flow has taken him out."""
        self._tally.timed_out(caller, now)
        self._stays.ended(caller, StayEnd.TIMED_OUT, now)

    def left_empty(self, caller: DeskCaller, now: float) -> None:
        """Nobody was left for him."""
        self._tally.left_empty(caller, now)
        self._stays.ended(caller, StayEnd.EMPTY, now)
