from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from blockbuster import blockbuster_ctx

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer, server

BLOCK = b"agi_network: yes\nagi_request: agi://h/leg\nagi_channel: PJSIP/1\nagi_uniqueid: 1.1\nagi_arg_1: L\n\n"


class Peer:
    """The Asterisk side of one connection, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)

    async def line(self) -> bytes:
        """The next line from the server."""
        async with Deadline(5):
            return await self.reader.readline()

    async def answers(self, reply: bytes) -> bytes:
        """Take the next command and answer it; the command."""
        command = await self.line()
        self.say(reply)
        return command

    async def is_closed(self) -> bool:
        """Wait for the other side to close; False when it sends something instead."""
        async with Deadline(5):
            try:
                return await self.reader.read(1) == b""
            except ConnectionResetError:
                return True


class Desk:
    """A server under test: what its handler did, and peers that connect to it."""

    def __init__(self, server: FastAgiServer, address: tuple[str, int]) -> None:
        self.server = server
        self.address = address
        self.peers: list[Peer] = []

    async def call(self, more: bytes = b"") -> Peer:
        """Connect and make a whole request; more bytes go in the same segment."""
        return await self.connect(BLOCK + more)

    async def connect(self, data: bytes = b"", *, source: str = "127.0.0.1") -> Peer:
        """Connect from an address of loopback, and send bytes."""
        reader, writer = await asyncio.open_connection(*self.address, local_addr=(source, 0))
        peer = Peer(reader, writer)
        self.peers.append(peer)
        peer.say(data)
        return peer


StartDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StartDesk]:
    """Starts a server on a free port with a handler and limits; it looks at deadlines often."""
    monkeypatch.setattr(server, "LOOK_EVERY", 0.005)
    desks: list[Desk] = []

    async def start(handler: Callable[[AgiSession], Awaitable[None]], **options: Any) -> Desk:
        begun = FastAgiServer(handler, **options)
        sock = socket.create_server(("127.0.0.1", 0))
        await begun.start(sock)
        desks.append(Desk(begun, sock.getsockname()))
        return desks[-1]

    with blockbuster_ctx():
        yield start
        for open_desk in desks:
            await open_desk.server.close()
            for peer in open_desk.peers:
                peer.writer.close()
