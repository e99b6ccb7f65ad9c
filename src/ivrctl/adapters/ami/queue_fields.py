"""What may stand in a field of app_queue, checked before it is sent.

Asterisk takes nearly everything: a penalty ``abc`` is 0, an interface ``nonsense`` becomes a member whom nobody
reaches, a field that is too long is cut. And it keeps dynamic members as ``interface;penalty;paused;name|interface;…``
without escaping: a member named ``a;b|c`` is another one after a restart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ivrctl.ami.errors import LocalProtocolError

FIELD_LIMIT = 79
"""Bytes: interface, membername and reason_paused of app_queue.c are buffers of 80."""

PENALTY_LIMIT = 2**31 - 1
"""An int of C."""

_FORBIDDEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029;|,]")
_INTERFACE = re.compile(r"[A-Za-z][A-Za-z0-9_]*/\S+\Z")
_STATE_INTERFACE = re.compile(r"[A-Za-z][A-Za-z0-9_]*[/:]\S+\Z")
_EVENT = re.compile(r"[A-Z][A-Z0-9_]{0,31}\Z")


def field(name: str, value: str) -> str:
    """A name of a queue or of a member, or a reason.

    Raises:
        LocalProtocolError: Asterisk would read, keep or log something else.
    """
    if not value:
        raise LocalProtocolError(f"{name} is empty")
    if _FORBIDDEN.search(value):
        raise LocalProtocolError(f"{name} holds one of ; | , or a control character")
    if value != value.strip():
        raise LocalProtocolError(f"{name} begins or ends with a space")
    if len(value.encode("utf-8", "surrogatepass")) > FIELD_LIMIT:
        raise LocalProtocolError(f"{name} has more than {FIELD_LIMIT} bytes")
    return value


def interface(value: str) -> str:
    """How a member is rung: ``PJSIP/8101``, ``Local/5001@from-queue/n``.

    Raises:
        LocalProtocolError: it is none.
    """
    if not _INTERFACE.match(field("Interface", value)):
        raise LocalProtocolError("Interface is not of the form technology/resource, such as PJSIP/8101")
    return value


def state_interface(of: str, value: str) -> str:
    """Whose state is a member's: ``PJSIP/8101``, ``hint:5001@ext-local``; empty for the interface itself.

    Raises:
        LocalProtocolError: it is none, or a ``Local/`` member has none: he would always be free.
    """
    if not value and of.lower().startswith("local/"):
        raise LocalProtocolError("a member Local/… needs a StateInterface, such as hint:5001@ext-local")
    if value and not _STATE_INTERFACE.match(field("StateInterface", value)):
        raise LocalProtocolError("StateInterface is not of the form technology/resource or provider:name")
    return value


def penalty(value: int) -> str:
    """A penalty as it is sent.

    Raises:
        LocalProtocolError: it is no whole number from 0.
    """
    if type(value) is int and 0 <= value <= PENALTY_LIMIT:
        return str(value)
    raise LocalProtocolError("Penalty is no whole number from 0")


def log_event(value: str) -> str:
    """The name of an entry in queue_log, such as ``TIERIN``.

    Raises:
        LocalProtocolError: it is none.
    """
    if not _EVENT.match(value):
        raise LocalProtocolError("Event is no name of capital letters")
    return value


def log_data(values: Sequence[str]) -> str:
    """The data fields of an entry in queue_log, of which there are five.

    Raises:
        LocalProtocolError: they would be read as other fields.
    """
    if len(values) > 5 or any(re.search("[\\x00-\\x1f\\x7f|]", value) for value in values):  # noqa: PLR2004 - data1 to data5
        raise LocalProtocolError("Message has more than five fields, or one holds | or a control character")
    return "|".join(values)
