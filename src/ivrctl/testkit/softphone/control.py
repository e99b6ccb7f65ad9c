"""The control connection to a baresip process: commands with their answers, and what happened on the phone.

baresip's module ctrl_tcp takes JSON objects in netstrings and sends answers and events the same way, mixed; an answer
carries the token of its command.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ivrctl.adapters.deadline import Deadline
from ivrctl.errors import IvrctlError
from ivrctl.testkit.softphone.netstring import NetstringReader, encode

COMMAND_SECONDS = 5.0
"""How long baresip may take to answer a command: 0.1 s seen at most, when it loads a sound file."""
_READ = 65536


class SoftphoneError(IvrctlError):
    """A phone did not do what it was told, or did not see what was expected; the message ends with its log."""


class PhoneEvent(StrEnum):
    """What a phone sees happen, by baresip's names."""

    REGISTERED = "REGISTER_OK"
    REGISTER_FAILED = "REGISTER_FAIL"
    INCOMING = "CALL_INCOMING"
    """The phone rings."""
    RINGING = "CALL_RINGING"
    """The other side rings: 180."""
    PROGRESS = "CALL_PROGRESS"
    """Sound before the answer: 183."""
    ANSWERED = "CALL_ANSWERED"
    """The other side has answered."""
    ESTABLISHED = "CALL_ESTABLISHED"
    """Both sides can talk."""
    HEARING = "CALL_RTPESTAB"
    """The first sound of the call has arrived."""
    TRANSFER_FAILED = "CALL_TRANSFER_FAILED"
    CLOSED = "CALL_CLOSED"
    """The call is over, or came to nothing; `Seen.detail` says why."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that happened on a phone."""

    event: PhoneEvent
    at: float
    """Seconds on the event loop's clock."""
    peer: str = ""
    """The other side's SIP address, where there is one."""
    detail: str = ""
    """What the protocol says of it, such as `486 Busy Here`."""


class ControlConnection:
    """Commands to one baresip process and events from it."""

    def __init__(self, on_seen: Callable[[Seen], None]) -> None:
        """Nothing is connected yet; `on_seen` is called in the event loop for each event."""
        self._on_seen = on_seen
        self._answers: dict[str, asyncio.Future[tuple[bool, str]]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._tokens = 0

    async def open(self, host: str, port: int) -> None:
        """Connect to a baresip that listens already."""
        reader, self._writer = await asyncio.open_connection(host, port)
        self._reading = asyncio.ensure_future(self._read(reader))

    async def command(self, name: str, parameters: str = "") -> str:
        """Give a command and return what baresip answers.

        Raises:
            SoftphoneError: baresip refuses, does not answer in time, or has ended.
        """
        if self._writer is None or self._writer.is_closing():
            raise SoftphoneError(f"{name}: the phone has ended")
        self._tokens += 1
        token = str(self._tokens)
        answer: asyncio.Future[tuple[bool, str]] = asyncio.get_running_loop().create_future()
        self._answers[token] = answer
        self._writer.write(encode(json.dumps({"command": name, "params": parameters, "token": token}).encode()))
        try:
            async with Deadline(COMMAND_SECONDS):
                done, text = await answer
        except TimeoutError as error:
            raise SoftphoneError(f"{name}: no answer within {COMMAND_SECONDS:g} s") from error
        finally:
            del self._answers[token]
        if not done:
            raise SoftphoneError(f"{name} {parameters}: {text.strip()}")
        return text

    async def close(self) -> None:
        """Close the connection; commands that wait for their answer fail."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        netstrings = NetstringReader()
        try:
            while arrived := await reader.read(_READ):
                for payload in netstrings.receive(arrived):
                    self._take(json.loads(payload))
        except (ConnectionError, ValueError) as error:
            self._fail(f"the control connection broke: {error}")
        else:
            self._fail("the phone has ended")

    def _fail(self, reason: str) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result((False, reason))

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("response"):
            answer = self._answers.get(str(message.get("token")))
            if answer is not None and not answer.done():
                answer.set_result((bool(message.get("ok")), str(message.get("data", ""))))
        elif message.get("type") in _EVENTS:
            now = asyncio.get_running_loop().time()
            peer, detail = str(message.get("peeruri", "")), str(message.get("param", ""))
            self._on_seen(Seen(_EVENTS[message["type"]], now, peer, detail))


_EVENTS = {event.value: event for event in PhoneEvent}
