"""One caller's time in one queue, and one agent's time in one state: the entries of the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StayEnd(StrEnum):
    """What became of a stay. Each has exactly one; together they are all who joined."""

    WAITING = "waiting"
    """He waits still; or has left a moment ago, and why is not known yet."""
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    """He hung up."""
    TIMED_OUT = "timed_out"
    KEY = "key"
    """He pressed an exit key."""
    EMPTY = "empty"
    """The queue had nobody left for him."""
    WITHDRAWN = "withdrawn"
    """He was taken out, by the controller or by hand."""
    CALLED_BACK = "called_back"
    """He left the queue for a call back."""
    UNKNOWN = "unknown"
    """It went unseen: the interval of the stay is incomplete."""


LEFT_UNANSWERED = (StayEnd.TIMED_OUT, StayEnd.KEY, StayEnd.EMPTY, StayEnd.WITHDRAWN, StayEnd.CALLED_BACK)
"""The ends of those who left without an answer and did not hang up."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A caller in a queue. One call that enters three queues has three, chained by its uniqueid."""

    queue: str
    uniqueid: str
    linkedid: str
    number: str
    """The calling number."""
    line: str
    """The number that was dialled; empty where it was not told."""
    joined_at: datetime
    is_joined_exactly: bool
    """False when the joining went unseen, and was reckoned from a full reading, to the second."""
    position: int
    """His place when he joined, or was seen first; 0 where it is not known."""
    chain: int = 1
    """The first, second … stay of his channel."""
    tier: str = ""
    """The customer's, where a flow has learnt it."""
    end: StayEnd = StayEnd.WAITING
    key: str = ""
    """The exit key."""
    left_at: datetime | None = None
    """When he waited no longer; None while he does."""
    interface: str = ""
    """Whom he talked to."""
    talk_ended_at: datetime | None = None
    """None while they talk, and for whoever was not answered. What ended unseen has ended when that was noticed."""
    talk_ended_by: str = ""
    """``caller``, ``agent``, ``transfer``; empty where it went unseen."""
    missed: int = 0
    """Times that a phone rang for him and nobody answered."""

    @property
    def is_over(self) -> bool:
        """True when nothing more can become of it: he has left without an answer, or the talk is over, too."""
        return self.end is not StayEnd.WAITING and (self.end is not StayEnd.ANSWERED or self.talk_ended_at is not None)

    def waited(self, now: datetime) -> float:
        """Seconds that he waited, or has waited by now."""
        return ((self.left_at or now) - self.joined_at).total_seconds()

    def talked(self, now: datetime) -> float:
        """Seconds of his talk, until now while it lasts; 0 without one."""
        if self.end is not StayEnd.ANSWERED or self.left_at is None:
            return 0.0
        return ((self.talk_ended_at or now) - self.left_at).total_seconds()


class AgentState(StrEnum):
    """What an agent does. One at a time: the first that holds, in this order."""

    TALKING = "talking"
    """With a caller of a queue."""
    RINGING = "ringing"
    """For a caller of a queue; or otherwise, where his phone says so and is not busy."""
    BUSY = "busy"
    """On the phone otherwise."""
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    IDLE = "idle"
    """Signed on, present, free."""
    AWAY = "away"
    """Signed on, and his phone is not there."""


@dataclass(frozen=True, slots=True)
class AgentSpan:
    """One agent in one state; spans of an agent follow each other without gaps while he is signed on."""

    interface: str
    state: AgentState
    reason: str
    """Of a pause."""
    began_at: datetime
    ended_at: datetime | None
    """None while it lasts."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which events may have gone unseen: what lies in it is incomplete."""

    began_at: datetime
    ended_at: datetime | None
    """None while it lasts."""
    why: str
    queue: str = ""
    """Empty: of all queues."""
