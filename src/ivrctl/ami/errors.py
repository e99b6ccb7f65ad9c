"""Whose fault a broken protocol is: ours or the peer's; the names follow h11."""

from __future__ import annotations

from ivrctl.errors import IvrctlError


class ProtocolError(IvrctlError):
    """AMI was broken by one of the two sides."""


class LocalProtocolError(ProtocolError):
    """We were about to send what Asterisk would misunderstand: nothing was sent, and the connection is unharmed."""


class RemoteProtocolError(ProtocolError):
    """The peer is no Asterisk, or sent more than anybody should hold: the connection must be closed."""
