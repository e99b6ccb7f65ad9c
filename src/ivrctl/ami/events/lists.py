"""What ``QueueStatus`` lists: each queue with its members and the callers who wait in it (``apps/app_queue.c``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ivrctl.ami.event_fields import known
from ivrctl.ami.events.base import AmiEvent
from ivrctl.ami.events.members import MemberState


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueParams(AmiEvent):
    """A queue. Asterisk's own figures are no books: see ``acd``."""

    queue: Annotated[str, "Queue"]
    max: Annotated[int, "Max"]
    """The most callers; 0 for no limit."""
    strategy: Annotated[str, "Strategy"]
    calls: Annotated[int, "Calls"]
    """Callers who wait now."""
    hold_time: Annotated[int, "Holdtime"]
    talk_time: Annotated[int, "TalkTime"]
    completed: Annotated[int, "Completed"]
    abandoned: Annotated[int, "Abandoned"]
    service_level: Annotated[int, "ServiceLevel"]
    """Asterisk's own threshold."""
    weight: Annotated[int, "Weight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMember(MemberState):
    """A member of that queue."""

    name: Annotated[str, "Name"]
    interface: Annotated[str, "Location"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry(AmiEvent):
    """A caller who waits in that queue."""

    queue: Annotated[str, "Queue"]
    position: Annotated[int, "Position"]
    channel: Annotated[str, "Channel"]
    uniqueid: Annotated[str, "Uniqueid"]
    number: Annotated[str, "CallerIDNum", known]
    wait: Annotated[int, "Wait"]
    priority: Annotated[int, "Priority"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatusComplete(AmiEvent):
    """The list is whole."""

    items: Annotated[int, "ListItems"]
