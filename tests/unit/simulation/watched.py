"""A run that is looked at behind every event: what must hold at each moment of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from numpy.random import default_rng

from ivrctl.acd.picture import Picture, Queue
from ivrctl.acd.recent_stays import LONGEST, RecentStays
from ivrctl.acd.stay import Gap, StayEnd
from ivrctl.simulation import strategies
from ivrctl.simulation.agenda import _JOINING
from ivrctl.simulation.day import Day, Strategy
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.draws import Draws
from ivrctl.simulation.engine import Run
from ivrctl.simulation.people import DeskCaller, DeskMember, DeskQueue, Doing
from ivrctl.simulation.seen import DeskScene
from ivrctl.simulation.stays import _stay
from ivrctl.staffing.look import look
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.rounds import Round
from ivrctl.staffing.scene import Scene

EVERY = timedelta(seconds=5)
PICK = strategies.pick


class WatchedRun(Run):
    """See the module."""

    def __init__(self, day: Day, policies: Mapping[str, Policy], seed: int = 7) -> None:
        super().__init__(day, policies, default_rng(seed), EVERY)
        self.ends: Counter[int] = Counter()
        """By caller, how often he was told of as one who waits no longer."""
        carrying = self.backup._parts.carrying
        self._carry_out, carrying.carry_out = carrying.carry_out, self._carried  # type: ignore[method-assign]
        self._recent = RecentStays(day.rule)
        begins = self._clock.at(0.0)
        self._recent.take(Gap(begins - 2 * LONGEST, begins - LONGEST, "the day has not begun"))

    @property
    def _clock(self):  # noqa: ANN202
        return self.backup._parts.clock

    def _run(self) -> None:
        agenda, desk = self._agenda, self.desk
        for arrival in self._day.arrivals:
            self._to(arrival.at)
            desk.join(arrival)
            self._look()
        self._to(self._day.lasts.total_seconds())
        while desk.callers and not agenda.is_empty:
            agenda.do_next()
            self._look()
        desk.give_up(agenda.now)

    def _to(self, at: float) -> None:
        while self._agenda._heap and self._agenda._heap[0] < (at, _JOINING):
            self._agenda.do_next()
            self._look()

    def _look(self) -> None:
        nobody_does_two_things(self.desk)
        for queue in self.desk.queues.values():
            bench_holds_who_is_free(queue)
            nobody_waits_for_who_is_free(queue)

    def _tick(self, now: float, _: None) -> None:
        for course in self.backup._courses:
            figures_are_those_of_a_plain_scene(course.policy, self.backup._scene(self._clock.at(now)), self._recent)
        super()._tick(now, None)

    def _carried(self, done: Round, now: float) -> None:
        """Whoever is in is wanted, or waits to go."""
        self._carry_out(done, now)
        people, held = done.decision.memory.people, {one.change.seat for one in done.plan.held}
        for seat, lease in self.backup._parts.carrying.owned.items():
            if lease.policy == done.policy.name:
                assert people[seat[1]].is_in or seat in held

    def _ended(self, caller: DeskCaller, end: StayEnd, now: float) -> None:
        self.ends[caller.number] += 1
        self._recent.take(_stay(caller, end, self._clock, now))

    def joined(self, caller: DeskCaller) -> None:
        """The books have him from now on."""
        stay = _stay(caller, StayEnd.WAITING, self._clock, caller.arrival.at)
        self._recent.take(replace(stay, tier=caller.arrival.tier, left_at=None))
        super().joined(caller)

    def refused(self, caller: DeskCaller) -> None:
        """That is his end."""
        self.ends[caller.number] += 1
        super().refused(caller)

    def answered(self, caller: DeskCaller, by: DeskMember, now: float) -> None:
        """By the one whom he talks to."""
        assert by.agent.caller is caller
        self._ended(caller, StayEnd.ANSWERED, now)
        super().answered(caller, by, now)

    def abandoned(self, caller: DeskCaller, now: float) -> None:
        """When his patience is over."""
        assert now == caller.arrival.at + caller.arrival.patience
        self._ended(caller, StayEnd.ABANDONED, now)
        super().abandoned(caller, now)

    def timed_out(self, caller: DeskCaller, now: float) -> None:
        """When the flow has waited for long enough."""
        self._ended(caller, StayEnd.TIMED_OUT, now)
        super().timed_out(caller, now)

    def left_empty(self, caller: DeskCaller, now: float) -> None:
        """When nobody is left."""
        self._ended(caller, StayEnd.EMPTY, now)
        super().left_empty(caller, now)


def nobody_does_two_things(desk: Desk) -> None:
    rung = Counter(
        member.agent.model.number
        for queue in desk.queues.values()
        for caller in queue.callers.values()
        for member in caller.ringing
    )
    assert not rung or max(rung.values()) == 1
    for agent in desk.agents.values():
        assert (agent.doing is Doing.RINGING) == (agent.model.number in rung)
        assert (agent.doing is Doing.TALKING) == (agent.caller is not None)
    talking = [agent.caller.number for agent in desk.agents.values() if agent.caller is not None]
    assert len(talking) == len(set(talking)) == desk.callers - desk.waiting


def bench_holds_who_is_free(queue: DeskQueue) -> None:
    free = [one for one in queue.members.values() if one.agent.doing is Doing.NOTHING and not one.is_paused]
    benched = [member for level in queue.bench.levels for member in level.members]
    assert len(benched) == queue.bench.count == len(free)
    assert {id(member) for member in benched} == {id(member) for member in free}
    assert all(level.ranks == sorted(level.ranks) for level in queue.bench.levels)
    assert all(member.penalty == level.penalty for level in queue.bench.levels for member in level.members)
    assert queue.paused == sum(member.is_paused for member in queue.members.values())
    assert sorted(number for numbers in queue.numbers.values() for number in numbers) == sorted(
        member.number for member in queue.members.values()
    )


def nobody_waits_for_who_is_free(queue: DeskQueue) -> None:
    """It is somebody's turn only while he rests between two attempts, or until his next look."""
    for caller in queue.idle[: strategies.turns(queue)]:
        assert caller.is_resting or (queue.model.looks_every and caller.is_looking)


def picked(queue: DeskQueue, caller: DeskCaller, may: strategies.May, draws: Draws) -> tuple[DeskMember, ...]:
    """Nobody is rung while somebody with a lower penalty could be; somebody is, when anybody may."""
    able = [member for level in queue.bench.levels for member in level.members if may(member)]
    rung = PICK(queue, caller, may, draws)
    assert bool(rung) == bool(able)
    assert all(member in able for member in rung)
    if rung and queue.model.strategy is not Strategy.WRANDOM:
        assert {member.penalty for member in rung} == {min(member.penalty for member in able)}
    assert len(rung) <= 1 or queue.model.strategy is Strategy.RINGALL
    return rung


def figures_are_those_of_a_plain_scene(policy: Policy, scene: DeskScene, recent: RecentStays) -> None:
    """``DeskScene`` and ``DayStays`` say what those say for which they stand."""
    plain = Scene(copied(scene.picture), recent, scene.expected, scene.now, scene.promises)
    seen, known = look(policy, scene), look(policy, plain)
    assert (seen.readings, seen.waiting) == (known.readings, known.waiting)
    assert (seen.presence, seen.at_own_work) == (known.presence, known.at_own_work)
    assert dict(seen.seats) == dict(known.seats)


def copied(picture: Picture) -> Picture:
    queues = {
        name: Queue(queue.settings, MappingProxyType(dict(queue.callers)), MappingProxyType(dict(queue.members)))
        for name, queue in picture.queues.items()
    }
    return Picture(MappingProxyType(queues), picture.read_at, picture.seen_at, sight=picture.sight, staff=picture.staff)
