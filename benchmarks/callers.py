"""The one load generator of the benchmarks: calls as Asterisk makes them, from connect to close, on one epoll loop.

Every call sends its request block line by line, as Asterisk does, answers each command at once, presses 1 at the menu,
and is over when the server closes. Calls begin at random moments of a fixed seed, so many a second on average, and at
most ``AT_ONCE`` at one time: what is measured is a server at work, not one that is flooded. A prompt of silence takes
its length, since it is what a server plays while it waits for something; every other command is answered at once, so
the time between a reply and the next command, a **turn**, is the server's alone (and this program's: some 20 µs, for
all alike).
"""

from __future__ import annotations

import heapq
import random
import re
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SEED = 10010
FIRST, AGAIN = b"200 result=49 endpos=8000\n", b"200 result=50 endpos=8000\n"
"""Key 1 at the menu leads on, key 2 says it again."""
ANSWERS = (
    (b"GET OPTION", FIRST),
    (b"STREAM FILE", b"200 result=0 endpos=16000\n"),
    (b"SET VARIABLE", b"200 result=1\n"),
    (b"SAY ", b"200 result=0\n"),
    (b"GET VARIABLE", b"200 result=0\n"),
    (b"WAIT FOR DIGIT", b"200 result=0\n"),
    (b"VERBOSE", b"200 result=1\n"),
    (b"ANSWER", b"200 result=0\n"),
    (b"NOOP", b"200 result=0\n"),
    (b"HANGUP", b"200 result=1\n"),
)
PROMPT = b"STREAM FILE", b"SAY "
LASTS = b"GET OPTION", b"EXEC "
"""What a caller who is parked stays in."""
MENU, QUEUE = "100", "200"
"""Numbers to dial."""
SILENCE = re.compile(rb"silence-([0-9]+)ms")
BLOCK = """\
agi_network: yes
agi_network_script: leg
agi_request: agi://127.0.0.1/leg
agi_channel: PJSIP/trunk-{number:08x}
agi_language: en
agi_type: PJSIP
agi_uniqueid: {uniqueid}
agi_version: 22.10.1
agi_callerid: 138001{caller:05}
agi_calleridname: unknown
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: {dialled}
agi_rdnis: unknown
agi_context: ivrctl-lines
agi_extension: {dialled}
agi_priority: 1
agi_enhanced: 0.0
agi_accountcode:
agi_threadid: 139873
agi_arg_1: {uniqueid}-{leg}
agi_arg_2: start

"""
AT_ONCE = 16
"""On a machine that is busy with other things, calls would pile up without end."""
CALLERS = 50_000
"""Who call, one after the other: nobody is known from his last call, and each has a row to be looked up."""


@dataclass(slots=True)
class Call:
    """One caller."""

    sock: socket.socket
    waits_since: float
    """When it was the server's turn."""
    is_parked: bool = False
    again: int = 0
    """How often he still presses 2 at the menu."""
    received: bytes = b""
    commands: int = 0
    prompts: int = 0


@dataclass(slots=True)
class Played:
    """What became of the calls."""

    turns: list[float] = field(default_factory=list)
    """Seconds, in no order."""
    commands: int = 0
    prompts: int = 0
    """Played or said, without silence."""
    seconds: float = 0.0
    lost: int = 0
    """Calls that ended before they had heard anything behind the menu."""
    calls: int = 0

    @property
    def commands_of_each(self) -> float:
        """In the mean."""
        return self.commands / self.calls


class Generator:
    """Makes calls to one server; its numbers go on from round to round, so that no call is like another."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._calls: dict[int, Call] = {}
        self._due: list[tuple[float, int, bytes]] = []
        """Replies that take their time: when, by whom, and what."""
        self._number = int(time.time()) % 100_000 * 1000
        self._dice = random.Random(SEED)  # noqa: S311 - moments, no secrets
        self._resting = 0
        """Callers who are where they stay."""
        self.played = Played()

    def play(self, calls: int, rate: float, again: int = 0) -> Played:
        """So many calls, so many a second, until the last of them is over; each hears the menu so often again."""
        self.played = Played(calls=calls)
        begun = time.perf_counter()
        at = begun
        for _ in range(calls):
            at = max(at + self._dice.expovariate(rate), time.perf_counter())
            self._serve_until(lambda moment=at: time.perf_counter() >= moment, at)
            self._serve_until(lambda: len(self._calls) < AT_ONCE, None)
            self._begin(MENU, again=again)
        self._serve_until(lambda: not self._calls, None)
        self.played.seconds = time.perf_counter() - begun
        return self.played

    def park(self, calls: int, dialled: str) -> int:
        """So many callers who stay until ``leave``: they hear the menu and press nothing, or wait in the queue.

        Returns:
            How many of all that are parked hold a session.
        """
        for _ in range(calls):
            self._begin(dialled, is_parked=True)
            self._serve_until(lambda: self._under_way() < AT_ONCE, None)
        self._serve_until(lambda: not self._under_way(), None)
        return len(self._calls)

    def leave(self) -> None:
        """All who are parked hang up."""
        for call in self._calls.values():
            self._poll.unregister(call.sock)
            call.sock.close()
        self._calls.clear()
        self._resting = 0

    def _under_way(self) -> int:
        return len(self._calls) - self._resting

    def _begin(self, dialled: str, *, is_parked: bool = False, again: int = 0) -> None:
        self._number += 1
        number = self._number
        uniqueid = f"17{number:08}.{number % 1000}"
        block = BLOCK.format(
            number=number, uniqueid=uniqueid, caller=number % CALLERS, leg=f"{number:010}", dialled=dialled
        )
        sock = socket.create_connection(("127.0.0.1", self._port))
        call = Call(sock, time.perf_counter(), is_parked, again)
        for line in block.encode().splitlines(keepends=True):
            sock.send(line)
        sock.setblocking(False)
        self._calls[sock.fileno()] = call
        self._poll.register(sock, select.EPOLLIN)

    def _serve_until(self, is_enough: Callable[[], bool], at: float | None) -> None:
        while not is_enough():
            moments = [moment for moment in (at, self._due[0][0] if self._due else None) if moment is not None]
            wait = max(0.0, min(moments) - time.perf_counter()) if moments else 10.0
            events = self._poll.poll(wait)
            if not events and not moments:
                raise SystemExit(f"{len(self._calls)} calls hear nothing for 10 s")
            for descriptor, _ in events:
                self._receive(descriptor)
            while self._due and self._due[0][0] <= time.perf_counter():
                _, descriptor, reply = heapq.heappop(self._due)
                self._reply(descriptor, reply)

    def _receive(self, descriptor: int) -> None:
        call = self._calls[descriptor]
        try:
            received = call.sock.recv(4096)
        except ConnectionResetError:
            received = b""
        if not received:
            self._over(descriptor, call)
            return
        call.received += received
        while b"\n" in call.received:
            line, _, call.received = call.received.partition(b"\n")
            self._command(descriptor, call, line)

    def _command(self, descriptor: int, call: Call, line: bytes) -> None:
        self.played.turns.append(time.perf_counter() - call.waits_since)
        call.commands += 1
        silence = SILENCE.search(line)
        call.prompts += line.startswith(PROMPT) and not silence
        if call.is_parked and line.startswith(LASTS):
            self._resting += 1
            return
        reply = next((reply for command, reply in ANSWERS if line.startswith(command)), b"")
        if not reply:
            raise SystemExit(f"no command that a caller of this benchmark knows: {line!r}")
        if reply is FIRST and call.again:
            call.again, reply = call.again - 1, AGAIN
        if silence:
            heapq.heappush(self._due, (time.perf_counter() + int(silence[1]) / 1000, descriptor, reply))
        else:
            self._reply(descriptor, reply)

    def _reply(self, descriptor: int, reply: bytes) -> None:
        call = self._calls[descriptor]
        call.waits_since = time.perf_counter()
        call.sock.send(reply)

    def _over(self, descriptor: int, call: Call) -> None:
        self._poll.unregister(descriptor)
        del self._calls[descriptor]
        call.sock.close()
        self.played.commands += call.commands
        self.played.prompts += call.prompts
        self.played.lost += not call.prompts
