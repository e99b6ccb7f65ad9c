"""The live picture: every queue with its callers, its members and its talks; and how old it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from ivrctl.acd.places import Places

_Value = TypeVar("_Value")
Frozen: TypeAlias = MappingProxyType[str, _Value]
"""A mapping that nobody changes."""


class DeviceState(IntEnum):
    """The state of a member's phone (``enum ast_device_state`` of include/asterisk/devicestate.h)."""

    UNKNOWN = 0
    NOT_INUSE = 1
    INUSE = 2
    BUSY = 3
    INVALID = 4
    UNAVAILABLE = 5
    RINGING = 6
    RINGINUSE = 7
    ONHOLD = 8


class Origin(IntEnum):
    """How a member came into a queue (``Membership`` of AMI)."""

    STATIC = 0
    """By queues.conf."""
    DYNAMIC = 1
    """By AddQueueMember or QueueAdd."""
    REALTIME = 2
    """By a database."""


@dataclass(frozen=True, slots=True)
class Member:
    """One interface in one queue."""

    interface: str
    name: str
    state_interface: str
    origin: Origin
    penalty: int
    is_paused: bool
    pause_reason: str
    """Empty when there is none, or he is not paused."""
    device: DeviceState
    in_call: bool
    """True while he talks to a caller of a queue."""
    last_call: datetime | None
    """When his last talk ended; None before the first one."""
    wrap_up: timedelta
    """After a talk he is left alone for so long."""
    since: datetime | None = None
    """Since when device, pause and call are as they are; None where that is not known."""
    told_at: datetime | None = field(default=None, compare=False)
    """The last event about him; ``fold`` keeps it, so that an older one that comes late changes nothing."""

    def wraps_up(self, now: datetime) -> bool:
        """True while his wrap-up time lasts."""
        return self.last_call is not None and not self.in_call and now < self.last_call + self.wrap_up

    def is_available(self, now: datetime) -> bool:
        """True when a caller could reach him now: present, not paused, in no call, not in wrap-up."""
        is_idle = self.device in {DeviceState.NOT_INUSE, DeviceState.UNKNOWN}
        return is_idle and not self.is_paused and not self.in_call and not self.wraps_up(now)


@dataclass(frozen=True, slots=True)
class WaitingCaller:
    """Somebody who waits."""

    uniqueid: str
    linkedid: str
    """Empty where only a full reading has shown him."""
    channel: str
    number: str
    position: int
    joined_at: datetime
    priority: int | None = None
    """None until a full reading has told it."""
    ringing: tuple[str, ...] = ()
    """The interfaces that are rung for him now."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A caller of a queue and a member."""

    uniqueid: str
    number: str
    interface: str
    answered_at: datetime
    joined_at: datetime | None
    """None where his waiting went unseen."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody who has just gone from a queue: a caller, or a member. What still comes of him is no doubt."""

    at: datetime
    joined_at: datetime | None = None
    """When a caller had joined; None where that is not known, and for members."""
    number: str = ""
    is_over: bool = True
    """False for a caller who has left the queue and may be answered: ``CallerAnswered`` comes behind ``CallerLeft``."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What Asterisk says of a queue itself (QueueParams)."""

    name: str
    strategy: str
    limit: int
    """The most callers; 0 for no limit (``Max``)."""
    weight: int
    service_level: timedelta
    """Asterisk's own threshold."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue at one moment."""

    settings: QueueSettings
    callers: Frozen[WaitingCaller] = field(default_factory=lambda: MappingProxyType({}))
    """By uniqueid, in their order."""
    members: Frozen[Member] = field(default_factory=lambda: MappingProxyType({}))
    """By interface."""
    talks: Frozen[Talk] = field(default_factory=lambda: MappingProxyType({}))
    """By the caller's uniqueid."""
    departures: Frozen[Departure] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    """The last who have gone, by uniqueid or interface: an event of theirs that comes late or twice is known by it."""

    @property
    def name(self) -> str:
        """As in queues.conf."""
        return self.settings.name


@dataclass(frozen=True, slots=True)
class BackupStaff:
    """Who could come in from outside the queues; ``Picture.backup`` and ``Picture.devices`` are the way to it."""

    available: frozenset[str] | None = None
    """The numbers of agents who are available for backup; None while not known."""
    devices: Frozen[DeviceState] = field(default_factory=lambda: MappingProxyType({}))
    """By interface, of those of them who are in no queue."""
    told: Frozen[datetime] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    """By number, the last event about him since the reading: an older one that comes late changes nothing."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All queues at one moment. It never changes: ``fold`` gives the next one, which shares what is the same."""

    queues: Frozen[Queue] = field(default_factory=lambda: MappingProxyType({}))
    read_at: datetime | None = None
    """The last full reading; None before the first one."""
    seen_at: datetime | None = None
    """The last event or reading."""
    stale_since: datetime | None = None
    """Since when nothing is seen any more; None while events come."""
    stale_because: str = ""
    doubts: int = 0
    """Events that did not fit since the last reading: another reading is due."""
    sight: int = 0
    """Which sight this is, a higher one each time that it was lost and is back; 0 before the first reading.

    It is the second in which the sight began, by Asterisk's clock, and so another one under the next controller too.
    What is gone in the same sight was seen to go; what is gone in another one may have gone with a restart of Asterisk.
    """
    places: Places = field(default=Places(), compare=False, repr=False)
    """Where every caller waits or talks."""
    staff: BackupStaff = field(default=BackupStaff(), repr=False)

    @property
    def is_known(self) -> bool:
        """True when this is what is the case, as far as anybody can know: read, and not stale."""
        return self.read_at is not None and self.stale_since is None

    @property
    def backup(self) -> frozenset[str] | None:
        """The numbers of agents who have said that they are available for backup; None where that is not known.

        It is followed as the queues are: a change shows at once, and everything is read once more with each reading.
        """
        return self.staff.available

    @property
    def devices(self) -> Mapping[str, DeviceState]:
        """The states of phones by interface, of agents who are available for backup and in no queue; see ``device``.

        They are asked for behind each reading, and when somebody becomes available or has left his last queue; between
        that they may have changed, so ask once more before somebody is called in (``QueueWatch.ask_devices``). Who is
        not in it is not known yet: a moment behind a reading in which sight came back, or where Asterisk does not say.
        """
        return self.staff.devices

    def device(self, interface: str) -> DeviceState | None:
        """The state of an agent's phone: as his queues are told of it, live; else of ``devices``; None where unknown.

        For many interfaces go through the members of the queues once instead.
        """
        for queue in self.queues.values():
            member = queue.members.get(interface)
            if member is not None:
                return member.device
        return self.staff.devices.get(interface)
