"""One moment as all policies see it: made once for a round, and shared by them.

What several policies ask of a queue is reckoned once, and nothing is reckoned that nobody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.picture import DeviceState, Member, Origin, Picture, Queue
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.staffing.policy import Person
from ivrctl.staffing.view import Presence, Seat

ABSENT = frozenset({DeviceState.UNAVAILABLE, DeviceState.INVALID})
"""The phone is not there."""
_ON_THE_PHONE = frozenset(
    {DeviceState.INUSE, DeviceState.BUSY, DeviceState.RINGING, DeviceState.RINGINUSE, DeviceState.ONHOLD}
)
_IDLE = frozenset({DeviceState.NOT_INUSE, DeviceState.UNKNOWN})
_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Scene:
    """What is seen and known at one moment."""

    picture: Picture
    recent: RecentStays
    expected: ExpectedWaits
    now: datetime
    """By Asterisk's clock."""
    promises: Mapping[str, timedelta] = field(default_factory=dict)
    """By tier of customers: within this a caller is to be answered."""
    _longest: dict[str, float] = field(default_factory=dict, init=False, repr=False)
    _staffed: dict[str, int] = field(default_factory=dict, init=False, repr=False)

    def longest_wait(self, queue: Queue) -> float:
        """Seconds that somebody has waited who waits still; 0 when nobody does."""
        found = self._longest.get(queue.name)
        if found is None:
            first = min((caller.joined_at for caller in queue.callers.values()), default=None)
            found = 0.0 if first is None else max(self.now - first, _NOTHING).total_seconds()
            self._longest[queue.name] = found
        return found

    def staffed(self, queue: Queue) -> int:
        """Members who are there and not paused, whatever they do."""
        found = self._staffed.get(queue.name)
        if found is None:
            there = [member.device not in ABSENT for member in queue.members.values() if not member.is_paused]
            found = self._staffed[queue.name] = sum(there)
        return found

    @cached_property
    def engaged(self) -> frozenset[str]:
        """Interfaces that ring for a caller of a queue, or talk to one, in any queue."""
        queues = self.picture.queues.values()
        talking = {talk.interface for queue in queues for talk in queue.talks.values()}
        ringing = (each for queue in queues for caller in queue.callers.values() for each in caller.ringing)
        return frozenset(talking.union(ringing))

    @cached_property
    def devices(self) -> Mapping[str, DeviceState]:
        """The state of each member's phone."""
        queues = self.picture.queues.values()
        return {interface: member.device for queue in queues for interface, member in queue.members.items()}

    def presence(self, person: Person) -> Presence:
        """Whether somebody could come in."""
        if self.picture.backup is None:
            return Presence.UNKNOWN
        if person.number not in self.picture.backup:
            return Presence.NOT_SIGNED_ON
        device = self.devices.get(person.interface, self.picture.devices.get(person.interface))
        if device is None:
            return Presence.UNKNOWN
        return Presence.ABSENT if device in ABSENT else Presence.READY

    def seat(self, queue: str, member: Member) -> Seat:
        """A member of a queue, as decisions and guards see him; there are thousands, and each is asked for."""
        interface, device, last_call = member.interface, member.device, member.last_call
        talks = member.in_call or interface in self.engaged
        free_at = None
        if last_call is not None and not member.in_call and self.now < last_call + member.wrap_up:
            free_at = last_call + member.wrap_up
        return Seat(
            queue,
            interface,
            member.penalty,
            member.origin is Origin.DYNAMIC,
            member.is_paused,
            member.pause_reason,
            talks or free_at is not None or device in _ON_THE_PHONE,
            device in _IDLE and not (talks or member.is_paused or free_at),
            free_at,
            device not in ABSENT,
        )
