"""Channels, phones and Asterisk itself (``main/stasis_channels.c``, ``stasis_bridges.c``, ``asterisk.c``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from ivrctl.ami.events.base import AmiEvent, ChannelEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class VarSet(ChannelEvent):
    """One of ``VARIABLES`` has a value."""

    variable: Annotated[str, "Variable"]
    value: Annotated[str, "Value"]
    r"""As Asterisk writes it: control characters are ``\n``, ``\\`` and the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup(ChannelEvent):
    """A channel is no more."""

    cause: Annotated[int, "Cause"]
    """Of Q.850; 16 for an ordinary one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindTransfer(AmiEvent):
    """Somebody was sent to another extension."""

    result: Annotated[str, "Result"]
    """``Success`` or why not."""
    transferer: Annotated[str, "TransfererUniqueid"]
    transferee: Annotated[str, "TransfereeUniqueid"] = ""
    """Empty where more than one was sent."""
    linkedid: Annotated[str, "TransfererLinkedid"] = ""
    is_external: Annotated[bool, "IsExternal"]
    """True by the transferer's phone, false by Asterisk's features."""
    context: Annotated[str, "Context"]
    extension: Annotated[str, "Extension"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendedTransfer(AmiEvent):
    """Somebody was joined to a third one, by a transferer who has two channels."""

    result: Annotated[str, "Result"]
    transferer: Annotated[str, "OrigTransfererUniqueid"]
    """His channel to whom he transfers."""
    second_transferer: Annotated[str, "SecondTransfererUniqueid"]
    """His channel to the third one."""
    transferee: Annotated[str, "TransfereeUniqueid"] = ""
    target: Annotated[str, "TransferTargetUniqueid"] = ""
    linkedid: Annotated[str, "OrigTransfererLinkedid"] = ""
    is_external: Annotated[bool, "IsExternal"]
    dest_type: Annotated[str, "DestType"]
    """``Bridge``, ``App``, ``Link``, ``Threeway`` or ``Fail``."""
    application: Annotated[str, "DestApp"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStateChange(AmiEvent):
    """A phone, or whatever is watched like one."""

    device: Annotated[str, "Device"]
    state: Annotated[str, "State"]
    """``NOT_INUSE``, ``RINGING`` ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullyBooted(AmiEvent):
    """Asterisk is up: said at its end of starting, and at each login afterwards; only to users who read ``system``."""

    uptime: Annotated[int, "Uptime"]
    """Seconds; small behind a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown(AmiEvent):
    """Asterisk ends."""

    how: Annotated[str, "Shutdown"]
    """``Cleanly`` or ``Uncleanly``."""
    restarts: Annotated[str, "Restart"] = ""
    """``True`` when it starts again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload(AmiEvent):
    """A module has read its configuration anew: queues may be others now."""

    module: Annotated[str, "Module"]
    """``All`` for every one."""
    status: Annotated[int, "Status"]
    """0 when it went well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEvent(AmiEvent):
    """What the dialplan's UserEvent() says; further headers are with the packet."""

    user_event: Annotated[str, "UserEvent"]
    """Its name."""
    uniqueid: Annotated[str, "Uniqueid"] = ""
    linkedid: Annotated[str, "Linkedid"] = ""
