"""Callers in a queue, and members who are rung for them and talk to them (``apps/app_queue.c``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ivrctl.ami.event_fields import known
from ivrctl.ami.events.base import ChannelEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallerJoin(ChannelEvent):
    """A caller waits from now on. One who finds the queue full or empty never does, and nothing is said of him."""

    queue: Annotated[str, "Queue"]
    position: Annotated[int, "Position"]
    """From 1."""
    channel: Annotated[str, "Channel"]
    number: Annotated[str, "CallerIDNum", known]
    """Empty when it is withheld."""
    extension: Annotated[str, "Exten"]
    """Where Queue() stands in the dialplan."""
    count: Annotated[int, "Count"]
    """Callers who wait, with him."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallerLeave(ChannelEvent):
    """A caller waits no longer, for whatever reason, an answer too."""

    queue: Annotated[str, "Queue"]
    position: Annotated[int, "Position"]
    count: Annotated[int, "Count"]
    """Callers who wait, without him."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCallerAbandon(ChannelEvent):
    """A caller hung up while he waited; he has left, too."""

    queue: Annotated[str, "Queue"]
    position: Annotated[int, "Position"]
    original_position: Annotated[int, "OriginalPosition"]
    hold_time: Annotated[int, "HoldTime"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvent(ChannelEvent):
    """Something between a caller, whose channel it names, and a member."""

    queue: Annotated[str, "Queue"]
    interface: Annotated[str, "Interface"]
    member_name: Annotated[str, "MemberName"] = ""


class AgentCalled(AgentEvent):
    """A member's phone is rung."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRingNoAnswer(AgentEvent):
    """A member did not answer, or refused."""

    ring_time_ms: Annotated[int, "RingTime"]
    """Milliseconds here, and seconds in ``AgentConnect``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConnect(AgentEvent):
    """A member has answered, and talks to the caller."""

    hold_time: Annotated[int, "HoldTime"]
    """Of the caller, since he joined."""
    ring_time: Annotated[int, "RingTime"]
    member_uniqueid: Annotated[str, "DestUniqueid"] = ""
    """The member's channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentComplete(AgentEvent):
    """A talk is over.

    Where the caller's channel is gone by then, Asterisk does not name it ("Empty caller_snapshot; sending incomplete
    event", ``queue_publish_multi_channel_snapshot_blob`` of app_queue.c).
    """

    uniqueid: Annotated[str, "Uniqueid"] = ""
    """Of the caller's channel; empty where it is not named."""
    hold_time: Annotated[int, "HoldTime"]
    talk_time: Annotated[int, "TalkTime"]
    reason: Annotated[str, "Reason"]
    """``caller``, ``agent`` or ``transfer``: who ended it."""


class AgentDump(AgentEvent):
    """A member hung up on the announcement that is made to him before a talk."""

    __slots__ = ()
