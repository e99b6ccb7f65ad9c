"""One call of a phone without sound: what may be done with it, and what the other side does."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol

from ivrctl.adapters.deadline import Deadline
from ivrctl.errors import IvrctlError
from ivrctl.testkit.signal_phone.message import Challenge, Dialog, Header, Message, description, media_in, uri_of

KEYS = "0123456789*#"
KEY_HELD = 0.12
"""Seconds that a key is pressed."""
_SILENCE = b"\xd5" * 160
_SOUND, _EVENT, _MARKER = 8, 101, 0x80


class SignalCallError(IvrctlError):
    """Something did not happen to a call; the message says what."""


class CallEnd(StrEnum):
    """Who ended a call."""

    HERE = "here"
    THERE = "there"
    REFUSED = "refused"


class Line(Protocol):
    """What a call needs of its phone."""

    @property
    def media(self) -> tuple[str, int]:
        """Where it would hear."""

    def send(self, message: Message) -> None:
        """Send a request, again where nobody answers, or a response."""

    def send_sound(self, to: tuple[str, int], packet: bytes) -> None:
        """Send a packet of sound."""

    def password(self) -> tuple[str, str]:
        """Who we are."""

    def forget(self, call: SignalCall) -> None:
        """It is over."""


class SignalCall:
    """Made by a phone that dials, or rings. Times are those of this machine's clock, aware."""

    def __init__(self, line: Line, dialog: Dialog, number: str, invite: Message | None = None) -> None:
        """Begin it.

        Args:
            line: the phone.
            dialog: its two ends.
            number: the other side's.
            invite: of a call that rings here.
        """
        self.number = number
        self.dialog = dialog
        self.is_incoming = invite is not None
        self.began_at = datetime.now(UTC)
        self.established_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.end: CallEnd | None = None
        self.status = 0
        """Of the last final response that refused it."""
        self.on_end: Callable[[], None] = lambda: None
        self._line = line
        self._invite = invite
        self._has_heard = False
        self._is_given_up = False
        self._is_unacknowledged = False
        self._media: tuple[str, int] | None = media_in(invite.body) if invite else None
        self._sequence = self._clock = 0
        self._referred_to = ""
        self._sent = Message("", ())
        """Our last INVITE."""
        self._changed = asyncio.Event()

    @property
    def _own(self) -> str:
        return f"<{uri_of(self.dialog.local)}>"

    @property
    def is_over(self) -> bool:
        """True when both sides know."""
        return self.ended_at is not None

    async def until_established(self, within: float) -> None:
        """Return when somebody has answered.

        Raises:
            SignalCallError: nobody did in time, or the call is over.
        """
        await self._until(lambda: self.established_at is not None or self.is_over, "answered", within)
        if self.established_at is None:
            raise SignalCallError(f"the call with {self.number} ended unanswered, {self.status}")

    async def until_over(self, within: float) -> None:
        """Return when it is over.

        Raises:
            SignalCallError: it goes on.
        """
        await self._until(lambda: self.is_over, "over", within)

    async def _until(self, holds: Callable[[], bool], what: str, within: float) -> None:
        try:
            async with Deadline(within):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise SignalCallError(f"the call with {self.number} was not {what} within {within:g} s") from None

    # what a person does

    def accept(self) -> None:
        """Answer the phone that rings."""
        if self._invite is not None and not self.is_over and self.established_at is None:
            self._line.send(self._answer("200 OK", body=description(*self._line.media)))
            self.established_at = datetime.now(UTC)
            self._is_unacknowledged = True
            self._changed.set()

    def hang_up(self) -> None:
        """End it, refuse it, or give up what is not answered yet."""
        if self.is_over or self._is_given_up:
            return
        if self._is_unacknowledged:
            # Whoever answered must not end the call before that is acknowledged (RFC 3261, 15).
            self._is_given_up = True
        elif self.established_at is not None:
            self._line.send(self.dialog.request("BYE"))
            self._over(CallEnd.HERE)
        elif self._invite is not None:
            self._line.send(self._answer("486 Busy Here"))
            self._over(CallEnd.HERE)
        else:
            self._is_given_up = True
            self._cancel()

    async def press(self, key: str) -> None:
        """Press a key, as an event of RFC 4733; return when it is let go."""
        event, clock = KEYS.index(key), self._clock
        self._sound(_EVENT | _MARKER, struct.pack("!BBH", event, 10, 160), clock)
        self._sound(_EVENT, struct.pack("!BBH", event, 10, 320), clock)
        await asyncio.sleep(KEY_HELD)
        for _ in range(3):
            self._sound(_EVENT, struct.pack("!BBH", event, 0x80 | 10, 960), clock)

    def transfer(self, to: str, *more: Header) -> None:
        """Transfer the other side blind to an address (RFC 3515)."""
        self._referred_to = to
        self._line.send(self.dialog.request("REFER", ("Refer-To", f"<{to}>"), ("Referred-By", self._own), *more))

    def murmur(self) -> None:
        """Be heard for a moment: Asterisk ends the call of a phone that never is."""
        if self.established_at is not None and not self.is_over:
            self._sound(_SOUND, _SILENCE, self._clock)

    def _sound(self, kind: int, payload: bytes, clock: int) -> None:
        if self._media is not None:
            self._sequence, self._clock = (self._sequence + 1) & 0xFFFF, self._clock + 160
            source = hash(self.dialog.call_id) & 0xFFFFFFFF
            self._line.send_sound(
                self._media, struct.pack("!BBHII", 0x80, kind, self._sequence, clock, source) + payload
            )

    # what is told

    def invite(self, *more: Header) -> None:
        """Call."""
        self._sent = self.dialog.request("INVITE", *more, _SDP, body=description(*self._line.media))
        self._line.send(self._sent)

    def responded(self, response: Message) -> None:
        """A response to a request of this call."""
        if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}:
            self._challenged(response)
        elif response.method == "INVITE":
            self._invited(response)

    def requested(self, request: Message) -> None:
        """A request of the other side in this call."""
        match request.method:
            case "ACK":
                self._is_unacknowledged = False
                self._end_if_given_up()
            case "BYE":
                self._line.send(request.response("200 OK"))
                self._over(CallEnd.THERE)
            case "CANCEL":
                self._line.send(request.response("200 OK"))
                if self.established_at is None and self._invite is not None:
                    self._line.send(self._answer("487 Request Terminated"))
                    self._over(CallEnd.THERE)
            case "INVITE" | "UPDATE":
                self._media = media_in(request.body) or self._media
                self._line.send(request.response("200 OK", self._contact, _SDP, body=description(*self._line.media)))
            case _:
                self._line.send(request.response("200 OK"))
                if request.method == "NOTIFY" and "200" in request.body.partition("\r\n")[0]:
                    self.hang_up()

    def _challenged(self, response: Message) -> None:
        user, password = self._line.password()
        method = response.method
        answer = Challenge.of(response).answer(method, self.dialog.target, user, password)
        if method == "INVITE":
            self._acknowledge(response)
            self.invite(answer)
        elif method == "REFER":
            self.transfer(self._referred_to, answer)

    def _invited(self, response: Message) -> None:
        if response.status < HTTPStatus.OK:
            self._has_heard = True
            if self._is_given_up:
                self._cancel()
        elif response.status < HTTPStatus.MULTIPLE_CHOICES:
            self.dialog.remote = response.get("To")
            self.dialog.target = uri_of(response.get("Contact")) or self.dialog.target
            number = int(response.get("CSeq").split()[0])
            self._line.send(self.dialog.request("ACK", number=number))
            if self.established_at is None and not self.is_over:
                self._media = media_in(response.body)
                self.established_at = datetime.now(UTC)
                self.murmur()
                self._changed.set()
                self._end_if_given_up()
        else:
            self.status = response.status
            self._acknowledge(response)
            self._over(CallEnd.HERE if self._is_given_up else CallEnd.REFUSED)

    def _end_if_given_up(self) -> None:
        if self._is_given_up and self.established_at is not None:
            self._is_given_up = False
            self.hang_up()

    def _acknowledge(self, response: Message) -> None:
        """A refusal is acknowledged in the transaction of its INVITE (RFC 3261, 17.1.1.3)."""
        sent = self._sent
        headers = [*sent.all("Via", "Max-Forwards", "From", "Call-ID"), ("To", response.get("To"))]
        number = sent.get("CSeq").split()[0]
        self._line.send(Message(sent.start.replace("INVITE", "ACK", 1), (*headers, ("CSeq", f"{number} ACK"))))

    def _cancel(self) -> None:
        if self._has_heard:
            sent = self._sent
            headers = sent.all("Via", "Max-Forwards", "From", "To", "Call-ID")
            number = sent.get("CSeq").split()[0]
            start = sent.start.replace("INVITE", "CANCEL", 1)
            self._line.send(Message(start, (*headers, ("CSeq", f"{number} CANCEL"))))

    def _answer(self, status: str, body: str = "") -> Message:
        if self._invite is None:
            raise SignalCallError("this call does not ring here")
        more = [self._contact, *([_SDP] if body else [])]
        answer = self._invite.response(status, *more, body=body)
        headers = tuple((key, self.dialog.local if key == "To" else value) for key, value in answer.headers)
        return Message(answer.start, headers, answer.body)

    @property
    def _contact(self) -> Header:
        return "Contact", f"<{self.dialog.contact}>"

    def _over(self, end: CallEnd) -> None:
        if not self.is_over:
            self.end, self.ended_at = end, datetime.now(UTC)
            self._line.forget(self)
            self._changed.set()
            self.on_end()


_SDP: Header = ("Content-Type", "application/sdp")
