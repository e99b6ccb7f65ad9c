"""One session as its handler sees it: send a command, await its reply, be told of the end.

Counterpart of ``wire``, which owns the socket. Knows nothing of flows: ``service`` writes handlers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from ivrctl.agi.commands import Command, Noop
from ivrctl.agi.replies import Reply, Result
from ivrctl.agi.request import Request
from ivrctl.errors import IvrctlError


class LossReason(StrEnum):
    """Why a session ended without a hang-up."""

    END_OF_INPUT = "Asterisk closed the session"
    RESET = "the connection broke"
    DEADLINE = "no reply within the command's deadline"
    PROTOCOL = "the peer broke the protocol"
    CLOSED = "we closed the session"


class HungUp(IvrctlError):  # noqa: N818 - the field's word for it, and no error: every call ends so
    """The leg is over: the caller hung up, or was transferred or redirected elsewhere. The socket is closed already.

    Whether the caller has left is not known here: only the dialplan's h extension or the AMI's Hangup event tells.
    """

    def anew(self) -> HungUp:
        """The same, to be raised: what is raised refers to the frames that it came by, and must not be kept."""
        return HungUp(*self.args)


class SessionLost(IvrctlError):  # noqa: N818 - the same kind of end
    """The session ended and nobody said that the leg is over."""

    def __init__(self, reason: LossReason, detail: str = "") -> None:
        """Keep the reason as a value beside the sentence."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self._detail = detail

    def anew(self) -> SessionLost:
        """The same, to be raised, as for ``HungUp``."""
        return SessionLost(self.reason, self._detail)


class Wire(Protocol):
    """What a session needs of its connection."""

    @property
    def peer(self) -> str:
        """Who is at its other end, ``host:port``."""

    def write_command(self, command: Command, longest: timedelta) -> asyncio.Future[Reply]:
        """Send a command; the future of its reply, which fails with ``HungUp`` or ``SessionLost``."""

    def end(self, reason: LossReason) -> None:
        """Close the socket now."""


class AgiSession:
    """What a handler gets. Use it from the event loop of its server only.

    A session that is over stays over: every later ``send`` fails with the same end.
    """

    __slots__ = ("_on_hangup", "_wire", "end", "request")

    def __init__(self, request: Request, wire: Wire) -> None:
        self.request = request
        self.end: HungUp | SessionLost | None = None
        """How the session ended; set once, when it ends, and never raised itself: its frames would refer to us."""
        self._wire = wire
        self._on_hangup: list[Callable[[], None]] = []

    @property
    def peer(self) -> str:
        """The address of the Asterisk that opened the session, ``host:port``."""
        return self._wire.peer

    @property
    def is_hung_up(self) -> bool:
        """True once Asterisk has said that the leg is over."""
        return isinstance(self.end, HungUp)

    async def send(self, command: Command, *, longest: timedelta | None = None) -> Reply:
        """Send a command and wait for its reply.

        A media command that fails is looked into: ``-1`` stands for a missing file as well as for a hang-up, so a
        ``Result`` with ``-1`` that comes back here means that the channel is alive.

        Args:
            command: what Asterisk shall do.
            longest: the deadline for the reply; by default the command's own, which takes a prompt of unknown length
                for ten minutes: say ``command.longest(prompt=duration)`` where the length is known.

        Raises:
            HungUp: the leg is over, before or while the command ran.
            SessionLost: the socket ended, the deadline passed, or the peer broke the protocol.
            LocalProtocolError: the command cannot be encoded, or another one is under way; the session is unharmed.
        """
        if self.end is not None:
            raise self.end.anew()
        reply = await self._wire.write_command(command, command.longest() if longest is None else longest)
        if command.is_media and isinstance(reply, Result) and reply.is_failure:
            await self.send(Noop())
        return reply

    def on_hangup(self, callback: Callable[[], None]) -> None:
        """Have a callback called once when the session ends, however it ends; at once if it has ended already.

        So that a handler that is not in ``send``, but in a lookup, can give it up.
        """
        if self.end is not None:
            callback()
        else:
            self._on_hangup.append(callback)

    def close(self) -> None:
        """Close the socket now. Asterisk goes on in the dialplan; so this is also how a session ends well."""
        self._wire.end(LossReason.CLOSED)

    def ended(self, end: HungUp | SessionLost) -> None:
        """Take note of the end: for ``wire`` only."""
        self.end = end
        callbacks, self._on_hangup = self._on_hangup, []
        for callback in callbacks:
            callback()
