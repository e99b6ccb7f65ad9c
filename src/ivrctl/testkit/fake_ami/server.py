"""The server: who logs in is told what is said, unless a fault stands in the way."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Protocol, Self, cast

from ivrctl.adapters.deadline import Deadline
from ivrctl.testkit.fake_ami.acting import Acting, Answering
from ivrctl.testkit.fake_ami.call_centre import CallCentre
from ivrctl.testkit.fake_ami.packets import custom_devices, event

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
CHALLENGE = "164893"


class Fault(Enum):
    """What is wrong with it."""

    NONE = auto()
    SILENT = auto()
    """It takes connections and actions and says nothing, as across a network that swallows everything."""
    REFUSING = auto()
    """The password is another."""
    FLAPPING = auto()
    """It lets in, and closes at once."""
    STARTING = auto()
    """It lets in, and has not booted; ``boot`` ends that."""


class Listing(Protocol):
    """What QueueStatus lists: a ``CallCentre``."""

    def listed(self, action_id: str) -> Iterable[bytes]:
        """The answer, packet after packet."""


class FakeAmi:
    """See the package. Sessions that are there live on when ``fault`` changes."""

    def __init__(
        self,
        centre: Listing = CallCentre(),  # noqa: B008 - frozen
        *,
        user: str = "ivrctl",
        secret: str = "right",  # noqa: S107 - no secret of anybody
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare it.

        Args:
            centre: what QueueStatus lists.
            user: who may log in.
            secret: with what.
            clock: its time, in seconds since 1970.
        """
        self.fault = Fault.NONE
        self.cut_after: int | None = None
        """Bytes after which each session from now on is cut, wherever that is; None for never."""
        self.actions: list[dict[str, str]] = []
        """Everything that was asked, by all sessions."""
        self.devices: dict[str, str] = {}
        """The states of phones, such as ``PJSIP/8101``, and of ``Custom:`` devices."""
        self.answering: deque[Answering] = deque()
        """What becomes of the next actions on members; of all others what should."""
        self._late: list[Callable[[], None]] = []
        self.ended = 0
        """Sessions that are over."""
        self.address = ("127.0.0.1", 0)
        self._centre = centre
        self._user = user
        self._secret = secret
        self._clock = clock
        self._sessions: set[_Session] = set()
        self._server: asyncio.Server | None = None
        self._stirred = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Listen, on a port that the kernel chooses; a second time on the same one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Session(self), *self.address)
        host, port = self._server.sockets[0].getsockname()
        self.address = (host, port)
        return self

    async def __aexit__(self, *_fault: object) -> None:
        """Stop listening, and close every session."""
        if self._server is not None:
            self._server.close()
        self.cut()

    @property
    def listeners(self) -> int:
        """The sessions that are logged in."""
        return sum(session.is_in for session in self._sessions)

    def say(self, *packets: bytes) -> None:
        """Tell every session that is logged in, but those that want no events."""
        data = b"".join(packets)
        for session in [session for session in self._sessions if session.is_listening]:
            session.send(data)

    def boot(self) -> None:
        """It is up now."""
        self.fault = Fault.NONE
        self.say(_booted())

    def answer_late(self) -> None:
        """Do and answer what was not, over sessions that are there still."""
        late, self._late = self._late, []
        for answer in late:
            answer()

    def cut(self) -> None:
        """Close every session; who connects again is taken."""
        for session in list(self._sessions):
            session.cut()

    async def until(self, is_so: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until something is so, which is looked at whenever something has happened here.

        Raises:
            TimeoutError: it did not become so.
        """
        async with Deadline(within):
            while not is_so():
                self._stirred.clear()
                await self._stirred.wait()

    async def stream(self, packets: Iterable[bytes], rate: int, seconds: float) -> int:
        """Say packets at a rate (of one second), in real time; how many were said."""
        loop, said = asyncio.get_running_loop(), 0
        began = loop.time()
        source = iter(packets)
        while (passed := loop.time() - began) < seconds:
            due = int(passed * rate) - said
            self.say(*(next(source) for _ in range(due)))
            said += due
            await asyncio.sleep(0.005)
        return said

    # told by its sessions

    def changed(self, session: _Session, *, is_there: bool) -> None:
        """Count a session, or no longer."""
        (self._sessions.add if is_there else self._sessions.discard)(session)
        self.ended += not is_there
        self._stirred.set()

    def answer(self, session: _Session, action: dict[str, str]) -> Iterable[bytes]:
        """What is said to an action."""
        self.actions.append(action)
        self._stirred.set()
        if self.fault is Fault.SILENT:
            return ()
        tag = f"ActionID: {action.get('ActionID', '')}\r\n"
        match action.get("Action", ""):
            case "Challenge":
                return (f"Response: Success\r\n{tag}Challenge: {CHALLENGE}\r\n\r\n".encode(),)
            case "Login":
                return self._let_in(session, action, tag)
            case "Ping":
                return (f"Response: Success\r\n{tag}Ping: Pong\r\nTimestamp: {self._clock():.6f}\r\n\r\n".encode(),)
            case "QueueStatus":
                return self._centre.listed(action.get("ActionID", ""))
            case "DBGetTree" if action.get("Family") == "CustomDevstate":
                return custom_devices(self.devices, action.get("ActionID", ""))
            case "Getvar":
                device = action.get("Variable", "").partition("(")[2].removesuffix(")")
                return (f"Response: Success\r\n{tag}Value: {self.devices.get(device, 'INVALID')}\r\n\r\n".encode(),)
            case "QueueAdd" | "QueueRemove" | "QueuePenalty" if isinstance(self._centre, Acting):
                self._on_member(session, action, tag)
                return ()
            case other:
                return (f"Response: Error\r\n{tag}Message: Invalid/unknown command: {other}.\r\n\r\n".encode(),)

    def _on_member(self, session: _Session, action: dict[str, str], tag: str) -> None:
        how = self.answering.popleft() if self.answering else Answering.AT_ONCE
        match how:
            case Answering.REFUSED:
                session.send(f"Response: Error\r\n{tag}Message: Permission denied\r\n\r\n".encode())
            case Answering.UNREAD:
                self._late.append(lambda: session.send(self._act(action, tag)))
            case Answering.CUT_BEFORE:
                session.cut()
            case _:
                answer = self._act(action, tag)
                if how is Answering.LATE:
                    self._late.append(lambda: session.send(answer))
                elif how is Answering.CUT_BEHIND:
                    session.cut()
                elif how is not Answering.NEVER:
                    session.send(answer * (2 if how is Answering.TWICE else 1))

    def _act(self, action: dict[str, str], tag: str) -> bytes:
        """Have it carried out and told; the answer."""
        sentence, events = cast("Acting", self._centre).acted(action)
        if events:
            self.say(events)
        kind, said = ("Error", sentence) if sentence else ("Success", "Done")
        return f"Response: {kind}\r\n{tag}Message: {said}\r\n\r\n".encode()

    def _let_in(self, session: _Session, action: dict[str, str], tag: str) -> Iterable[bytes]:
        key = hashlib.md5((CHALLENGE + self._secret).encode(), usedforsecurity=False).hexdigest()
        is_known = action.get("Username") == self._user and action.get("Key") == key
        if not is_known or self.fault is Fault.REFUSING:
            session.ends = True
            return (f"Response: Error\r\n{tag}Message: Authentication failed\r\n\r\n".encode(),)
        session.is_in, session.wants_events = True, action.get("Events", "on").lower() != "off"
        session.ends = self.fault is Fault.FLAPPING
        accepted = f"Response: Success\r\n{tag}Message: Authentication accepted\r\n\r\n".encode()
        return (accepted,) if self.fault in {Fault.STARTING, Fault.FLAPPING} else (accepted, _booted())


def _booted() -> bytes:
    return event("FullyBooted", privilege="system,all", Uptime=9, LastReload=9, Status="Fully Booted")


class _Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: FakeAmi) -> None:
        self.is_in = False
        self.wants_events = True
        self.ends = False
        """Set when the connection is closed behind the next answer."""
        self._server = server
        self._left = server.cut_after
        self._held = b""
        self._transport: asyncio.Transport | None = None

    @property
    def is_listening(self) -> bool:
        """True for one that is told what happens."""
        return self.is_in and self.wants_events

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's derives from nothing of asyncio
        self._server.changed(self, is_there=True)
        if self._server.fault is not Fault.SILENT:
            self.send(BANNER)

    def data_received(self, data: bytes) -> None:
        """Answer every action that is whole."""
        *blocks, self._held = (self._held + data).split(b"\r\n\r\n")
        for block in blocks:
            lines = block.decode().split("\r\n")
            action = dict(line.split(": ", 1) for line in lines if ": " in line)
            for packet in self._server.answer(self, action):
                self.send(packet)
            if self.ends and self._transport is not None:
                self._transport.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Gone."""
        self.is_in = False
        self._server.changed(self, is_there=False)

    def send(self, data: bytes) -> None:
        """Send, or what is left of what may be sent."""
        if self._transport is None or self._transport.is_closing() or self._server.fault is Fault.SILENT:
            return
        if self._left is None:
            self._transport.write(data)
            return
        self._transport.write(data[: self._left])
        self._left -= min(self._left, len(data))
        if not self._left:
            self._transport.close()

    def cut(self) -> None:
        """Close it, in the middle of whatever is under way."""
        if self._transport is not None:
            self._transport.abort()
