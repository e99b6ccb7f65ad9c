"""Whose fault a broken protocol is: ours or the peer's.

The names follow h11. A local error is a fault in ivrctl, found before a byte was sent: the session is intact. A remote
error means that the peer is no Asterisk, or that the two sides have lost step: the session cannot go on.
"""

from __future__ import annotations

from ivrctl.errors import IvrctlError


class ProtocolError(IvrctlError):
    """AGI was broken by one of the two sides."""


class LocalProtocolError(ProtocolError):
    """We were about to send what Asterisk would misunderstand: nothing was sent, and the connection is unharmed."""


class RemoteProtocolError(ProtocolError):
    """The peer sent what AGI does not allow: the connection must be closed."""
