"""What Asterisk is told to send the controller's AMI user: the ``eventfilter`` lines of ``ivrctl.d/manager.conf``."""

from __future__ import annotations

from ivrctl.site.agents import backup_device

SENT = (
    *("FullyBooted", "Shutdown", "Reload", "Hangup", "BlindTransfer", "AttendedTransfer"),
    *("QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon"),
    *("AgentCalled", "AgentRingNoAnswer", "AgentConnect", "AgentComplete", "AgentDump"),
    *("QueueMemberAdded", "QueueMemberRemoved", "QueueMemberStatus"),
    *("QueueMemberPause", "QueueMemberPenalty", "QueueMemberRinginuse"),
)
"""The events that are let through, whatever is in them: those of ``ami.events`` that queues need."""

SENT_VARIABLES = ("QUEUESTATUS", "IVRCTL_OUTCOME")
"""The variables whose VarSet is let through: how Queue() ended. Any other may be a PIN."""

SENT_DEVICES = backup_device("")
"""How devices begin whose DeviceStateChange is let through: who is available for backup. A call changes others."""

FILTERS = (
    *(f"eventfilter(action(include),name({name})) =" for name in SENT),
    *(
        f"eventfilter(action(include),name(VarSet),header(Variable),method(exact)) = {variable}"
        for variable in SENT_VARIABLES
    ),
    f"eventfilter(action(include),name(DeviceStateChange),header(Device),method(starts_with)) = {SENT_DEVICES}",
)
"""The lines that say so; ``eventfilter`` compares the hash of a name, and no text."""
