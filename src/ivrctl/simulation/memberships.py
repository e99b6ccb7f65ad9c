"""Who is in which queue: agents sign on, pause and sign off by their shifts; others are called in and sent home."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass

from ivrctl.simulation.agenda import Agenda
from ivrctl.simulation.day import Pause, Shift
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.people import DeskAgent, DeskMember, DeskQueue, Doing
from ivrctl.simulation.reserve import Reserve, TierKey


@dataclass(frozen=True, slots=True)
class Called:
    """By whom somebody is called in."""

    tier: TierKey
    why: str
    """In words."""


class Memberships:
    """See the module."""

    def __init__(self, desk: Desk, agenda: Agenda, reserve: Reserve) -> None:
        """Plan all shifts.

        Args:
            desk: with its queues and agents.
            agenda: on which they are planned.
            reserve: is told who is called in and goes home.
        """
        self._reserve = reserve
        self._desk = desk
        self._agenda = agenda
        self.available: dict[str, None] = {}
        """The numbers of those who are available for backup, in the order in which they became it."""
        for agent in desk.agents.values():
            for shift in agent.model.shifts:
                self._plan(agent, shift)
            for shift in agent.model.on_call:
                agenda.plan(shift.began, self._becomes_available, agent.model.number)
                agenda.plan(shift.ended, self._is_available_no_more, agent.model.number)

    def add(self, queue: DeskQueue, agent: DeskAgent, penalty: int, now: float, by: Called | None = None) -> None:
        """He comes into a queue; nothing where he is in it already.

        Args:
            queue: into which.
            agent: who.
            penalty: his, there.
            now: the time.
            by: who calls him in; None for his daily work.
        """
        name = queue.model.name
        if name in agent.members:
            return
        queue.came += 1
        member = DeskMember(agent, queue, penalty, queue.came, None if by is None else by.tier)
        agent.members[name] = queue.members[agent.model.interface] = member
        insort(queue.numbers.setdefault(penalty, []), member.number)
        self._desk.changes += 1
        if by is not None:
            self._reserve.seated(by.tier, agent, name, now, by.why)
        self._desk.seat(member)
        if agent.doing is Doing.NOTHING:
            self._desk.serve(agent, now)

    def remove(self, member: DeskMember, now: float, why: str) -> None:
        """He leaves a queue; a talk goes on.

        Args:
            member: who.
            now: the time.
            why: in words.
        """
        self._desk.unseat(member)
        queue, agent = member.queue, member.agent
        del agent.members[queue.model.name], queue.members[agent.model.interface]
        queue.numbers[member.penalty].remove(member.number)
        queue.paused -= member.is_paused
        self._desk.changes += 1
        if member.tier is not None:
            self._reserve.unseated(member.tier, agent, queue.model.name, now, why)
        self._desk.leave_if_empty(queue, now)

    def set_penalty(self, member: DeskMember, penalty: int) -> None:
        """He gets another one."""
        self._desk.unseat(member)
        member.queue.numbers[member.penalty].remove(member.number)
        member.penalty = penalty
        member.becomes_otherwise()
        insort(member.queue.numbers.setdefault(penalty, []), member.number)
        self._desk.changes += 1
        self._desk.seat(member)

    def ends_his_pause(self, now: float, whose: tuple[DeskAgent, Pause]) -> None:
        """He is there again; nothing where that pause is over."""
        agent, pause = whose
        if agent.pause is not pause:
            return
        agent.passes(now)
        agent.pause = None
        for member in agent.members.values():
            if member.is_paused:
                member.is_paused = False
                member.becomes_otherwise()
                member.queue.paused -= 1
                self._desk.seat(member)
        self._desk.changes += 1
        if agent.doing is Doing.NOTHING:
            self._desk.serve(agent, now)

    def _plan(self, agent: DeskAgent, shift: Shift) -> None:
        self._agenda.plan(shift.began, self._signs_on, agent)
        for pause in shift.pauses:
            self._agenda.plan(pause.began, self._pauses, (agent, pause))
            self._agenda.plan(pause.ended, self.ends_his_pause, (agent, pause))
        self._agenda.plan(shift.ended, self._signs_off, agent)

    def _signs_on(self, now: float, agent: DeskAgent) -> None:
        agent.passes(now)
        agent.is_signed_on = True
        for name, penalty in agent.model.penalties.items():
            self.add(self._desk.queues[name], agent, penalty, now)

    def _signs_off(self, now: float, agent: DeskAgent) -> None:
        """He is out of his own queues, whoever has brought him into them, and pauses no more."""
        agent.passes(now)
        agent.is_signed_on = False
        for name in agent.model.penalties:
            member = agent.members.get(name)
            if member is not None:
                self.remove(member, now, "he has signed off")
        if agent.pause is not None:
            self.ends_his_pause(now, (agent, agent.pause))

    def _pauses(self, now: float, whose: tuple[DeskAgent, Pause]) -> None:
        """In all queues that he is in now, as by the feature code."""
        agent, pause = whose
        agent.passes(now)
        agent.pause = pause
        for member in agent.members.values():
            if not member.is_paused:
                self._desk.unseat(member)
                member.is_paused = True
                member.becomes_otherwise()
                member.queue.paused += 1
        self._desk.changes += 1

    def _becomes_available(self, _now: float, number: str) -> None:
        self.available[number] = None
        self._desk.changes += 1

    def _is_available_no_more(self, _now: float, number: str) -> None:
        self.available.pop(number, None)
        self._desk.changes += 1
