"""What has happened to queues, callers and agents: what ``fold`` and ``ledger`` are fed.

Every event says when it happened, by Asterisk's clock. A channel is named by its ``uniqueid``, a call by its
``linkedid``, a member by its interface, such as ``PJSIP/8101`` or ``Local/5001@from-queue/n``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from ivrctl.acd.picture import DeviceState, Member, QueueSettings


@dataclass(frozen=True, slots=True)
class CallerJoined:
    """A caller waits in a queue from now on (QueueCallerJoin)."""

    at: datetime
    queue: str
    uniqueid: str
    linkedid: str
    channel: str
    number: str
    """The calling number; empty when it is withheld."""
    position: int
    """From 1."""
    line: str = ""
    """The number that was dialled; empty where it is not told."""


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """A caller waits no longer, for whatever reason (QueueCallerLeave); an answered one has left, too."""

    at: datetime
    queue: str
    uniqueid: str
    position: int


@dataclass(frozen=True, slots=True)
class CallerAbandoned:
    """A caller hung up while he waited (QueueCallerAbandon); it comes beside ``CallerLeft``, in either order.

    app_queue tells it too of callers who time out, are withdrawn, or lose the last member: ``CallerExited`` behind it
    says so then.
    """

    at: datetime
    queue: str
    uniqueid: str
    hold: float | None = None
    """Seconds that he waited, whole ones; None where it is not told. Tells when he joined, where that went unseen."""


@dataclass(frozen=True, slots=True)
class CallerExited:
    """Why a caller has left a queue without an answer, as the dialplan or the controller was told.

    ``outcome`` is in the language's words: ``timed_out``, ``empty``, ``key_1``, ``withdrawn``, ``called_back``. It
    comes after ``CallerLeft``, and names no queue: a channel waits in one queue at a time.
    """

    at: datetime
    uniqueid: str
    outcome: str


@dataclass(frozen=True, slots=True)
class MemberRang:
    """A member's phone is rung for a caller (AgentCalled)."""

    at: datetime
    queue: str
    uniqueid: str
    interface: str


@dataclass(frozen=True, slots=True)
class MemberMissed:
    """A member did not answer (AgentRingNoAnswer)."""

    at: datetime
    queue: str
    uniqueid: str
    interface: str
    rang: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class CallerAnswered:
    """A member and a caller talk (AgentConnect)."""

    at: datetime
    queue: str
    uniqueid: str
    interface: str
    hold: float
    """Seconds that he waited, whole ones, as Asterisk counts."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """A talk is over (AgentComplete)."""

    at: datetime
    queue: str
    uniqueid: str
    """Empty where only the member is told: his talk that began so long ago."""
    interface: str
    talk: float
    """Seconds, whole ones, as Asterisk counts."""
    by: str
    """``caller``, ``agent`` or ``transfer``."""
    hold: float | None = None
    """Seconds that he had waited, as in ``CallerAnswered``; None where it is not told."""


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A member is in a queue, and is so now: added, or changed in any way (QueueMemberAdded, …Status, …Pause, …)."""

    at: datetime
    queue: str
    member: Member


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """A member is in a queue no longer (QueueMemberRemoved)."""

    at: datetime
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class BackupChanged:
    """An agent is available for backup from now on, or is so no more (DeviceStateChange of a device of his)."""

    at: datetime
    number: str
    is_available: bool


@dataclass(frozen=True, slots=True)
class DevicesRead:
    """Phones of agents who are in no queue were asked for."""

    at: datetime
    devices: Mapping[str, DeviceState]
    """By interface."""
    is_all: bool
    """True for all that matter: of any other nothing is known any more."""


@dataclass(frozen=True, slots=True)
class ChannelEnded:
    """A channel is no more (Hangup): whatever of it is still waiting or talking went unseen."""

    at: datetime
    uniqueid: str


@dataclass(frozen=True, slots=True)
class CallerRead:
    """One caller of a full reading (QueueEntry)."""

    uniqueid: str
    channel: str
    number: str
    position: int
    waited: float
    """Seconds, whole ones."""
    priority: int


@dataclass(frozen=True, slots=True)
class QueueRead:
    """One queue of a full reading (QueueParams with its QueueMember and QueueEntry)."""

    settings: QueueSettings
    members: Sequence[Member]
    callers: Sequence[CallerRead]


@dataclass(frozen=True, slots=True)
class QueuesRead:
    """All queues were read: the truth at this moment, whatever was believed before (QueueStatus).

    Events that came while the list was being read are fed before it, and again behind it those that are younger.
    """

    at: datetime
    queues: Sequence[QueueRead]
    backup: frozenset[str] | None = None
    """The numbers of agents who are available for backup; None where Asterisk does not say."""


@dataclass(frozen=True, slots=True)
class SightLost:
    """Nothing is seen from here on: the connection is gone, or silent (``why``)."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Overlooked:
    """It has turned out that something went unseen: what the books have of that time is incomplete."""

    at: datetime
    since: datetime
    why: str


Event: TypeAlias = (
    CallerJoined
    | CallerLeft
    | CallerAbandoned
    | CallerExited
    | MemberRang
    | MemberMissed
    | CallerAnswered
    | TalkEnded
    | MemberSeen
    | MemberRemoved
    | BackupChanged
    | DevicesRead
    | ChannelEnded
    | QueuesRead
    | SightLost
    | Overlooked
)
