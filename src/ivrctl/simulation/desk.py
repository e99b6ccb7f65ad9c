"""The queues of a day while it runs: who joins, who is rung for whom, who talks, who leaves.

What a caller does follows ``queue_exec`` of app_queue.c: he looks whether it is his turn when he joins and each
``looks_every`` from then on (``wait_our_turn``); at his turn somebody is rung (``try_calling``); when nobody could be,
or nobody has answered, he does nothing for ``retry`` (``wait_a_bit``), and looks again. It is the turn of as many
callers as there are free members, the first ones of those for whom nobody is rung (``is_our_turn``).

Instead of all the looks that find nothing those are planned that may find something: when somebody becomes free, or
a caller leaves who stood before others.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from math import ceil, inf
from operator import attrgetter

from ivrctl.simulation import strategies
from ivrctl.simulation.agenda import Agenda
from ivrctl.simulation.day import Arrival, Day, Strategy
from ivrctl.simulation.draws import Draws
from ivrctl.simulation.people import DeskAgent, DeskCaller, DeskMember, DeskQueue, Doing
from ivrctl.simulation.told import Told
from ivrctl.simulation.weights import whom_to_spare

_BY_PLACE = attrgetter("place")


class Desk:
    """See the module."""

    def __init__(self, day: Day, agenda: Agenda, draws: Draws, told: Told) -> None:
        """Nobody is there yet.

        Args:
            day: its queues and agents.
            agenda: on which everything is planned.
            draws: for what is left to chance.
            told: what becomes of callers.
        """
        self.queues: Mapping[str, DeskQueue] = {
            model.name: DeskQueue(model, place) for place, model in enumerate(day.queues)
        }
        self.agents: Mapping[str, DeskAgent] = {model.interface: DeskAgent(model) for model in day.agents}
        """By interface."""
        self.callers = 0
        """Those who wait or talk."""
        self.waiting = 0
        self.changes = 0
        """How often somebody came into a queue or left it, paused or ended that, became available for backup or not."""
        self.freed = 0
        """How often somebody had nothing to do any more in a queue into which he was called."""
        self._agenda = agenda
        self._draws = draws
        self._told = told
        self._joined = 0
        heaviest = max((queue.weight for queue in day.queues), default=0)
        for queue in self.queues.values():
            queue.is_weighed = queue.model.weight < heaviest

    # ---- callers

    def join(self, arrival: Arrival) -> None:
        """Somebody joins, or is refused."""
        queue, now = self.queues[arrival.queue], arrival.at
        self._joined += 1
        caller = DeskCaller(self._joined, arrival, queue, now)
        if not self._is_let_in(queue):
            self._told.refused(caller)
            return
        queue.callers[caller.number] = caller
        insort(queue.idle, caller, key=_BY_PLACE)
        self.callers += 1
        self.waiting += 1
        self._told.joined(caller)
        if arrival.patience <= queue.model.longest_wait:
            if arrival.patience < inf:
                self._agenda.plan(now + arrival.patience, self._hangs_up, caller)
        else:
            self._agenda.plan(now + queue.model.longest_wait, self._times_out, caller)
        if self._is_his_turn(caller):
            self._try(caller, now)

    def give_up(self, now: float) -> None:
        """Nothing happens any more: those who wait still leave."""
        for queue in self.queues.values():
            for caller in tuple(queue.callers.values()):
                self._leaves_empty(caller, now)

    @staticmethod
    def _is_let_in(queue: DeskQueue) -> bool:
        if not queue.model.join_empty and not queue.staffed:
            return False
        return not queue.model.limit or len(queue.callers) < queue.model.limit

    @staticmethod
    def _is_his_turn(caller: DeskCaller) -> bool:
        queue = caller.queue
        return caller in queue.idle[: strategies.turns(queue)]

    def _hangs_up(self, now: float, caller: DeskCaller) -> None:
        if caller.is_waiting:
            self._told.abandoned(caller, now)
            self._leaves(caller, now)

    def _times_out(self, now: float, caller: DeskCaller) -> None:
        if caller.is_waiting:
            self._told.timed_out(caller, now)
            self._leaves(caller, now)

    def _leaves_empty(self, caller: DeskCaller, now: float) -> None:
        self._told.left_empty(caller, now)
        self._leaves(caller, now)

    def _leaves(self, caller: DeskCaller, now: float) -> None:
        """Out of the queue, to nobody."""
        self.callers -= 1
        self._goes(caller)
        self._stop_ringing(caller, now)
        self._serve(caller.queue, now)

    def _goes(self, caller: DeskCaller) -> None:
        """He waits no more."""
        caller.is_waiting = False
        self.waiting -= 1
        del caller.queue.callers[caller.number]
        if not caller.ringing:
            caller.queue.idle.remove(caller)

    # ---- ringing

    def _looks(self, now: float, caller: DeskCaller) -> None:
        caller.is_looking = False
        if caller.is_waiting and not caller.is_resting and not caller.ringing and self._is_his_turn(caller):
            self._try(caller, now)

    def _has_rested(self, now: float, caller: DeskCaller) -> None:
        if not caller.is_waiting:
            return
        caller.is_resting, caller.looks_from = False, now
        if self._is_his_turn(caller):
            self._try(caller, now)

    def _try(self, caller: DeskCaller, now: float) -> None:
        """Ring somebody for him."""
        queue = caller.queue
        begin = strategies.begin_of(queue, caller)
        rung = strategies.pick(queue, caller, whom_to_spare(queue, self.queues.values()), self._draws)
        if not rung:
            self._rest(caller, now)
            return
        queue.idle.remove(caller)
        caller.ringing, caller.attempts = rung, caller.attempts + 1
        for member in rung:
            self.occupy(member.agent, Doing.RINGING, now)
        self._plan_end_of(caller, begin, now)
        if queue.model.strategy is Strategy.RINGALL:  # members of a higher penalty may be free for the next caller
            self._serve(queue, now)

    def _plan_end_of(self, caller: DeskCaller, begin: float, now: float) -> None:
        """Of the ringing: somebody answers, or nobody does for too long."""
        rung, ring_for = caller.ringing, caller.queue.model.ring_for or inf
        answered_after, by = min(
            ((self._answers_after(member), place) for place, member in enumerate(rung)), default=(inf, 0)
        )
        if answered_after < ring_for:
            self._agenda.plan(now + answered_after, self._is_answered, (caller, caller.attempts, rung[by], begin))
        elif ring_for < inf:
            self._agenda.plan(now + ring_for, self._rings_out, (caller, caller.attempts, rung[0], begin))

    def _answers_after(self, member: DeskMember) -> float:
        """Seconds; infinite when he does not."""
        model = member.agent.model
        return model.answers_after if model.answers >= 1 or self._draws.next() < model.answers else inf

    def _is_answered(self, now: float, ring: tuple[DeskCaller, int, DeskMember, float]) -> None:
        caller, attempt, member, begin = ring
        if not caller.is_waiting or caller.attempts != attempt:
            return
        strategies.remember(caller.queue, caller, begin, member)
        self._goes(caller)
        agent = member.agent
        agent.doing, agent.caller = Doing.TALKING, caller
        for each in agent.members.values():
            each.becomes_otherwise()
        self._told.answered(caller, member, now)
        self._agenda.plan(now + caller.arrival.talk, self._talk_is_over, agent)
        caller.ringing = tuple(other for other in caller.ringing if other is not member)
        self._stop_ringing(caller, now)

    def _rings_out(self, now: float, ring: tuple[DeskCaller, int, DeskMember, float]) -> None:
        caller, attempt, member, begin = ring
        if not caller.is_waiting or caller.attempts != attempt:
            return
        queue = caller.queue
        strategies.remember(queue, caller, begin, member)
        insort(queue.idle, caller, key=_BY_PLACE)
        self._rest(caller, now)
        self._stop_ringing(caller, now)
        self.leave_if_empty(queue, now)

    def _stop_ringing(self, caller: DeskCaller, now: float) -> None:
        freed, caller.ringing = caller.ringing, ()
        for member in freed:
            self.free(member.agent, now)

    def _rest(self, caller: DeskCaller, now: float) -> None:
        caller.is_resting = True
        self._agenda.plan(now + caller.queue.model.retry, self._has_rested, caller)

    # ---- agents

    def _talk_is_over(self, now: float, agent: DeskAgent) -> None:
        caller, agent.caller = agent.caller, None
        wrap_up = 0.0 if caller is None else caller.queue.model.wrap_up
        self.callers -= 1
        agent.last_call, agent.free_at = now, now + wrap_up
        for member in agent.members.values():
            member.becomes_otherwise()
            member.last_call = now
            member.calls += 1
        if wrap_up:
            agent.doing = Doing.WRAPPING_UP
            self._agenda.plan(now + wrap_up, self._has_wrapped_up, agent)
        else:
            self.free(agent, now)

    def _has_wrapped_up(self, now: float, agent: DeskAgent) -> None:
        self.free(agent, now)

    def occupy(self, agent: DeskAgent, doing: Doing, now: float) -> None:
        """He, who did nothing, has something to do."""
        agent.passes(now)
        agent.doing = doing
        for member in agent.members.values():
            member.becomes_otherwise()
            if not member.is_paused:
                member.queue.bench.take(member)

    def free(self, agent: DeskAgent, now: float) -> None:
        """He has nothing to do any more."""
        agent.passes(now)
        agent.doing = Doing.NOTHING
        for member in agent.members.values():
            member.becomes_otherwise()
            self.seat(member)
            self.freed += member.tier is not None
        self.serve(agent, now)

    @staticmethod
    def seat(member: DeskMember) -> None:
        """He sits on the bench of a queue, if he can be rung."""
        if member.agent.doing is Doing.NOTHING and not member.is_paused:
            member.rank = strategies.rank(member)
            member.queue.bench.put(member)

    @staticmethod
    def unseat(member: DeskMember) -> None:
        """He does not any more, if he did."""
        if member.agent.doing is Doing.NOTHING and not member.is_paused:
            member.queue.bench.take(member)

    def serve(self, agent: DeskAgent, now: float) -> None:
        """He may be rung again: the callers of his queues look, those first who stand first."""
        queues = [member.queue for member in agent.members.values() if member.queue.idle]
        if len(queues) > 1:
            queues.sort(key=lambda queue: (-queue.model.weight, queue.idle[0].arrival.at, queue.place))
        for queue in queues:
            self._serve(queue, now)

    def leave_if_empty(self, queue: DeskQueue, now: float) -> None:
        """When nobody is in a queue any more, those leave for whom nobody is rung."""
        if queue.model.leave_when_empty and not queue.members:
            for caller in tuple(queue.idle):
                self._leaves_empty(caller, now)

    def _serve(self, queue: DeskQueue, now: float) -> None:
        """It may be somebody's turn: plan his look, or ring for him at once."""
        if queue.model.looks_every:
            for one in queue.idle[: strategies.turns(queue)]:
                if not one.is_resting and not one.is_looking:
                    one.is_looking = True
                    self._agenda.plan(_next_look(one, now), self._looks, one)
            return
        while (caller := _first_ready(queue.idle[: strategies.turns(queue)])) is not None:
            self._try(caller, now)


def _first_ready(callers: Iterable[DeskCaller]) -> DeskCaller | None:
    return next((caller for caller in callers if not caller.is_resting), None)


def _next_look(caller: DeskCaller, now: float) -> float:
    every = caller.queue.model.looks_every
    return max(now, caller.looks_from + ceil((now - caller.looks_from) / every) * every)
