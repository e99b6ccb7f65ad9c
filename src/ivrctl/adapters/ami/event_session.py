"""One session that only listens: opened, watched until it is lost.

It is a plain asyncio protocol over ``ami.framing``. The reader cuts, enqueues and returns: Asterisk disconnects whoever
reads too slowly. What cannot be seen by reading is looked for: a ping every five seconds, and two replies that do not
come mean that nobody is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from dataclasses import dataclass
from itertools import count
from typing import cast

from ivrctl.adapters.ami.action_link import Pace
from ivrctl.adapters.ami.errors import AmiBootUnseenError, AmiLoginRefusedError, AmiUnreachableError
from ivrctl.adapters.ami.event_inbox import Doubt, EventInbox, Opened
from ivrctl.adapters.ami.session import Deadlines, Login
from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.actions import Action, encode
from ivrctl.ami.errors import RemoteProtocolError
from ivrctl.ami.framing import LazyFraming, Wanted
from ivrctl.ami.raw_packet import RawPacket

PING_EVERY = 5.0
"""Seconds."""

REPLY_WITHIN = 4.0
"""Seconds for the reply to a ping: a peer that has vanished is noticed within 14 s."""

MISSED_PINGS = 2
"""Replies that do not come, one after the other, before a session is given up."""

BOOT_WITHIN = 120.0
"""Seconds from the login to FullyBooted, which a large configuration takes its time for."""

USER_TIMEOUT = 10_000
"""Milliseconds (TCP_USER_TIMEOUT of tcp(7)) after which what was sent and not acknowledged breaks the connection."""

BOOTED = "FullyBooted"

_PING = Action.of("Ping")


@dataclass(frozen=True, slots=True)
class Listening:
    """Who listens, for what, and where it goes."""

    address: tuple[str, int]
    login: Login
    wanted: Wanted
    inbox: EventInbox


class EventSession(asyncio.Protocol):
    """See the module. Use it from one event loop."""

    def __init__(self, listening: Listening, pace: Pace) -> None:
        """Prepare a session; ``open`` is the way to one that is usable."""
        self.is_booted = False
        """True from FullyBooted on: what Asterisk says before is of no use, and dropped."""
        self.heard_at = pace.now()
        """When Asterisk said something, by the pace's clock."""
        self._listening = listening
        self._pace = pace
        self._framing = LazyFraming({**listening.wanted, BOOTED: ()})
        self._doubts = 0
        self._numbers = count(1)
        self._answers: dict[str, asyncio.Future[RawPacket]] = {}
        self._has_reply = False
        self._transport: asyncio.WriteTransport | None = None
        self._greeted = asyncio.Event()
        self._is_lost = asyncio.Event()
        self._why = ""

    @classmethod
    async def open(cls, listening: Listening, deadlines: Deadlines, pace: Pace) -> EventSession:
        """Connect and log in. From FullyBooted on the inbox is told.

        Raises:
            AmiUnreachableError: nobody listens, what listens is no Asterisk, or it does not answer in time.
            AmiLoginRefusedError: the user or the secret is wrong, or our address is not permitted.
        """
        session = cls(listening, pace)
        try:
            async with Deadline(deadlines.connect):
                await asyncio.get_running_loop().create_connection(lambda: session, *listening.address)
                await session._greeted.wait()
            async with Deadline(deadlines.answer):
                await session._log_in()
        except TimeoutError:
            session.end("it does not answer")
            raise session._unreachable() from None
        except OSError as error:
            session.end(error.strerror or str(error))
            raise session._unreachable() from error
        except BaseException:
            session.end("closed")
            raise
        return session

    async def watch(self) -> str:
        """Stay with it until it is lost; why it was.

        Raises:
            AmiBootUnseenError: Asterisk does not say that it has booted.
        """
        opened, missed = self._pace.now(), 0
        while not self._is_lost.is_set():
            self._has_reply = False
            self._send(_PING)
            await self._pace.pause(self._is_lost, REPLY_WITHIN)
            missed = 0 if self._has_reply else missed + 1
            if missed == MISSED_PINGS:
                self.end(f"no reply to {missed} pings")
            elif not self.is_booted and self._pace.now() - opened > BOOT_WITHIN:
                self.end("it does not say that it has booted")
                raise AmiBootUnseenError(self._listening.login.user, BOOT_WITHIN)
            if not self._is_lost.is_set():
                await self._pace.pause(self._is_lost, PING_EVERY - REPLY_WITHIN)
        return self._why

    def end(self, why: str) -> None:
        """The session is over; the first reason counts."""
        if self._is_lost.is_set():
            return
        self._why = why
        self._is_lost.set()
        self._greeted.set()
        if self._transport is not None:
            self._transport.abort()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(self._unreachable())

    async def _log_in(self) -> None:
        """Log in by challenge (manager.c, ``authenticate``): MD5 of challenge and secret instead of the secret."""
        login = self._listening.login
        challenge = await self._ask(Action.of("Challenge", AuthType="MD5"))
        word = (challenge.get("Challenge") or "") + login.secret
        key = hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()
        answer = await self._ask(Action.of("Login", AuthType="MD5", Username=login.user, Key=key))
        if answer.name != "Success":
            raise AmiLoginRefusedError(login.user, answer.get("Message") or answer.name)

    async def _ask(self, action: Action) -> RawPacket:
        if self._is_lost.is_set():
            raise self._unreachable()
        answer: asyncio.Future[RawPacket] = asyncio.get_running_loop().create_future()
        action_id = self._send(action, answer)
        try:
            return await answer
        finally:
            del self._answers[action_id]

    def _send(self, action: Action, answer: asyncio.Future[RawPacket] | None = None) -> str:
        action_id = f"ivrctl-{next(self._numbers)}"
        if answer is not None:
            self._answers[action_id] = answer
        if self._transport is not None:
            self._transport.write(encode(action, action_id))
        return action_id

    # told by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound the time that a vanished peer goes unnoticed."""
        connected = transport.get_extra_info("socket")
        if connected is not None and connected.family in {socket.AF_INET, socket.AF_INET6}:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT)
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's derives from nothing of asyncio

    def data_received(self, data: bytes) -> None:
        """Cut, enqueue, return."""
        if self._is_lost.is_set():
            return
        self.heard_at = self._pace.now()
        try:
            events = self._framing.receive(data)
        except RemoteProtocolError as error:
            self.end(str(error))
            return
        if self._framing.version:
            self._greeted.set()
        for response in self._framing.responses():
            self._answered(response)
        if events:
            self._happened(events)
        if self._framing.doubts > self._doubts and self.is_booted:
            self._doubts = self._framing.doubts
            self._listening.inbox.tell(Doubt("Asterisk said what nobody can read"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Say why."""
        self.end("Asterisk closed the session" if exc is None else f"the connection broke: {exc}")

    def _answered(self, response: RawPacket) -> None:
        """A response that lost its ActionID, as errors may, is that of the one action that waits for its answer."""
        if response.get("Ping"):
            self._has_reply = True
        action_id = response.get("ActionID") or next(iter(self._answers), "")
        answer = self._answers.get(action_id)
        if answer is not None and not answer.done():
            answer.set_result(response)

    def _happened(self, events: list[RawPacket]) -> None:
        if not self.is_booted:
            events = self._since_boot(events)
        if events:
            self._listening.inbox.happened(events)

    def _since_boot(self, events: list[RawPacket]) -> list[RawPacket]:
        for number, event in enumerate(events):
            if event.name == BOOTED:
                self.is_booted = True
                self._doubts = self._framing.doubts
                self._listening.inbox.tell(Opened())
                return events[number if BOOTED in self._listening.wanted else number + 1 :]
        return []

    def _unreachable(self) -> AmiUnreachableError:
        host, port = self._listening.address
        return AmiUnreachableError(f"{host}:{port}", self._why or "not connected")
