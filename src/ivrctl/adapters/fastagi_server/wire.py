"""One connection on the event loop: it feeds ``agi.AgiConnection``, writes its bytes, keeps its deadline, ends it.

A plain ``asyncio.Protocol`` instead of streams, and a deadline that the server looks at instead of a timer: a command
costs some 20 µs of Python here, of which a stream and ``asyncio.timeout`` alone would take more, and a timer for each
caller who thinks half a kilobyte.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import timedelta
from sys import intern
from typing import cast

from ivrctl.adapters.fastagi_server.session import AgiSession, HungUp, LossReason, SessionLost
from ivrctl.agi.commands import Command
from ivrctl.agi.connection import AgiConnection, Event, HangupReceived, ReplyReceived, RequestReceived
from ivrctl.agi.errors import RemoteProtocolError
from ivrctl.agi.replies import Reply


class AgiWire(asyncio.Protocol):
    """The socket of one session.

    Args:
        on_connected: told when the connection stands; it may end it at once.
        on_request: told when the request block is complete.
        on_ended: told once when the connection is over, with or without a session.
    """

    __slots__ = (
        "_connection",
        "_due",
        "_loop",
        "_on_connected",
        "_on_ended",
        "_on_request",
        "_reply",
        "_session",
        "_transport",
        "host",
        "is_over",
    )

    def __init__(
        self,
        on_connected: Callable[[AgiWire], None],
        on_request: Callable[[AgiWire, AgiSession], None],
        on_ended: Callable[[AgiWire], None],
    ) -> None:
        self.host = ""
        """The peer's address without its port."""
        self.is_over = False
        self._on_connected = on_connected
        self._on_request = on_request
        self._on_ended = on_ended
        self._connection = AgiConnection()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._session: AgiSession | None = None
        """From the end of the request block to the end of the connection: it refers to us, and no cycle may stay."""
        self._reply: asyncio.Future[Reply] | None = None
        self._due = 0.0
        """When the peer must have done something, on the loop's clock; 0 for our own turn."""

    @property
    def peer(self) -> str:
        """The peer's address, ``host:port``."""
        address = None if self._transport is None else self._transport.get_extra_info("peername")
        return f"{address[0]}:{address[1]}" if address else ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)
        address = transport.get_extra_info("peername")
        # One text for all connections of an Asterisk.
        self.host = intern(str(address[0])) if address else ""
        self._on_connected(self)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        try:
            self._connection.receive_data(data)
        except RemoteProtocolError as fault:
            # A reply that came just before is let go with the session: the leg is tried again from its last position.
            self._end(SessionLost(LossReason.PROTOCOL, str(fault)))
            return
        for event in self._connection.events_received():
            if not self.is_over:
                self._receive(event)

    def eof_received(self) -> None:
        """Called by the event loop; returning None has it close the transport."""
        self._end(SessionLost(LossReason.END_OF_INPUT))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop, once and last."""
        self._end(SessionLost(LossReason.END_OF_INPUT if exc is None else LossReason.RESET, str(exc or "")))

    def expect_within(self, longest: timedelta) -> None:
        """End the connection at the first look behind it, unless ``forget_deadline`` or a later one comes first."""
        self._due = self._loop.time() + longest.total_seconds()

    def forget_deadline(self) -> None:
        """Nothing is due from the peer: it is our turn."""
        self._due = 0.0

    def end_if_late(self, now: float) -> None:
        """Look at the deadline; ``now`` is by the loop's clock."""
        if self._due and now >= self._due:
            self._end(SessionLost(LossReason.DEADLINE))

    def write_command(self, command: Command, longest: timedelta) -> asyncio.Future[Reply]:
        """Send a command in one write; the future of its reply.

        Raises:
            LocalProtocolError: it cannot be sent as things stand; nothing was.
        """
        line = self._connection.send(command)
        self._reply = self._loop.create_future()
        self.expect_within(longest)
        if self._transport is not None:
            self._transport.write(line)
        return self._reply

    def end(self, reason: LossReason) -> None:
        """Close the socket now; the session, if there is one, is told why."""
        self._end(SessionLost(reason))

    def _receive(self, event: Event) -> None:
        match event:
            case ReplyReceived(reply=reply):
                self.forget_deadline()
                if self._reply is not None and not self._reply.done():
                    self._reply.set_result(reply)
            case RequestReceived(request=request):
                self.forget_deadline()
                self._session = session = AgiSession(request, self)
                self._on_request(self, session)
            case HangupReceived():
                # The target of a transfer starts only when the socket is closed: close first, clean up after.
                self._end(HungUp(f"{self.peer} hung up"))
            case _:
                self._end(SessionLost(LossReason.END_OF_INPUT))

    def _end(self, end: HungUp | SessionLost) -> None:
        if self.is_over:
            return
        self.is_over = True
        self._connection.receive_eof()
        self._shut()
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(end.anew())
            # The handler may be gone: a failed future that nobody asks would be reported as an error.
            self._reply.exception()
        self._reply = None
        self._on_ended(self)
        if self._session is not None:
            self._session.ended(end)
            self._session = None

    def _shut(self) -> None:
        if self._transport is None:
            return
        if self._transport.get_write_buffer_size():
            # A peer that does not read would keep the socket open for ever.
            self._transport.abort()
        else:
            self._transport.close()


def tune(listening: socket.socket) -> None:
    """Have every session send small lines at once, and notice a peer whose machine is gone.

    What is accepted inherits it from the listening socket (tcp(7)): once, instead of ten system calls for each session.
    """
    if listening.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_IDLE)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _KEEPALIVE_INTERVAL)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _KEEPALIVE_PROBES)


_KEEPALIVE_IDLE = 30
"""Seconds of silence before the first probe: a caller may listen to a prompt for minutes."""
_KEEPALIVE_INTERVAL = 10
"""Seconds between probes."""
_KEEPALIVE_PROBES = 3
"""Unanswered probes until the peer counts as gone: a minute in all."""
