"""The events that queues need, as values: what app_queue, channels and Asterisk itself say.

::

    base      AmiEvent, ChannelEvent
    callers   QueueCallerJoin ... AgentConnect, AgentComplete
    members   QueueMemberAdded ... QueueMemberRinginuse
    lists     QueueParams, QueueMember, QueueEntry, QueueStatusComplete
    others    VarSet, Hangup, the transfers, DeviceStateChange, FullyBooted, Shutdown, Reload, UserEvent

Each class has the name of its event, and each field says its header, as Asterisk 22 writes them: its source was read,
and a real one was listened to. Numbers are as Asterisk counts:
whole seconds. What happens, and what ``QueueStatus`` lists, differ: the first say ``MemberName`` and ``Interface`` of a
member, the second ``Name`` and ``Location``, and have no ``Timestamp``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.event_fields import Headed, Parser
from ivrctl.ami.events.base import AmiEvent, ChannelEvent
from ivrctl.ami.events.callers import (
    AgentCalled,
    AgentComplete,
    AgentConnect,
    AgentDump,
    AgentEvent,
    AgentRingNoAnswer,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
)
from ivrctl.ami.events.lists import QueueEntry, QueueMember, QueueParams, QueueStatusComplete
from ivrctl.ami.events.members import (
    MemberEvent,
    MemberState,
    QueueMemberAdded,
    QueueMemberPause,
    QueueMemberPenalty,
    QueueMemberRemoved,
    QueueMemberRinginuse,
    QueueMemberStatus,
)
from ivrctl.ami.events.others import (
    AttendedTransfer,
    BlindTransfer,
    DeviceStateChange,
    FullyBooted,
    Hangup,
    Reload,
    Shutdown,
    UserEvent,
    VarSet,
)

__all__ = [
    "PARSERS",
    "VARIABLES",
    "AgentCalled",
    "AgentComplete",
    "AgentConnect",
    "AgentDump",
    "AgentEvent",
    "AgentRingNoAnswer",
    "AmiEvent",
    "AttendedTransfer",
    "BlindTransfer",
    "ChannelEvent",
    "DeviceStateChange",
    "FullyBooted",
    "Hangup",
    "MemberEvent",
    "MemberState",
    "QueueCallerAbandon",
    "QueueCallerJoin",
    "QueueCallerLeave",
    "QueueEntry",
    "QueueMember",
    "QueueMemberAdded",
    "QueueMemberPause",
    "QueueMemberPenalty",
    "QueueMemberRemoved",
    "QueueMemberRinginuse",
    "QueueMemberStatus",
    "QueueParams",
    "QueueStatusComplete",
    "Reload",
    "Shutdown",
    "UserEvent",
    "VarSet",
    "parse",
]

VARIABLES = frozenset({"QUEUESTATUS", "IVRCTL_OUTCOME"})
"""The channel variables that are read: how Queue() ended, and what our dialplan makes of it. Any other may be a PIN."""

_KINDS: tuple[type[AmiEvent], ...] = (
    *(QueueCallerJoin, QueueCallerLeave, QueueCallerAbandon),
    *(AgentCalled, AgentRingNoAnswer, AgentConnect, AgentComplete, AgentDump),
    *(QueueMemberAdded, QueueMemberRemoved, QueueMemberStatus),
    *(QueueMemberPause, QueueMemberPenalty, QueueMemberRinginuse),
    *(QueueParams, QueueMember, QueueEntry, QueueStatusComplete),
    *(VarSet, Hangup, BlindTransfer, AttendedTransfer, DeviceStateChange),
    *(FullyBooted, Shutdown, Reload, UserEvent),
)

PARSERS: Mapping[str, Parser[AmiEvent]] = {kind.__name__: Parser(kind) for kind in _KINDS}
"""By the kind of event."""


def parse(packet: Headed) -> AmiEvent | None:
    """The event that a packet tells; None when it is of a kind that nobody reads.

    Raises:
        UnreadableEventError: it is of such a kind, and cannot be read: what is believed may be wrong.
    """
    parser = PARSERS.get(packet.name)
    if parser is None:
        return None
    event = parser.parse(packet)
    if isinstance(event, VarSet) and event.variable not in VARIABLES:
        raise UnreadableEventError("VarSet", "Variable", "names one that nobody reads")
    return event
