"""A way that swallows everything: nothing is refused, nothing is acknowledged, nothing comes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.testkit.black_hole import BlackHole

AWHILE = 0.2
"""Seconds in which a loopback would long have answered."""
TCP_INFO_UNACKED = slice(24, 28)
"""``tcpi_unacked`` of linux/tcp.h."""


@pytest.fixture
async def echo() -> AsyncIterator[tuple[str, int]]:
    """A server that says what it hears."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[:2]
    server.close()
    await server.wait_closed()


def unacknowledged(writer: asyncio.StreamWriter) -> int:
    """Segments that nobody has acknowledged."""
    info = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 64)
    return int.from_bytes(info[TCP_INFO_UNACKED], "little")


async def test_what_goes_in_comes_out(echo: tuple[str, int]) -> None:
    """In both directions, until one of them ends."""
    async with BlackHole.opened(echo) as way:
        reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.close()
        assert await reader.read() == b""


async def test_what_is_swallowed_is_not_even_acknowledged(echo: tuple[str, int]) -> None:
    """Neither side hears that the other one is gone; TCP sends it once more when the way is open again."""
    async with BlackHole.opened(echo) as way:
        reader, writer = await asyncio.open_connection("127.0.0.1", way.port)
        writer.write(b"before")
        assert await reader.readexactly(6) == b"before"
        way.swallow()
        writer.write(b"into the void")
        with pytest.raises(TimeoutError):
            async with Deadline(AWHILE):
                await reader.read(1)
        assert unacknowledged(writer) > 0
        way.let_through()
        async with Deadline(10):
            assert await reader.readexactly(13) == b"into the void"
        writer.close()


async def test_nobody_answers_the_door(echo: tuple[str, int]) -> None:
    """A new connection is neither taken nor refused."""
    async with BlackHole.opened(echo) as way:
        way.swallow()
        with pytest.raises(TimeoutError):
            async with Deadline(AWHILE):
                await asyncio.open_connection("127.0.0.1", way.port)
