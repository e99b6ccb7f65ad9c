"""Members of queues, as they come, go and change (``apps/app_queue.c``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from ivrctl.ami.events.base import AmiEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberState(AmiEvent):
    """A member of a queue, as he is."""

    queue: Annotated[str, "Queue"]
    state_interface: Annotated[str, "StateInterface"]
    membership: Annotated[str, "Membership"]
    """``static``, ``dynamic`` or ``realtime``; a list calls the last ``static``."""
    penalty: Annotated[int, "Penalty"]
    last_call: Annotated[datetime | None, "LastCall"]
    """When his last talk ended; None before the first one."""
    last_pause: Annotated[datetime | None, "LastPause"]
    """When his last pause began; None before the first one."""
    login_time: Annotated[datetime | None, "LoginTime"]
    in_call: Annotated[bool, "InCall"]
    """True while he talks to a caller of a queue."""
    status: Annotated[int, "Status"]
    """``enum ast_device_state``: 1 not in use, 2 in use, 6 ringing ..."""
    paused: Annotated[bool, "Paused"]
    paused_reason: Annotated[str, "PausedReason"]
    wrapup_time: Annotated[int, "Wrapuptime"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEvent(MemberState):
    """A member has come, gone or changed."""

    name: Annotated[str, "MemberName"]
    interface: Annotated[str, "Interface"]


class QueueMemberAdded(MemberEvent):
    """He came into the queue."""

    __slots__ = ()


class QueueMemberRemoved(MemberEvent):
    """He has gone out of it."""

    __slots__ = ()


class QueueMemberStatus(MemberEvent):
    """His phone, or his talk."""

    __slots__ = ()


class QueueMemberPause(MemberEvent):
    """He pauses, or no longer."""

    __slots__ = ()


class QueueMemberPenalty(MemberEvent):
    """His penalty."""

    __slots__ = ()


class QueueMemberRinginuse(MemberEvent):
    """Whether he is rung while he talks. The action is spelled ``QueueMemberRingInUse``, the event is not."""

    __slots__ = ()
