"""Plans come about on the simulated desk, at once: memberships begin and end, people who are asked come or do not.

What is ours is known as the live controller keeps it: a lease of each membership that was begun, and when changes were
sent that the ceiling counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ivrctl.simulation.agenda import Agenda
from ivrctl.simulation.day import Pause
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.draws import Draws
from ivrctl.simulation.memberships import Called, Memberships
from ivrctl.simulation.people import DeskAgent
from ivrctl.simulation.reserve import Reserve, TierKey
from ivrctl.simulation.seen import SIGHT
from ivrctl.staffing.guard import HOUR, is_counted
from ivrctl.staffing.plan import Change, ChangeKind, Owned, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.rounds import Round

LEASED_FOR = timedelta(days=7)
"""Nobody else is there who could end a membership."""


class Carrying:
    """See the module."""

    def __init__(self, desk: Desk, memberships: Memberships, reserve: Reserve, agenda: Agenda, draws: Draws) -> None:
        """Nothing is ours.

        Args:
            desk: on which plans come about.
            memberships: of it.
            reserve: is told of all that changes.
            agenda: on which people come who are asked.
            draws: whether they do.
        """
        self._desk = desk
        self._memberships = memberships
        self._reserve = reserve
        self._agenda = agenda
        self._draws = draws
        self._sent: dict[str, list[datetime]] = {}
        self.owned: dict[SeatKey, Owned] = {}

    def sent(self, policy: str, now: datetime) -> tuple[datetime, ...]:
        """When changes were sent that count against its ceiling, in the last hour."""
        since = now - HOUR
        kept = self._sent[policy] = [at for at in self._sent.get(policy, ()) if at > since]
        return tuple(kept)

    def carry_out(self, done: Round, now: float) -> None:
        """All of a round: who is called in, who is asked, and what changes.

        Args:
            done: the round.
            now: seconds of the day.
        """
        policy = done.policy
        for interface in done.decision.called_in:
            number = self._desk.agents[interface].model.number
            self._reserve.interrupted((policy.name, _wanted_by(done, interface)), number)
        for tier, asked in done.asking.items():
            for interface in asked:
                self._ask((policy.name, tier), self._desk.agents[interface], now)
        for change in done.plan.changes:
            self._change(policy, change, done.view.at, now)
        self._settle(done)

    def _change(self, policy: Policy, change: Change, at: datetime, now: float) -> None:
        queue, agent = self._desk.queues[change.queue], self._desk.agents[change.interface]
        member = agent.members.get(change.queue)
        tier = policy.name, change.tier
        if change.kind is ChangeKind.ADD and member is None:
            self._memberships.add(queue, agent, change.penalty, now, Called(tier, change.sentence))
            self.owned[change.seat] = Owned(
                *change.seat, change.tier, policy.name, at, at + LEASED_FOR, is_confirmed=True, sight=SIGHT
            )
        elif change.kind is ChangeKind.REMOVE and member is not None:
            self._memberships.remove(member, now, change.sentence)
            del self.owned[change.seat]
        elif change.kind is ChangeKind.PENALTY and member is not None:
            self._memberships.set_penalty(member, change.penalty)
        if is_counted(change):
            self._sent.setdefault(policy.name, []).append(at)

    def _settle(self, done: Round) -> None:
        """Who has signed off himself is not ours any more; somebody may be of another tier now."""
        desired = done.decision.desired
        for seat, lease in tuple(self.owned.items()):
            if lease.policy != done.policy.name:
                continue
            wanted, is_there = desired.get(seat), seat[1] in self._desk.queues[seat[0]].members
            if wanted is None and not is_there:
                del self.owned[seat]
            elif wanted is not None and wanted.tier != lease.tier:
                self.owned[seat] = replace(lease, tier=wanted.tier)

    def _ask(self, tier: TierKey, agent: DeskAgent, now: float) -> None:
        """He comes or does not, if he pauses still when he would."""
        self._reserve.interrupted(tier, agent.model.number)
        if self._draws.next() < agent.model.comes_when_asked and agent.pause is not None:
            self._agenda.plan(now + agent.model.comes_after, self._comes, (agent, agent.pause, tier))

    def _comes(self, now: float, asked: tuple[DeskAgent, Pause, TierKey]) -> None:
        agent, pause, tier = asked
        if agent.pause is not pause:
            return
        self._reserve.came(tier, agent, now, pause.ended)
        self._agenda.plan(pause.ended, self._would_be_back, agent)
        self._memberships.ends_his_pause(now, (agent, pause))

    def _would_be_back(self, now: float, agent: DeskAgent) -> None:
        self._reserve.would_be_back(agent, now)


def _wanted_by(done: Round, interface: str) -> str:
    """The tier that calls somebody in."""
    return next(wanted.tier for wanted in done.decision.desired.values() if wanted.interface == interface)
