"""What Asterisk sends: a response to an action, or an event. Both are headers, in the order they came.

The first header decides which it is: ``OriginateResponse`` is an event that has a header ``Response`` too. Of a name
that stands twice the first value is the one that Asterisk wrote: a UserEvent's own headers come after, and may be
called ``Event`` as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivrctl.ami.errors import RemoteProtocolError

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Packet:
    """Headers, with names in any case."""

    headers: Headers

    def get(self, name: str) -> str | None:
        """The first value of a header; None when it is missing."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def text(self, name: str) -> str:
        """The first value of a header; empty when it is missing."""
        return self.get(name) or ""

    @property
    def action_id(self) -> str | None:
        """The action that this belongs to. Asterisk leaves it out of some errors."""
        return self.get("ActionID")


@dataclass(frozen=True, slots=True)
class Response(Packet):
    """The answer to an action."""

    @property
    def is_success(self) -> bool:
        """True for ``Success``, and for ``Goodbye``, the answer to Logoff."""
        return self.headers[0][1].lower() in {"success", "goodbye"}

    @property
    def message(self) -> str:
        """Asterisk's own sentence."""
        return self.text("Message")

    @property
    def opens_list(self) -> bool:
        """True when events with the same ActionID follow, up to one that closes the list."""
        return self.text("EventList").lower() == "start"


@dataclass(frozen=True, slots=True)
class Event(Packet):
    """Something happened, or is one entry of a list that was asked for."""

    @property
    def name(self) -> str:
        """Such as ``FullyBooted``."""
        return self.headers[0][1]

    @property
    def closes_list(self) -> bool:
        """True for the last entry of a list: complete, or cancelled on the way."""
        return self.text("EventList").lower() in {"complete", "cancelled"}


def packet_of(headers: Headers) -> Response | Event:
    """Read headers, of which there is at least one.

    Raises:
        RemoteProtocolError: the first header is neither of the two.
    """
    match headers[0][0].lower():
        case "response":
            return Response(headers)
        case "event":
            return Event(headers)
        case other:
            raise RemoteProtocolError(f"a message that begins with {other[:40]!r} is neither response nor event")
