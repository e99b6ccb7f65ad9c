"""Events into spans of agents: one state at a time for each interface, over all the queues that he is in.

He is signed on while he is a member anywhere. He is paused when he is so in every queue of his: else somebody can
reach him. A state that lasts less than ``BLINK`` is none: phones and queues tell the same thing one after the other;
but a talk is one, however short, and who answers at once has rung, and talks from the answer on.
While nothing is seen spans stand still: a state that is found again has lasted, another one begins with the reading.
``stays`` has its counterpart for callers.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ivrctl.acd.events import MemberMissed, MemberRang, MemberRemoved, MemberSeen, QueuesRead
from ivrctl.acd.members import is_as_told
from ivrctl.acd.order import is_older, is_told
from ivrctl.acd.picture import DeviceState, Member
from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd

BLINK = timedelta(seconds=0.5)
"""A state that lasts less is none."""
GONE = 4_096
"""So many members who signed off are remembered, since an older event of theirs may come late."""
_ANYWHERE = ""
"""No queue: the end of a span."""
_BUSY = {DeviceState.INUSE, DeviceState.BUSY, DeviceState.ONHOLD, DeviceState.RINGINUSE}
_ON_THE_PHONE = {AgentState.TALKING, AgentState.BUSY}
_ABSENT = {DeviceState.UNAVAILABLE, DeviceState.INVALID}


@dataclass(slots=True)
class Agent:
    """One interface."""

    interface: str
    queues: dict[str, tuple[datetime, Member]] = field(default_factory=dict)
    """What was told of him last in each of his queues, and when."""
    paused: int = 0
    """In so many of his queues."""
    in_calls: int = 0
    device: DeviceState = DeviceState.UNKNOWN
    reason: str = ""
    """Of the last pause that was told."""
    rung_for: set[str] = field(default_factory=set)
    """Callers."""
    rings_beside: bool = False
    """True while a phone rings that was busy before: he is on the phone otherwise."""
    talks: set[str] = field(default_factory=set)
    """Callers."""
    wraps_up_until: datetime | None = None
    span: AgentSpan | None = None

    def put(self, queue: str, member: Member, at: datetime) -> None:
        """What is told of him in a queue."""
        self.drop(queue)
        self.queues[queue] = (at, member)
        self.device = member.device
        self.in_calls += member.in_call
        if member.is_paused:
            self.paused += 1
            self.reason = member.pause_reason
        if member.last_call is not None and member.wrap_up:
            self.wrap_up(member.last_call + member.wrap_up)

    def drop(self, queue: str) -> None:
        """He is in a queue no longer."""
        told = self.queues.pop(queue, None)
        if told is not None:
            self.in_calls -= told[1].in_call
            self.paused -= told[1].is_paused

    def is_busy_before(self, at: datetime) -> bool:
        """True when he is on the phone otherwise, and not only since a moment: what rings then makes a phone busy."""
        span = self.span
        return span is not None and span.state is AgentState.BUSY and span.began_at < at - BLINK

    def wrap_up(self, until: datetime) -> None:
        """Until then at least."""
        if self.wraps_up_until is None or until > self.wraps_up_until:
            self.wraps_up_until = until

    def state(self, at: datetime) -> AgentState | None:
        """The first that holds; None where he is not signed on."""
        if not self.queues:
            return None
        if self.talks or self.in_calls:
            return AgentState.TALKING
        # A phone that takes one call at a time is busy while it rings, by ``device_state_busy_at`` of chan_pjsip.
        if self.rung_for and not self.rings_beside:
            return AgentState.RINGING
        if self.device in _BUSY:
            return AgentState.BUSY
        if self.rung_for or self.device is DeviceState.RINGING:
            return AgentState.RINGING
        if self.wraps_up_until is not None and at < self.wraps_up_until:
            return AgentState.WRAP_UP
        if self.paused == len(self.queues):
            return AgentState.PAUSED
        return AgentState.AWAY if self.device in _ABSENT else AgentState.IDLE


class Agents:
    """Everybody who is signed on; spans that end or begin are put into ``told``."""

    def __init__(self) -> None:
        self.told: list[AgentSpan] = []
        self._agents: dict[str, Agent] = {}
        self._rung: dict[str, set[str]] = {}
        """By the caller, whose phones ring for him."""
        self._gone: dict[tuple[str, str], datetime] = {}
        self._wakes: list[tuple[datetime, str]] = []
        self._blind_since: datetime | None = None
        self._is_blind = True
        self._known_until: datetime | None = None
        """The spans say already what was done until then; None from then on."""
        self._read_at: datetime | None = None

    def __len__(self) -> int:
        return len(self._agents)

    @property
    def open_spans(self) -> list[AgentSpan]:
        """What everybody does now."""
        return [agent.span for agent in self._agents.values() if agent.span is not None]

    def restore(self, spans: Iterable[AgentSpan], gap: Gap | None, known_until: datetime | None = None) -> None:
        """Go on with spans that had not ended before a gap; or at a moment up to which all will be told once more."""
        self._blind_since = gap.began_at if gap else None
        self._known_until = known_until
        for span in spans:
            if span.ended_at is None:
                self._agent(span.interface).span = span

    def settle(self, now: datetime) -> None:
        """Wrap-up times that are over."""
        if self._known_until is not None and self._read_at is not None and now > self._known_until:
            self._open_eyes(self._known_until)
        while self._wakes and self._wakes[0][0] <= now:
            at, interface = heapq.heappop(self._wakes)
            agent = self._agents.get(interface)
            if agent is not None and agent.wraps_up_until is not None and agent.wraps_up_until <= at:
                agent.wraps_up_until = None
                self._follow(agent, at)

    def lost(self, at: datetime) -> None:
        """Nothing is seen from here on."""
        if not self._is_blind or self._known_until is not None:
            self._is_blind, self._blind_since, self._known_until = True, at, None

    def seen(self, event: MemberSeen) -> None:
        """He is signed on in a queue, and so he is."""
        interface, at = event.member.interface, event.at
        agent = self._agents.get(interface) or self._agent(interface)
        told = agent.queues.get(event.queue)
        if told is None:
            if is_told(at, self._gone.get((event.queue, interface))) or is_older(at, self._read_at):
                self._forget(agent)
                return
        elif is_older(at, told[0]) or is_older(at, self._read_at):
            return
        agent.put(event.queue, event.member, at)
        self._follow(agent, at)

    def removed(self, event: MemberRemoved) -> None:
        """He is in a queue no longer."""
        agent = self._agents.get(event.interface)
        told = agent.queues.get(event.queue) if agent else None
        if agent is None or told is None or is_older(event.at, told[0]):
            return
        self._drop(agent, event.queue, event.at)
        self._follow(agent, event.at)

    def rang(self, event: MemberRang) -> None:
        """His phone rings for a caller."""
        agent = self._agents.get(event.interface)
        if agent is not None:
            if not agent.rung_for:
                agent.rings_beside = agent.is_busy_before(event.at)
            agent.rung_for.add(event.uniqueid)
            self._rung.setdefault(event.uniqueid, set()).add(event.interface)
            self._follow(agent, event.at)

    def missed(self, event: MemberMissed) -> None:
        """And rings no more."""
        self._quiet(event.uniqueid, event.interface, event.at)
        rung = self._rung.get(event.uniqueid)
        if rung is not None:
            rung.discard(event.interface)

    def follow(self, stay: Stay, at: datetime) -> None:
        """What became of a caller, whom his phone rang for or who talked to him."""
        if stay.end is StayEnd.WAITING:
            return
        for interface in self._rung.pop(stay.uniqueid, ()):
            self._quiet(stay.uniqueid, interface, at)
        agent = self._agents.get(stay.interface) if stay.interface else None
        if agent is None or stay.left_at is None:
            return
        if stay.talk_ended_at is None:
            agent.talks.add(stay.uniqueid)
            self._follow(agent, stay.left_at)
        elif stay.uniqueid in agent.talks:
            agent.talks.discard(stay.uniqueid)
            self._end_call(agent, stay.queue, stay.talk_ended_at)
            self._follow(agent, stay.talk_ended_at)

    def read(self, event: QueuesRead) -> None:
        """Who is in which queue, and how; spans go on, or begin anew."""
        if is_older(event.at, self._read_at):
            return
        there: set[tuple[str, str]] = set()
        for queue in event.queues:
            name = queue.settings.name
            for member in queue.members:
                there.add((name, member.interface))
                self._read_member(name, member, event.at)
        for agent in self._agents.values():
            for name in [each for each in agent.queues if (each, agent.interface) not in there]:
                if not is_older(event.at, agent.queues[name][0]):
                    self._drop(agent, name, event.at)
        self._read_at = event.at
        self._quiet_all({caller.uniqueid for queue in event.queues for caller in queue.callers}, event.at)
        if self._known_until is not None and event.at <= self._known_until:
            return
        if self._is_blind:
            self._open_eyes(event.at)
        else:
            for agent in list(self._agents.values()):
                self._follow(agent, event.at)

    def _open_eyes(self, at: datetime) -> None:
        """Everybody is known as he is now."""
        self._is_blind, self._known_until = False, None
        for agent in list(self._agents.values()):
            self._sighted(agent, at)

    def _quiet_all(self, waiting: set[str], at: datetime) -> None:
        """No phone rings for who waits no more."""
        for uniqueid in [each for each in self._rung if each not in waiting]:
            for interface in self._rung.pop(uniqueid):
                self._quiet(uniqueid, interface, at)

    def _read_member(self, queue: str, member: Member, at: datetime) -> None:
        agent = self._agent(member.interface)
        told = agent.queues.get(queue)
        if told is not None and is_as_told(told[1], member):
            return
        is_known_better = is_older(at, told[0]) if told else is_older(at, self._gone.get((queue, member.interface)))
        if not is_known_better:
            agent.put(queue, member, at)

    def _agent(self, interface: str) -> Agent:
        agent = self._agents.get(interface)
        if agent is None:
            agent = self._agents[interface] = Agent(interface)
        return agent

    def _drop(self, agent: Agent, queue: str, at: datetime) -> None:
        agent.drop(queue)
        self._remember(queue, agent.interface, at)

    def _remember(self, queue: str, interface: str, at: datetime) -> None:
        if len(self._gone) >= GONE:
            del self._gone[next(iter(self._gone))]
        self._gone[queue, interface] = at

    def _end_call(self, agent: Agent, queue: str, at: datetime) -> None:
        """His queue will say so, too, and after a moment."""
        told = agent.queues.get(queue)
        if told is None or is_older(at, told[0]):
            return
        member = told[1]
        agent.put(queue, replace(member, in_call=False, last_call=at), at)

    def _quiet(self, uniqueid: str, interface: str, at: datetime) -> None:
        agent = self._agents.get(interface)
        if agent is not None and uniqueid in agent.rung_for:
            agent.rung_for.discard(uniqueid)
            self._follow(agent, at)

    def _sighted(self, agent: Agent, at: datetime) -> None:
        """After a time in which nothing was seen."""
        span, state = agent.span, agent.state(at)
        if span is not None and (span.state is not state or span.reason != self._reason(agent, state)):
            self._close(agent, span, max(span.began_at, self._blind_since or at))
        self._follow(agent, at)

    def _follow(self, agent: Agent, at: datetime) -> None:
        """The span of what he does now."""
        if self._is_blind:
            return
        state, span = agent.state(at), agent.span
        if state is AgentState.WRAP_UP and agent.wraps_up_until is not None:
            heapq.heappush(self._wakes, (agent.wraps_up_until, agent.interface))
        reason = self._reason(agent, state)
        if span is not None:
            if span.state is state and span.reason == reason:
                return
            if is_older(at, span.began_at):
                at = span.began_at
            is_blink = span.began_at <= at < span.began_at + BLINK and span.state is not AgentState.TALKING
            has_answered = span.state is AgentState.RINGING and state in _ON_THE_PHONE
            if state is not None and is_blink and not has_answered:
                self._open(agent, replace(span, state=state, reason=reason))
                return
            self._close(agent, span, max(at, span.began_at))
        if state is not None:
            over_at = self._gone.get((_ANYWHERE, agent.interface))
            began_at = over_at if over_at is not None and is_older(at, over_at) else at
            self._open(agent, AgentSpan(agent.interface, state, reason, began_at, None))
        else:
            self._forget(agent)

    @staticmethod
    def _reason(agent: Agent, state: AgentState | None) -> str:
        return agent.reason if state is AgentState.PAUSED else ""

    def _open(self, agent: Agent, span: AgentSpan) -> None:
        agent.span = span
        self.told.append(span)

    def _close(self, agent: Agent, span: AgentSpan, at: datetime) -> None:
        agent.span = None
        self._remember(_ANYWHERE, agent.interface, at)
        self.told.append(replace(span, ended_at=at))

    def _forget(self, agent: Agent) -> None:
        if not agent.queues and agent.span is None:
            self._agents.pop(agent.interface, None)
