"""A small call centre that is true: what happens in it as events, what a reading shows, what became of every stay.

``Line`` is the way from there to us: events are lost, come twice, and late by a little.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from ivrctl.acd.events import (
    CallerAbandoned,
    CallerAnswered,
    CallerExited,
    CallerJoined,
    CallerLeft,
    CallerRead,
    ChannelEnded,
    Event,
    MemberMissed,
    MemberRang,
    MemberRemoved,
    MemberSeen,
    QueueRead,
    QueuesRead,
    TalkEnded,
)
from ivrctl.acd.picture import DeviceState, Member, Origin, QueueSettings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
QUEUES = ("sales", "service", "billing")


def settings(name: str) -> QueueSettings:
    return QueueSettings(name, "ringall", limit=0, weight=0, service_level=60 * SECOND)


def member(interface: str = "PJSIP/8101", **changes: object) -> Member:
    free = Member(
        interface=interface,
        name=interface[-4:],
        state_interface=interface,
        origin=Origin.DYNAMIC,
        penalty=0,
        is_paused=False,
        pause_reason="",
        device=DeviceState.NOT_INUSE,
        in_call=False,
        last_call=None,
        wrap_up=timedelta(0),
    )
    return replace(free, **changes)  # type: ignore[arg-type]


@dataclass
class Waiting:
    """Somebody in a queue of the true centre."""

    uniqueid: str
    joined_at: datetime


@dataclass
class Centre:
    """The truth."""

    chance: Random
    now: datetime = NOON
    lines: dict[str, list[Waiting]] = field(default_factory=lambda: {name: [] for name in QUEUES})
    members: dict[str, dict[str, Member]] = field(default_factory=lambda: {name: {} for name in QUEUES})
    talks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By uniqueid: queue, interface."""
    holds: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    """Of those who talk: how long they waited, and when they were answered."""
    roaming: list[str] = field(default_factory=list)
    """Channels that are in no queue now."""
    events: list[Event] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    """What became of every stay that is over: uniqueid, end."""
    calls: int = 0

    def live(self, steps: int) -> Centre:
        """So much happens."""
        deeds = [self.join, self.join, self.join, self.answer, self.answer, self.finish, self.abandon, self.exit]
        deeds += [self.sign, self.sign, self.pause, self.ring, self.hang_up, self.phone]
        for _ in range(steps):
            self.now += timedelta(milliseconds=self.chance.choice([150, 800, 4_000, 60_000]) + self.chance.randrange(9))
            self.chance.choice(deeds)()
        return self

    def tell(self, event: Event) -> None:
        """An event of Asterisk's."""
        self.events.append(event)
        self.now += timedelta(microseconds=700)

    def read(self) -> QueuesRead:
        """What QueueStatus shows now."""
        queues = [QueueRead(settings(name), list(self.members[name].values()), self._line(name)) for name in QUEUES]
        return QueuesRead(self.now, queues)

    def _line(self, name: str) -> list[CallerRead]:
        return [
            CallerRead(each.uniqueid, f"PJSIP/{each.uniqueid}", "0123", place, self._whole_seconds(each), 0)
            for place, each in enumerate(self.lines[name], 1)
        ]

    def _whole_seconds(self, waiting: Waiting) -> float:
        return float((self.now - waiting.joined_at) // SECOND)

    def join(self) -> None:
        """A caller joins, a new one or one whose channel was in a queue before."""
        queue, line = self._queue()
        again = self.roaming.pop(self.chance.randrange(len(self.roaming))) if self.roaming else None
        if again is None or self.chance.random() < 0.5:
            if again:
                self.roaming.append(again)
            self.calls += 1
            again = f"1772.{self.calls}"
        place = len(line) if self.chance.random() < 0.8 else self.chance.randrange(len(line) + 1)
        line.insert(place, Waiting(again, self.now))
        self.tell(CallerJoined(self.now, queue, again, f"L{again}", f"PJSIP/{again}", "0123", place + 1, "10010"))

    def answer(self) -> None:
        """The first in line is answered."""
        queue, line = self._queue()
        free = [each.interface for each in self.members[queue].values() if not self._talks(each.interface)]
        if line and free:
            who, interface = line[0], self.chance.choice(free)
            self._leave(queue, who)
            hold = float((self.now - who.joined_at) // SECOND)
            self.tell(CallerAnswered(self.now, queue, who.uniqueid, interface, hold))
            self.talks[who.uniqueid] = queue, interface
            self.holds[who.uniqueid] = hold, self.now
            self.ends.append((who.uniqueid, "answered"))
            self._change(interface, device=DeviceState.INUSE)
            self._change(interface, queue, in_call=True)

    def finish(self) -> None:
        """A talk ends; a transferred caller lives on."""
        if self.talks:
            uniqueid = self.chance.choice(list(self.talks))
            queue, interface = self.talks.pop(uniqueid)
            by = self.chance.choice(["caller", "agent", "transfer"])
            hold, answered_at = self.holds.pop(uniqueid)
            talk = float((self.now - answered_at) // SECOND)
            self.tell(TalkEnded(self.now, queue, uniqueid, interface, talk, by, hold))
            self._change(interface, queue, in_call=False, last_call=self.now)
            self._change(interface, device=DeviceState.NOT_INUSE)
            self._over(uniqueid, lives=by == "transfer")

    def abandon(self) -> None:
        """A caller hangs up."""
        queue, line = self._queue()
        if line:
            who = self.chance.choice(line)
            hold = float((self.now - who.joined_at) // SECOND) if self.chance.random() < 0.8 else None
            abandoned = CallerAbandoned(self.now, queue, who.uniqueid, hold)
            if self.chance.random() < 0.5:
                self.tell(abandoned)
                self._leave(queue, who)
            else:
                self._leave(queue, who)
                self.tell(replace(abandoned, at=self.now))
            self.ends.append((who.uniqueid, "abandoned"))
            self._over(who.uniqueid, lives=False)

    def exit(self) -> None:
        """A caller leaves without an answer."""
        queue, line = self._queue()
        if line:
            who = self.chance.choice(line)
            outcome = self.chance.choice(["timed_out", "empty", "key_1", "withdrawn", "called_back"])
            if outcome in {"timed_out", "empty", "withdrawn"}:
                hold = float((self.now - who.joined_at) // SECOND)
                self.tell(CallerAbandoned(self.now, queue, who.uniqueid, hold))
            self._leave(queue, who)
            self.tell(CallerExited(self.now, who.uniqueid, outcome))
            self.ends.append((who.uniqueid, "key" if outcome == "key_1" else outcome))
            self._over(who.uniqueid, lives=self.chance.random() < 0.7)

    def sign(self) -> None:
        """A member signs on, or off."""
        queue = self.chance.choice(QUEUES)
        interface = f"PJSIP/81{self.chance.randrange(5):02}"
        if interface in self.members[queue]:
            if not self._talks(interface):
                del self.members[queue][interface]
                self.tell(MemberRemoved(self.now, queue, interface))
        else:
            self.members[queue][interface] = member(interface, device=self._device(interface))
            self.tell(MemberSeen(self.now, queue, self.members[queue][interface]))

    def pause(self) -> None:
        """An agent pauses in all his queues, or comes back."""
        self._change(f"PJSIP/81{self.chance.randrange(5):02}", is_paused=self.chance.random() < 0.5)

    def phone(self) -> None:
        """A phone goes away, or comes back."""
        interface = f"PJSIP/81{self.chance.randrange(5):02}"
        if not self._talks(interface):
            self._change(interface, device=self.chance.choice([DeviceState.UNAVAILABLE, DeviceState.NOT_INUSE]))

    def ring(self) -> None:
        """A phone rings, and nobody answers."""
        queue, line = self._queue()
        if line and self.members[queue]:
            interface = self.chance.choice(list(self.members[queue]))
            self.tell(MemberRang(self.now, queue, line[0].uniqueid, interface))
            self.now += SECOND
            self.tell(MemberMissed(self.now, queue, line[0].uniqueid, interface, 1.0))

    def hang_up(self) -> None:
        """A channel that is in no queue ends."""
        if self.roaming:
            self.tell(ChannelEnded(self.now, self.roaming.pop()))

    def _queue(self) -> tuple[str, list[Waiting]]:
        name = self.chance.choice(QUEUES)
        return name, self.lines[name]

    def _talks(self, interface: str) -> bool:
        return any(interface == other for _, other in self.talks.values())

    def _device(self, interface: str) -> DeviceState:
        """His phone has one state in all his queues."""
        for members in self.members.values():
            if interface in members:
                return members[interface].device
        return DeviceState.INUSE if self._talks(interface) else DeviceState.NOT_INUSE

    def _leave(self, queue: str, who: Waiting) -> None:
        place = self.lines[queue].index(who) + 1
        self.lines[queue].remove(who)
        self.tell(CallerLeft(self.now, queue, who.uniqueid, place))

    def _over(self, uniqueid: str, *, lives: bool) -> None:
        if lives:
            self.roaming.append(uniqueid)
        else:
            self.tell(ChannelEnded(self.now, uniqueid))

    def _change(self, interface: str, only: str = "", **changes: object) -> None:
        for queue, members in self.members.items():
            if interface in members and only in {"", queue}:
                members[interface] = replace(members[interface], **changes)  # type: ignore[arg-type]
                self.tell(MemberSeen(self.now, queue, members[interface]))


@dataclass
class Line:
    """How events come to us."""

    chance: Random
    lost: float = 0.15
    doubled: float = 0.1
    late: timedelta = 2 * SECOND

    def carry(self, events: Iterable[Event]) -> list[Event]:
        """What comes, in the order in which it comes."""
        arrivals: list[tuple[datetime, int, Event]] = []
        for number, event in enumerate(events):
            if self.chance.random() >= self.lost:
                arrivals.append((event.at + self._late(), number, event))
            if self.chance.random() < self.doubled:
                arrivals.append((event.at + self._late(), number, event))
        return [event for _, _, event in sorted(arrivals, key=lambda arrival: arrival[:2])]

    def _late(self) -> timedelta:
        return self.chance.random() * self.late if self.chance.random() < 0.3 else timedelta(0)
