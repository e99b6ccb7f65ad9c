"""Who is at the simulated desk: agents, their memberships, queues and callers. They change in place.

An agent does one thing at a time, whatever the number of his queues; pauses are of a membership, as in app_queue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from math import inf

from ivrctl.acd.picture import Member
from ivrctl.simulation.bench import Bench, Rank
from ivrctl.simulation.day import Arrival, Pause, QueueModel, SimulatedAgent
from ivrctl.staffing.view import Seat


class Doing(Enum):
    """What an agent does, one at a time."""

    NOTHING = auto()
    RINGING = auto()
    TALKING = auto()
    WRAPPING_UP = auto()


@dataclass(slots=True, eq=False)
class DeskAgent:
    """Somebody with a phone."""

    model: SimulatedAgent
    members: dict[str, DeskMember] = field(default_factory=dict)
    """By queue, those that he is in."""
    doing: Doing = Doing.NOTHING
    is_signed_on: bool = False
    """To his daily work."""
    pause: Pause | None = None
    """From his daily work."""
    caller: DeskCaller | None = None
    """With whom he talks."""
    last_call: float = -inf
    """When his last talk ended."""
    free_at: float = -inf
    """When his wrap-up is over, or was."""
    since: float = 0.0
    """Since when he is as he is."""
    worked: float = 0.0
    """Seconds that he rang, talked or wrapped up while he was signed on."""
    ready: float = 0.0
    """Seconds that he was signed on, without those that he paused and did nothing."""

    def passes(self, now: float) -> None:
        """Add up, before he becomes otherwise."""
        if self.is_signed_on:
            lasted = now - self.since
            if self.doing is not Doing.NOTHING:
                self.worked += lasted
                self.ready += lasted
            elif self.pause is None:
                self.ready += lasted
        self.since = now


@dataclass(slots=True, eq=False)
class DeskMember:
    """An agent in a queue."""

    agent: DeskAgent
    queue: DeskQueue
    penalty: int
    number: int
    """Who came into the queue later has a higher one (``queuepos``)."""
    tier: tuple[str, str] | None = None
    """Policy and tier that have called him in; None when it is his daily work."""
    is_paused: bool = False
    calls: int = 0
    """Talks since he is in it, in whichever of his queues."""
    last_call: float = -inf
    """When the last of those ended."""
    rank: Rank = (0.0, 0)
    """His place on the bench, for as long as he sits there."""
    seen: Member | None = None
    """As policies see him, until he becomes otherwise."""
    seat: Seat | None = None
    """The same, as decisions do."""

    def becomes_otherwise(self) -> None:
        """What was seen of him is so no more."""
        self.seen = self.seat = None


@dataclass(slots=True, eq=False)
class DeskQueue:
    """A queue."""

    model: QueueModel
    place: int
    """In the order of the day."""
    members: dict[str, DeskMember] = field(default_factory=dict)
    """By interface, in the order in which they came."""
    bench: Bench[DeskMember] = field(default_factory=Bench)
    callers: dict[int, DeskCaller] = field(default_factory=dict)
    """Those who wait, also while they are rung for; by number, in the order in which they joined."""
    idle: list[DeskCaller] = field(default_factory=list)
    """Those of them who are not rung for now, in the order in which they are served."""
    numbers: dict[int, list[int]] = field(default_factory=dict)
    """By penalty, the numbers of all members, in order."""
    is_weighed: bool = False
    """A queue with more weight may have a member of this one."""
    paused: int = 0
    """Members who pause."""
    came: int = 0
    """How many have come into it."""
    next_number: float = 0
    """Where round robin goes on (``rrpos``)."""

    @property
    def staffed(self) -> int:
        """Members who do not pause, whatever they do."""
        return len(self.members) - self.paused


@dataclass(slots=True, eq=False)
class DeskCaller:
    """Somebody who waits, or talks."""

    number: int
    arrival: Arrival
    queue: DeskQueue
    looks_from: float
    """He looks whether it is his turn at this moment, and each ``looks_every`` from then on."""
    is_waiting: bool = True
    is_resting: bool = False
    """An attempt to ring somebody for him has failed, and he waits for the next one (``retry``)."""
    is_looking: bool = False
    """His next look is planned: it may be his turn."""
    ringing: tuple[DeskMember, ...] = ()
    attempts: int = 0
    next_number: float = 0
    """Where ``linear`` goes on for him (``linpos``)."""

    @property
    def place(self) -> tuple[int, int]:
        """Who is served first has the lower one."""
        return -self.arrival.priority, self.number
