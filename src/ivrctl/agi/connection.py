"""One AGI session without its socket: feed it bytes, take its events, ask it for the bytes of a command.

::

    WAITING_REQUEST --request complete--> IDLE --command sent--> BUSY --reply complete--> IDLE
          any state --end of input, fault of the peer--> CLOSED

A hang-up is no state but a flag beside it: ``HANGUP`` comes at any time after the request, is never a reply, and the
session goes on: variables can still be read and set, media commands are refused.

AGI has no pipelining (Asterisk does not see a second command in one segment until a third arrives), and a
command sent while a prompt plays silently swallows the prompt's reply: so ``send`` refuses while a reply is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from ivrctl.agi.commands import Command, encode
from ivrctl.agi.errors import LocalProtocolError, RemoteProtocolError
from ivrctl.agi.lines import LineBuffer, text_of
from ivrctl.agi.replies import Reply, ReplyParser
from ivrctl.agi.request import Request, RequestParser


class State(Enum):
    """Whose turn it is."""

    WAITING_REQUEST = auto()
    """Asterisk's: the request block is not complete."""
    IDLE = auto()
    """Ours: a command may be sent."""
    BUSY = auto()
    """Asterisk's: a command was sent and its reply is due."""
    CLOSED = auto()
    """Nobody's: nothing more is read or sent."""


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """The request block is complete: commands may be sent."""

    request: Request


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """The command that was under way has its reply."""

    command: Command
    reply: Reply


@dataclass(frozen=True, slots=True)
class HangupReceived:
    """The leg is over. Comes once, though Asterisk may say it twice; the caller may live on elsewhere (a transfer)."""


@dataclass(frozen=True, slots=True)
class EndOfInput:
    """Asterisk closed its side: the session is over. Comes once and last."""


Event: TypeAlias = RequestReceived | ReplyReceived | HangupReceived | EndOfInput

_HANGUP = b"HANGUP"


class AgiConnection:
    """The protocol's state for one session. Memory is bounded by the limits of ``lines``, ``request``, ``replies``."""

    __slots__ = ("_command", "_events", "_lines", "_replies", "_request", "is_hung_up", "state")

    def __init__(self) -> None:
        self.state = State.WAITING_REQUEST
        """Whose turn it is; only this class changes it."""
        self.is_hung_up = False
        """True once ``HANGUP`` has come."""
        self._lines = LineBuffer()
        self._request = RequestParser()
        self._replies = ReplyParser()
        self._command: Command | None = None
        self._events: list[Event] = []

    def receive_data(self, fragment: bytes) -> None:
        """Take what the socket gave, then call ``events_received``, also after an error: events may precede it.

        Bytes that come when the connection is closed are dropped.

        Raises:
            RemoteProtocolError: the peer broke the protocol. The connection is closed: close the socket.
        """
        if self.state is State.CLOSED:
            return
        try:
            lines = iter(self._lines.feed(fragment))
            if self.state is State.WAITING_REQUEST:
                self._receive_request(lines)
            for line in lines:
                self._receive_line(line)
        except RemoteProtocolError:
            self.state = State.CLOSED
            raise

    def receive_eof(self) -> None:
        """Take the end of the input, or a reset, then call ``events_received``."""
        if self.state is not State.CLOSED:
            self.state = State.CLOSED
            self._events.append(EndOfInput())

    def events_received(self) -> list[Event]:
        """What happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def send(self, command: Command) -> bytes:
        """The bytes of a command, to be written at once; ``ReplyReceived`` follows when Asterisk has answered.

        Raises:
            LocalProtocolError: a reply is still due, the session has no request yet or is closed, the channel has
                hung up and the command is not for a dead one, or the command cannot be encoded. Nothing changed.
        """
        if self.state is not State.IDLE:
            raise LocalProtocolError(f"{type(command).__name__} in the state {self.state.name}")
        if self.is_hung_up and not command.runs_dead:
            raise LocalProtocolError(f"{type(command).__name__} after the hang-up")
        encoded = encode(command)
        self._command = command
        self.state = State.BUSY
        return encoded

    def _receive_line(self, line: bytes) -> None:
        match self.state:
            case _ if line == _HANGUP:
                self._receive_hangup()
            case State.BUSY if self._command is not None:
                self._receive_reply_line(line, self._command)
            case _:
                raise RemoteProtocolError(f"a line that no command asked for: {text_of(line[:40])!r}")

    def _receive_request(self, lines: Iterator[bytes]) -> None:
        request = self._request.feed(lines)
        if request is not None:
            self.state = State.IDLE
            self._events.append(RequestReceived(request))

    def _receive_hangup(self) -> None:
        if not self.is_hung_up:
            self.is_hung_up = True
            self._events.append(HangupReceived())

    def _receive_reply_line(self, line: bytes, command: Command) -> None:
        reply = self._replies.feed_line(line)
        if reply is not None:
            self._command = None
            self.state = State.IDLE
            self._events.append(ReplyReceived(command, reply))
