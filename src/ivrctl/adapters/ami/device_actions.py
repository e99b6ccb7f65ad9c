"""What Asterisk is asked of devices: phones, and states that the dialplan keeps.

``DeviceStateList`` would tell all of it at once, and far more: of 5,000 agents it has 15,000 entries, one for each
phone and two for each member of a queue, and takes Asterisk a second and a half. So states that the dialplan keeps are
read where Asterisk keeps them, and a phone is asked for by itself, which takes half a millisecond.

Each function raises what its ``ask`` raises, and ``QueueActionRefusedError`` where Asterisk does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.adapters.ami import queue_fields
from ivrctl.adapters.ami.queue_actions import Asking, QueueActionRefusedError, listed
from ivrctl.ami.actions import Action

_FAMILY = "CustomDevstate"
"""Where func_devstate.c keeps them in Asterisk's own database."""
_HINT = "hint:"
_STATUSES = {
    "-1": "INVALID",
    "0": "NOT_INUSE",
    "1": "INUSE",
    "2": "BUSY",
    "4": "UNAVAILABLE",
    "8": "RINGING",
    "9": "RINGINUSE",
    "16": "ONHOLD",
    "17": "ONHOLD",
}
"""Of hints (``enum ast_extension_states`` of pbx.h), in the words of devices; -1 where there is none."""


async def custom_devices(ami: Asking) -> Mapping[str, str]:
    """The states of all ``Custom:`` devices that were ever set, by what stands behind the colon: ``INUSE`` and so on.

    It needs the right to write ``reporting``.
    """
    prefix = f"/{_FAMILY}/"
    entries = (await listed(ami, "DBGetTree", Family=_FAMILY)).named("DBGetTreeResponse")
    return {entry.text("Key").removeprefix(prefix): entry.text("Val") for entry in entries}


async def device_state(ami: Asking, device: str) -> str:
    """The state of one device, such as ``NOT_INUSE`` of ``PJSIP/8101`` or ``hint:5001@ext-local``.

    Raises:
        LocalProtocolError: it is none.
    """
    queue_fields.state_interface("", device)
    if device.startswith(_HINT):
        extension, _, context = device.removeprefix(_HINT).partition("@")
        status = await _told(ami, Action.of("ExtensionState", Exten=extension, Context=context), "Status")
        return _STATUSES.get(status, "UNKNOWN")
    return await _told(ami, Action.of("Getvar", Variable=f"DEVICE_STATE({device})"), "Value")


async def _told(ami: Asking, action: Action, header: str) -> str:
    response = (await ami.ask(action)).response
    if not response.is_success:
        raise QueueActionRefusedError(action.name, response.message)
    return response.text(header)
