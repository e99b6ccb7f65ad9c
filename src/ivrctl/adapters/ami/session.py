"""A session for actions: opened, asked, closed."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from ivrctl.adapters.ami.errors import AmiLoginRefusedError, AmiUnreachableError
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer, Exchange
from ivrctl.ami.connection import AmiConnection
from ivrctl.ami.errors import RemoteProtocolError
from ivrctl.ami.packet import Event, Response

USER_TIMEOUT = 10_000
"""Milliseconds (TCP_USER_TIMEOUT of tcp(7)) after which what was sent and not acknowledged breaks the connection: a
peer that has vanished is otherwise noticed after minutes."""


@dataclass(frozen=True, slots=True)
class Login:
    """An AMI user of manager.conf."""

    user: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long the peer may take, in seconds."""

    connect: float = 5.0
    """For the connection, and for the banner."""
    answer: float = 10.0
    """For an answer with its whole list."""


USUAL = Deadlines()


class AmiSession:
    """One session. Use it from one event loop; actions that are asked at once wait for each other."""

    def __init__(self, address: tuple[str, int], on_event: Callable[[Event], None], deadlines: Deadlines) -> None:
        """Prepare a session; ``open`` is the way to one that is usable."""
        self._deadlines = deadlines
        self._place = f"{address[0]}:{address[1]}"
        self._on_event = on_event
        self._connection = AmiConnection()
        self._numbers = count(1)
        self._turn = asyncio.Lock()
        self._exchange: Exchange | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._fault: str | None = None

    @classmethod
    async def open(
        cls,
        address: tuple[str, int],
        login: Login,
        *,
        on_event: Callable[[Event], None] = lambda _event: None,
        deadlines: Deadlines = USUAL,
    ) -> AmiSession:
        """Connect and log in.

        Args:
            address: host and port.
            login: the secret itself never crosses the wire.
            on_event: told of every event that belongs to no list. It must only note it: the reader waits, and
                Asterisk disconnects a reader that is slow.
            deadlines: how long Asterisk may take.

        Raises:
            AmiUnreachableError: nobody listens, or what listens is no Asterisk.
            AmiLoginRefusedError: the user or the secret is wrong, or our address is not permitted.
        """
        session = cls(address, on_event, deadlines)
        try:
            await session._connect(address)
            await session._log_in(login)
        except BaseException:
            session.close()
            raise
        return session

    async def ask(self, action: Action) -> Answer:
        """Send an action and return its answer; a refusal by Asterisk is an answer, too.

        Raises:
            LocalProtocolError: the action cannot be sent, and was not.
            AmiUnreachableError: the session is lost, or there was no answer in time. It is closed then, and whether
                the action was carried out is not known: it is never sent again here.
        """
        async with self._turn:
            try:
                return await asyncio.wait_for(self._asked(action), self._deadlines.answer)
            except TimeoutError:
                self._end(f"no answer to {action.name} within {self._deadlines.answer:g} s")
                raise self._lost() from None

    def close(self) -> None:
        """End the session; nothing is under way any more."""
        self._end("closed")

    async def _connect(self, address: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._deadlines.connect):
                await loop.create_connection(lambda: _Wire(self._connected, self._received, self._end), *address)
            async with asyncio.timeout(self._deadlines.connect):
                await self._greeted
        except TimeoutError:
            raise self._unreachable(f"no answer within {self._deadlines.connect:g} s") from None
        except OSError as error:
            raise self._unreachable(error.strerror or str(error)) from error

    async def _log_in(self, login: Login) -> None:
        """Log in by challenge (manager.c, ``authenticate``): MD5 of challenge and secret instead of the secret."""
        challenge = await self.ask(Action.of("Challenge", AuthType="MD5"))
        word = challenge.response.text("Challenge") + login.secret
        key = hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()
        answer = await self.ask(Action.of("Login", AuthType="MD5", Username=login.user, Key=key, Events="on"))
        if not answer.response.is_success:
            raise AmiLoginRefusedError(login.user, answer.response.message)

    async def _asked(self, action: Action) -> Answer:
        if self._transport is None or self._fault is not None:
            raise self._lost()
        action_id = f"ivrctl-{next(self._numbers)}"
        encoded = self._connection.send(action, action_id)
        self._exchange = Exchange(action_id)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(encoded)
        try:
            return await self._answer
        finally:
            self._exchange = self._answer = None

    # told by the wire

    def _connected(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def _received(self, data: bytes) -> None:
        try:
            self._connection.receive_data(data)
        except RemoteProtocolError as error:
            self._hand_out()
            self._end(str(error))
            return
        if self._connection.version and not self._greeted.done():
            self._greeted.set_result(None)
        self._hand_out()

    def _hand_out(self) -> None:
        for packet in self._connection.packets_received():
            if self._exchange is not None and self._exchange.takes(packet):
                self._take(self._exchange, packet)
            elif isinstance(packet, Event):
                self._on_event(packet)

    def _take(self, exchange: Exchange, packet: Response | Event) -> None:
        try:
            answer = exchange.take(packet)
        except RemoteProtocolError as error:
            self._end(str(error))
            return
        if answer is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _end(self, fault: str) -> None:
        """The session is over; the first reason counts."""
        if self._fault is not None:
            return
        self._fault = fault
        self._connection.receive_eof()
        if self._transport is not None:
            self._transport.abort()
        if not self._greeted.done():
            self._greeted.set_exception(self._unreachable(fault))
            self._greeted.exception()  # whoever waits is told; nobody need
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(self._lost())

    def _lost(self) -> AmiUnreachableError:
        return self._unreachable(self._fault or "not connected")

    def _unreachable(self, why: str) -> AmiUnreachableError:
        return AmiUnreachableError(self._place, why)


class _Wire(asyncio.Protocol):
    """Hands on what the event loop says of the socket."""

    def __init__(
        self,
        connected: Callable[[asyncio.Transport], None],
        received: Callable[[bytes], None],
        ended: Callable[[str], None],
    ) -> None:
        self._connected = connected
        self._received = received
        self._ended = ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound the time that a vanished peer goes unnoticed."""
        connected = transport.get_extra_info("socket")
        if connected is not None and connected.family in {socket.AF_INET, socket.AF_INET6}:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT)
        if isinstance(transport, asyncio.Transport):
            self._connected(transport)

    def data_received(self, data: bytes) -> None:
        """Hand it on."""
        self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say why."""
        self._ended("Asterisk closed the session" if exc is None else f"the connection broke: {exc}")
