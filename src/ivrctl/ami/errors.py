"""Whose fault a broken protocol is: ours or the peer's; the names follow h11."""

from __future__ import annotations

from ivrctl.errors import IvrctlError


class ProtocolError(IvrctlError):
    """AMI was broken by one of the two sides."""


class LocalProtocolError(ProtocolError):
    """We were about to send what Asterisk would misunderstand: nothing was sent, and the connection is unharmed."""


class RemoteProtocolError(ProtocolError):
    """The peer is no Asterisk, or sent more than anybody should hold: the connection must be closed."""


class UnreadableEventError(ProtocolError):
    """An event lacks a header, or holds what is none of its kind: a doubt about what is believed, and no more.

    What stood there is not said, since it may be personal.
    """

    def __init__(self, event: str, header: str, why: str) -> None:
        """Keep both names.

        Args:
            event: its kind.
            header: the one that is missing or unreadable.
            why: what is wrong with it.
        """
        super().__init__(f"{event}: the header {header} {why}")
        self.event = event
        self.header = header
