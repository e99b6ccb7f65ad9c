"""panoramisk, as the session uses it: one connection that carries actions, and never connects again by itself.

What panoramisk does here: it connects, numbers actions, writes them, keeps those that are under way, brings what comes
to the one that it belongs to, hands events to a callback, and keeps the time of pings. What is ours, at its extension
points: framing, limits and decoding (``protocol_factory``), what is sent (``str`` of an action), which packet belongs
where, and what becomes of a connection that fails. Its FastAGI server is never used.

Loading it takes 40 ms: only a session that is opened imports this module.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

from panoramisk.actions import Action as PanoramiskAction
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

from ivrctl.ami.actions import Action, encode
from ivrctl.ami.answer import Answer, Exchange
from ivrctl.ami.connection import AmiConnection, State
from ivrctl.ami.errors import LocalProtocolError, RemoteProtocolError
from ivrctl.ami.packet import Event, Response

USER_TIMEOUT = 10_000
"""Milliseconds (TCP_USER_TIMEOUT of tcp(7)) after which what was sent and not acknowledged breaks the connection: a
peer that has vanished is otherwise noticed after minutes."""

PART = 32_768
"""Bytes behind which others have their turn: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a wire tells what; none of them may raise."""

    greeted: Callable[[], None]
    """The peer has said that it is an Asterisk."""
    happened: Callable[[Event], None]
    """An event that belongs to no action."""
    ended: Callable[[str], None]
    """The connection is over, and why."""
    ping_is_due: Callable[[], None]


class Asked(PanoramiskAction):
    """An action under way: our encoding, and the answer when it is whole."""

    def __init__(self, action: Action) -> None:
        """Encode it, under a number that nobody guesses: a dialplan's UserEvent may hold any ActionID.

        Raises:
            LocalProtocolError: it cannot be sent.
        """
        if action.name.lower() == "originate" and ("Async", "true") not in action.headers:
            raise LocalProtocolError("an Originate without Async: true would hold the session until it is answered")
        super().__init__({"Action": action.name})
        self.encoded = encode(action, self.id)
        self.exchange = Exchange(self.id)

    def __str__(self) -> str:
        """What panoramisk sends; of its own encoding a value could be a header."""
        return self.encoded.decode()

    def add_message(self, message: Shown) -> bool:
        """Take a packet that belongs here; true when the answer is whole.

        Raises:
            RemoteProtocolError: the list has no end.
        """
        answer: Answer | None = self.exchange.take(message.packet)
        if answer is not None and not self.future.done():
            self.future.set_result(answer)
        return answer is not None


class Shown(Message):
    """What panoramisk is shown of a packet: which of the two it is, and to which action it belongs.

    Nothing else: a second header ``Event`` makes a list of the first one there, and an OriginateResponse would be taken
    for a response.
    """

    def __init__(self, packet: Response | Event, owner: Asked | None) -> None:
        """Keep the packet itself beside it."""
        headers = {"Event": packet.name} if isinstance(packet, Event) else {"Response": packet.headers[0][1]}
        super().__init__(headers if owner is None else headers | {"ActionID": owner.id})
        self.packet = packet


class Protocol(AMIProtocol):
    """Bytes in any fragmentation, through our codec."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.connection = AmiConnection()
        self.version: str | None = None
        self._rest = b""
        """What has come and was not taken yet; nothing more is read meanwhile."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Know whose it is from the first byte, and bound the time that a vanished peer goes unnoticed."""
        super().connection_made(transport)
        self.factory = self._wire
        connected = transport.get_extra_info("socket")
        if connected is not None and connected.family in {socket.AF_INET, socket.AF_INET6}:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT)

    def data_received(self, data: bytes) -> None:
        """Take what has come, by the part: of a list uvloop hands out a quarter of a megabyte at once, and 32 times."""
        if len(data) <= PART:
            self._take(data)
        elif not self.transport.is_closing():
            self.transport.pause_reading()
            self._rest = data
            self._take_part()

    def _take_part(self) -> None:
        if self.transport.is_closing():
            self._rest = b""
            return
        part, self._rest = self._rest[:PART], self._rest[PART:]
        self._take(part)
        if self._rest:
            asyncio.get_running_loop().call_soon(self._take_part)
        elif not self.transport.is_closing():
            self.transport.resume_reading()

    def _take(self, data: bytes) -> None:
        """Hand out what is whole; what breaks the protocol ends the connection, after what came before it."""
        fault = None
        try:
            self.connection.receive_data(data)
        except RemoteProtocolError as error:
            fault = error
        if self.connection.version and self.version is None:
            self.version = self.connection.version
            self._wire.told.greeted()
        try:
            for packet in self.connection.packets_received():
                self.handle_message(Shown(packet, self._owner(packet)))
        except RemoteProtocolError as error:
            fault = fault or error
        if fault is not None:
            self._wire.told.ended(str(fault))

    def _owner(self, packet: Response | Event) -> Asked | None:
        """The action that a packet belongs to; since one at a time is under way, also without an ActionID."""
        return next((asked for asked in self.responses.values() if asked.exchange.takes(packet)), None)


class _Everything:
    """Holds whatever is asked for."""

    def __contains__(self, _name: object) -> bool:
        """It does."""
        return True


class Wire(Manager):
    """One connection of panoramisk, without what it does of its own accord."""

    def __init__(self, address: tuple[str, int], told: Told, ping_every: float) -> None:
        """Prepare it; ``connect`` starts.

        Args:
            address: host and port.
            told: what it tells to whom.
            ping_every: seconds.
        """
        super().__init__(
            host=address[0],
            port=address[1],
            loop=asyncio.get_running_loop(),
            protocol_factory=lambda: Protocol(self),
            forgetable_actions=_Everything(),  # what is unanswered at the end is not sent again: it may have been done
        )
        self.ping_delay = self.ping_interval = ping_every
        self.told = told
        self._is_over = False
        self.register_event("*", lambda _manager, shown: told.happened(shown.packet))

    def connection_made(self, connecting: asyncio.Future[object]) -> None:
        """Take the connection; one that failed is told to whoever opens it, where panoramisk would try for ever."""
        if not connecting.cancelled() and connecting.exception() is None:
            super().connection_made(connecting)
            if self._is_over:  # it broke the protocol with its first bytes, before it was known here
                self.abort()

    def connection_lost(self, exc: object) -> None:
        """Say why, where panoramisk would connect again."""
        match exc:
            case Exception():
                self.told.ended(f"the connection broke: {exc}")
            case Shown():
                self.told.ended("Asterisk shuts down")
            case _:
                self.told.ended("Asterisk closed the session")

    def ping(self) -> None:
        """Keep the time; who is told sends one and looks at the reply."""
        self.pinger = self.loop.call_later(self.ping_interval, self.ping)
        self.told.ping_is_due()

    def ask(self, action: Action) -> asyncio.Future[Answer]:
        """Send an action; its answer is awaited by whoever asks, within a time.

        Raises:
            LocalProtocolError: it cannot be sent, and was not.
        """
        if self.protocol.connection.state is not State.OPEN:
            raise LocalProtocolError(f"{action.name} in the state {self.protocol.connection.state.name}")
        answer: asyncio.Future[Answer] = self.send_action(Asked(action), as_list=False)
        return answer

    def abort(self) -> None:
        """End the connection at once: what a vanished peer has not read is no reason to wait."""
        self._is_over = True
        self.close()
        if self.protocol is not None:
            self.protocol.connection.receive_eof()
            self.protocol.transport.abort()
