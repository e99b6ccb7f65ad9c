"""The answer to one action: its response, and the list that may follow, told from everything else by the ActionID.

Lists are interleaved with events that merely happen, so nothing but the ActionID tells an entry. A response may lack
it (Asterisk forgets it in some errors); since one action is under way at a time, such a response is its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivrctl.ami.errors import RemoteProtocolError
from ivrctl.ami.packet import Event, Response

ENTRY_LIMIT = 50_000
"""Entries of one list: more than the members of the largest call centre, less than what fills a memory."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with the entries of its list, apart from the event that closes it."""

    response: Response
    entries: tuple[Event, ...] = ()
    closing: Event | None = None
    """What closed the list; None where there is none."""

    @property
    def is_whole(self) -> bool:
        """True for a list that Asterisk did not cancel, with as many entries as it says that there are."""
        if self.closing is None or self.closing.text("EventList").lower() != "complete":
            return False
        return self.closing.text("ListItems") in {"", str(len(self.entries))}

    def named(self, name: str) -> tuple[Event, ...]:
        """The entries of one kind, such as ``QueueMember``."""
        return tuple(entry for entry in self.entries if entry.name == name)


class Exchange:
    """One action under way."""

    __slots__ = ("_action_id", "_entries", "_response")

    def __init__(self, action_id: str) -> None:
        self._action_id = action_id
        self._response: Response | None = None
        self._entries: list[Event] = []

    def takes(self, packet: Response | Event) -> bool:
        """True when a packet belongs to this action."""
        if isinstance(packet, Event):
            return self._response is not None and self._response.opens_list and packet.action_id == self._action_id
        return self._response is None and packet.action_id in {self._action_id, None}

    def take(self, packet: Response | Event) -> Answer | None:
        """Add a packet that belongs here; the answer once it is whole.

        Raises:
            RemoteProtocolError: the list has no end.
        """
        if isinstance(packet, Response):
            self._response = packet
            return None if packet.opens_list else Answer(packet)
        if self._response is not None and packet.closes_list:
            return Answer(self._response, tuple(self._entries), packet)
        self._entries.append(packet)
        if len(self._entries) > ENTRY_LIMIT:
            raise RemoteProtocolError(f"a list of more than {ENTRY_LIMIT} entries")
        return None
