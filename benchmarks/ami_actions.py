"""What actions over AMI cost: our session on panoramisk, a bare protocol over our codec, and panoramisk alone.

    python benchmarks/ami_actions.py [--pings 3000] [--members 2000] [--rounds 7]

A fake peer in a process of its own answers a ping, and a QueueStatus with a list of members. Counted is the CPU time of
the asking process (user and system): microseconds a ping, and microseconds an entry of the list. Memory is what
tracemalloc sees of 100 sessions that are open, in KiB a session. Rounds are interleaved, so that a slow moment of the
host hits all of them.

panoramisk alone is used as its documentation says, with the deadline that it has not; what its sessions do beyond a
connection (a login by challenge, deadlines, pings that are looked at) is in ours only.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import multiprocessing
import socket
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from panoramisk import Manager

from ivrctl.adapters.ami import AmiSession, Login
from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer, Exchange
from ivrctl.ami.connection import AmiConnection

SECRET = "secret"  # noqa: S105 - of a peer on loopback
SESSIONS = 100
WITHIN = 10.0
"""Seconds for an answer."""
MEMBER = (
    "Event: QueueMember\r\nQueue: vip\r\nName: 王小明\r\nLocation: PJSIP/8101\r\nStateInterface: PJSIP/8101\r\n"
    "Membership: dynamic\r\nPenalty: 5\r\nCallsTaken: 0\r\nLastCall: 0\r\nLastPause: 0\r\nLoginTime: 1795919570\r\n"
    "InCall: 0\r\nStatus: 1\r\nPaused: 0\r\nPausedReason: \r\nWrapuptime: 0\r\nActionID: %s\r\n\r\n"
)

Address = tuple[str, int]


class Asking(Protocol):
    """One session of a candidate."""

    async def ping(self) -> None:
        """Ask, and wait for the answer."""

    async def members(self) -> int:
        """Read the list; how many entries it has."""

    def close(self) -> None:
        """End it."""


# the peer


def answered(action: dict[str, str], members: int) -> bytes:
    """What the peer says."""
    head = f"Response: Success\r\nActionID: {action['ActionID']}\r\n"
    match action["Action"]:
        case "Challenge":
            return f"{head}Challenge: 1\r\n\r\n".encode()
        case "QueueStatus":
            entries = MEMBER % action["ActionID"] * members
            end = f"Event: QueueStatusComplete\r\nActionID: {action['ActionID']}\r\nEventList: Complete\r\n"
            return f"{head}EventList: start\r\nMessage: Queue status will follow\r\n\r\n{entries}{end}\r\n".encode()
    return f"{head}Message: Authentication accepted\r\n\r\n".encode()


async def _serve(listening: socket.socket, members: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                block = (await reader.readuntil(b"\r\n\r\n")).decode()
                writer.write(answered(dict(line.split(": ", 1) for line in block.split("\r\n") if line), members))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(serve, sock=listening) as server:
        await server.serve_forever()


def peer(listening: socket.socket, members: int) -> None:
    """The process of the peer."""
    asyncio.run(_serve(listening, members))


# the candidates


@dataclass
class Ours:
    """The session."""

    session: AmiSession

    @classmethod
    async def open(cls, address: Address) -> Ours:
        """Logged in."""
        return cls(await AmiSession.open(address, Login("ivrctl", SECRET)))

    async def ping(self) -> None:
        """See the protocol."""
        await self.session.ask(Action.of("Ping"))

    async def members(self) -> int:
        """See the protocol."""
        return len((await self.session.ask(Action.of("QueueStatus"))).entries)

    def close(self) -> None:
        """See the protocol."""
        self.session.close()


@dataclass
class Bare(asyncio.Protocol):
    """An asyncio protocol over the codec: what the session does, without panoramisk."""

    connection: AmiConnection = field(default_factory=AmiConnection)
    number: int = 0
    exchange: Exchange | None = None
    answer: asyncio.Future[Answer] | None = None

    @classmethod
    async def open(cls, address: Address) -> Bare:
        """Logged in."""
        _, made = await asyncio.get_running_loop().create_connection(cls, *address)
        await made.greeted
        challenge = (await made.ask(Action.of("Challenge", AuthType="MD5"))).response.text("Challenge")
        key = hashlib.md5((challenge + SECRET).encode(), usedforsecurity=False).hexdigest()
        await made.ask(Action.of("Login", AuthType="MD5", Username="ivrctl", Key=key))
        return made

    def connection_made(self, transport: Any) -> None:
        """Keep the transport."""
        self.transport = transport
        self.turn = asyncio.Lock()
        self.greeted = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Hand out what is whole."""
        self.connection.receive_data(data)
        if not self.greeted.done():
            self.greeted.set_result(None)
        for packet in self.connection.packets_received():
            if self.exchange is not None and self.answer is not None and self.exchange.takes(packet):
                answer = self.exchange.take(packet)
                if answer is not None:
                    self.answer.set_result(answer)

    async def ask(self, action: Action) -> Answer:
        """With a deadline, one at a time."""
        async with self.turn:
            self.number += 1
            action_id = f"ivrctl-{self.number}"
            self.transport.write(self.connection.send(action, action_id))
            self.exchange, self.answer = Exchange(action_id), asyncio.get_running_loop().create_future()
            async with Deadline(WITHIN):
                return await self.answer

    async def ping(self) -> None:
        """See the protocol."""
        await self.ask(Action.of("Ping"))

    async def members(self) -> int:
        """See the protocol."""
        return len((await self.ask(Action.of("QueueStatus"))).entries)

    def close(self) -> None:
        """See the protocol."""
        self.transport.abort()


@dataclass
class Stock:
    """panoramisk alone."""

    manager: Any

    @classmethod
    async def open(cls, address: Address) -> Stock:
        """Logged in."""
        loop = asyncio.get_running_loop()
        made = Manager(loop=loop, host=address[0], port=address[1], username="ivrctl", secret=SECRET, ping_delay=3600)
        await made.connect()
        await made.authenticated_future
        return cls(made)

    async def ping(self) -> None:
        """See the protocol."""
        async with Deadline(WITHIN):
            await self.manager.send_action({"Action": "Ping"}, as_list=False)

    async def members(self) -> int:
        """See the protocol."""
        async with Deadline(WITHIN):
            return len(await self.manager.send_action({"Action": "QueueStatus"})) - 2

    def close(self) -> None:
        """See the protocol."""
        self.manager.close()


Opening = Callable[[Address], Awaitable[Asking]]

CANDIDATES: dict[str, Opening] = {
    "session (on panoramisk)": Ours.open,
    "bare protocol": Bare.open,
    "panoramisk alone": Stock.open,
}

# the figures


@dataclass
class Figures:
    """Of one candidate, a value a round."""

    ping: list[float] = field(default_factory=list)
    """Microseconds."""
    entry: list[float] = field(default_factory=list)
    """Microseconds."""
    memory: list[float] = field(default_factory=list)
    """KiB."""


async def measure(opening: Opening, address: Address, pings: int, members: int, into: Figures) -> None:
    """One round of one candidate."""
    asking = await opening(address)
    await asking.ping()
    begun = time.process_time()
    for _ in range(pings):
        await asking.ping()
    into.ping.append((time.process_time() - begun) / pings * 1e6)
    begun = time.process_time()
    if await asking.members() != members:
        sys.exit("the list is not whole")
    into.entry.append((time.process_time() - begun) / members * 1e6)
    asking.close()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    opened = [await opening(address) for _ in range(SESSIONS)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    into.memory.append((after - before) / SESSIONS / 1024)
    for each in opened:
        each.close()
    await asyncio.sleep(0)


def import_time() -> float:
    """Milliseconds that panoramisk adds to a process that has the session loaded."""
    program = (
        "import time, ivrctl.adapters.ami; begun = time.perf_counter();"
        "import ivrctl.adapters.ami.wire; print((time.perf_counter() - begun) * 1e3)"
    )
    return min(float(subprocess.check_output([sys.executable, "-c", program])) for _ in range(5))


def show(figures: dict[str, Figures]) -> None:
    """Print the table."""
    print(f"{'':<26}{'µs a ping':>22}{'µs an entry':>22}{'KiB a session':>16}")
    print(f"{'':<26}{'median (least, most)':>22}{'median (least, most)':>22}{'median':>16}")
    for name, each in figures.items():
        spread = [f"{statistics.median(v):.1f} ({min(v):.1f}, {max(v):.1f})" for v in (each.ping, each.entry)]
        print(f"{name:<26}{spread[0]:>22}{spread[1]:>22}{statistics.median(each.memory):>16.1f}")
    print(f"loading the session with panoramisk: {import_time():.0f} ms more than without")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pings", type=int, default=3000)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    figures = {name: Figures() for name in CANDIDATES}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = multiprocessing.get_context("fork").Process(target=peer, args=(listening, options.members))
        process.start()
        try:
            for _ in range(options.rounds):
                for name, opening in CANDIDATES.items():
                    address = listening.getsockname()
                    asyncio.run(measure(opening, address, options.pings, options.members, figures[name]))
        finally:
            process.terminate()
            process.join()
    show(figures)


if __name__ == "__main__":
    main()
