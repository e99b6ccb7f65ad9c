"""A call centre at work: calls that come, ring, are answered or given up, and the list of how it stands at any moment.

Unlike ``traffic``, whose calls are alone, callers stand in line and members talk, and QueueStatus tells the same as the
events: who follows both has no doubts, and in the end what is the case.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from ivrctl.testkit.fake_ami.packets import EPOCH, channel, event, member, noise

CALLS = 400
"""Calls that are under way at one time."""
GIVEN_UP = 0.15
"""The share of calls that nobody answers."""


@dataclass(slots=True)
class _Call:
    """A call, and what it does next."""

    number: int
    queue: str
    interface: str
    next: Iterator[bytes]
    joined_at: float = 0.0

    @property
    def uniqueid(self) -> str:
        return f"pbx-{EPOCH}.{self.number}"

    @property
    def channel(self) -> dict[str, object]:
        return channel(f"PJSIP/trunk-{self.number:08x}", self.uniqueid, self.uniqueid)


class BusyCentre:
    """See the module: ``happening`` for FakeAmi to say, ``listed`` for its answers."""

    def __init__(self, queues: int, members: int, clock: Callable[[], float], seed: int = 1) -> None:
        """Nobody calls yet.

        Args:
            queues: how many, named ``q000`` and so on.
            members: of all of them together, shared out; as many as calls are under way, at least.
            clock: its time, in seconds since 1970.
            seed: of its chances.
        """
        self.lines: dict[str, list[_Call]] = {f"q{number:03}": [] for number in range(queues)}
        """Who waits in each queue, in their order."""
        self.talks: dict[str, _Call] = {}
        """By the interface of who talks."""
        self._clock = clock
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, and no secret
        self._numbers = count(1)
        self._members = {
            queue: [f"PJSIP/{number:05}" for number in range(place, members, queues)]
            for place, queue in enumerate(self.lines)
        }
        self._free = {queue: list(interfaces) for queue, interfaces in self._members.items()}

    def happening(self, wanted_share: float = 0.2) -> Iterator[bytes]:
        """Events without end, with the given share of events that queues need."""
        between = round(1 / wanted_share) - 1
        calls = [self._new_call() for _ in range(CALLS)]
        while True:
            place = self._chance.randrange(CALLS)
            packet = next(calls[place].next, None)
            if packet is None:
                calls[place] = self._new_call()
                continue
            yield packet
            yield from (noise(next(self._numbers), self._clock()) for _ in range(between))

    def truth(self) -> dict[str, list[list[str]]]:
        """Of each queue: who waits, and who talks."""
        talking = {
            queue: [call.uniqueid for call in self.talks.values() if call.queue == queue] for queue in self.lines
        }
        return {queue: [[call.uniqueid for call in line], sorted(talking[queue])] for queue, line in self.lines.items()}

    def listed(self, action_id: str) -> Iterator[bytes]:
        """The answer to QueueStatus."""
        tag = f"ActionID: {action_id}\r\n"
        yield f"Response: Success\r\n{tag}EventList: start\r\nMessage: Queue status will follow\r\n\r\n".encode()
        entries = [text for queue in self.lines for text in self._list(queue)]
        yield "".join(f"{text}{tag}\r\n" for text in entries).encode()
        closing = f"EventList: Complete\r\nListItems: {len(entries)}\r\n\r\n"
        yield f"Event: QueueStatusComplete\r\n{tag}{closing}".encode()

    def _list(self, queue: str) -> Iterator[str]:
        line, now = self.lines[queue], self._clock()
        yield (
            f"Event: QueueParams\r\nQueue: {queue}\r\nMax: 0\r\nStrategy: rrmemory\r\nCalls: {len(line)}\r\n"
            "Holdtime: 0\r\nTalkTime: 0\r\nCompleted: 0\r\nAbandoned: 0\r\nServiceLevel: 20\r\n"
            "ServicelevelPerf: 0.0\r\nServicelevelPerf2: 0.0\r\nWeight: 0\r\n"
        )
        for interface in self._members[queue]:
            talks = interface in self.talks
            yield (
                f"Event: QueueMember\r\nQueue: {queue}\r\nName: 坐席 {interface[-4:]}\r\nLocation: {interface}\r\n"
                f"StateInterface: {interface}\r\nMembership: dynamic\r\nPenalty: 0\r\nCallsTaken: 0\r\n"
                f"LastCall: 0\r\nLastPause: 0\r\nLoginTime: {EPOCH}\r\nInCall: {talks:d}\r\nStatus: {1 + talks}\r\n"
                "Paused: 0\r\nPausedReason: \r\nWrapuptime: 0\r\n"
            )
        for place, call in enumerate(line, 1):
            yield (
                f"Event: QueueEntry\r\nQueue: {queue}\r\nPosition: {place}\r\n"
                f"Channel: PJSIP/trunk-{call.number:08x}\r\nUniqueid: {call.uniqueid}\r\n"
                "CallerIDNum: 13800138000\r\nCallerIDName: unknown\r\nConnectedLineNum: unknown\r\n"
                f"ConnectedLineName: unknown\r\nWait: {int(now - call.joined_at)}\r\nPriority: 0\r\n"
            )

    def _new_call(self) -> _Call:
        free = [queue for queue, interfaces in self._free.items() if interfaces]
        queue = self._chance.choice(free)
        interface = self._free[queue].pop(self._chance.randrange(len(self._free[queue])))
        call = _Call(next(self._numbers), queue, interface, iter(()))
        call.next = self._given_up(call) if self._chance.random() < GIVEN_UP else self._answered(call)
        return call

    def _answered(self, call: _Call) -> Iterator[bytes]:
        yield self._join(call)
        both = self._both(call)
        yield self._say("AgentCalled", both)
        yield self._status(call, 6)
        yield self._leave(call)
        self.talks[call.interface] = call
        yield self._say("AgentConnect", both, HoldTime=1, RingTime=1)
        yield self._status(call, 2)
        del self.talks[call.interface]
        yield self._say("AgentComplete", both, HoldTime=1, TalkTime=1, Reason="caller")
        yield self._status(call, 1)
        yield self._end(call)

    def _given_up(self, call: _Call) -> Iterator[bytes]:
        yield self._join(call)
        place, waited = self.lines[call.queue].index(call) + 1, int(self._clock() - call.joined_at)
        told: dict[str, object] = {"Queue": call.queue, "Position": place, "OriginalPosition": place}
        leaves = self._leave(call)
        yield self._say("QueueCallerAbandon", {**call.channel, **told}, HoldTime=waited) + leaves
        yield self._end(call)

    def _join(self, call: _Call) -> bytes:
        line, call.joined_at = self.lines[call.queue], self._clock()
        line.append(call)
        return self._say("QueueCallerJoin", call.channel, Queue=call.queue, Position=len(line), Count=len(line))

    def _leave(self, call: _Call) -> bytes:
        line = self.lines[call.queue]
        place = line.index(call) + 1
        line.remove(call)
        return self._say("QueueCallerLeave", call.channel, Queue=call.queue, Position=place, Count=len(line))

    def _status(self, call: _Call, status: int) -> bytes:
        figures = {**member(call.queue, call.interface, status), "InCall": int(status == 2), "Wrapuptime": 0}  # noqa: PLR2004 - in use
        return self._say("QueueMemberStatus", {**figures, "LastCall": 0})

    def _end(self, call: _Call) -> bytes:
        self._free[call.queue].append(call.interface)
        return self._say("Hangup", call.channel, Cause=16)

    def _both(self, call: _Call) -> dict[str, object]:
        phone = channel(f"{call.interface}-{call.number:08x}", f"{call.uniqueid}1", call.uniqueid, "Dest")
        return {**call.channel, **phone, "Queue": call.queue, "Interface": call.interface, "MemberName": "坐席"}

    def _say(self, kind: str, headers: dict[str, object], **more: object) -> bytes:
        return event(kind, headers, more, at=self._clock())
