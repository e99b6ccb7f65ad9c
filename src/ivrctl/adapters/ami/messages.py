"""Texts to phones: SIP MESSAGE, by the action MessageSend of Asterisk."""

from __future__ import annotations

import base64
import re

from ivrctl.adapters.ami.queue_actions import Asking, QueueActionRefusedError
from ivrctl.ami.actions import Action
from ivrctl.ami.errors import LocalProtocolError

MOST_BYTES = 700
"""Of a text: in base64 it stays within one line of AMI, and the message within one packet of a network."""

_ENDPOINT = re.compile(r"[A-Za-z0-9_.+-]{1,79}\Z")


async def message_send(ami: Asking, endpoint: str, text: str) -> None:
    """Have a text sent to a phone; Asterisk says that it will be sent, and not that it was read.

    Args:
        ami: whom to ask.
        endpoint: of chan_pjsip, such as ``8101``; all its phones get it.
        text: what is said; cut where it is too long.

    Raises:
        LocalProtocolError: this is no name of an endpoint.
        QueueActionRefusedError: Asterisk refuses: the right ``message`` is missing, or there is no such endpoint.
        IvrctlError: whatever the asking raises.
    """
    if not _ENDPOINT.match(endpoint):
        raise LocalProtocolError("this is no name of an endpoint")
    body = base64.b64encode(_cut(text)).decode()
    answer = await ami.ask(Action.of("MessageSend", To=f"pjsip:{endpoint}", Base64Body=body))
    if not answer.response.is_success:
        raise QueueActionRefusedError("MessageSend", answer.response.message)


def _cut(text: str) -> bytes:
    """As much of it as has its place, in whole characters."""
    encoded = text.encode()
    if len(encoded) <= MOST_BYTES:
        return encoded
    return encoded[: MOST_BYTES - 3].decode(errors="ignore").encode() + "…".encode()
