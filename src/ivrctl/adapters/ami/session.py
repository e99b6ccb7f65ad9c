"""A session for actions: opened, asked, closed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivrctl.adapters.ami.errors import AmiLoginRefusedError, AmiUnreachableError
from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.ami.errors import LocalProtocolError
from ivrctl.ami.packet import Event

if TYPE_CHECKING:
    from ivrctl.adapters.ami.wire import Wire

PING = Action.of("Ping")


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
    ping_every: float = 5.0
    """Between two pings. An action that is under way stands for one."""
    ping: float = 8.0
    """For the reply to a ping: with the pause before it, a peer that has vanished is noticed within 15 s."""


USUAL = Deadlines()


class AmiSession:
    """One session. Use it from one event loop; actions that are asked at once wait for each other."""

    def __init__(
        self, address: tuple[str, int], on_event: Callable[[Event], None] | None, deadlines: Deadlines
    ) -> None:
        """Prepare a session; ``open`` is the way to one that is usable."""
        loop = asyncio.get_running_loop()
        self._deadlines = deadlines
        self._place = f"{address[0]}:{address[1]}"
        self._on_event = on_event
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[Answer] | None = None
        self._greeted: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[str] = loop.create_future()
        self._pinging: asyncio.Task[None] | None = None
        self._wire = self._wired(address)

    @classmethod
    async def open(
        cls,
        address: tuple[str, int],
        login: Login,
        *,
        on_event: Callable[[Event], None] | None = None,
        deadlines: Deadlines = USUAL,
    ) -> AmiSession:
        """Connect and log in.

        Args:
            address: host and port.
            login: the secret itself never crosses the wire.
            on_event: told of every event that belongs to no list, in their order and before the answers behind them.
                What it raises goes to the event loop's handler of exceptions and harms nothing. None: Asterisk sends
                no events.
            deadlines: how long Asterisk may take.

        Raises:
            AmiUnreachableError: nobody listens, or what listens is no Asterisk.
            AmiLoginRefusedError: the user or the secret is wrong, or our address is not permitted.
        """
        session = cls(address, on_event, deadlines)
        try:
            await session._connect()
            await session._log_in(login)
        except BaseException:
            session.close()
            raise
        return session

    @property
    def is_open(self) -> bool:
        """False once it is lost or closed: it never comes back."""
        return not self._ended.done()

    async def ended(self) -> str:
        """Wait until it is lost or closed; why."""
        return await asyncio.shield(self._ended)

    async def ask(self, action: Action) -> Answer:
        """Send an action and return its answer; a refusal by Asterisk is an answer, too.

        Whoever is cancelled while his action is under way ends the session: its answer would be taken for the next
        one's.

        Raises:
            LocalProtocolError: the action cannot be sent, and was not.
            AmiUnreachableError: the session is lost, or there was no answer in time. It is closed then, and whether
                the action was carried out is not known: it is never sent again here.
        """
        return await self._ask(action, self._deadlines.answer)

    def close(self) -> None:
        """End the session; nothing is under way any more."""
        self._end("closed")

    def _wired(self, address: tuple[str, int]) -> Wire:
        from ivrctl.adapters.ami.wire import Told, Wire  # noqa: PLC0415 - panoramisk takes 40 ms: commands start without

        told = Told(self._was_greeted, self._happened, self._end, self._ping)
        return Wire(address, told, self._deadlines.ping_every)

    async def _connect(self) -> None:
        try:
            async with Deadline(self._deadlines.connect):
                await self._wire.connect()
            async with Deadline(self._deadlines.connect):
                await self._greeted
        except TimeoutError:
            raise self._unreachable(f"no answer within {self._deadlines.connect:g} s") from None
        except OSError as error:
            raise self._unreachable(error.strerror or str(error)) from error
        except UnicodeError:
            raise self._unreachable("this is no name of a host") from None

    async def _log_in(self, login: Login) -> None:
        """Log in by challenge (manager.c, ``authenticate``): MD5 of challenge and secret instead of the secret."""
        challenge = await self.ask(Action.of("Challenge", AuthType="MD5"))
        word = (challenge.response.text("Challenge") + login.secret).encode("utf-8", "surrogateescape")
        key = hashlib.md5(word, usedforsecurity=False).hexdigest()
        events = "off" if self._on_event is None else "on"
        try:
            answer = await self.ask(Action.of("Login", AuthType="MD5", Username=login.user, Key=key, Events=events))
        except LocalProtocolError as error:
            raise AmiLoginRefusedError(login.user, str(error)) from None
        if not answer.response.is_success:
            raise AmiLoginRefusedError(login.user, answer.response.message)

    async def _ask(self, action: Action, within: float) -> Answer:
        async with self._turn:
            if self._ended.done():
                raise self._lost()
            self._answer = self._wire.ask(action)
            try:
                async with Deadline(within):
                    return await self._answer
            except TimeoutError:
                self._end(f"no answer to {action.name} within {within:g} s")
                raise self._lost() from None
            except asyncio.CancelledError:
                self._end(f"{action.name} was given up before its answer")
                raise
            finally:
                self._answer = None

    # told by the wire

    def _was_greeted(self) -> None:
        if not self._greeted.done():
            self._greeted.set_result(None)

    def _happened(self, event: Event) -> None:
        if self._on_event is not None:
            asyncio.get_running_loop().call_soon(self._on_event, event)

    def _ping(self) -> None:
        """Ask for a sign of life, unless a greeting or an answer with its own deadline is awaited."""
        if self._greeted.done() and not self._turn.locked():
            self._pinging = asyncio.ensure_future(self._pinged())

    async def _pinged(self) -> None:
        try:
            await self._ask(PING, self._deadlines.ping)
        except AmiUnreachableError:
            return  # the session has ended, and whoever asks next is told why

    def _end(self, fault: str) -> None:
        """The session is over; the first reason counts."""
        if self._ended.done():
            return
        self._ended.set_result(fault)
        self._wire.abort()
        if not self._greeted.done():
            self._greeted.set_exception(self._unreachable(fault))
            self._greeted.exception()  # whoever waits is told; nobody need
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(self._lost())

    def _lost(self) -> AmiUnreachableError:
        return self._unreachable(self._ended.result())

    def _unreachable(self, why: str) -> AmiUnreachableError:
        return AmiUnreachableError(self._place, why)
