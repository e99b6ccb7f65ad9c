"""The server: accepts connections within limits, runs one handler task per session, refuses politely, drains."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import TypeAlias

from ivrctl.adapters.fastagi_server.limits import LOOPBACK, ServerLimits, Sources
from ivrctl.adapters.fastagi_server.session import AgiSession, HungUp, LossReason, SessionLost
from ivrctl.adapters.fastagi_server.waiting_room import WaitingRoom
from ivrctl.adapters.fastagi_server.wire import AgiWire, tune
from ivrctl.agi.commands import Command, SetVariable
from ivrctl.agi.replies import Reply

Handler: TypeAlias = Callable[[AgiSession], Awaitable[None]]
"""Serves one session. It returns when the session has been served, after which the socket is closed; it may close it
itself before. ``HungUp`` and ``SessionLost`` may leave it: they are ends, not errors."""

REFUSAL = SetVariable("IVRCTL_NEXT", "fallback")
"""What sends a refused caller to a person at once, instead of through the dialplan's retries."""

LEAVING = "the controller is leaving"
"""Why a session is refused while there is no successor."""

_TURNS_OF_AN_ACCEPT = 4
"""Turns of the event loop from an accept to ``connection_made``: two in asyncio's own, and as many to spare."""

_BACKLOG = 1024
"""Connections that the kernel keeps for us while the loop is busy: a burst of calls, not an attack."""

LOOK_EVERY = 0.1
"""Seconds between looks at deadlines, which are of seconds themselves; a look takes 0.1 ms for a thousand sessions."""

_THIN_AFTER = 0.05
"""Seconds from one connection too many of an address until its oldest are closed. An event loop may accept a whole
burst of calls before it reads the first request: those that have something to say get the time to say it."""


class FastAgiServer:
    """A FastAGI server on one listening socket.

    A handler that raises has its session closed *without* the refusal: the dialplan finds no ``IVRCTL_NEXT`` and
    tries again, within its bounds.

    Args:
        handler: serves one session.
        limits: how much of everything.
        allowed: the networks that may connect; anybody else is cut off at once and unheard.
        refusal: the command that a refused session is sent before it is closed.
        on_error: told of an exception that left a handler.
        on_refused: told of a session that is refused politely, and why, before it is; what it returns is called when
            Asterisk has taken note of it.
        never_refused: the sessions that are served whatever the load, also while refusing: they must be short.
    """

    def __init__(  # noqa: PLR0913 - all but the handler have defaults; each is a decision of whoever composes the process
        self,
        handler: Handler,
        *,
        limits: ServerLimits | None = None,
        allowed: Sources = LOOPBACK,
        refusal: Command = REFUSAL,
        on_error: Callable[[AgiSession, Exception], None] | None = None,
        on_refused: Callable[[AgiSession, str], Callable[[], None]] | None = None,
        never_refused: Callable[[AgiSession], bool] = lambda _session: False,
    ) -> None:
        self.refusing = False
        """While True each new session is refused politely: set it when the controller is about to leave."""
        self.refused = 0
        """Sessions refused politely since the start."""
        self._handler = handler
        self._limits = limits or ServerLimits()
        self._may_connect = lru_cache(maxsize=1024)(lambda host: _is_in(host, allowed))
        self._refusal = refusal
        self._on_error = on_error
        self._on_refused = on_refused
        self._never_refused = never_refused
        self._server: asyncio.Server | None = None
        self._waiting = WaitingRoom()
        self._thinning: asyncio.TimerHandle | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._wires: set[AgiWire] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._quiet: asyncio.Future[None] | None = None

    @property
    def calls(self) -> int:
        """Sessions that have a handler now."""
        return len(self._calls)

    @property
    def connections(self) -> int:
        """Sockets that are open now."""
        return len(self._wires)

    @property
    def address(self) -> str | None:
        """Where it listens, as ``HOST:PORT``; None when it does not."""
        if self._server is None or not self._server.sockets:
            return None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def start(self, sock: socket.socket) -> None:
        """Serve a socket that is bound; it belongs to the server from now on.

        Raises:
            OSError: the socket cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        tune(sock)
        self._server = await loop.create_server(self._wire, sock=sock, backlog=_BACKLOG)

    def stop_accepting(self) -> None:
        """Close our end of the listening socket; sessions that stand go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def drain(self, grace: timedelta, *, is_refusing: bool = False) -> int:
        """Wait until every session is served, at most ``grace``; how many calls are left.

        New sessions are a successor's, and none is accepted; with ``is_refusing`` there is no successor, and they are
        refused politely meanwhile.
        """
        self.refusing = is_refusing
        if not is_refusing:
            await self._accept_no_more()
        loop = asyncio.get_running_loop()
        if not self._is_quiet:
            self._quiet = loop.create_future()
            await asyncio.wait((self._quiet,), timeout=grace.total_seconds())
            self._quiet = None
        self.stop_accepting()
        return len(self._calls)

    async def _accept_no_more(self) -> None:
        """Stop accepting without losing what was accepted in this turn of the loop.

        asyncio drops a connection whose server is closed between its accept and its transport (``Server._attach``): so
        the listening socket is looked at no more, what was accepted gets its turns, and only then the server is closed.
        """
        if self._server is not None:
            loop = asyncio.get_running_loop()
            for listener in self._server.sockets:
                loop.remove_reader(listener.fileno())
            for _ in range(_TURNS_OF_AN_ACCEPT):
                await asyncio.sleep(0)
            self.stop_accepting()

    async def close(self) -> None:
        """Stop accepting, close every socket, cancel the handlers and wait until they are gone."""
        self.stop_accepting()
        for timer in (self._thinning, self._looking):
            if timer is not None:
                timer.cancel()
        for wire in tuple(self._wires):
            wire.end(LossReason.CLOSED)
        tasks = tuple(self._calls)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wire(self) -> AgiWire:
        return AgiWire(self._connected, self._requested, self._ended)

    def _connected(self, wire: AgiWire) -> None:
        if not self._may_connect(wire.host):
            wire.end(LossReason.CLOSED)
            return
        if len(self._wires) >= self._limits.connections and (oldest := self._waiting.oldest()) is not None:
            oldest.end(LossReason.CLOSED)
        if len(self._wires) >= self._limits.connections:
            wire.end(LossReason.CLOSED)
            return
        self._wires.add(wire)
        if self._looking is None:
            self._look_later()
        self._waiting.enter(wire)
        wire.expect_within(self._limits.request_within)
        if self._thinning is None and self._waiting.of(wire.host) > self._limits.waiting_per_source:
            self._thinning = asyncio.get_running_loop().call_later(_THIN_AFTER, self._thin_out)

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    def _look(self) -> None:
        """End the connections whose deadline has passed; none is looked at while there is none."""
        self._looking = None
        now = asyncio.get_running_loop().time()
        for wire in tuple(self._wires):
            wire.end_if_late(now)
        if self._wires:
            self._look_later()

    def _thin_out(self) -> None:
        self._thinning = None
        for wire in self._waiting.too_many(self._limits.waiting_per_source):
            wire.end(LossReason.CLOSED)

    def _requested(self, wire: AgiWire, session: AgiSession) -> None:
        self._waiting.leave(wire)
        is_too_much = self.refusing or len(self._calls) >= self._limits.calls
        if is_too_much and not self._never_refused(session):
            self._refuse(wire, session)
            return
        task = asyncio.get_running_loop().create_task(self._serve(session))
        self._calls.add(task)
        task.add_done_callback(self._served)

    def _refuse(self, wire: AgiWire, session: AgiSession) -> None:
        self.refused += 1
        reason = LEAVING if self.refusing else f"overload: more than {self._limits.calls} calls"
        told = None if self._on_refused is None else self._on_refused(session, reason)

        def replied(reply: asyncio.Future[Reply]) -> None:
            wire.end(LossReason.CLOSED)
            if told is not None and not reply.cancelled() and reply.exception() is None:
                told()

        wire.write_command(self._refusal, self._limits.refusal_within).add_done_callback(replied)

    async def _serve(self, session: AgiSession) -> None:
        try:
            await self._handler(session)
        except (HungUp, SessionLost):
            # How a session ends: told to the handler, and nobody's fault.
            pass
        except Exception as error:
            if self._on_error is None:
                raise
            self._on_error(session, error)
        finally:
            session.close()

    def _served(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        self._tell_quiet()

    def _ended(self, wire: AgiWire) -> None:
        self._waiting.leave(wire)
        self._wires.discard(wire)
        self._tell_quiet()

    @property
    def _is_quiet(self) -> bool:
        return not self._calls and not self._wires

    def _tell_quiet(self) -> None:
        if self._quiet is not None and self._is_quiet and not self._quiet.done():
            self._quiet.set_result(None)


def _is_in(host: str, networks: Sources) -> bool:
    """True when an address lies in one of the networks; an IPv4 address in IPv6 clothes counts as what it is."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in network for network in networks)
