"""The simulated desk as policies see a real one: the values of ``acd``, each made when it is asked for.

A picture is of one moment and shared by nobody here, so its mappings are windows on the desk: nothing is copied, and of
hundreds of members those few are made at which a decision looks. What ``Scene`` reckons over all members is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType

from ivrctl.acd.picture import (
    BackupStaff,
    DeviceState,
    Member,
    Origin,
    Picture,
    Queue,
    QueueSettings,
    WaitingCaller,
)
from ivrctl.simulation.desk import Desk
from ivrctl.simulation.people import DeskAgent, DeskCaller, DeskMember, DeskQueue, Doing
from ivrctl.staffing.policy import Person
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Presence, Seat

MOMENT = timedelta(milliseconds=1)
SIGHT = 1
"""It is never lost."""
_DEVICES: Mapping[Doing, DeviceState] = MappingProxyType(
    {
        Doing.NOTHING: DeviceState.NOT_INUSE,
        Doing.RINGING: DeviceState.RINGING,
        Doing.TALKING: DeviceState.INUSE,
        Doing.WRAPPING_UP: DeviceState.NOT_INUSE,
    }
)


class Clock:
    """Seconds of the day as moments."""

    def __init__(self, begins: datetime) -> None:
        """Count from a moment.

        Args:
            begins: second 0; aware.
        """
        self._begins = begins

    def at(self, second: float) -> datetime:
        """The moment."""
        return self._begins + timedelta(seconds=second)


class _Members(Mapping[str, Member]):
    """Of one queue, by interface."""

    def __init__(self, queue: DeskQueue, clock: Clock) -> None:
        self._members = queue.members
        self._clock = clock

    def __getitem__(self, interface: str) -> Member:
        member = self._members[interface]
        if member.seen is None:
            member.seen = self._member(member)
        return member.seen

    def __contains__(self, interface: object) -> bool:
        return interface in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def _member(self, member: DeskMember) -> Member:
        agent, has_talked = member.agent, member.last_call >= 0
        reason = "" if agent.pause is None or not member.is_paused else agent.pause.reason
        return Member(
            interface=agent.model.interface,
            name=agent.model.number,
            state_interface="",
            origin=Origin.DYNAMIC,
            penalty=member.penalty,
            is_paused=member.is_paused,
            pause_reason=reason,
            device=_DEVICES[agent.doing],
            in_call=agent.doing is Doing.TALKING,
            last_call=self._clock.at(member.last_call) if has_talked else None,
            wrap_up=self._wrap_up(agent),
        )

    @staticmethod
    def _wrap_up(agent: DeskAgent) -> timedelta:
        """Over when it is over at the desk, however moments are rounded."""
        if agent.doing is not Doing.WRAPPING_UP:
            return timedelta(0)
        return timedelta(seconds=agent.free_at - agent.last_call) + MOMENT


class _Callers(Mapping[str, WaitingCaller]):
    """Of one queue, in the order in which they joined."""

    def __init__(self, queue: DeskQueue, clock: Clock) -> None:
        self._callers = queue.callers
        self._clock = clock

    def __getitem__(self, uniqueid: str) -> WaitingCaller:
        return self._caller(self._callers[int(uniqueid)])

    def __iter__(self) -> Iterator[str]:
        return map(str, self._callers)

    def __len__(self) -> int:
        return len(self._callers)

    def _caller(self, caller: DeskCaller) -> WaitingCaller:
        return WaitingCaller(
            uniqueid=str(caller.number),
            linkedid="",
            channel="",
            number="",
            position=0,
            joined_at=self._clock.at(caller.arrival.at),
            priority=caller.arrival.priority,
            ringing=tuple(member.agent.model.interface for member in caller.ringing),
        )


class _Devices(Mapping[str, DeviceState]):
    """Of all agents, wherever they are: their phones are there."""

    def __init__(self, agents: Mapping[str, DeskAgent]) -> None:
        self._agents = agents

    def __getitem__(self, interface: str) -> DeviceState:
        return _DEVICES[self._agents[interface].doing]

    def __iter__(self) -> Iterator[str]:
        return iter(self._agents)

    def __len__(self) -> int:
        return len(self._agents)


def first_picture(desk: Desk, clock: Clock) -> Picture:
    """All queues, as they are whenever it is looked at; who is available for backup is nobody."""
    return Picture(
        queues=MappingProxyType(
            {
                name: Queue(
                    QueueSettings(
                        name, queue.model.strategy, queue.model.limit, queue.model.weight, service_level=timedelta(0)
                    ),
                    callers=MappingProxyType(_Callers(queue, clock)),
                    members=MappingProxyType(_Members(queue, clock)),
                )
                for name, queue in desk.queues.items()
            }
        ),
        read_at=clock.at(0.0),
        seen_at=clock.at(0.0),
        sight=SIGHT,
        staff=BackupStaff(frozenset(), MappingProxyType(_Devices(desk.agents))),
    )


def with_available(picture: Picture, numbers: frozenset[str]) -> Picture:
    """The same, and these are available for backup."""
    return replace(picture, staff=BackupStaff(numbers, picture.staff.devices))


@dataclass(frozen=True, kw_only=True)
class DeskScene(Scene):
    """``Scene``, without going over all members and callers: what it says is the same."""

    desk: Desk
    clock: Clock

    def longest_wait(self, queue: Queue) -> float:
        """Of the first who has joined of those who wait."""
        callers = self.desk.queues[queue.name].callers
        if not callers:
            return 0.0
        for caller in callers.values():
            return (self.now - self.clock.at(caller.arrival.at)).total_seconds()
        return 0.0

    def staffed(self, queue: Queue) -> int:
        """All phones are there."""
        return self.desk.queues[queue.name].staffed

    @cached_property
    def engaged(self) -> frozenset[str]:
        """Who rings for a caller or talks to one."""
        doing = (Doing.RINGING, Doing.TALKING)
        return frozenset(interface for interface, agent in self.desk.agents.items() if agent.doing in doing)

    @cached_property
    def devices(self) -> Mapping[str, DeviceState]:
        """Of all agents, in queues or not."""
        return self.picture.devices

    def seat(self, queue: str, member: Member) -> Seat:
        """The same until he becomes otherwise."""
        of = self.desk.queues[queue].members[member.interface]
        if of.seat is None:
            of.seat = super().seat(queue, member)
        return of.seat

    def presence(self, person: Person) -> Presence:
        """His phone is there, if the day has him."""
        if person.number not in (self.picture.backup or ()):
            return Presence.NOT_SIGNED_ON
        return Presence.READY if person.interface in self.desk.agents else Presence.UNKNOWN
