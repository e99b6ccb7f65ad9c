"""The sockets of phones without sound, and whose each message is: one socket for callers, one for agents."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import cast

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.signal_phone.call import SignalCall, SignalCallError
from ivrctl.testkit.signal_phone.message import Challenge, Dialog, Message, parse, tag_of, uri_of, user_of

AGENTS_SPEAK_FROM = "127.0.0.1"
REPEATS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before a request that nobody answers is sent once more (timer E of RFC 3261)."""
MURMUR_EVERY = 5.0
"""Seconds: Asterisk ends a call after thirty without sound."""
REGISTER_WITHIN = 5.0
_PACKET = 2048
"""Bytes: more than one of sound has."""


class _Socket(asyncio.DatagramProtocol):
    """One address that phones speak from."""

    def __init__(self, host: str, pbx_port: int, told: Callable[[Message], None]) -> None:
        self.host = host
        self.port = 0
        self._peer = ("127.0.0.1", pbx_port)
        self._told = told
        self._transport: asyncio.DatagramTransport | None = None
        self._repeats: dict[str, asyncio.TimerHandle] = {}
        # Nobody reads it: what does not fit is dropped by the kernel.
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.media.bind((host, 0))
        self.media.setblocking(False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.DatagramTransport", transport)  # asyncio's own derives from less
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, _addr: tuple[str | object, int]) -> None:
        """Somebody said something."""
        message = parse(data)
        if message is None:
            return
        if message.status:
            repeat = self._repeats.pop(f"{message.branch}{message.method}", None)
            if repeat is not None:
                repeat.cancel()
        self._told(message)

    def send(self, message: Message) -> None:
        """Send it; a request is sent again until somebody answers."""
        self._send(message.encode())
        if not message.status and message.method != "ACK":
            self._repeat(f"{message.branch}{message.method}", message.encode(), 0)

    def close(self) -> None:
        """Fall silent."""
        for repeat in self._repeats.values():
            repeat.cancel()
        self._repeats.clear()
        self.media.close()
        if self._transport is not None:
            self._transport.close()

    def _repeat(self, key: str, data: bytes, count: int) -> None:
        def again() -> None:
            self._send(data)
            self._repeat(key, data, count + 1)

        if count < len(REPEATS):
            self._repeats[key] = asyncio.get_running_loop().call_later(REPEATS[count], again)
        else:
            self._repeats.pop(key, None)

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data, self._peer)


class SignalPhone:
    """One number at one of the sockets."""

    def __init__(self, phones: SignalPhones, sockets: _Socket, number: str, password: str = "") -> None:
        """Prepare it; an agent's has a password and is to be registered."""
        self.number = number
        self.on_call: Callable[[SignalCall], None] = lambda call: call.hang_up()
        """Told when it rings."""
        self.on_text: Callable[[str], None] = lambda _text: None
        """Told what it is sent as a text."""
        self._phones = phones
        self._socket = sockets
        self._heard = b""
        """The source of the sound that was waited for last."""
        self._password = password

    @property
    def media(self) -> tuple[str, int]:
        """Where it would hear."""
        return self._socket.host, int(self._socket.media.getsockname()[1])

    def dial(self, number: str) -> SignalCall:
        """Call a number."""
        call = SignalCall(self, self._dialog(number), number)
        self._phones.add(call)
        call.invite()
        return call

    async def until_sound(self, within: float) -> None:
        """Return when sound comes that was not heard before, of whatever call: for one at a time.

        Raises:
            SignalCallError: none does.
        """
        media, loop = self._socket.media, asyncio.get_running_loop()
        with contextlib.suppress(BlockingIOError):
            while media.recv(_PACKET):
                pass
        try:
            async with Deadline(within):
                # The end of the call before may still be under way: a source of RTP is one call's.
                while (source := (await loop.sock_recv(media, _PACKET))[8:12]) == self._heard:
                    pass
                self._heard = source
        except TimeoutError:
            raise SignalCallError(f"nothing is heard within {within:g} s") from None

    async def register(self) -> None:
        """Say where it is reached.

        Raises:
            SignalCallError: Asterisk refuses, or says nothing.
        """
        dialog = self._dialog("")
        dialog.remote, dialog.target = f"<{self._address(self.number)}>", f"sip:{self._phones.host}"
        answer = await self._phones.asked(self._socket, dialog.request("REGISTER", ("Expires", "3600")))
        if answer.status == HTTPStatus.UNAUTHORIZED:
            proof = Challenge.of(answer).answer("REGISTER", dialog.target, self.number, self._password)
            answer = await self._phones.asked(self._socket, dialog.request("REGISTER", ("Expires", "3600"), proof))
        if answer.status != HTTPStatus.OK:
            raise SignalCallError(f"{self.number} is not registered: {answer.start}")

    def rings(self, request: Message) -> None:
        """Somebody calls."""
        local = f"{request.get('To')};tag={secrets.token_hex(4)}"
        dialog = Dialog(
            request.get("Call-ID"), local, request.get("From"), uri_of(request.get("Contact")), self._own, self._via
        )
        call = SignalCall(self, dialog, user_of(request.get("From")), request)
        self._phones.add(call)
        self.send(request.response("180 Ringing", ("Contact", f"<{self._own}>"), tag=tag_of(local)))
        self.on_call(call)

    # for its calls

    def send(self, message: Message) -> None:
        """See ``Line``."""
        self._socket.send(message)

    def send_sound(self, to: tuple[str, int], packet: bytes) -> None:
        """See ``Line``."""
        try:
            self._socket.media.sendto(packet, to)
        except OSError:
            return  # Asterisk has closed its end: the call is over in a moment

    def password(self) -> tuple[str, str]:
        """See ``Line``."""
        return self.number, self._password

    def forget(self, call: SignalCall) -> None:
        """See ``Line``."""
        self._phones.forget(call)

    def _dialog(self, to: str) -> Dialog:
        local = f"<{self._address(self.number)}>;tag={secrets.token_hex(4)}"
        target = self._address(to)
        return Dialog(secrets.token_hex(12), local, f"<{target}>", target, self._own, self._via)

    def _address(self, number: str) -> str:
        return f"sip:{number}@{self._phones.host}"

    @property
    def _via(self) -> str:
        return f"{self._socket.host}:{self._socket.port}"

    @property
    def _own(self) -> str:
        return f"sip:{self.number}@{self._via}"


@dataclass(slots=True)
class SignalPhones:
    """All phones of a test at one PBX."""

    pbx: Pbx
    agents: dict[str, SignalPhone] = field(default_factory=dict)
    _calls: dict[str, SignalCall] = field(default_factory=dict)
    """By Call-ID: for a while behind their end, too, since something of them may still come."""
    _asked: dict[str, asyncio.Future[Message]] = field(default_factory=dict)
    _sockets: list[_Socket] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def opened(cls, pbx: Pbx) -> AsyncIterator[SignalPhones]:
        """Open the sockets; calls that are left at the end are hung up."""
        phones = cls(pbx)
        loop = asyncio.get_running_loop()
        for host in (pbx.trunk, AGENTS_SPEAK_FROM):
            made = partial(_Socket, host, pbx.sip_port, phones._told)
            _, opened = await loop.create_datagram_endpoint(made, local_addr=(host, 0))
            phones._sockets.append(opened)
        murmuring = asyncio.ensure_future(phones._murmur())
        try:
            yield phones
        finally:
            murmuring.cancel()
            for call in list(phones._calls.values()):
                call.hang_up()
            for each in phones._sockets:
                each.close()

    @property
    def host(self) -> str:
        """The PBX, as addresses name it."""
        return f"127.0.0.1:{self.pbx.sip_port}"

    def caller(self, number: str) -> SignalPhone:
        """The phone of somebody in the public network."""
        return SignalPhone(self, self._sockets[0], number)

    async def agent(self, extension: str, password: str) -> SignalPhone:
        """An agent's phone, registered."""
        phone = self.agents[extension] = SignalPhone(self, self._sockets[1], extension, password)
        await phone.register()
        return phone

    def add(self, call: SignalCall) -> None:
        """Tell it what comes of it."""
        self._calls[call.dialog.call_id] = call

    def forget(self, call: SignalCall) -> None:
        """What comes of it still, such as a repeated BYE, is answered for a while."""
        loop = asyncio.get_running_loop()
        loop.call_later(sum(REPEATS), self._calls.pop, call.dialog.call_id, None)

    async def asked(self, through: _Socket, request: Message) -> Message:
        """The answer to a request that is of no call.

        Raises:
            SignalCallError: there is none.
        """
        answer: asyncio.Future[Message]
        answer = self._asked[request.branch] = asyncio.get_running_loop().create_future()
        through.send(request)
        try:
            async with Deadline(REGISTER_WITHIN):
                return await answer
        except TimeoutError:
            raise SignalCallError(f"no answer to {request.method}") from None
        finally:
            del self._asked[request.branch]

    def _told(self, message: Message) -> None:
        asked = self._asked.get(message.branch) if message.status else None
        if asked is not None:
            if not asked.done() and message.status >= HTTPStatus.OK:
                asked.set_result(message)
            return
        call = self._calls.get(message.get("Call-ID"))
        if call is not None:
            call.responded(message) if message.status else call.requested(message)
        elif not message.status and message.method != "ACK":
            self._strange(message)

    def _strange(self, request: Message) -> None:
        """A call that begins, a text, or a question such as OPTIONS."""
        phone = self.agents.get(user_of(request.start))
        if request.method == "INVITE" and phone is not None:
            phone.rings(request)
        else:
            if request.method == "MESSAGE" and phone is not None:
                phone.on_text(request.body)
            status = "481 Call/Transaction Does Not Exist" if request.method in {"BYE", "CANCEL"} else "200 OK"
            self._sockets[-1].send(request.response(status))

    async def _murmur(self) -> None:
        while True:
            await asyncio.sleep(MURMUR_EVERY)
            for call in list(self._calls.values()):
                call.murmur()
